"""The commands for everyone: /ask, /faq, and /help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.discord_app.asking.buttons import for_everybody, for_person, render_topics
from bot.discord_app.asking.flood import FloodLimits
from bot.discord_app.asking.last_answers import asker_of
from bot.discord_app.asking.questions import Questions
from bot.discord_app.asking.replies import reply_for
from bot.discord_app.asking.texts import render_help, render_said_already, render_too_many_questions
from bot.discord_app.clicks import Feature, language_of, reply_privately, responses_of
from bot.discord_app.handoff.button import AskHumanButton
from bot.discord_app.handoff.texts import quoting
from bot.discord_app.interactions import MAX_SILENCE
from bot.discord_app.page import MAX_CHOICES, MAX_OPTION, Page, Reaction, shorten
from bot.discord_app.scope import knowledge_of, scope_of, server_of
from bot.discord_app.unanswered.tracking import UnansweredTracker, asked_by_command
from bot.discord_app.user_installs import for_user_installs, is_brought_along
from bot.knowledge.model import Entry
from bot.language.speech import N_, speak
from bot.library import PATIENCE, Library
from bot.outcomes import Outcome
from bot.storage.resolutions import QuestionSource, Resolution
from bot.storage.servers import ServerSettingsStore


class Commands(Feature):
    """Read what was typed, answer, render, and respond."""

    def __init__(
        self,
        *,
        library: Library,
        limits: FloodLimits,
        questions: Questions,
        servers: ServerSettingsStore,
        unanswered: UnansweredTracker,
    ) -> None:
        self._library = library
        self._limits = limits
        self._questions = questions
        self._servers = servers
        self._unanswered = unanswered

    @app_commands.command(description=N_("Ask a question. Usually only you see the answer."))
    @for_user_installs
    @app_commands.describe(question=N_("Your question in your own words, or a suggestion"))
    async def ask(self, interaction: discord.Interaction[Any], question: app_commands.Range[str, 1, 2000]) -> None:
        """Answer a question."""
        scope = scope_of(interaction)
        message = await self._questions.read(question, scope=scope, patience=PATIENCE)
        limit = self._limits.of_message(is_social=message.is_social)
        if not limit.admits(interaction.user.id, interaction.created_at):
            page, declined = render_too_many_questions(), Resolution.declined_too_many
            await responses_of(interaction).respond(interaction, page, private=True, resolution=declined)
            return
        asker, language = asker_of(interaction), language_of(interaction)
        outcome = await self._questions.ask_or_pick(message, scope=scope, asker=asker, language=language)
        speak(outcome.language)
        reply = reply_for(interaction, outcome, self._servers)
        page = Page(content=reply.emoji) if isinstance(reply, Reaction) else reply
        if any(isinstance(item, AskHumanButton) for item in page.items):
            page = replace(page, content=quoting(page.content, question))
        answer = partial(self._answer, interaction, question, outcome)
        self._questions.count_outcome(
            outcome,
            QuestionSource.interaction,
            server_id=scope.server_id,
            in_statistics=not is_brought_along(interaction),
        )
        if self._answers_privately(interaction):
            await answer(for_person(page, interaction), private=True)
            return
        say = partial(answer, for_everybody(page, interaction.user.id), private=False)
        earlier = await self._limits.answers.once(
            interaction.channel_id or 0, page.topics, say, language=page.language, patience=MAX_SILENCE
        )
        if earlier is not None:
            await reply_privately(interaction, render_said_already(page, earlier))

    async def _answer(
        self, interaction: discord.Interaction[Any], question: str, outcome: Outcome, page: Page, *, private: bool
    ) -> str | None:
        """Respond, keep the question if it is unanswered, and return the response's address."""
        address = await responses_of(interaction).respond(interaction, page, private=private)
        if address is not None:
            asked = asked_by_command(interaction, question, reply_id=int(address.rpartition("/")[2]))
            await self._unanswered.keep_by_command(asked, outcome)
        return address

    @ask.autocomplete("question")
    async def _suggest_questions(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        language = language_of(interaction)
        return choices_of(await self._questions.complete(typed, scope=scope_of(interaction), language=language))

    @app_commands.command(description=N_("Show all the questions I can answer."))
    @for_user_installs
    async def faq(self, interaction: discord.Interaction[Any]) -> None:
        """List the questions, with menus to pick one."""
        language = language_of(interaction)
        page = render_topics(await self._questions.entries(scope=scope_of(interaction), language=language))
        private = self._answers_privately(interaction) or not self._limits.questions.admits(
            interaction.user.id, interaction.created_at
        )
        page = page if private else for_everybody(page, interaction.user.id)
        await responses_of(interaction).respond(interaction, page, private=private)

    @app_commands.command(description=N_("Show what I can do and how to ask me."))
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """Say how to ask."""
        knowledge = await knowledge_of(self._library, interaction)
        page = render_help(knowledge.in_language(language_of(interaction)))
        await reply_privately(interaction, page)

    def _answers_privately(self, interaction: discord.Interaction[Any]) -> bool:
        """Follow the server's setting. Be private in DMs, and where a person brought the bot along."""
        server_id = server_of(interaction)
        return server_id is None or self._servers.of(server_id).private_by_default


def choices_of(entries: Iterable[Entry]) -> list[app_commands.Choice[str]]:
    """Return what to suggest while somebody types. Discord rejects two choices with the same name."""
    choices: dict[str, app_commands.Choice[str]] = {}
    for entry in entries:
        name = shorten(entry.question, MAX_OPTION)
        choices.setdefault(name, app_commands.Choice(name=name, value=entry.id))
    return list(choices.values())[:MAX_CHOICES]
