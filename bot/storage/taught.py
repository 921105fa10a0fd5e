"""What moderators teach the bot in their server, and the drafts of it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bounded import BoundedMap
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.schema import drafts, taught, taught_changes

logger = logging.getLogger(__name__)

MAX_ITEMS = 500  # of a server
MAX_TEXT = 4000  # characters of a draft's question or answer: what a form may hold
DRAFTS_KEPT_FOR = timedelta(days=1)
PAUSE_BETWEEN_LOOKS = 2.0  # seconds until other processes notice a change
_REMEMBERED_DRAFTS = 500
_STAMPS = 2**62


@dataclass(frozen=True, slots=True)
class TaughtItem:
    """A question that moderators taught the bot in their server.

    Attributes:
        entry_id: of the entry that answers it: one of the knowledge, or one of its own.
        answer: in Discord's Markdown; None if the entry's own answer stands.
        taught_by: the Discord id of whoever taught or last changed it; None if they asked to be forgotten.
        taught_at: with its time zone.
        waits: whether it has yet to be approved.
        version: counts its changes, from 1.
    """

    item_id: int
    server_id: int
    entry_id: str
    question: str
    answer: str | None
    taught_by: int | None
    taught_at: datetime
    waits: bool
    version: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a moderator wrote and hasn't saved yet.

    Attributes:
        draft_id: the id of the interaction that made it.
        entry_id: None for a new entry.
        answer: may be empty.
        item_id: of the taught item that it changes, if it isn't a new one.
        item_version: the version of that item when the change was begun.
        had_it: whether the moderator had Manage Messages, as in `missing_to_moderate`.
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


class ItemChanged(Exception):
    """Somebody else changed or removed a taught item; nothing was changed now."""


class TooManyItems(Exception):
    """A server was taught as much as is kept."""


class TaughtItems:
    """The taught items of all servers, cached in memory so that no answer waits for the database."""

    def __init__(self, *, database: Database, pause: float = PAUSE_BETWEEN_LOOKS) -> None:
        self._database = database
        self._pause = pause
        self._known: dict[int, tuple[TaughtItem, ...]] = {}
        self._stamps: dict[int, int] = {}
        self._is_loaded = False
        self._reading = asyncio.Lock()
        self._drafts: BoundedMap[int, Draft] = BoundedMap(_REMEMBERED_DRAFTS)
        self._reports: list[Callable[[int], None]] = []

    def tell(self, report: Callable[[int], None]) -> None:
        """Call `report` with a server's id from now on whenever its items have changed."""
        self._reports.append(report)

    @property
    def is_loaded(self) -> bool:
        """Whether the items have been read; until then, no server has any."""
        return self._is_loaded

    @property
    def servers(self) -> Collection[int]:
        """Return the ids of the servers that were taught something."""
        return tuple(self._known)

    def of(self, server_id: int) -> tuple[TaughtItem, ...]:
        """Return a server's items from memory, the oldest first. The same items are the same tuple."""
        return self._known.get(server_id, ())

    def item(self, server_id: int, item_id: int) -> TaughtItem | None:
        """Return an item of a server from memory."""
        return next((item for item in self.of(server_id) if item.item_id == item_id), None)

    async def load_all(self) -> None:
        """Read the items of all servers, unless they have been read.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        if not self._is_loaded:
            await self.refresh()

    async def refresh(self) -> None:
        """Read the items of the servers where something has changed.

        Raises:
            StorageUnavailable: The database can't be used now; what is in memory stays.
        """
        async with self._reading, self._database.reading() as connection:
            found = await connection.execute(select(taught_changes))
            stamps = {row.server_id: row.stamp for row in found}
            changed = [id_ for id_, stamp in stamps.items() if self._stamps.get(id_) != stamp]
            items = await _read(connection, changed)
            for server_id in {*changed, *(self._known.keys() - stamps.keys())}:
                self._know(server_id, items.get(server_id, ()))
            self._stamps = stamps
            self._is_loaded = True

    async def watch(self) -> None:
        """Follow what other processes change, until canceled."""
        while True:
            await asyncio.sleep(self._pause)
            with suppress(StorageUnavailable):  # whoever needs the database says so
                await self.refresh()

    async def keep_draft(self, draft: Draft) -> None:
        """Store a draft, in place of the same person's with the same id.

        Raises:
            DraftGone: The id is that of another person's draft.
            StorageUnavailable: The database can't be used now.
        """
        values = {name: getattr(draft, name) for name in drafts.c.keys()}  # noqa: SIM118 - no mapping
        insert = self._database.insert_into(drafts).values(**values)
        mine = (drafts.c.person_id == draft.person_id) & (drafts.c.server_id == draft.server_id)
        if not await self._database.execute(
            insert.on_conflict_do_update(index_elements=["draft_id"], set_=values, where=mine)
        ):
            raise DraftGone
        self._drafts[draft.draft_id] = draft

    async def draft(self, draft_id: int, *, server_id: int, person_id: int) -> Draft:
        """Return a person's own draft, from memory if it was made in this process.

        Raises:
            DraftGone: There is none.
            StorageUnavailable: The database can't be used now.
        """
        found = self._drafts.get(draft_id)
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
        self._drafts.pop(draft.draft_id, None)
        if not await self._database.erase(_deletion(draft)):
            raise DraftGone

    async def save(self, draft: Draft, *, entry_id: str, waits: bool, now: datetime) -> TaughtItem:
        """Turn a draft into a taught item, or into the new version of the one that it changes.

        Raises:
            DraftGone: It was saved or discarded already.
            ItemChanged: Somebody else changed or removed the item since. The draft stays.
            TooManyItems: The server has as many as are kept. The draft stays.
            StorageUnavailable: The database can't be used now.
        """
        item = TaughtItem(
            item_id=draft.draft_id if draft.item_id is None else draft.item_id,
            server_id=draft.server_id,
            entry_id=entry_id,
            question=draft.question,
            answer=draft.answer or None,
            taught_by=draft.person_id,
            taught_at=now,
            waits=waits,
            version=1 + (draft.item_version or 0),
        )
        values = {name: getattr(item, name) for name in taught.c.keys()}  # noqa: SIM118 - no mapping
        async with self._database.writing() as connection:
            await self._note_change(connection, draft.server_id)  # and let others wait until this is done
            if not (await connection.execute(_deletion(draft))).rowcount:
                raise DraftGone
            if draft.item_id is None:
                of_server = select(func.count()).select_from(taught).where(taught.c.server_id == draft.server_id)
                if (await connection.execute(of_server)).scalar_one() >= MAX_ITEMS:
                    raise TooManyItems
                await connection.execute(taught.insert().values(**values))
            else:
                which = _version_of(draft.server_id, draft.item_id, draft.item_version or 0)
                if not (await connection.execute(update(taught).where(which).values(**values))).rowcount:
                    raise ItemChanged
        self._drafts.pop(draft.draft_id, None)
        await self._follow()
        return item

    async def approve(self, item: TaughtItem) -> None:
        """Let an item answer.

        Raises:
            ItemChanged: Somebody else changed or removed it since.
            StorageUnavailable: The database can't be used now.
        """
        which = _version_of(item.server_id, item.item_id, item.version)
        await self._change(item.server_id, update(taught).where(which).values(waits=False, version=item.version + 1))

    async def remove(self, item: TaughtItem) -> None:
        """Delete an item.

        Raises:
            ItemChanged: Somebody else changed or removed it since.
            StorageUnavailable: The database can't be used now.
        """
        await self._change(
            item.server_id, delete(taught).where(_version_of(item.server_id, item.item_id, item.version))
        )

    async def retire(self, items: Iterable[TaughtItem]) -> None:
        """Delete items that the knowledge has now, unless somebody changed them since.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        for item in items:
            with suppress(ItemChanged):
                await self.remove(item)

    async def forget_person(self, person_id: int) -> int:
        """Delete a person's drafts, and forget that what they taught is theirs; return how many there were of both.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        self._drafts_without(lambda draft: draft.person_id == person_id)
        theirs = taught.c.taught_by == person_id
        async with self._database.writing() as connection:
            servers = (await connection.execute(select(taught.c.server_id).where(theirs).distinct())).scalars().all()
            for server_id in sorted(servers):
                await self._note_change(connection, server_id)
            items = (await connection.execute(update(taught).where(theirs).values(taught_by=None))).rowcount
        self._database.note_deleted(items)
        count = await self._database.erase(delete(drafts).where(drafts.c.person_id == person_id))
        await self._follow()
        return items + count

    async def forget_server(self, server_id: int) -> None:
        """Delete what a server was taught, and the drafts there.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        self._drafts_without(lambda draft: draft.server_id == server_id)
        tables = (taught, drafts, taught_changes)
        await self._database.erase(*(delete(table).where(table.c.server_id == server_id) for table in tables))
        self._stamps.pop(server_id, None)
        self._known.pop(server_id, None)

    async def forget_expired(self, now: datetime) -> None:
        """Delete drafts that are older than a day.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        self._drafts_without(lambda draft: draft.created_at <= now - DRAFTS_KEPT_FOR)
        await self._database.erase(delete(drafts).where(drafts.c.created_at <= now - DRAFTS_KEPT_FOR))

    async def _change(self, server_id: int, statement: Any) -> None:
        async with self._database.writing() as connection:
            await self._note_change(connection, server_id)
            if not (await connection.execute(statement)).rowcount:
                raise ItemChanged
        await self._follow()

    async def _note_change(self, connection: AsyncConnection, server_id: int) -> None:
        stamp = {"stamp": secrets.randbelow(_STAMPS)}
        insert = self._database.insert_into(taught_changes).values(server_id=server_id, **stamp)
        await connection.execute(insert.on_conflict_do_update(index_elements=["server_id"], set_=stamp))

    async def _follow(self) -> None:
        """Read what was just written; if that fails, `watch` does it later."""
        with suppress(StorageUnavailable):
            await self.refresh()

    def _know(self, server_id: int, items: tuple[TaughtItem, ...]) -> None:
        if items == self.of(server_id):
            return
        if items:
            self._known[server_id] = items
        else:
            self._known.pop(server_id, None)
        for report in self._reports:
            report(server_id)

    def _drafts_without(self, which: Any) -> None:
        for draft_id in [id_ for id_, draft in self._drafts.items() if which(draft)]:
            self._drafts.pop(draft_id, None)


async def _read(connection: AsyncConnection, server_ids: Collection[int]) -> dict[int, tuple[TaughtItem, ...]]:
    found: dict[int, tuple[TaughtItem, ...]] = {}
    for server_id in server_ids:
        query = select(taught).where(taught.c.server_id == server_id).order_by(taught.c.item_id)
        found[server_id] = tuple(map(_item, await connection.execute(query)))
    return found


def _item(row: Row[Any]) -> TaughtItem:
    return TaughtItem(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def _version_of(server_id: int, item_id: int, version: int) -> Any:
    return (taught.c.server_id == server_id) & (taught.c.item_id == item_id) & (taught.c.version == version)


def _deletion(draft: Draft) -> Any:
    return delete(drafts).where(
        drafts.c.draft_id == draft.draft_id,
        drafts.c.server_id == draft.server_id,
        drafts.c.person_id == draft.person_id,
    )
