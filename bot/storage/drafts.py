"""What moderators wrote to teach the bot, and haven't saved yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, select

from bot.bounded import BoundedMap
from bot.storage.database import Database
from bot.storage.schema import drafts

MAX_TEXT = 4000  # characters of a draft's question or answer: what a form may hold
KEPT_FOR = timedelta(days=1)
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """What a moderator wrote and hasn't saved yet.

    Attributes:
        draft_id: the id of the interaction that made it.
        entry_id: None for a new entry.
        answer: may be empty.
        item_id: of the taught item that it changes, if it isn't a new one.
        item_version: the version of that item when the change was begun.
        had_it: whether saving it takes Manage Messages; otherwise, the moderator was granted the command.
        created_at: with its time zone.
    """

    draft_id: int
    server_id: int
    person_id: int
    entry_id: str | None
    question: str
    answer: str
    item_id: int | None
    item_version: int | None
    had_it: bool
    created_at: datetime


class DraftGone(Exception):
    """A draft was saved, discarded, or has expired."""


class Drafts:
    """The drafts of all moderators. Those made in this process are read from memory."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._remembered: BoundedMap[int, Draft] = BoundedMap(_REMEMBERED)

    async def keep(self, draft: Draft) -> None:
        """Store a draft, in place of the same person's with the same id.

        Raises:
            DraftGone: The id is that of another person's draft.
            StorageUnavailable: The database can't be used now.
        """
        values = asdict(draft)
        insert = self._database.insert_into(drafts).values(**values)
        mine = (drafts.c.person_id == draft.person_id) & (drafts.c.server_id == draft.server_id)
        if not await self._database.execute(
            insert.on_conflict_do_update(index_elements=["draft_id"], set_=values, where=mine)
        ):
            raise DraftGone
        self._remembered[draft.draft_id] = draft

    async def own(self, draft_id: int, *, server_id: int, person_id: int) -> Draft:
        """Return a person's own draft, from memory if it was made in this process.

        Raises:
            DraftGone: There is none.
            StorageUnavailable: The database can't be used now.
        """
        found = self._remembered.get(draft_id)
        if found is None:
            rows = await self._database.rows(select(drafts).where(drafts.c.draft_id == draft_id))
            found = Draft(**rows[0]._mapping) if rows else None  # noqa: SLF001 - SQLAlchemy's public name
        if found is None or (found.server_id, found.person_id) != (server_id, person_id):
            raise DraftGone
        return found

    async def discard(self, draft: Draft) -> None:
        """Delete a draft.

        Raises:
            DraftGone: It was saved or discarded already.
            StorageUnavailable: As `Database.erase`.
        """
        self._remembered.pop(draft.draft_id, None)
        if not await self._database.erase(deletion_of(draft)):
            raise DraftGone

    def drop(self, draft: Draft) -> None:
        """Forget a draft that is no longer stored."""
        self._remembered.pop(draft.draft_id, None)

    async def forget_person(self, person_id: int) -> int:
        """Delete a person's drafts and return how many there were.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        self._drop_where(lambda draft: draft.person_id == person_id)
        return await self._database.erase(delete(drafts).where(drafts.c.person_id == person_id))

    async def forget_server(self, server_id: int) -> int:
        """Delete the drafts in a server and return how many there were.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        self._drop_where(lambda draft: draft.server_id == server_id)
        return await self._database.erase(delete(drafts).where(drafts.c.server_id == server_id))

    async def forget_expired(self, now: datetime) -> int:
        """Delete drafts that are older than a day, and return how many there were.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        self._drop_where(lambda draft: draft.created_at <= now - KEPT_FOR)
        return await self._database.erase(delete(drafts).where(drafts.c.created_at <= now - KEPT_FOR))

    def _drop_where(self, which: Callable[[Draft], bool]) -> None:
        for draft in [draft for draft in self._remembered.values() if which(draft)]:
            self.drop(draft)


def deletion_of(draft: Draft) -> Delete:
    """Return the statement that deletes a draft."""
    return delete(drafts).where(
        drafts.c.draft_id == draft.draft_id,
        drafts.c.server_id == draft.server_id,
        drafts.c.person_id == draft.person_id,
    )
