"""What the forms and buttons of teaching have in common: drafts, their check, and who may do what."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import discord

from bot.answering import Answering, UnknownTopic
from bot.authoring.ids import id_for
from bot.authoring.links import malformed_links
from bot.authoring.taught import as_knowledge
from bot.authoring.trying_out import AlreadyKnown, Trial, try_out
from bot.discord_app.clicks import Feature
from bot.discord_app.custom_ids import short_version
from bot.discord_app.teaching import texts
from bot.discord_app.unanswered.tracking import UnansweredTracker
from bot.knowledge.file_format import MAX_ANSWER_LENGTH, MAX_QUESTION_LENGTH, UNWRITTEN_PATTERN
from bot.knowledge.model import Entry, KnowledgeBase
from bot.knowledge.taught import Taught, same
from bot.language.speech import _
from bot.library import Library
from bot.matching.text import clean, words
from bot.outcomes import Likely
from bot.storage.drafts import Draft, Drafts
from bot.storage.servers import ServerSettingsStore
from bot.storage.taught import TaughtItem, TaughtItems

T = TypeVar("T")

TIME_FOR_FORM = 0.6  # seconds for all that a form is filled in with: it must be the first response
TIME_TO_FIND_QUESTION = TIME_FOR_FORM / 3  # the rest is for the nearest entries
TIME_TO_RANK = 0.25  # seconds of these to find the nearest entries
TIME_TO_LEARN = 20.0  # seconds that a confirmation waits until what was saved answers
NEAREST = 4  # entries


@dataclass(frozen=True, slots=True)
class Lesson:
    """A draft without faults: which entry answers it, and in which knowledge; `version` is the knowledge's."""

    draft: Draft
    entry_id: str
    now: Answering
    folder: KnowledgeBase

    @property
    def version(self) -> str:
        """Return what changes with the knowledge of the server."""
        return short_version(self.now.knowledge.version)


class Faulty(Exception):
    """Say in a sentence why a draft can't be saved as it is."""


class Teaching(Feature):
    """Check and save what moderators teach."""

    def __init__(
        self,
        *,
        drafts: Drafts,
        library: Library,
        servers: ServerSettingsStore,
        taught: TaughtItems,
        unanswered: UnansweredTracker,
    ) -> None:
        self.drafts = drafts
        self.taught = taught
        self.unanswered = unanswered
        self.library = library
        self._servers = servers
        self._checking = asyncio.Lock()  # one at a time: it is work for the processor

    async def offered(self, server_id: int, text: str, *, item: TaughtItem | None = None) -> tuple[Entry, ...]:
        """Return the entries of a server, those nearest to a text first, but not the one that `item` makes."""
        answering, folder = await self.library.of_server(server_id), await self.library.folder_of_server(server_id)
        own = item.entry_id if item and item.entry_id not in {entry.id for entry in folder.entries} else None
        likely: tuple[Likely, ...] = ()
        with suppress(TimeoutError):
            likely = await in_time(asyncio.to_thread(answering.likeliest, text, NEAREST), TIME_TO_RANK)
        found = dict.fromkeys([*(each.entry for each in likely), *answering.knowledge.entries])
        return tuple(entry for entry in found if entry.id != own)

    async def item(self, server_id: int, item_id: int) -> TaughtItem | None:
        """Return what a server was taught with this id.

        Raises:
            StorageUnavailable: What was taught hasn't been read yet, and the database can't be used now.
        """
        await self.taught.load_all()
        return self.taught.item(server_id, item_id)

    async def read(self, draft: Draft) -> Lesson:
        """Return what a draft would teach.

        Raises:
            Faulty: It can't be saved as it is.
            StorageUnavailable: As `item`.
        """
        await self.taught.load_all()
        now = await self.library.of_server(draft.server_id)
        folder = await self.library.folder_of_server(draft.server_id)
        _refuse_faulty(draft, now.knowledge)
        if same(draft.question) in {same(item.question) for item in self._others(draft)}:
            raise Faulty(_(texts.TAUGHT_ALREADY))
        entry_id = self._new_id(draft, now.knowledge, folder) if draft.entry_id is None else draft.entry_id
        return Lesson(draft, entry_id, now, folder)

    async def check(self, lesson: Lesson) -> Trial:
        """Return what it would change.

        Raises:
            Faulty: It can't be saved as it is.
        """
        draft = lesson.draft
        wanted = Taught(draft.item_id or draft.draft_id, lesson.entry_id, draft.question, draft.answer or None)
        approved = as_knowledge(item for item in self._others(draft) if not item.waits)
        try:
            async with self._checking:
                return await asyncio.to_thread(try_out, lesson.now, lesson.folder, approved, wanted)
        except AlreadyKnown:
            raise Faulty(_(texts.KNOWN_ALREADY)) from None
        except UnknownTopic:
            raise Faulty(_(texts.ENTRY_GONE)) from None

    async def save(self, lesson: Lesson, *, waits: bool) -> None:
        """Save a draft, and wait until it answers.

        Raises:
            DraftGone, ItemChanged, TooManyItems, StorageUnavailable: As `TaughtItems.save`.
        """
        await self.taught.save(lesson.draft, entry_id=lesson.entry_id, waits=waits, now=datetime.now(UTC))
        await self.learned(lesson.draft.server_id)

    async def learned(self, server_id: int) -> None:
        """Wait until what was just changed answers, but not forever."""
        with suppress(TimeoutError):
            await in_time(self.library.learned(server_id), TIME_TO_LEARN)

    async def waits(self, interaction: discord.Interaction[Any]) -> bool:
        """Return whether what somebody teaches waits for someone with Manage Server.

        Raises:
            StorageUnavailable: The settings haven't been read yet, and the database can't be used now.
        """
        await self._servers.load_all()  # or nothing would seem to need approval
        settings = self._servers.of(interaction.guild_id or 0)
        return settings.taught_items_wait and not interaction.permissions.manage_guild

    def _others(self, draft: Draft) -> list[TaughtItem]:
        return [item for item in self.taught.of(draft.server_id) if item.item_id != draft.item_id]

    def _new_id(self, draft: Draft, knowledge: KnowledgeBase, folder: KnowledgeBase) -> str:
        """Return the id of a new entry: the one it has, if the draft changes one."""
        former = self.taught.item(draft.server_id, draft.item_id) if draft.item_id is not None else None
        taken = {entry.id for known in (knowledge, folder) for entry in known.entries}
        taken |= {subject.id for known in (knowledge, folder) for subject in known.off_topics}
        taken |= {item.entry_id for item in self.taught.of(draft.server_id)}
        if former and former.entry_id not in {entry.id for entry in folder.entries}:
            return former.entry_id
        return id_for(draft.question, taken)


def remarks_on(lesson: Lesson) -> list[str]:
    """Return what doesn't keep a draft from being saved, but should be looked at."""
    answer, is_new = lesson.draft.answer, lesson.draft.entry_id is None
    remarks = [texts.describe_link(link) for link in malformed_links(answer)]
    if answer and not is_new:
        remarks.append(_(texts.REPLACES_ANSWER))
    return remarks


def _refuse_faulty(draft: Draft, knowledge: KnowledgeBase) -> None:
    if not words(clean(draft.question)):
        raise Faulty(_(texts.NO_QUESTION))
    if (length := len(draft.question)) > MAX_QUESTION_LENGTH:
        raise Faulty(texts.question_too_long(length, MAX_QUESTION_LENGTH))
    if (length := len(draft.answer)) > MAX_ANSWER_LENGTH:
        raise Faulty(texts.answer_too_long(length, MAX_ANSWER_LENGTH))
    if draft.entry_id is not None and draft.entry_id not in {entry.id for entry in knowledge.entries}:
        raise Faulty(_(texts.ENTRY_GONE))
    if draft.entry_id is None and not draft.answer:
        raise Faulty(_(texts.NO_ANSWER))
    if re.match(UNWRITTEN_PATTERN, draft.answer):
        raise Faulty(_(texts.UNWRITTEN))


async def in_time(work: Awaitable[T], seconds: float) -> T:
    """Return what some work returns; it goes on by itself if that takes too long.

    Raises:
        TimeoutError: It took too long.
    """
    task = asyncio.ensure_future(work)
    if not (await asyncio.wait({task}, timeout=seconds))[0]:
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # or asyncio would complain
        raise TimeoutError
    return await task
