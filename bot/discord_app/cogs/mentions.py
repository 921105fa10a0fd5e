"""Answer what is said to the bot: mentions, replies and direct messages."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.discord_app.addressing import Asked, BareCall, HiddenQuote, HiddenText, NotAddressed, read_address
from bot.discord_app.rendering import (
    Reply,
    render,
    render_bare_call,
    render_failure,
    render_hidden_quote,
    render_hidden_text,
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
            reply = self._reply(address)
        except Exception:
            logger.exception("Message %s could not be answered.", message.id)
            reply = render_failure()
        await self._bot.delivery.reply_to(message, reply)

    def _reply(self, address: Asked | BareCall | HiddenText | HiddenQuote) -> Reply:
        match address:
            case Asked(text):
                return render(self._bot.answering.answer(text))
            case BareCall():
                return render_bare_call(self._bot.answering.knowledge.role.title)
            case HiddenText():
                return render_hidden_text(self._bot_user.mention)
            case HiddenQuote():
                return render_hidden_quote()
