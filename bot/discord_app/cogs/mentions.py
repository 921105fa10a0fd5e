"""Answer what is said to the bot: mentions, replies and direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.discord_app.addressing import Asked, Bare, NotAddressed, Unreadable, read_address
from bot.discord_app.rendering import Reply, render, render_bare_mention, render_unreadable

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot


class Mentions(commands.Cog):
    """Read a message, ask the service, render, deliver."""

    def __init__(self, bot: CareerBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Reply once to a message that speaks to the bot; stay silent otherwise."""
        if self._bot.user is None:
            return
        match read_address(message, self._bot.user):
            case Asked(text):
                reply: Reply = render(self._bot.answering.answer(text))
            case Bare():
                reply = render_bare_mention(self._bot.answering.knowledge.role.title)
            case Unreadable():
                reply = render_unreadable()
            case NotAddressed():
                return
        await self._bot.delivery.reply_to(message, reply)
