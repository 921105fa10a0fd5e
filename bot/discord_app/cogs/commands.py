"""The slash commands: /ask, /faq, /jd and /help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering import UnknownTopic
from bot.discord_app.rendering import (
    Page,
    Reaction,
    max_choices,
    render,
    render_answer,
    render_choices,
    render_help,
    render_job_description,
    render_topics,
)

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot


class Commands(commands.Cog):
    """Read what was typed, ask the service, render, deliver."""

    def __init__(self, bot: CareerBot) -> None:
        self._bot = bot

    @app_commands.command()
    @app_commands.describe(question="Your question in your own words, or one of the suggestions")
    async def ask(
        self, interaction: discord.Interaction[CareerBot], question: app_commands.Range[str, 1, 2000]
    ) -> None:
        """Ask a question; only you see the answer."""
        await self._bot.delivery.respond(interaction, self._answer(question), private=True)

    @ask.autocomplete("question")
    async def _suggest_questions(self, _: discord.Interaction[CareerBot], typed: str) -> list[app_commands.Choice[str]]:
        choices = render_choices(self._bot.answering.complete(typed, max_choices))
        return [app_commands.Choice(name=choice.label, value=choice.topic_id) for choice in choices]

    @app_commands.command()
    async def faq(self, interaction: discord.Interaction[CareerBot]) -> None:
        """List the questions that I can answer, and pick one."""
        page = render_topics(self._bot.answering.knowledge.entries)
        await self._bot.delivery.respond(interaction, page, private=True)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    async def jd(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Post the job description in this channel."""
        page = render_job_description(self._bot.answering.knowledge)
        await self._bot.delivery.respond(interaction, page, private=False)

    @app_commands.command()
    async def help(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Show what I can do and how to ask me."""
        page = render_help(self._bot.answering.knowledge.role.title)
        await self._bot.delivery.respond(interaction, page, private=True)

    def _answer(self, question: str) -> Page:
        """Return the answer to a question or, if a suggestion was picked, its topic: Discord sends the id then."""
        try:
            return render_answer(self._bot.answering.topic(question))
        except UnknownTopic:
            reply = render(self._bot.answering.answer(question))
            return Page(content=reply.emoji) if isinstance(reply, Reaction) else reply
