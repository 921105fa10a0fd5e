"""Bring a reply to Discord, in the form that the place allows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import aiohttp
import discord

from bot.discord_app.answer_buttons import naming_parts
from bot.discord_app.buttons import view_of
from bot.discord_app.rendering import Page, Reaction, Reply, render_failure, render_storage_away
from bot.discord_app.rendering_members import render_answer_gone
from bot.storage.errors import StorageUnavailable

logger = logging.getLogger(__name__)

silent = discord.AllowedMentions.none()
longest_silence = 0.7  # seconds; Discord gives 3 for the first response, network included
no_first_message_yet = 40058  # a forum post's thread came before its first message
already_acknowledged = 40060  # what a retry is told whose first attempt arrived after all
pauses_for_first_message = (0.5, 1.0, 2.0, 4.0)  # seconds


class Delivery:
    """Send what was rendered. Nothing it sends ever pings anybody."""

    async def reply_to(self, message: discord.Message, reply: Reply) -> str | None:
        """Reply to a message and return the reply's address; where the bot may not, write one log line."""
        permissions = _permissions(message)
        with _faults_logged(f"message {message.id} in channel {message.channel.id}"):
            if isinstance(reply, Reaction):
                await self._react(message, reply, permissions)
            elif _may_send(message, permissions):
                return await self._send(message, reply, permissions)
            else:
                logger.warning("Can't answer in channel %s: Send Messages is not allowed there.", message.channel.id)
        return None

    async def answer_post(self, thread: discord.Thread, page: Page) -> str | None:
        """Answer a forum post unasked and return the answer's address; its first message may be still to come."""
        permissions = thread.permissions_for(thread.guild.me)
        if not permissions.send_messages_in_threads:
            logger.warning("Can't answer in post %s: Send Messages in Threads is not allowed there.", thread.id)
            return None
        with _faults_logged(f"post {thread.id}"):
            for pause in pauses_for_first_message:
                try:
                    return await self.say(thread, page, embeds=permissions.embed_links, nonce=thread.id)
                except discord.Forbidden as error:
                    if error.code != no_first_message_yet:
                        raise
                    await asyncio.sleep(pause)
            return await self.say(thread, page, embeds=permissions.embed_links, nonce=thread.id)
        return None

    async def respond(self, interaction: discord.Interaction[Any], page: Page, *, private: bool) -> str | None:
        """Answer a command, a button or a menu with a message of its own, and return its address.

        Whether that is private was settled if the interaction has been acknowledged already.
        """
        with _faults_logged(f"interaction {interaction.id}"):
            first, *more = _forms(page, embeds=_may_embed(interaction))
            if interaction.response.is_done():
                message_id: int | None = (await interaction.edit_original_response(**replacing(first))).id
            else:
                sent = await interaction.response.send_message(**parameters_of(first), ephemeral=private)
                message_id = sent.message_id
            await _follow_up(interaction, more, after=message_id, private=private)
            return _address(interaction, message_id) if message_id else None
        return None

    async def acknowledged(
        self, interaction: discord.Interaction[Any], work: Coroutine[Any, Any, Page], *, private: bool = True
    ) -> None:
        """Answer with the page that some work returns, which may wait for the database.

        If it takes long the interaction is acknowledged first. A database that can't be used, or a fault in the work,
        is answered with a sentence about it.
        """
        working = asyncio.ensure_future(_page_of(work))
        await asyncio.wait({working}, timeout=longest_silence)
        if working.done():
            await self.respond(interaction, await working, private=private)
            return
        with _faults_logged(f"interaction {interaction.id}"):
            try:
                await interaction.response.defer(ephemeral=private, thinking=True)
            except discord.HTTPException as error:
                if error.code != already_acknowledged:
                    raise
            first, *more = _forms(await working, embeds=_may_embed(interaction))
            await interaction.edit_original_response(**replacing(first))
            await _follow_up(interaction, more, private=private)
        await working  # which goes on though nobody can be told any more

    async def show_instead(self, interaction: discord.Interaction[Any], page: Page) -> None:
        """Answer a button by replacing the message that it stands below."""
        with _faults_logged(f"interaction {interaction.id}"):
            first, *more = _forms(page, embeds=_may_embed(interaction))
            await interaction.response.edit_message(**replacing(first))
            if (below := interaction.message) is not None:
                await _follow_up(interaction, more, after=below.id, private=below.flags.ephemeral)

    async def publish(self, interaction: discord.Interaction[Any], *, left: Page, public: Page) -> str | None:
        """Answer a button below a private message with a public one, and return its address.

        Below the private message, the buttons of `left` take the place of the former ones.
        """
        with _faults_logged(f"interaction {interaction.id}"):
            await interaction.response.edit_message(view=view_of(left))
            posted = await _follow_up(interaction, _forms(public, embeds=_may_embed(interaction)))
            return _address(interaction, posted[0])
        return None

    async def remove(
        self, interaction: discord.Interaction[Any], parts: tuple[int, ...], on_success: Callable[[], None]
    ) -> None:
        """Answer a button by deleting the message that it stands below, and the messages before that belong to it."""
        with _faults_logged(f"interaction {interaction.id}"):
            await interaction.response.defer()
            try:
                await interaction.delete_original_response()
            except discord.NotFound:
                await interaction.followup.send(**parameters_of(render_answer_gone()), ephemeral=True)
                return
            on_success()
            place = interaction.client.get_partial_messageable(interaction.channel_id or 0)
            for part in parts:
                await place.get_partial_message(part).delete()

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
            await interaction.edit_original_response(**replacing(first))
            for part in more:
                await interaction.followup.send(**parameters_of(part), ephemeral=True)

    async def _react(self, message: discord.Message, reply: Reaction, permissions: discord.Permissions) -> None:
        if permissions.add_reactions and permissions.read_message_history:
            await message.add_reaction(reply.emoji)

    async def _send(self, message: discord.Message, page: Page, permissions: discord.Permissions) -> str:
        reference = message.to_reference(fail_if_not_exists=False) if permissions.read_message_history else None
        embeds = permissions.embed_links
        return await self.say(message.channel, page, embeds=embeds, nonce=message.id, reference=reference)

    async def say(
        self,
        channel: discord.abc.Messageable,
        page: Page,
        *,
        embeds: bool,
        nonce: int | str,
        reference: discord.MessageReference | None = None,
    ) -> str:
        """Send a page, in as many messages as it takes, and return the address of the first."""
        first, *more = _forms(page, embeds=embeds)
        beside: dict[str, Any] = {"reference": reference} if reference else {}
        said = [await channel.send(**parameters_of(first), nonce=nonce, **beside)]
        for part in more:
            said.append(await channel.send(**parameters_of(naming_parts(part, [each.id for each in said]))))
        return said[0].jump_url


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


def parameters_of(page: Page) -> dict[str, Any]:
    """Return what every way of sending takes."""
    return {
        "content": page.content or None,
        "embeds": page.embeds,
        "view": view_of(page) or discord.utils.MISSING,
        "allowed_mentions": silent,
    }


def replacing(page: Page) -> dict[str, Any]:
    """Return what every way of editing takes; what isn't there is taken away."""
    return {**parameters_of(page), "view": view_of(page)}


async def _follow_up(
    interaction: discord.Interaction[Any], pages: Sequence[Page], *, after: int | None = None, private: bool = False
) -> list[int]:
    """Say more to an interaction, `after` a message that belongs to the same answer; return the ids of all of them."""
    said = [after] if after is not None else []
    for page in pages:
        form = parameters_of(naming_parts(page, said))
        said.append((await interaction.followup.send(**form, ephemeral=private, wait=True)).id)
    return said


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


def _address(interaction: discord.Interaction[Any], message_id: int) -> str:
    return f"https://discord.com/channels/{interaction.guild_id or '@me'}/{interaction.channel_id}/{message_id}"


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
