"""Answer what is said to the bot: mentions, replies and direct messages."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.answering import Outcome
from bot.discord_app.addressing import Asked, BareCall, HiddenQuote, HiddenText, NotAddressed, read_address
from bot.discord_app.answer_buttons import for_everybody
from bot.discord_app.asked_in_vain import asked_by_message
from bot.discord_app.rendering import (
    Page,
    Reply,
    render,
    render_bare_call,
    render_failure,
    render_hidden_quote,
    render_hidden_text,
)
from bot.discord_app.rendering_members import (
    answers_elsewhere,
    render_elsewhere,
    render_said_already,
    too_many_questions,
)

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Saying:
    """What to say to a message; if it asked a question, with what became of that."""

    reply: Reply
    text: str = ""
    outcome: Outcome | None = None


class Mentions(commands.Cog):
    """Read a message, ask the service, render, deliver."""

    def __init__(self, bot: CareerBot, bot_user: discord.ClientUser) -> None:
        self._bot = bot
        self._bot_user = bot_user

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Reply once to a message that speaks to the bot; stay silent otherwise."""
        address = read_address(message, self._bot_user)
        if isinstance(address, NotAddressed):
            return
        try:
            direction = self._direction(message)
            saying = self._say(message, address) if direction is None else _Saying(direction)
        except Exception:
            logger.exception("Message %s could not be answered.", message.id)
            saying = _Saying(render_failure())
        await self._deliver(message, saying.reply)
        if saying.outcome is not None:
            await self._bot.asked_in_vain.keep(asked_by_message(message, saying.text), saying.outcome)

    def _direction(self, message: discord.Message) -> Reply | None:
        """Return what to say instead of an answer: that it's too much, or where the bot answers; None as a rule."""
        limits = self._bot.limits
        if not limits.questions.admits(message.author.id):
            return too_many_questions
        if message.guild is None:
            return None
        channels = self._bot.stores.servers.of(message.guild.id).mention_channels
        if channels == "all" or not {message.channel.id, _parent_id(message)}.isdisjoint(channels):
            return None
        return render_elsewhere(channels) if limits.directions.admits(message.channel.id) else answers_elsewhere

    def _say(self, message: discord.Message, address: Asked | BareCall | HiddenText | HiddenQuote) -> _Saying:
        match address:
            case Asked(text):
                server_id = message.guild.id if message.guild else None
                outcome = self._bot.questions.ask(text, server_id=server_id)
                reply = render(outcome)
                reply = for_everybody(reply, message.author.id) if isinstance(reply, Page) else reply
                return _Saying(reply, text, outcome)
            case BareCall():
                return _Saying(render_bare_call(self._bot.answering.knowledge.role.title))
            case HiddenText():
                return _Saying(render_hidden_text(self._bot_user.mention))
            case HiddenQuote():
                return _Saying(render_hidden_quote())

    async def _deliver(self, message: discord.Message, reply: Reply) -> None:
        """Reply; in a server, an answer that has just been given there is linked."""
        say = partial(self._bot.delivery.reply_to, message, reply)
        if not isinstance(reply, Page) or message.guild is None:
            await say()
        elif earlier := await self._bot.limits.answers.once(message.channel.id, reply.topics, say):
            await self._bot.delivery.reply_to(message, render_said_already(reply, earlier))


def _parent_id(message: discord.Message) -> int | None:
    """Return the id of the channel that a thread or a forum post belongs to."""
    return message.channel.parent_id if isinstance(message.channel, discord.Thread) else None
