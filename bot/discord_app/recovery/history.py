"""Read what stands in a channel, and what of it the bot has replied to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import aiohttp
import discord

Place = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.PartialMessageable
errors = (discord.DiscordException, aiohttp.ClientError, OSError)  # of requests

max_messages = 300  # of a channel; Discord hands out 100 at a time


@dataclass(frozen=True, slots=True)
class History:
    """Some messages of a channel, the oldest first, and the ids of those that the bot has replied or reacted to.

    Attributes:
        is_whole: there are no newer ones.
    """

    messages: tuple[discord.Message, ...]
    answered: frozenset[int]
    is_whole: bool = True


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
    messages = [message async for message in channel.history(after=start, limit=max_messages, oldest_first=True)]
    return History(tuple(messages), frozenset(_answered(messages, bot_id)), is_whole=len(messages) < max_messages)


def may_read(channel: discord.abc.GuildChannel | discord.Thread) -> bool:
    """Tell whether the bot may look into a channel's past."""
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.view_channel and permissions.read_message_history


def is_answered(message: discord.Message) -> bool:
    """Tell whether the bot has reacted to a message, which is an answer, too."""
    return any(reaction.me for reaction in message.reactions)


async def has_spoken_in(post: discord.Thread, *, bot_id: int) -> bool:
    """Tell whether the bot has said anything below a forum post.

    Raises:
        discord.DiscordException, OSError, aiohttp.ClientError: As in `Requests`.
    """
    history = await read_history(post, after=post.id - 1, bot_id=bot_id)
    return any(message.author.id == bot_id for message in history.messages)


def _answered(messages: Iterable[discord.Message], bot_id: int) -> Iterable[int]:
    for message in messages:
        if message.author.id == bot_id and message.reference is not None and message.reference.message_id is not None:
            yield message.reference.message_id
        if is_answered(message):
            yield message.id
