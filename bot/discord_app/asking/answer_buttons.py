"""What the buttons below an answer do: vote on it, post it publicly, delete it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import discord

from bot.answering import Answered, Answering, UnknownTopic
from bot.discord_app.asking.answer_components import (
    DELETE_TEMPLATE,
    MISTAKEN_TEMPLATE,
    PUBLISH_TEMPLATE,
    VOTE_TEMPLATE,
    for_everybody,
    for_one,
    parts_of,
    topics_of,
)
from bot.discord_app.asking.pages import (
    render_answer_gone,
    render_may_not_write,
    render_not_the_asker,
    render_not_the_author,
    render_posted_for,
    render_said_already,
    render_vote_counted,
)
from bot.discord_app.clicks import NO_TEMPLATE, ClickedButton
from bot.discord_app.interactions import MAX_SILENCE, clicked_message
from bot.discord_app.moderation.pages import render_missing_permission
from bot.discord_app.page import Page, render_answers, render_gone_topic
from bot.discord_app.permissions import missing_to_write, sending
from bot.discord_app.voting.votes import AnswerGone
from bot.storage.statistics import Event


class VoteButton(ClickedButton, template=VOTE_TEMPLATE):
    """Say whether an answer helped."""

    _is_counted = False

    @property
    def _helpful(self) -> bool:
        return self._match["way"] == "up"

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Count the vote, and keep or take back the question."""
        tools, bot_user = self._tools, interaction.client.user
        await tools.responses.acknowledged(interaction, self._vote(interaction))
        if self._is_counted and bot_user is not None:
            answer = clicked_message(interaction)
            await tools.asked_in_vain.follow_vote(answer, bot_user, helpful=self._helpful, voting=tools.voting)

    async def _vote(self, interaction: discord.Interaction[Any]) -> Page:
        known = _known(self._tools.answering, topics_of(self._match))
        if not known:
            return render_gone_topic()
        try:
            await self._tools.voting.cast(
                message_id=clicked_message(interaction).id,
                server_id=interaction.guild_id,
                topics=known,
                person_id=interaction.user.id,
                helpful=self._helpful,
            )
        except AnswerGone:
            return render_answer_gone()
        self._is_counted = True
        return render_vote_counted(helpful=self._helpful)


class PublishButton(ClickedButton, template=PUBLISH_TEMPLATE):
    """Post for everybody what only one person sees."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Post the answer and take the button away; what has just been answered there is linked instead."""
        topics = topics_of(self._match)
        if not getattr(interaction.permissions, sending(interaction.channel)):
            in_thread = isinstance(interaction.channel, discord.Thread)
            await self._say(interaction, render_may_not_write(in_thread=in_thread))
            return
        if missing := missing_to_write(interaction):
            await self._say(interaction, render_missing_permission(missing))
            return
        try:
            answers = tuple(map(self._tools.answering.topic, topics))
        except UnknownTopic:
            await self._say(interaction, render_gone_topic())
            return
        page = render_answers(Answered(answers, confidence=1.0, decisions=()))
        public = for_everybody(render_posted_for(page, interaction.user.mention), interaction.user.id)

        async def post() -> str | None:
            return await self._tools.responses.publish(interaction, left=for_one(page, in_server=False), public=public)

        recent, channel_id = self._tools.limits.answers, interaction.channel_id or 0
        earlier = await recent.once(channel_id, topics, post, patience=MAX_SILENCE)
        if earlier is not None:
            await self._say(interaction, render_said_already(page, earlier))


class RemovalButton(ClickedButton, template=NO_TEMPLATE):
    """Remove an answer, for the person it was for and for moderators."""

    def _may_remove(self, interaction: discord.Interaction[Any]) -> bool:
        return interaction.user.id == int(self._match["owner"]) or interaction.permissions.manage_messages

    async def _remove(self, interaction: discord.Interaction[Any], on_success: Callable[[], None]) -> None:
        await self._once(
            interaction,
            "remove",
            clicked_message(interaction).id,
            work=lambda: self._tools.responses.remove(interaction, parts_of(self._match), on_success),
            meanwhile=render_answer_gone(),
        )


class DeleteButton(RemovalButton, template=DELETE_TEMPLATE):
    """Delete an answer, for whoever asked and for moderators."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Delete the answer, or say who may."""
        if not self._may_remove(interaction):
            await self._say(interaction, render_not_the_asker())
        else:
            count = partial(self._tools.questions.count, Event.deleted, server_id=interaction.guild_id)
            await self._remove(interaction, count)


class MistakenButton(RemovalButton, template=MISTAKEN_TEMPLATE):
    """Remove an automatic answer that isn't what was asked, for the author of the post and for moderators."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Remove the answer, or say who may."""
        if not self._may_remove(interaction):
            await self._say(interaction, render_not_the_author())
        else:
            questions, topics = self._tools.questions, _known(self._tools.answering, topics_of(self._match))
            count = partial(questions.count, Event.mistaken, server_id=interaction.guild_id, topics=topics)
            await self._remove(interaction, count)


ANSWER_ITEMS = (VoteButton, PublishButton, DeleteButton, MistakenButton)


def _known(answering: Answering, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Return the topics that there still are."""
    there = {entry.id for entry in answering.knowledge.entries}
    return tuple(topic for topic in topics if topic in there)
