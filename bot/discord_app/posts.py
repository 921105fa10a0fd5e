"""Messages of the bot's own that stay: posted once, edited in place, known by where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import discord
from discord import app_commands

from bot.discord_app import sender
from bot.discord_app.catch_up.history import may_read, own_id, read_history
from bot.discord_app.forms import says
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import Page
from bot.discord_app.permissions import MissingPermission, Place, find_place, missing_to_edit
from bot.discord_app.rest.retrying import ERRORS
from bot.discord_app.sender import NONCE_DECIDES, NotTaken


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a message is."""

    server_id: int
    channel_id: int
    message_id: int

    @property
    def url(self) -> str:
        """Its address."""
        return sender.address(self.server_id, self.channel_id, self.message_id)


class Edit(Enum):
    """What became of an edit that the bot may make."""

    done = auto()
    gone = auto()
    """The message or its channel was deleted."""
    failed = auto()
    """Discord doesn't take it, or can't be reached."""


class Posts:
    """Post messages that stay, and edit them later."""

    def __init__(self, *, client: discord.Client) -> None:
        self._client = client

    async def post(
        self,
        place: Place,
        page: Page,
        *,
        nonce: str,
        maybe_since: int | None = None,
        is_same: Callable[[discord.Message, Page], bool] = says,
    ) -> discord.Message:
        """Post a page and return the message.

        A page that is already there after the message `maybe_since` isn't posted again: Discord may have forgotten the
        nonce of an earlier attempt. `is_same` tells whether a message is that page.

        Raises:
            NotTaken: Discord doesn't take the post, or can't be reached.
        """
        earlier = None if maybe_since is None else await self._posted(place, page, is_same, since=maybe_since)
        return earlier or await sender.post(place, page, nonce=nonce)

    async def edit(self, where: Whereabouts, page: Page) -> Edit | MissingPermission:
        """Let a message say something else, and return what became of that."""
        guild = self._client.get_guild(where.server_id)
        place = find_place(guild, where.channel_id)
        if place and (missing := missing_to_edit(place)):
            return missing
        try:
            await sender.edit(self._message(where), page)
        except NotTaken as refusal:
            return _refused(refusal, where.channel_id)
        return Edit.done

    async def delete(self, where: Whereabouts) -> Edit | MissingPermission:
        """Delete a message, and return what became of that; one that is gone already is done."""
        try:
            await sender.delete(self._message(where))
        except NotTaken as refusal:
            return Edit.done if refusal.is_gone else _refused(refusal, where.channel_id)
        return Edit.done

    async def is_there(self, where: Whereabouts) -> bool:
        """Return whether a message still exists; one that the bot may not see is taken to exist.

        Raises:
            NotTaken: Discord can't be reached.
        """
        return await sender.is_there(self._message(where))

    async def _posted(
        self, place: Place, page: Page, is_same: Callable[[discord.Message, Page], bool], *, since: int
    ) -> discord.Message | None:
        """Return the post that already has a page since some message, if the bot may read it."""
        if not may_read(place):
            return None
        try:
            history = await read_history(place, after=since, bot_id=own_id(self._client))
        except discord.Forbidden:
            return None
        except ERRORS as error:
            raise NotTaken(error) from None
        return next((own for own in history.own if is_same(own, page)), None)

    def _message(self, where: Whereabouts) -> discord.PartialMessage:
        channel = self._client.get_partial_messageable(where.channel_id, guild_id=where.server_id)
        return channel.get_partial_message(where.message_id)


def maybe_posted_since(interaction: discord.Interaction[Any]) -> int | None:
    """Return the message since which an earlier click on the same button may have posted; None if that can't be.

    The message with the button makes the nonce, which keeps a second click, or a second process that got the same one,
    from posting again. But a click may have posted although it seemed to fail, and Discord forgets nonces.
    """
    clicked = clicked_message(interaction)
    return clicked.id if interaction.created_at - clicked.created_at > NONCE_DECIDES else None


class PostingPlace(app_commands.Transformer):
    """Accept a channel or thread by its id, even if the bot can't see it."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Tell Discord to offer channels."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Offer channels and threads that people can post in."""
        threads = [discord.ChannelType.public_thread, discord.ChannelType.private_thread]
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.news_thread, *threads]

    async def transform(self, _: discord.Interaction[Any], value: Any, /) -> int:
        """Return the id."""
        return int(value.id)


def _refused(refusal: NotTaken, channel_id: int) -> Edit | MissingPermission:
    if refusal.is_gone:
        return Edit.gone
    if refusal.is_forbidden:
        return MissingPermission("view_channel", is_the_bots=True, channel_id=channel_id)
    return Edit.failed
