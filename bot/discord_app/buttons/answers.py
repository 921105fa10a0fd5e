"""What the buttons below an answer do: vote on it, post it publicly, delete it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import discord

from bot.answering import Answered, Answering, UnknownTopic
from bot.discord_app.buttons.clicked import ClickedButton
from bot.discord_app.components.answers import (
    delete_template,
    for_everybody,
    for_one,
    mistaken_template,
    parts_of,
    publish_template,
    topics_of,
    vote_template,
)
from bot.discord_app.pages.manage import render_missing_permission
from bot.discord_app.pages.members import (
    render_answer_gone,
    render_may_not_write,
    render_not_the_asker,
    render_not_the_author,
    render_posted_for,
    render_said_already,
    render_vote_counted,
)
from bot.discord_app.previews import AlreadyRunning
from bot.discord_app.rendering import Page, render_answers, render_gone_topic
from bot.discord_app.responses import clicked_message
from bot.discord_app.rights import missing_to_write
from bot.discord_app.toolkit import Toolkit
from bot.discord_app.voting import AnswerGone
from bot.storage.statistics import Event


class VoteButton(ClickedButton, template=vote_template):
    """Say whether an answer helped."""

    _is_counted = False

    @property
    def _helpful(self) -> bool:
        return self._match["way"] == "up"

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
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


class PublishButton(ClickedButton, template=publish_template):
    """Post for everybody what only one person sees."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Post the answer and take the button away; what has just been answered there is linked instead."""
        topics = topics_of(self._match)
        in_thread = isinstance(interaction.channel, discord.Thread)
        may = interaction.permissions
        if not (may.send_messages_in_threads if in_thread else may.send_messages):
            await self._tools.responses.respond(interaction, render_may_not_write(in_thread=in_thread), private=True)
            return
        if missing := missing_to_write(interaction):
            await self._tools.responses.respond(interaction, render_missing_permission(missing), private=True)
            return
        try:
            answers = tuple(map(self._tools.answering.topic, topics))
        except UnknownTopic:
            await self._tools.responses.respond(interaction, render_gone_topic(), private=True)
            return
        page = render_answers(Answered(answers, confidence=1.0, rankings=()))
        public = for_everybody(render_posted_for(page, interaction.user.mention), interaction.user.id)

        async def post() -> str | None:
            return await self._tools.responses.publish(interaction, left=for_one(page, in_server=False), public=public)

        earlier = await self._tools.limits.answers.once(interaction.channel_id or 0, topics, post)
        if earlier is not None:
            await self._tools.responses.respond(interaction, render_said_already(page, earlier), private=True)


class DeleteButton(ClickedButton, template=delete_template):
    """Delete an answer, for whoever asked and for moderators."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Delete the answer, or say who may."""
        if not _may_remove(interaction, self._match):
            await self._tools.responses.respond(interaction, render_not_the_asker(), private=True)
        else:
            count = partial(self._tools.questions.count, Event.deleted, server_id=interaction.guild_id)
            await _remove(interaction, self._tools, parts_of(self._match), count)


class MistakenButton(ClickedButton, template=mistaken_template):
    """Remove an automatic answer that isn't what was asked, for the author of the post and for moderators."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Remove the answer, or say who may."""
        tools = self._tools
        if not _may_remove(interaction, self._match):
            await tools.responses.respond(interaction, render_not_the_author(), private=True)
        else:
            topics = _known(tools.answering, topics_of(self._match))
            count = partial(tools.questions.count, Event.mistaken, server_id=interaction.guild_id, topics=topics)
            await _remove(interaction, tools, parts_of(self._match), count)


ANSWER_ITEMS = (VoteButton, PublishButton, DeleteButton, MistakenButton)


def _known(answering: Answering, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Return the topics that there still are."""
    there = {entry.id for entry in answering.knowledge.entries}
    return tuple(topic for topic in topics if topic in there)


async def _remove(
    interaction: discord.Interaction[Any], tools: Toolkit, parts: tuple[int, ...], on_success: Callable[[], None]
) -> None:
    """Remove an answer; who clicks while that is being done is told so."""
    try:
        with tools.underway.only_once("remove", clicked_message(interaction).id):
            await tools.responses.remove(interaction, parts, on_success)
    except AlreadyRunning:
        await tools.responses.respond(interaction, render_answer_gone(), private=True)


def _may_remove(interaction: discord.Interaction[Any], match: re.Match[str]) -> bool:
    return interaction.user.id == int(match["owner"]) or interaction.permissions.manage_messages
