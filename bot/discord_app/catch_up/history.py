"""Read a channel's messages, and which of them the bot has replied to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import discord

from bot.discord_app.permissions import own_permissions

Readable = (
    discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.PartialMessageable
)

MAX_MESSAGES = 1000  # of a channel; Discord hands out 100 at a time


@dataclass(frozen=True, slots=True)
class History:
    """Some messages of a channel, the oldest first.

    Attributes:
        own: those of them that the bot wrote.
        answered: the ids of those that the bot has replied or reacted to.
        is_whole: there are no newer ones.
    """

    messages: tuple[discord.Message, ...]
    own: tuple[discord.Message, ...]
    answered: frozenset[int]
    is_whole: bool

    def replies_to(self, message_id: int) -> tuple[discord.Message, ...]:
        """Return what the bot replied to a message."""
        return tuple(message for message in self.own if _replied_to(message) == message_id)

    @property
    def unaddressed(self) -> tuple[discord.Message, ...]:
        """What the bot said without referring to a question, as it does where it may not read the history."""
        return tuple(message for message in self.own if message.reference is None and not _answers_command(message))


def own_id(client: discord.Client) -> int:
    """Return the id of the bot itself, once it is logged in."""
    if client.user is None:
        raise AssertionError("there is no session before somebody is logged in")
    return client.user.id


async def read_history(channel: discord.abc.Messageable, *, after: int, bot_id: int) -> History:
    """Return a channel's messages after the one with an id.

    Raises:
        discord.DiscordException, OSError, aiohttp.ClientError: As in `Requests`.
    """
    start = discord.Object(after)
    messages = [message async for message in channel.history(after=start, limit=MAX_MESSAGES, oldest_first=True)]
    own = tuple(message for message in messages if message.author.id == bot_id)
    return History(
        messages=tuple(messages),
        own=own,
        answered=frozenset(_answered(messages, own)),
        is_whole=len(messages) < MAX_MESSAGES,
    )


def may_read(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    """Return whether the bot may read a channel's history."""
    permissions = own_permissions(channel)
    if permissions is None:
        return True  # Discord can tell
    return permissions.view_channel and permissions.read_message_history


def is_answered(message: discord.Message) -> bool:
    """Return whether the bot has reacted to a message; that counts as an answer."""
    return any(reaction.me for reaction in message.reactions)


async def has_spoken_in(post: discord.Thread, *, bot_id: int) -> bool:
    """Return whether the bot has said anything below a forum post.

    Raises:
        discord.DiscordException, OSError, aiohttp.ClientError: As in `Requests`.
    """
    return bool((await read_history(post, after=post.id - 1, bot_id=bot_id)).own)


def _replied_to(message: discord.Message) -> int | None:
    return message.reference.message_id if message.reference is not None else None


def _answers_command(message: discord.Message) -> bool:
    return message.interaction_metadata is not None or message.webhook_id is not None


def _answered(messages: Iterable[discord.Message], own: Iterable[discord.Message]) -> Iterable[int]:
    yield from filter(None, map(_replied_to, own))
    yield from (message.id for message in messages if is_answered(message))
