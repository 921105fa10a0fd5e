"""The buttons that delete an answer: for whoever asked, the author of a post, and moderators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import discord

from bot.discord_app.asking.questions import Questions
from bot.discord_app.clicks import NO_TEMPLATE, Clickable, feature, once, reply_privately, responses_of
from bot.discord_app.custom_ids import ID, TOPICS, topics_in, with_topics
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import LAST_ROW, Page, render_answer_gone
from bot.discord_app.permissions import may_replace, permission_name, who_can_grant
from bot.language.formats import sentences
from bot.language.speech import _
from bot.storage.statistics import Event

_PARTS = rf"(?P<parts>(?:{ID}(?:,{ID})*)?)"


class RemovalButton(Clickable[discord.ui.Button[Any]], template=NO_TEMPLATE):
    """Delete an answer. Earlier versions answered in several messages; then `parts` are those before the last."""

    def __init__(self, item: discord.ui.Button[Any], *, owner_id: int, parts: Sequence[int]) -> None:
        super().__init__(item)
        self.owner_id = owner_id
        self.parts = tuple(parts)

    async def _remove(self, interaction: discord.Interaction[Any], on_success: Callable[[], None]) -> None:
        await once(
            interaction,
            "remove",
            clicked_message(interaction).id,
            work=lambda: responses_of(interaction).remove(interaction, self.parts, on_success),
            if_busy=render_answer_gone(),
        )


class DeleteButton(RemovalButton, template=rf"^delete:(?P<owner>{ID})(?::{_PARTS})?$"):
    """Delete an answer."""

    def __init__(self, owner_id: int, parts: Sequence[int] = ()) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=_("Delete"), emoji="🗑️", custom_id=f"delete:{owner_id}", row=LAST_ROW
        )
        super().__init__(button, owner_id=owner_id, parts=parts)

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["owner"]), _parts_in(match))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Delete the answer, or say who can."""
        if not may_replace(interaction, self.owner_id):
            await reply_privately(interaction, render_not_the_asker())
        else:
            questions = feature(interaction, Questions)
            await self._remove(interaction, partial(questions.count, Event.deleted, server_id=interaction.guild_id))


class MistakenButton(RemovalButton, template=rf"^mistaken:(?P<owner>{ID}):{_PARTS}:{TOPICS}$"):
    """Delete an automatic answer to a forum post that isn't what its author asked."""

    def __init__(self, author_id: int, topics: Iterable[str], parts: Sequence[int] = ()) -> None:
        self.topics = tuple(topics)
        custom_id = with_topics(f"mistaken:{author_id}::", self.topics)
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=_("Not what I asked"), custom_id=custom_id, row=LAST_ROW
        )
        super().__init__(button, owner_id=author_id, parts=parts)

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["owner"]), topics_in(match), _parts_in(match))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Delete the answer, or say who can."""
        if not may_replace(interaction, self.owner_id):
            await reply_privately(interaction, render_not_the_author())
        else:
            questions = feature(interaction, Questions)
            topics = await questions.known(self.topics, server_id=interaction.guild_id)
            count = partial(questions.count, Event.mistaken, server_id=interaction.guild_id, topics=topics)
            await self._remove(interaction, count)


def render_not_the_asker() -> Page:
    """Say who can delete an answer."""
    staff = permission_name("manage_messages")
    who = _("Only the person who asked can delete this, or someone with **{permission}**.", permission=staff)
    return Page(content=sentences(who, who_can_grant()))


def render_not_the_author() -> Page:
    """Say who can delete the automatic answer to a forum post."""
    staff = permission_name("manage_messages")
    who = _("Only the post's author can delete this, or someone with **{permission}**.", permission=staff)
    return Page(content=sentences(who, who_can_grant()))


def _parts_in(match: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, filter(None, (match["parts"] or "").split(","))))
