"""The slash commands for everybody: /ask, /faq and /help."""

from __future__ import annotations

from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering import Outcome
from bot.discord_app.asking.answer_components import for_everybody, for_one
from bot.discord_app.asking.pages import render_said_already, render_too_many_questions
from bot.discord_app.interactions import MAX_SILENCE
from bot.discord_app.page import (
    Page,
    Reaction,
    render,
    render_choices,
    render_help,
    render_topics,
)
from bot.discord_app.toolkit import Toolkit
from bot.discord_app.unanswered.tracking import asked_by_command
from bot.storage.resolutions import Face, Fate


class Commands(commands.Cog):
    """Read what was typed, ask the service, render, deliver."""

    def __init__(self, *, tools: Toolkit) -> None:
        self._tools = tools

    @app_commands.command()
    @app_commands.describe(question="Your question in your own words, or one of the suggestions")
    async def ask(self, interaction: discord.Interaction[Any], question: app_commands.Range[str, 1, 2000]) -> None:
        """Ask a question; as a rule, only you see the answer."""
        tools, server_id = self._tools, interaction.guild_id
        if not tools.limits.questions.admits(interaction.user.id):
            page = render_too_many_questions()
            await tools.responses.respond(interaction, page, private=True, fate=Fate.declined_too_many)
            return
        outcome = await tools.questions.ask_or_pick(question, server_id=server_id)
        reply = render(outcome)
        page = Page(content=reply.emoji) if isinstance(reply, Reaction) else reply
        answer = partial(self._answer, interaction, question, outcome)
        tools.questions.count_outcome(outcome, Face.interaction, server_id=server_id)
        if self._answers_privately(interaction):
            await answer(for_one(page, in_server=server_id is not None), private=True)
            return
        say = partial(answer, for_everybody(page, interaction.user.id), private=False)
        earlier = await tools.limits.answers.once(interaction.channel_id or 0, page.topics, say, patience=MAX_SILENCE)
        if earlier is not None:
            await tools.responses.respond(interaction, render_said_already(page, earlier), private=True)

    async def _answer(
        self, interaction: discord.Interaction[Any], question: str, outcome: Outcome, page: Page, *, private: bool
    ) -> str | None:
        """Answer, keep the question if need be, and return the answer's address."""
        address = await self._tools.responses.respond(interaction, page, private=private)
        if address is not None:
            asked = asked_by_command(interaction, question, reply_id=int(address.rpartition("/")[2]))
            await self._tools.asked_in_vain.keep_by_command(asked, outcome)
        return address

    @ask.autocomplete("question")
    async def _suggest_questions(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        choices = render_choices(self._tools.questions.complete(typed, server_id=interaction.guild_id))
        return [app_commands.Choice(name=choice.label, value=choice.topic_id) for choice in choices]

    @app_commands.command()
    async def faq(self, interaction: discord.Interaction[Any]) -> None:
        """List the questions that I can answer, and pick one."""
        page = render_topics(self._tools.answering.knowledge.entries)
        private = self._answers_privately(interaction)
        page = page if private else for_everybody(page, interaction.user.id)
        await self._tools.responses.respond(interaction, page, private=private)

    @app_commands.command()
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """Show what I can do and how to ask me."""
        page = render_help(self._tools.answering.knowledge.role.title)
        await self._tools.responses.respond(interaction, page, private=True)

    def _answers_privately(self, interaction: discord.Interaction[Any]) -> bool:
        """Tell what the server has set; in a direct message nobody else reads along anyway."""
        server_id = interaction.guild_id
        return server_id is None or self._tools.stores.servers.of(server_id).private_by_default
