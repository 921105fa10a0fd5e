"""/privacy and /forget-me: people see and delete what is kept about them."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord import app_commands

from bot.discord_app.asking.questions import Questions
from bot.discord_app.catch_up.direct_messages import DirectMessages
from bot.discord_app.clicks import Feature, reply_privately, responses_of
from bot.discord_app.handoff.handing_on import HandingOn
from bot.discord_app.page import Page
from bot.discord_app.privacy.texts import render_forgotten, render_not_all_forgotten, render_privacy
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.discord_app.unanswered.tracking import UnansweredTracker
from bot.discord_app.user_installs import for_user_installs
from bot.discord_app.voting.votes import Voting
from bot.language.speech import N_
from bot.storage.errors import StorageUnavailable
from bot.storage.taught import TaughtItems

logger = logging.getLogger(__name__)


class Privacy(Feature):
    """Respond only to the person who asks."""

    def __init__(
        self,
        *,
        unanswered: UnansweredTracker,
        direct_messages: DirectMessages,
        handing_on: HandingOn,
        keeper: QuestionKeeper,
        questions: Questions,
        taught: TaughtItems,
        voting: Voting,
    ) -> None:
        self._unanswered = unanswered
        self._direct_messages = direct_messages
        self._handing_on = handing_on
        self._keeper = keeper
        self._questions = questions
        self._taught = taught
        self._voting = voting

    @app_commands.command(description=N_("Show what I keep about you, for how long, and how to delete it."))
    @for_user_installs
    async def privacy(self, interaction: discord.Interaction[Any]) -> None:
        """Say what is kept about people."""
        page = render_privacy(keeps_text=self._keeper.keeps_text)
        await reply_privately(interaction, page)

    @app_commands.command(name="forget-me", description=N_("Delete your stored questions and votes, in all servers."))
    @for_user_installs
    async def forget_me(self, interaction: discord.Interaction[Any]) -> None:
        """Delete what is kept about a person."""
        await responses_of(interaction).acknowledged(interaction, self._forget(interaction.user.id))

    async def _forget(self, person_id: int) -> Page:
        self._questions.last_answers.forget_person(person_id)
        try:
            questions = await self._unanswered.forget_asker(person_id)
            votes = await self._voting.forget_voter(person_id)
            await self._handing_on.forget_asker(person_id)
            await self._direct_messages.forget_person(person_id)
            taught = await self._taught.forget_person(person_id)
        except StorageUnavailable as error:
            logger.warning("Can't delete somebody's data yet. %s", error)
            return render_not_all_forgotten()
        return render_forgotten(questions=questions, votes=votes, taught=taught)
