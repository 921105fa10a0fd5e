"""The 👍 and 👎 below an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Self

import discord

from bot.discord_app.asking.questions import Questions
from bot.discord_app.clicks import Clickable, Feature, feature, language_of, responses_of
from bot.discord_app.custom_ids import TOPICS, topics_in, with_topics
from bot.discord_app.forms import parts_in
from bot.discord_app.handoff.button import HandOffs, button_for, question_of
from bot.discord_app.handoff.texts import render_still_looking
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import LAST_ROW, Page, render_answer_gone, render_gone_topic
from bot.discord_app.permissions import may_replace
from bot.discord_app.scope import scope_of
from bot.discord_app.teaching.offers import TeachBetterButton
from bot.discord_app.unanswered.tracking import UnansweredTracker, question_ids
from bot.discord_app.voting.votes import Voting
from bot.language.speech import _

_VOTE = re.compile(rf"^vote:(?P<way>up|down):{TOPICS}$")


class VoteButton(Clickable[discord.ui.Button[Any]], template=_VOTE):
    """Say whether an answer helped."""

    def __init__(self, topics: Iterable[str], *, helpful: bool) -> None:
        self.topics = tuple(topics)
        self.helpful = helpful
        self._is_counted = False
        custom_id = with_topics(f"vote:{'up' if helpful else 'down'}:", self.topics)
        super().__init__(discord.ui.Button(emoji="👍" if helpful else "👎", custom_id=custom_id, row=LAST_ROW))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(topics_in(match), helpful=match["way"] == "up")

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Count the vote. Keep the question while its answer is voted down."""
        await responses_of(interaction).acknowledged(interaction, self._cast(interaction))
        bot_user = interaction.client.user
        if self._is_counted and bot_user is not None:
            votes = feature(interaction, VoteButtons)
            answer = clicked_message(interaction)
            await votes.unanswered.follow_vote(answer, bot_user, helpful=self.helpful, voting=votes.voting)

    async def _cast(self, interaction: discord.Interaction[Any]) -> Page:
        known = await feature(interaction, Questions).known(self.topics, server_id=interaction.guild_id)
        if not known:
            return render_gone_topic()
        self._is_counted = await feature(interaction, VoteButtons).voting.cast(
            message_id=clicked_message(interaction).id,
            server_id=interaction.guild_id,
            topics=known,
            person_id=interaction.user.id,
            helpful=self.helpful,
        )
        if not self._is_counted:
            return render_answer_gone()
        page = render_vote_counted(helpful=self.helpful)
        return page if self.helpful else await self._offering_more(interaction, page, known)

    async def _offering_more(
        self, interaction: discord.Interaction[Any], thanks: Page, topics: tuple[str, ...]
    ) -> Page:
        """Let moderators teach a better answer, and them and the asker ask a human."""
        thanks = await self._offering_a_human(interaction, thanks, topics)
        if interaction.guild_id is None or not interaction.permissions.manage_messages:
            return thanks
        answer_id, question_id, *_ = (*question_ids(clicked_message(interaction)), 0)
        return replace(thanks, items=(TeachBetterButton(answer_id, question_id, topics[0]), *thanks.items))

    async def _offering_a_human(
        self, interaction: discord.Interaction[Any], thanks: Page, topics: tuple[str, ...]
    ) -> Page:
        answer, bot_user = clicked_message(interaction), interaction.client.user
        found = question_of(answer, bot_user) if bot_user else None
        if found is None or not may_replace(interaction, found[0].asker_id):
            return thanks
        key, words = found
        button = button_for(interaction, feature(interaction, HandOffs).servers, key)
        if button is None:
            return thanks
        words = words or feature(interaction, VoteButtons).unanswered.recall(answer)
        questions = feature(interaction, Questions)
        entries = await questions.entries(scope=scope_of(interaction), language=language_of(interaction))
        titles = [entry.question for entry in entries if entry.id in topics]
        return Page(content=render_still_looking(thanks.content, words, titles), items=(button,))


class VoteButtons(Feature):
    """Let people vote on answers."""

    items = (VoteButton,)

    def __init__(self, *, unanswered: UnansweredTracker, voting: Voting) -> None:
        self.unanswered = unanswered
        self.voting = voting


def vote_buttons(topics: tuple[str, ...]) -> tuple[VoteButton, ...]:
    """Return the buttons to vote on an answer; none if it isn't one."""
    return tuple(VoteButton(topics, helpful=helpful) for helpful in (True, False)) if topics else ()


def topics_below(answer: discord.Message) -> tuple[str, ...]:
    """Return the entries that one of the bot's messages answers with, by the buttons below it."""
    votes = (_VOTE.match(getattr(part, "custom_id", None) or "") for part in parts_in(answer.components))
    return next((topics_in(vote) for vote in votes if vote), ())


def render_vote_counted(*, helpful: bool) -> Page:
    """Confirm a vote."""
    mine, other = ("👍", "👎") if helpful else ("👎", "👍")
    return Page(content=_("Thanks, I counted your {mine}. Click {other} to change it.", mine=mine, other=other))
