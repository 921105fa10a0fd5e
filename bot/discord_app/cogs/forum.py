"""Answer new forum posts by their title, where moderators have switched that on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.answering import Answered
from bot.discord_app.answer_buttons import for_post
from bot.discord_app.rendering import render_answers
from bot.discord_app.rendering_members import render_automatic
from bot.storage.statistics import Event

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot


class Forum(commands.Cog):
    """Read the title of a post, ask the service, render, deliver."""

    def __init__(self, bot: CareerBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Answer a new post once if its title is confidently answered; stay silent otherwise."""
        bot = self._bot
        is_switched_on = thread.parent_id in bot.stores.servers.of(thread.guild.id).forum_channels
        if not is_switched_on or not isinstance(thread.parent, discord.ForumChannel):
            return
        outcome = bot.questions.read_title(thread.name, server_id=thread.guild.id)
        if not isinstance(outcome, Answered):
            return
        page = for_post(render_automatic(render_answers(outcome)), thread.owner_id)

        async def answer() -> str | None:
            address = await bot.delivery.answer_post(thread, page)
            if address is not None:
                bot.questions.count(Event.automatic, server_id=thread.guild.id, topics=page.topics)
            return address

        await bot.limits.answers.once(thread.id, page.topics, answer)
