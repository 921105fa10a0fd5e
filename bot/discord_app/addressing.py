"""Tell whether a message speaks to the bot, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

import discord


@dataclass(frozen=True, slots=True)
class NotAddressed:
    """The message isn't for the bot, which stays silent."""


@dataclass(frozen=True, slots=True)
class Bare:
    """The message calls the bot and asks nothing."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The message speaks to the bot about something that Discord doesn't show it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The message asks the bot something."""

    text: str


Address = NotAddressed | Bare | Unreadable | Asked

_ORDINARY = {discord.MessageType.default, discord.MessageType.reply}


def read_address(message: discord.Message, bot_user: discord.ClientUser) -> Address:
    """Return what a message wants of the bot.

    Never of it: its own messages and those of other bots, of webhooks and of Discord itself.
    """
    if message.author.bot or message.webhook_id is not None or message.type not in _ORDINARY:
        return NotAddressed()
    replied_to = message.reference.resolved if message.reference else None
    replied_to_bot = isinstance(replied_to, discord.Message) and replied_to.author.id == bot_user.id
    if not (message.guild is None or _mentions(message, bot_user) or replied_to_bot):
        return NotAddressed()
    text = _without_call(message, bot_user)
    if text:
        return Asked(text)
    hidden = not message.content or (message.reference is not None and not replied_to_bot)
    return Unreadable() if hidden else Bare()


def _mentions(message: discord.Message, bot_user: discord.ClientUser) -> bool:
    """Tell whether the bot or the role that Discord made for it is mentioned; @everyone doesn't count."""
    if any(user.id == bot_user.id for user in message.mentions):
        return True
    own_role = message.guild.self_role if message.guild else None
    return own_role is not None and own_role.id in message.raw_role_mentions


def _without_call(message: discord.Message, bot_user: discord.ClientUser) -> str:
    own_role = message.guild.self_role if message.guild else None
    ids = "|".join(filter(None, [rf"!?{bot_user.id}", rf"&{own_role.id}" if own_role else None]))
    return re.sub(rf"<@(?:{ids})>", " ", message.content).strip()
