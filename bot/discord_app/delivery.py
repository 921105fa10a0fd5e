"""Bring a reply to Discord, in the form that the place allows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import discord

from bot.discord_app.buttons import view_of
from bot.discord_app.rendering import Page, Reaction, Reply, render_failure, render_storage_away
from bot.storage.errors import StorageUnavailable

logger = logging.getLogger(__name__)

silent = discord.AllowedMentions.none()
longest_silence = 0.7  # seconds; Discord gives 3 for the first response, network included
unknown_channel = 10003
unknown_message = 10008
invalid_form = 50035
already_acknowledged = 40060  # what a retry is told whose first attempt arrived after all


class Delivery:
    """Send what was rendered. Nothing it sends ever pings anybody."""

    async def reply_to(self, message: discord.Message, reply: Reply) -> None:
        """Reply to a message; where the bot may not, write one log line."""
        permissions = _permissions(message)
        with _faults_logged(f"message {message.id} in channel {message.channel.id}"):
            if isinstance(reply, Reaction):
                await self._react(message, reply, permissions)
            elif _may_send(message, permissions):
                await self._send(message, reply, permissions)
            else:
                logger.warning("Can't answer in channel %s: Send Messages is not allowed there.", message.channel.id)

    async def respond(self, interaction: discord.Interaction[Any], page: Page, *, private: bool) -> None:
        """Answer a command, a button or a menu with a message of its own.

        Whether that is private was settled if the interaction has been acknowledged already.
        """
        with _faults_logged(f"interaction {interaction.id}"):
            first, *more = _forms(page, embeds=_may_embed(interaction))
            if interaction.response.is_done():
                await interaction.edit_original_response(**_replacing(first))
            else:
                await interaction.response.send_message(**_parameters(first), ephemeral=private)
            for part in more:
                await interaction.followup.send(**_parameters(part), ephemeral=private)

    async def acknowledged(
        self, interaction: discord.Interaction[Any], work: Coroutine[Any, Any, Page], *, private: bool = True
    ) -> None:
        """Answer with the page that some work returns, which may wait for the database.

        If it takes long the interaction is acknowledged first. A database that can't be used, or a fault in the work,
        is answered with a sentence about it.
        """
        working = asyncio.ensure_future(_page_of(work))
        await asyncio.wait({working}, timeout=longest_silence)
        if not working.done():
            with _faults_logged(f"interaction {interaction.id}"):
                await interaction.response.defer(ephemeral=private, thinking=True)
        await self.respond(interaction, await working, private=private)

    async def show_instead(self, interaction: discord.Interaction[Any], page: Page) -> None:
        """Answer a button by replacing the message that it stands below."""
        with _faults_logged(f"interaction {interaction.id}"):
            first, *more = _forms(page, embeds=_may_embed(interaction))
            await interaction.response.edit_message(**_replacing(first))
            for part in more:
                await interaction.followup.send(**_parameters(part))

    async def carry_out(self, interaction: discord.Interaction[Any], work: Coroutine[Any, Any, Page]) -> None:
        """Answer a button by replacing the message that it stands below with the page that some work returns.

        The work changes something, so it begins only when Discord has taken the acknowledgement: whom Discord tells
        that a click came to nothing, for it took longer than 3 s to get here, should be right.
        """
        with _faults_logged(f"interaction {interaction.id}"):
            try:
                await interaction.response.defer()
            except discord.HTTPException as error:
                if error.code != already_acknowledged:
                    work.close()
                    raise
            except BaseException:
                work.close()
                raise
            first, *more = _forms(await _page_of(work), embeds=_may_embed(interaction))
            await interaction.edit_original_response(**_replacing(first))
            for part in more:
                await interaction.followup.send(**_parameters(part), ephemeral=True)

    async def post(self, channel: discord.abc.Messageable, page: Page, *, nonce: str) -> discord.Message:
        """Post a page with embeds in a channel and return the message; the same nonce doesn't post again for a while.

        Raises:
            NotTaken: Discord doesn't take it, or can't be reached.
        """
        with _faults_raised():
            return await channel.send(**_parameters(page), nonce=nonce)

    async def post_reply(self, message: discord.PartialMessage, page: Page, *, embeds: bool, nonce: str) -> str:
        """Post a page as a reply to somebody else's message and return its address.

        Raises:
            NotTaken: Discord doesn't take it, or can't be reached; `is_gone` if there is nothing to reply to.
        """
        with _faults_raised():
            first, *more = _forms(page, embeds=embeds)
            reference = message.to_reference(fail_if_not_exists=True)
            posted = await message.channel.send(**_parameters(first), reference=reference, nonce=nonce)
            for part in more:
                await message.channel.send(**_parameters(part))
        return posted.jump_url

    async def edit(self, message: discord.PartialMessage, page: Page) -> None:
        """Let a message of the bot's own say something else.

        Raises:
            NotTaken: Discord doesn't take it, or can't be reached; `is_gone` if the message isn't there any more.
        """
        with _faults_raised():
            await message.edit(**_replacing(page))

    async def _react(self, message: discord.Message, reply: Reaction, permissions: discord.Permissions) -> None:
        if permissions.add_reactions and permissions.read_message_history:
            await message.add_reaction(reply.emoji)

    async def _send(self, message: discord.Message, page: Page, permissions: discord.Permissions) -> None:
        first, *more = _forms(page, embeds=permissions.embed_links)
        parameters = _parameters(first)
        if permissions.read_message_history:
            parameters["reference"] = message.to_reference(fail_if_not_exists=False)
        await message.channel.send(**parameters, nonce=message.id)
        for part in more:
            await message.channel.send(**_parameters(part))


class NotTaken(Exception):
    """Say that Discord didn't take a message: for `is_gone`, because what it was meant for isn't there any more."""

    def __init__(self, reason: str, *, is_gone: bool = False) -> None:
        super().__init__(reason)
        self.is_gone = is_gone


@contextmanager
def _faults_raised() -> Iterator[None]:
    try:
        yield
    except discord.HTTPException as error:
        replied_to_nothing = error.code == invalid_form and "message_reference" in error.text
        is_gone = error.code in {unknown_channel, unknown_message} or replied_to_nothing
        raise NotTaken(f"Discord says {error.status}/{error.code}", is_gone=is_gone) from None
    except (aiohttp.ClientError, OSError) as error:
        raise NotTaken(type(error).__name__) from None


@contextmanager
def _faults_logged(what: str) -> Iterator[None]:
    """Write one log line about an answer that Discord doesn't take or that doesn't get there."""
    try:
        yield
    except discord.HTTPException as error:
        if error.code != already_acknowledged:
            logger.warning("Can't answer %s: Discord says %s/%s.", what, error.status, error.code)
    except (aiohttp.ClientError, OSError) as error:
        logger.warning("Can't answer %s: %s.", what, type(error).__name__)


def _parameters(page: Page) -> dict[str, Any]:
    """Return what every way of sending takes."""
    return {
        "content": page.content or None,
        "embeds": page.embeds,
        "view": view_of(page) or discord.utils.MISSING,
        "allowed_mentions": silent,
    }


def _replacing(page: Page) -> dict[str, Any]:
    """Return what every way of editing takes; what isn't there is taken away."""
    return {**_parameters(page), "view": view_of(page)}


async def _page_of(work: Coroutine[Any, Any, Page]) -> Page:
    try:
        return await work
    except StorageUnavailable as error:
        logger.warning("Somebody was told to try again. %s", error)
        return render_storage_away()
    except Exception:
        logger.exception("An interaction could not be answered.")
        return render_failure()


def _forms(page: Page, *, embeds: bool) -> tuple[Page, ...]:
    """Return the messages to send: as a rule one, in plain text as many as it needs."""
    return (page,) if embeds else page.without_embeds()


def _permissions(message: discord.Message) -> discord.Permissions:
    if message.guild is None:
        return discord.Permissions.all()
    if isinstance(message.channel, discord.PartialMessageable):  # a thread that Discord never told of: plain text, then
        return discord.Permissions(send_messages=True, send_messages_in_threads=True)
    return message.channel.permissions_for(message.guild.me)


def _may_send(message: discord.Message, permissions: discord.Permissions) -> bool:
    in_thread = isinstance(message.channel, discord.Thread)
    return permissions.send_messages_in_threads if in_thread else permissions.send_messages


def _may_embed(interaction: discord.Interaction[Any]) -> bool:
    return interaction.guild_id is None or interaction.app_permissions.embed_links
