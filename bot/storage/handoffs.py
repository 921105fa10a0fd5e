"""Which questions were handed to people, and in which thread: one thread a question.

A question is claimed before its thread is opened. So two clicks, two processes, or a restart open no second one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from bot.storage.database import Database
from bot.storage.schema import handoffs, server_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

KEPT_FOR = timedelta(days=30)
TIME_TO_OPEN = timedelta(minutes=2)  # then whoever claimed the question is taken to have died
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The caller is to open the thread, and to introduce the asker there.

    Attributes:
        may_ping: whether the role is to be pinged, unless it was before.
        is_repeated: whether somebody claimed it before who may have opened the thread.
        thread_id: of the thread that they recorded.
    """

    may_ping: bool
    is_repeated: bool = False
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class BeingOpened:
    """Somebody else is opening the thread, or introducing the asker there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The question has a thread, and its asker was introduced there."""

    thread_id: int


@dataclass(frozen=True, slots=True)
class Untold:
    """A thread whose asker may not have heard of a reply.

    Attributes:
        is_noted: whether a reply was noted lately: whoever noted it may have died before telling.
    """

    thread_id: int
    is_noted: bool


class Handoffs:
    """The questions that were handed to people, for 30 days."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def claim(
        self, question_id: int, *, server_id: int, asker: str, at: datetime, pings_an_hour: int
    ) -> Claimed | BeingOpened | Opened:
        """Claim a question for its one thread, and decide whether the server's role is pinged for it.

        Args:
            question_id: of the message, the forum post, or the command that asked.
            server_id: where.
            asker: a keyed hash.
            at: the time, with its zone.
            pings_an_hour: how many questions within an hour the role is pinged for at most.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            may_ping = await _pings_since(connection, server_id, at - HOUR, but=question_id) < pings_an_hour
            if (earlier := await self._find(connection, question_id, at, may_ping=may_ping)) is not None:
                return earlier
            insert = self._database.insert_into(handoffs).values(
                question_id=question_id,
                server_id=server_id,
                asker=asker,
                claimed_at=at,
                pinged_at=at if may_ping else None,
            )
            made = (await connection.execute(insert.on_conflict_do_nothing())).rowcount
        return Claimed(may_ping) if made else BeingOpened()

    async def record(self, question_id: int, thread_id: int) -> None:
        """Store in which thread a question was handed on.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        known = handoffs.c.question_id == question_id
        await self._database.execute(update(handoffs).where(known).values(thread_id=thread_id))

    async def record_introduced(self, question_id: int, at: datetime) -> None:
        """Store that the asker was introduced in the thread of a question, which closes the claim.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        known = handoffs.c.question_id == question_id
        await self._database.execute(update(handoffs).where(known).values(introduced_at=at))

    async def release(self, question_id: int) -> None:
        """Give up a claim whose thread couldn't be opened, so that the next click may try again.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        is_open = (handoffs.c.question_id == question_id) & handoffs.c.thread_id.is_(None)
        await self._database.execute(delete(handoffs).where(is_open))

    async def note_reply(self, thread_id: int, *, by: str, at: datetime) -> bool:
        """Note that someone, given as a keyed hash, replied in a thread; tell whether its asker is to hear of it.

        That is the first reply of anybody else.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        waits = (handoffs.c.thread_id == thread_id) & handoffs.c.replied_at.is_(None) & (handoffs.c.asker != by)
        return bool(await self._database.execute(update(handoffs).where(waits).values(replied_at=at)))

    async def untold(self, server_id: int, *, noted_since: datetime, limit: int) -> list[Untold]:
        """Return the threads of a server without a reply, or with one that was noted lately, the newest first.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        there = (handoffs.c.server_id == server_id) & handoffs.c.thread_id.is_not(None)
        may_wait = handoffs.c.replied_at.is_(None) | (handoffs.c.replied_at > noted_since)
        query = select(handoffs.c.thread_id, handoffs.c.replied_at).where(there, may_wait)
        rows = await self._database.rows(query.order_by(handoffs.c.claimed_at.desc()).limit(limit))
        return [Untold(row.thread_id, row.replied_at is not None) for row in rows]

    async def forget_questions(self, message_ids: Collection[int]) -> None:
        """Delete what is stored about questions whose messages are gone.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._database.execute(delete(handoffs).where(handoffs.c.question_id.in_(sorted(message_ids))))

    async def forget_thread(self, thread_id: int) -> None:
        """Delete what is stored about a thread that is gone, and about one that asked.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        is_gone = (handoffs.c.thread_id == thread_id) | (handoffs.c.question_id == thread_id)
        await self._database.execute(delete(handoffs).where(is_gone))

    async def forget_asker(self, asker: str) -> int:
        """Delete what is stored about a person's questions, and return how many they were.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        return await self._database.erase(delete(handoffs).where(handoffs.c.asker == asker))

    async def forget_expired(self, now: datetime) -> None:
        """Delete what has been kept long enough.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        await self._database.erase(delete(handoffs).where(handoffs.c.claimed_at <= now - KEPT_FOR))

    async def _find(
        self, connection: AsyncConnection, question_id: int, at: datetime, *, may_ping: bool
    ) -> Claimed | BeingOpened | Opened | None:
        query = select(handoffs).where(handoffs.c.question_id == question_id)
        row = (await connection.execute(query)).first()
        if row is None:
            return None
        if row.thread_id is not None and row.introduced_at is not None:
            return Opened(row.thread_id)
        left_open = (handoffs.c.question_id == question_id) & (handoffs.c.claimed_at == row.claimed_at)
        if row.claimed_at > at - TIME_TO_OPEN:
            return BeingOpened()
        changes = {"claimed_at": at, "pinged_at": at if may_ping else row.pinged_at}
        taken_over = await connection.execute(update(handoffs).where(left_open).values(changes))
        if not taken_over.rowcount:
            return BeingOpened()
        return Claimed(may_ping, is_repeated=True, thread_id=row.thread_id)


async def _pings_since(connection: AsyncConnection, server_id: int, since: datetime, *, but: int) -> int:
    """Count the pings of a server's role for other questions; on PostgreSQL, wait until others who count are done."""
    in_turn = select(server_settings.c.server_id).where(server_settings.c.server_id == server_id).with_for_update()
    await connection.execute(in_turn)
    others = (handoffs.c.server_id == server_id) & (handoffs.c.question_id != but)
    pinged = others & (handoffs.c.pinged_at > since)
    return (await connection.execute(select(func.count()).select_from(handoffs).where(pinged))).scalar_one()
