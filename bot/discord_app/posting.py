"""Post messages that a moderator has asked for, and change them later; tell when Discord doesn't take them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.discord_app.delivery import Delivery, replies_to_nothing
from bot.discord_app.forms import parameters_of, replacing
from bot.discord_app.page import Page

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008


class NotTaken(Exception):
    """Say that Discord didn't take a message.

    Attributes:
        is_gone: because what it was meant for isn't there any more.
        is_forbidden: because the bot may not.
    """

    def __init__(self, reason: str, *, is_gone: bool = False, is_forbidden: bool = False) -> None:
        super().__init__(reason)
        self.is_gone = is_gone
        self.is_forbidden = is_forbidden


class Posting:
    """Post, change and look up messages. Nothing it sends ever pings anybody."""

    def __init__(self, *, delivery: Delivery) -> None:
        self._delivery = delivery

    async def post(self, channel: discord.abc.Messageable, page: Page, *, nonce: str) -> discord.Message:
        """Post a page with embeds in a channel and return the message; the same nonce doesn't post again for a while.

        Raises:
            NotTaken: Discord doesn't take it, or can't be reached.
        """
        with _faults_raised():
            return await channel.send(**parameters_of(page), nonce=nonce)

    async def post_reply(self, message: discord.PartialMessage, page: Page, *, embeds: bool, nonce: str) -> str:
        """Post a page as a reply to somebody else's message and return its address.

        Raises:
            NotTaken: Discord doesn't take it, or can't be reached; `is_gone` if there is nothing to reply to.
        """
        with _faults_raised():
            reference = message.to_reference(fail_if_not_exists=True)
            return await self._delivery.say(message.channel, page, embeds=embeds, nonce=nonce, reference=reference)

    async def edit(self, message: discord.PartialMessage, page: Page) -> None:
        """Let a message of the bot's own say something else.

        Raises:
            NotTaken: Discord doesn't take it, or can't be reached; `is_gone` if the message isn't there any more.
        """
        with _faults_raised():
            await message.edit(**replacing(page))

    async def is_there(self, message: discord.PartialMessage) -> bool:
        """Tell whether a message still exists; one that the bot may not see is taken to exist.

        Raises:
            NotTaken: Discord can't be reached.
        """
        try:
            with _faults_raised():
                await message.fetch()
        except NotTaken as refusal:
            if not (refusal.is_gone or refusal.is_forbidden):
                raise
            return not refusal.is_gone
        return True


@contextmanager
def _faults_raised() -> Iterator[None]:
    try:
        yield
    except discord.HTTPException as error:
        is_gone = error.code in {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE} or replies_to_nothing(error)
        is_forbidden = isinstance(error, discord.Forbidden)
        raise NotTaken(
            f"Discord says {error.status}/{error.code}", is_gone=is_gone, is_forbidden=is_forbidden
        ) from None
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise NotTaken(type(error).__name__) from None
