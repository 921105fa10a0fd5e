"""Return whether a message is for the bot, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

import discord


@dataclass(frozen=True, slots=True)
class NotAddressed:
    """The message isn't for the bot."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The message asks the bot something."""

    text: str


@dataclass(frozen=True, slots=True)
class BareCall:
    """The message mentions the bot and says nothing else."""


@dataclass(frozen=True, slots=True)
class HiddenText:
    """The message is for the bot, but without a mention Discord doesn't send its text."""


@dataclass(frozen=True, slots=True)
class HiddenQuote:
    """The message replies to somebody else, and only mentions the bot."""


Addressed = Asked | BareCall | HiddenText | HiddenQuote

_ORDINARY = {discord.MessageType.default, discord.MessageType.reply}


def read_address(message: discord.Message, bot_user: discord.ClientUser) -> Addressed | NotAddressed:
    """Return what a message wants from the bot: nothing if it comes from a bot, a webhook, or Discord."""
    is_bots = message.author.bot or message.author.id == bot_user.id
    if is_bots or message.webhook_id is not None or message.type not in _ORDINARY:
        return NotAddressed()
    # For a server that discord.py doesn't know, only the channel shows that it isn't a direct message.
    is_direct = message.guild is None and getattr(message.channel, "guild_id", None) is None
    named = is_direct or any(user.id == bot_user.id for user in message.mentions)
    answers_bot = _author_answered(message) == bot_user.id
    if not (named or answers_bot or _mentions_own_role(message)):
        return NotAddressed()
    if text := _without_call(message, bot_user):
        return Asked(text)
    if not named and not message.content:
        return HiddenText()
    return HiddenQuote() if message.reference and not answers_bot else BareCall()


def _author_answered(message: discord.Message) -> int | None:
    """Return the id of the author of the message that this one replies to."""
    answered = message.reference.resolved if message.reference else None
    return answered.author.id if isinstance(answered, discord.Message) else None


def _mentions_own_role(message: discord.Message) -> bool:
    """Return whether the role that Discord made for the bot is mentioned; @everyone doesn't count."""
    own_role = message.guild.self_role if message.guild else None
    return own_role is not None and own_role in message.role_mentions


def _without_call(message: discord.Message, bot_user: discord.ClientUser) -> str:
    own_role = message.guild.self_role if message.guild else None
    ids = "|".join(filter(None, [rf"!?{bot_user.id}", rf"&{own_role.id}" if own_role else None]))
    return re.sub(rf"<@(?:{ids})>", " ", message.content).strip()
