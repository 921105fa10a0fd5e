"""What moderators teach the bot in their server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, select, update

from bot.storage.cached import PAUSE_BETWEEN_LOOKS, CachedStore
from bot.storage.database import Database
from bot.storage.drafts import Draft, DraftGone, Drafts, deletion_of
from bot.storage.errors import StorageUnavailable
from bot.storage.schema import taught, taught_changes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

logger = logging.getLogger(__name__)

MAX_ITEMS = 500  # of a server


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


class ItemChanged(Exception):
    """Somebody else changed or removed a taught item; nothing was changed now."""


class TooManyItems(Exception):
    """A server was taught as much as is kept."""


class TaughtItems(CachedStore):
    """The taught items of all servers, in memory."""

    def __init__(self, *, database: Database, drafts: Drafts, pause: float = PAUSE_BETWEEN_LOOKS) -> None:
        super().__init__(database=database, pause=pause)
        self._drafts = drafts
        self._known: dict[int, tuple[TaughtItem, ...]] = {}
        self._stamps: dict[int, int] = {}
        self._reading = asyncio.Lock()
        self._reports: list[Callable[[int], None]] = []

    def tell(self, report: Callable[[int], None]) -> None:
        """Call `report` with a server's id from now on whenever its items have changed."""
        self._reports.append(report)

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
        values = asdict(item)
        async with self._database.writing() as connection:
            await self._stamp_change(connection, taught_changes, server_id=draft.server_id)
            if not (await connection.execute(deletion_of(draft))).rowcount:
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
        self._drafts.drop(draft)
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
        """Forget that what a person taught is theirs, delete their drafts, and return how much that was.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        theirs = taught.c.taught_by == person_id
        async with self._database.writing() as connection:
            servers = (await connection.execute(select(taught.c.server_id).where(theirs).distinct())).scalars().all()
            for server_id in sorted(servers):
                await self._stamp_change(connection, taught_changes, server_id=server_id)
            count = (await connection.execute(update(taught).where(theirs).values(taught_by=None))).rowcount
        await self._follow()
        return count + await self._drafts.forget_person(person_id)

    async def forget_server(self, server_id: int) -> None:
        """Delete what a server was taught.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        of_server = (delete(table).where(table.c.server_id == server_id) for table in (taught, taught_changes))
        await self._database.erase(*of_server)
        self._stamps.pop(server_id, None)
        self._known.pop(server_id, None)

    async def _change(self, server_id: int, statement: Any) -> None:
        async with self._database.writing() as connection:
            await self._stamp_change(connection, taught_changes, server_id=server_id)
            if not (await connection.execute(statement)).rowcount:
                raise ItemChanged
        await self._follow()

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
