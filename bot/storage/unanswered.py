"""Keep unanswered questions, redacted, for 30 days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, delete, select

from bot.storage.database import Database
from bot.storage.schema import forgotten, unanswered

KEPT_FOR = timedelta(days=30)
MAX_PER_SERVER = 5000  # then the oldest are deleted
_IDS_PER_STATEMENT = 500  # SQLite allows 32,766
_NEWEST_FIRST = (unanswered.c.asked_at.desc(), unanswered.c.message_id.desc())


class Reason(StrEnum):
    """Why a question counts as unanswered."""

    refused = "refused"
    not_taken = "not_taken"  # entries were suggested and none was chosen
    voted_down = "voted_down"


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question that nobody got an answer to.

    Attributes:
        message_id: of the message that holds the question; each message keeps one question.
        asker: the keyed hash of the person who asked.
        text: redacted, at most 500 characters.
        nearest: id of the likeliest entry, if any.
        asked_at: with its time zone.
    """

    message_id: int
    server_id: int
    channel_id: int
    asker: str
    text: str
    reason: Reason
    nearest: str | None
    asked_at: datetime


class UnansweredQuestions:
    """The unanswered questions of all servers. Deleted ones are gone from an SQLite file as well."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def remember(self, question: UnansweredQuestion) -> None:
        """Store a question, replacing what was stored for the same message; not if its asker was forgotten since.

        A vote replaces no other reason, so that the question stays when the vote is taken back.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        values = asdict(question) | {"reason": question.reason.value}
        is_vote = question.reason is Reason.voted_down
        insert = (
            self._database.insert_into(unanswered)
            .values(**values)
            .on_conflict_do_update(
                index_elements=["message_id"],
                set_=values,
                where=unanswered.c.reason == Reason.voted_down.value if is_vote else None,
            )
        )
        in_server = select(unanswered.c.message_id).where(unanswered.c.server_id == question.server_id)
        too_many = in_server.order_by(*_NEWEST_FIRST).offset(MAX_PER_SERVER)
        was_forgotten = select(forgotten.c.asker).where(
            forgotten.c.asker == question.asker, forgotten.c.forgotten_at >= question.asked_at
        )
        async with self._database.writing() as connection:
            if (await connection.execute(was_forgotten)).first() is not None:
                return
            await connection.execute(insert)
            gone = await connection.execute(delete(unanswered).where(unanswered.c.message_id.in_(too_many.limit(100))))
        self._database.note_deleted(gone.rowcount)

    async def asked_since(self, since: datetime, *, server_id: int | None = None) -> tuple[UnansweredQuestion, ...]:
        """Return what was asked since a time, the newest first: in one server or, by default, in all.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        reasons = [reason.value for reason in Reason]  # a newer version may know more
        query = select(unanswered).where(unanswered.c.asked_at >= since, unanswered.c.reason.in_(reasons))
        if server_id is not None:
            query = query.where(unanswered.c.server_id == server_id)
        return tuple(map(_question, await self._database.rows(query.order_by(*_NEWEST_FIRST))))

    async def forget_messages(self, message_ids: Collection[int], *, reason: Reason | None = None) -> int:
        """Delete the questions of messages, optionally only those kept for one reason; return how many.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        matches_reason = None if reason is None else unanswered.c.reason == reason.value
        return await self._erase_each(unanswered.c.message_id, message_ids, matches_reason)

    async def forget_channels(self, channel_ids: Collection[int]) -> int:
        """Delete the questions of deleted channels and threads and return how many.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        return await self._erase_each(unanswered.c.channel_id, channel_ids)

    async def forget_asker(self, asker: str, at: datetime) -> int:
        """Delete a person's questions in all servers, keep out those asked until now, and return how many were deleted.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        await self._database.execute(self._database.upsert(forgotten, asker=asker, forgotten_at=at))
        return await self._database.erase(delete(unanswered).where(unanswered.c.asker == asker))

    async def forget_expired(self, now: datetime) -> int:
        """Delete the questions older than 30 days and return how many.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        await self._database.execute(delete(forgotten).where(forgotten.c.forgotten_at <= now - KEPT_FOR))
        return await self._database.erase(delete(unanswered).where(unanswered.c.asked_at <= now - KEPT_FOR))

    async def forget_all(self) -> int:
        """Delete all questions and return how many.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        return await self._database.erase(delete(unanswered))

    async def _erase_each(
        self, column: Column[int], ids: Collection[int], condition: ColumnElement[bool] | None = None
    ) -> int:
        in_order = sorted(ids)
        matching = delete(unanswered) if condition is None else delete(unanswered).where(condition)
        batches = (in_order[start : start + _IDS_PER_STATEMENT] for start in range(0, len(ids), _IDS_PER_STATEMENT))
        return await self._database.erase(*(matching.where(column.in_(batch)) for batch in batches)) if ids else 0


def _question(row: Row[Any]) -> UnansweredQuestion:
    return UnansweredQuestion(**{**row._mapping, "reason": Reason(row.reason)})  # noqa: SLF001 - SQLAlchemy's public name
