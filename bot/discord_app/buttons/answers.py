"""The buttons below an answer: vote on it, post it publicly, delete it. All they need stands in their custom_id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.answering import Answered, UnknownTopic
from bot.discord_app.pages.members import (
    render_answer_gone,
    render_may_not_write,
    render_not_the_asker,
    render_not_the_author,
    render_posted_for,
    render_said_already,
    render_vote_counted,
)
from bot.discord_app.rendering import Page, max_rows, render_answers, render_gone_topic
from bot.discord_app.voting import AnswerGone
from bot.storage.statistics import Event

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

max_custom_id = 100
max_parts_named = 2  # messages before the last one of a long answer

_ID = r"\d{1,20}"
_PARTS = rf"(?P<parts>(?:{_ID}(?:,{_ID})*)?)"
_TOPICS = r"(?P<topics>[^\s:]*)"
_row = 1  # below the related topics


def for_everybody(page: Page, owner_id: int) -> Page:
    """Return a page as it stands in public: answers can be voted on, and whoever asked can delete it."""
    links = tuple(replace(link, owner_id=owner_id if link.is_suggestion else None) for link in page.links)
    has_room = len(page.menus) < max_rows
    deletable = bool(page.topics or page.menus or any(link.is_suggestion for link in page.links))
    if not (deletable and has_room):
        return replace(page, links=links)
    delete = DeleteButton(owner_id)
    delete.row = max(_row, len(page.menus))
    return replace(page, links=links, items=(*_votes(page), delete))


def for_one(page: Page, *, in_server: bool) -> Page:
    """Return a page as one person sees it: answers can be voted on and, in a server, be posted publicly."""
    fits = len(_custom_id("publish:", page.topics)) == len("publish:" + ",".join(page.topics))
    publish = (PublishButton(page.topics),) if in_server and page.topics and fits else ()
    return replace(page, items=(*_votes(page), *publish))


def for_post(page: Page, author_id: int) -> Page:
    """Return a page as it answers a forum post unasked: votes, and a button with which its author can remove it."""
    return replace(page, items=(*_votes(page), MistakenButton(author_id, page.topics)))


def naming_parts(page: Page, parts: Sequence[int]) -> Page:
    """Return the last message of a long answer, whose buttons delete the parts before it too."""
    named = tuple(parts)[-max_parts_named:]
    items = tuple(
        item.naming(named) if isinstance(item, (DeleteButton, MistakenButton)) else item for item in page.items
    )
    return replace(page, items=items)


class VoteButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"^vote:(?P<way>up|down):{_TOPICS}$"):
    """Say whether an answer helped."""

    def __init__(self, topics: tuple[str, ...], *, helpful: bool) -> None:
        custom_id = _custom_id(f"vote:{'up' if helpful else 'down'}:", topics)
        super().__init__(discord.ui.Button(emoji="👍" if helpful else "👎", custom_id=custom_id, row=_row))
        self._topics = topics
        self._helpful = helpful
        self._is_counted = False

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(_topics_of(match), helpful=match["way"] == "up")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Count the vote, and keep or take back the question."""
        bot = _bot(interaction)
        await bot.responses.acknowledged(interaction, self._vote(interaction))
        if self._is_counted and bot.user is not None:
            answer = _message(interaction)
            await bot.asked_in_vain.follow_vote(answer, bot.user, helpful=self._helpful, voting=bot.voting)

    async def _vote(self, interaction: discord.Interaction[Any]) -> Page:
        bot = _bot(interaction)
        known = _known(bot, self._topics)
        if not known:
            return render_gone_topic()
        try:
            await bot.voting.cast(
                message_id=_message(interaction).id,
                server_id=interaction.guild_id,
                topics=known,
                person_id=interaction.user.id,
                helpful=self._helpful,
            )
        except AnswerGone:
            return render_answer_gone()
        self._is_counted = True
        return render_vote_counted(helpful=self._helpful)


class PublishButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"^publish:{_TOPICS}$"):
    """Post for everybody what only one person sees."""

    def __init__(self, topics: tuple[str, ...]) -> None:
        custom_id = _custom_id("publish:", topics)
        super().__init__(discord.ui.Button(label="Post publicly", custom_id=custom_id, row=_row))
        self._topics = topics

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(_topics_of(match))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Post the answer and take the button away; what has just been answered there is linked instead."""
        bot = _bot(interaction)
        in_thread = isinstance(interaction.channel, discord.Thread)
        may = interaction.permissions
        if not (may.send_messages_in_threads if in_thread else may.send_messages):
            await bot.responses.respond(interaction, render_may_not_write(in_thread=in_thread), private=True)
            return
        try:
            answers = tuple(map(bot.answering.topic, self._topics))
        except UnknownTopic:
            await bot.responses.respond(interaction, render_gone_topic(), private=True)
            return
        page = render_answers(Answered(answers, confidence=1.0, rankings=()))
        public = for_everybody(render_posted_for(page, interaction.user.mention), interaction.user.id)

        async def post() -> str | None:
            return await bot.responses.publish(interaction, left=for_one(page, in_server=False), public=public)

        earlier = await bot.limits.answers.once(interaction.channel_id or 0, self._topics, post)
        if earlier is not None:
            await bot.responses.respond(interaction, render_said_already(page, earlier), private=True)


class DeleteButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"^delete:(?P<owner>{_ID})(?::{_PARTS})?$"
):
    """Delete an answer, for whoever asked and for moderators."""

    def __init__(self, owner_id: int, parts: tuple[int, ...] = ()) -> None:
        custom_id = f"delete:{owner_id}" + (f":{_joined(parts)}" if parts else "")
        super().__init__(discord.ui.Button(label="Delete", emoji="🗑️", custom_id=custom_id, row=_row))
        self._owner_id = owner_id
        self._parts = parts

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(int(match["owner"]), _parts_of(match))

    def naming(self, parts: tuple[int, ...]) -> DeleteButton:
        """Return a button that deletes these messages too."""
        return DeleteButton(self._owner_id, parts)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Delete the answer, or say who may."""
        bot = _bot(interaction)
        if not _may_remove(interaction, self._owner_id):
            await bot.responses.respond(interaction, render_not_the_asker(), private=True)
        else:
            count = partial(bot.questions.count, Event.deleted, server_id=interaction.guild_id)
            await bot.responses.remove(interaction, self._parts, count)


class MistakenButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"^mistaken:(?P<owner>{_ID}):{_PARTS}:{_TOPICS}$",
):
    """Remove an automatic answer that isn't what was asked, for the author of the post and for moderators."""

    def __init__(self, author_id: int, topics: tuple[str, ...], parts: tuple[int, ...] = ()) -> None:
        custom_id = _custom_id(f"mistaken:{author_id}:{_joined(parts)}:", topics)
        super().__init__(discord.ui.Button(label="Not what I asked", custom_id=custom_id, row=_row))
        self._author_id = author_id
        self._topics = topics
        self._parts = parts

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(int(match["owner"]), _topics_of(match), _parts_of(match))

    def naming(self, parts: tuple[int, ...]) -> MistakenButton:
        """Return a button that removes these messages too."""
        return MistakenButton(self._author_id, self._topics, parts)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Remove the answer, or say who may."""
        bot = _bot(interaction)
        if not _may_remove(interaction, self._author_id):
            await bot.responses.respond(interaction, render_not_the_author(), private=True)
        else:
            topics = _known(bot, self._topics)
            count = partial(bot.questions.count, Event.mistaken, server_id=interaction.guild_id, topics=topics)
            await bot.responses.remove(interaction, self._parts, count)


ANSWER_ITEMS = (VoteButton, PublishButton, DeleteButton, MistakenButton)


def _known(bot: CareerBot, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Return the topics that there still are."""
    there = {entry.id for entry in bot.answering.knowledge.entries}
    return tuple(topic for topic in topics if topic in there)


def _votes(page: Page) -> tuple[VoteButton, ...]:
    if not page.topics:
        return ()
    return VoteButton(page.topics, helpful=True), VoteButton(page.topics, helpful=False)


def _custom_id(head: str, topics: Iterable[str]) -> str:
    """Return a custom_id with as many of the topics as fit."""
    custom_id, separator = head, ""
    for topic in topics:
        if len(custom_id) + len(separator) + len(topic) > max_custom_id:
            break
        custom_id, separator = f"{custom_id}{separator}{topic}", ","
    return custom_id


def _joined(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def _topics_of(match: re.Match[str]) -> tuple[str, ...]:
    return tuple(filter(None, match["topics"].split(",")))


def _parts_of(match: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, filter(None, (match["parts"] or "").split(","))))


def _may_remove(interaction: discord.Interaction[Any], owner_id: int) -> bool:
    return interaction.user.id == owner_id or interaction.permissions.manage_messages


def _message(interaction: discord.Interaction[Any]) -> discord.Message:
    if interaction.message is None:
        raise AssertionError("a button stands below a message")
    return interaction.message


def _bot(interaction: discord.Interaction[Any]) -> CareerBot:
    return cast("CareerBot", interaction.client)
