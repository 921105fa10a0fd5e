"""Answer what is said to the bot: mentions, replies and direct messages."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.discord_app.addressing import Asked, BareCall, HiddenQuote, HiddenText, NotAddressed, read_address
from bot.discord_app.answer_buttons import for_everybody
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
            reply = self._direction(message) or self._reply(message, address)
        except Exception:
            logger.exception("Message %s could not be answered.", message.id)
            reply = render_failure()
        await self._deliver(message, reply)

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

    def _reply(self, message: discord.Message, address: Asked | BareCall | HiddenText | HiddenQuote) -> Reply:
        match address:
            case Asked(text):
                server_id = message.guild.id if message.guild else None
                reply = render(self._bot.questions.ask(text, server_id=server_id))
                return for_everybody(reply, message.author.id) if isinstance(reply, Page) else reply
            case BareCall():
                return render_bare_call(self._bot.answering.knowledge.role.title)
            case HiddenText():
                return render_hidden_text(self._bot_user.mention)
            case HiddenQuote():
                return render_hidden_quote()

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
