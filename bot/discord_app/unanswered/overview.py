"""`/manage gaps`: the unanswered questions of a server, and the buttons to dismiss them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

import discord
from discord import app_commands

from bot.authoring.unanswered import UnansweredGroup, group_unanswered
from bot.discord_app.clicks import (
    Clickable,
    Feature,
    carry_out_once,
    feature,
    language_of,
    once,
    reply_privately,
    responses_of,
)
from bot.discord_app.custom_ids import ID
from bot.discord_app.grants import GRANT, TO_MANAGE
from bot.discord_app.page import MAX_LIST, Card, Page, shorten, whole_lines
from bot.discord_app.permissions import reader_of, render_missing_permission, sees
from bot.discord_app.scope import knowledge_of
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.knowledge.model import KnowledgeBase
from bot.language.speech import N_, _, ngettext
from bot.library import Library
from bot.storage.errors import StorageUnavailable, TracesLeft
from bot.storage.servers import ServerSettingsStore
from bot.storage.unanswered import KEPT_FOR, UnansweredQuestion

MAX_QUESTIONS_READ = 500  # the newest; each is matched again, which takes up to 60 ms
MAX_GROUPS_SHOWN = 10
MAX_QUESTION_SHOWN = 140  # characters of a question, a phrasing or a reason


class DismissButton(Clickable[discord.ui.Button[Any]], template=rf"^gap-dismiss:{GRANT}:(?P<newest>{ID})$"):
    """Delete a group of questions, named by the newest one shown."""

    def __init__(self, newest_id: int, *, grant: str, number: int = 1) -> None:
        self.newest_id = newest_id
        self.grant = grant
        label = _("Dismiss {number}", number=number)
        super().__init__(discord.ui.Button(label=label, custom_id=f"gap-dismiss:{grant}:{newest_id}"))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["newest"]), grant=match["grant"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Dismiss the group and show the rest."""
        unanswered = feature(interaction, UnansweredOverview)
        if missing := TO_MANAGE.missing(interaction, self.grant):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        dismiss = partial(unanswered.dismiss, interaction, self)
        await carry_out_once(interaction, "gaps", interaction.guild_id, work=dismiss, if_busy=render_being_read())


class UnansweredOverview(Feature):
    """Show moderators what went unanswered in the channels they can see."""

    items = (DismissButton,)

    def __init__(
        self, *, keeper: QuestionKeeper, library: Library, manage: app_commands.Group, servers: ServerSettingsStore
    ) -> None:
        self._keeper = keeper
        self._library = library
        self._servers = servers
        description = N_("Show questions I couldn't answer in this server, newest first.")
        manage.command(name="gaps", description=description)(self.unanswered)

    async def unanswered(self, interaction: discord.Interaction[Any]) -> None:
        """List the unanswered questions, with buttons to dismiss them."""
        grant = TO_MANAGE.to(interaction)
        await once(
            interaction,
            "gaps",
            interaction.guild_id,
            work=lambda: responses_of(interaction).acknowledged(interaction, self._screen(interaction, grant=grant)),
            if_busy=render_being_read(),
        )

    async def dismiss(self, interaction: discord.Interaction[Any], clicked: DismissButton) -> Page:
        """Delete a group of questions, and return the list that remains.

        Raises:
            StorageUnavailable: The database can't be reached, and nothing is deleted.
        """
        for group in await self._find(interaction):
            ids = [question.message_id for question in group.questions]
            if clicked.newest_id in ids:  # newer ones weren't shown
                with suppress(TracesLeft):  # erased within the hour
                    await self._keeper.questions.forget_messages(ids[ids.index(clicked.newest_id) :])
                try:
                    return await self._screen(interaction, grant=clicked.grant)
                except StorageUnavailable:
                    return render_dismissed()
        return render_group_gone(await self._screen(interaction, grant=clicked.grant))

    async def _screen(self, interaction: discord.Interaction[Any], *, grant: str) -> Page:
        if not self._keeper.keeps_text:
            return render_no_texts_kept()
        groups = await self._find(interaction)
        knowledge = (await knowledge_of(self._library, interaction)).in_language(language_of(interaction))
        return render_groups(groups, knowledge, days=KEPT_FOR.days, grant=grant)

    async def _find(self, interaction: discord.Interaction[Any]) -> Sequence[UnansweredGroup]:
        reader = reader_of(interaction)
        server_id = reader.guild.id
        asked = await self._keeper.questions.asked_since(datetime.now(UTC) - KEPT_FOR, server_id=server_id)
        visible = {id_ for id_ in {question.channel_id for question in asked} if sees(reader, id_)}
        shown = [question for question in asked if question.channel_id in visible]
        return await grouped(shown, server_id, library=self._library, servers=self._servers)


async def grouped(
    asked: Sequence[UnansweredQuestion], server_id: int, *, library: Library, servers: ServerSettingsStore
) -> tuple[UnansweredGroup, ...]:
    """Return the groups of a server's newest questions that still get no answer, the one last asked first."""
    minimum = servers.of(server_id).minimum_confidence
    return await asyncio.to_thread(
        group_unanswered,
        asked[:MAX_QUESTIONS_READ],
        await library.of_server(server_id),
        minimum_confidences={} if minimum is None else {server_id: minimum},
    )


def render_groups(groups: Sequence[UnansweredGroup], knowledge: KnowledgeBase, *, days: int, grant: str) -> Page:
    """Return the newest groups of unanswered questions, with buttons to dismiss them."""
    if not groups:
        nothing = _("No unanswered questions in the last {count} days in the channels you can see.", count=days)
        return Page(content=nothing)
    shown = groups[:MAX_GROUPS_SHOWN]
    room = (MAX_LIST - 200) // len(shown)
    parts = [whole_lines(_group(number, group, knowledge), room) for number, group in enumerate(shown, start=1)]
    if more := len(groups) - len(shown):
        rest = ngettext(
            "{count} more. Dismiss some of these to see it.",
            "{count} more. Dismiss some of these to see them.",
            more,
            count=more,
        )
        parts.append(f"-# {rest}")
    return Page(
        cards=(Card(title=_("Unanswered questions"), text="\n".join(parts)),),
        items=tuple(
            DismissButton(group.questions[0].message_id, grant=grant, number=number)
            for number, group in enumerate(shown, 1)
        ),
    )


def render_no_texts_kept() -> Page:
    """Say that the operator keeps no questions."""
    text = _("I don't keep questions here: the people who run me turned that off (`QUESTION_TEXT=off`).")
    return Page(content=text)


def render_being_read() -> Page:
    """Respond to the command or a dismissal while another is being answered in the same server."""
    text = _("I'm already going through this server's questions. Please try again in a moment.")
    return Page(content=text)


def render_dismissed() -> Page:
    """Confirm a dismissal when the rest of the list can't be read."""
    text = _("Dismissed. I can't reach my database to show the rest, so please use `/manage gaps` again later.")
    return Page(content=text)


def render_group_gone(page: Page) -> Page:
    """Return the list after a click on a group that is no longer in it."""
    head = _("That one is already gone: somebody dismissed it, its messages were deleted, or I can answer it now.")
    return page.headed(head)


def _group(number: int, group: UnansweredGroup, knowledge: KnowledgeBase) -> str:
    count = len(group.questions)
    asked = ngettext(
        "**“{question}”** once, {when}",
        "**“{question}”** {count} times, last {when}",
        count,
        count=count,
        question=_quoted(group.representative.text),
        when=discord.utils.format_dt(group.newest, "R"),
    )
    lines = [f"{number}. {asked}"]
    if nearest := group.nearest:
        questions = {entry.id: entry.question for entry in knowledge.entries}
        name = questions.get(nearest.entry_id, nearest.entry_id)
        closest = _("closest entry: {entry}", entry=_quoted(name))
        lines.append(f"  - {closest}")
        lines.append(f"  - {_quoted(nearest.why)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return shorten(discord.utils.escape_markdown(text), MAX_QUESTION_SHOWN)
