"""What people asked in vain, redacted, for a while."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, and_, delete, select

from bot.storage.database import Database
from bot.storage.erasing import Erasing
from bot.storage.schema import unanswered

KEPT_FOR = timedelta(days=30)
MAX_OF_A_SERVER = 5000  # then the oldest go
_IDS_AT_ONCE = 500  # of the 32,766 values that SQLite takes in a statement


class Reason(StrEnum):
    """Why a question counts as unanswered."""

    refused = "refused"
    not_taken = "not_taken"  # entries were suggested, and none of them was chosen
    voted_down = "voted_down"


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question that was asked in vain.

    Attributes:
        message_id: of the message that the question goes with; one question a message is kept.
        asker: the keyed hash of who asked.
        text: redacted, at most 500 characters.
        nearest: id of what came nearest to an answer, if anything did.
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
    """The unanswered questions of all servers.

    What is deleted is gone from an SQLite file, too, when the call has returned.
    """

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._erasing = Erasing(database=database, table=unanswered)

    async def remember(self, question: UnansweredQuestion) -> None:
        """Store a question, in place of what was known about the same message.

        A vote hides no other reason, so that the question stays when the vote is taken back.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        values = {name: getattr(question, name) for name in unanswered.c.keys()}  # noqa: SIM118 - no mapping
        values["reason"] = question.reason.value
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
        newest_first = (unanswered.c.asked_at.desc(), unanswered.c.message_id.desc())
        in_server = unanswered.c.server_id == question.server_id
        too_many = select(unanswered.c.message_id).where(in_server).order_by(*newest_first).offset(MAX_OF_A_SERVER)
        async with self._database.writing() as connection:
            await connection.execute(insert)
            gone = await connection.execute(delete(unanswered).where(unanswered.c.message_id.in_(too_many.limit(100))))
        self._erasing.note(gone.rowcount)

    async def asked_since(self, since: datetime, *, server_id: int | None = None) -> tuple[UnansweredQuestion, ...]:
        """Return what was asked at a time or later, the newest first: in a server or, without one, in all of them.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        query = select(unanswered).where(unanswered.c.asked_at >= since)
        if server_id is not None:
            query = query.where(unanswered.c.server_id == server_id)
        async with self._database.reading() as connection:
            newest_first = query.order_by(unanswered.c.asked_at.desc(), unanswered.c.message_id.desc())
            rows = (await connection.execute(newest_first)).all()
        return tuple(map(_question, rows))

    async def forget_messages(self, message_ids: Collection[int], *, reason: Reason | None = None) -> int:
        """Delete the questions of messages that are gone or done with, and return how many.

        With a reason, only those that are kept for it.

        Raises:
            StorageUnavailable: As `Erasing.delete`.
        """
        kept_so = () if reason is None else (unanswered.c.reason == reason.value,)
        return await self._delete_each(unanswered.c.message_id, message_ids, *kept_so)

    async def forget_channels(self, channel_ids: Collection[int]) -> int:
        """Delete the questions of channels and threads that are gone, and return how many.

        Raises:
            StorageUnavailable: As `Erasing.delete`.
        """
        return await self._delete_each(unanswered.c.channel_id, channel_ids)

    async def forget_asker(self, asker: str) -> int:
        """Delete a person's questions, in all servers, and return how many.

        Raises:
            StorageUnavailable: As `Erasing.delete`.
        """
        return await self._erasing.delete(unanswered.c.asker == asker)

    async def forget_server(self, server_id: int) -> int:
        """Delete a server's questions, and return how many.

        Raises:
            StorageUnavailable: As `Erasing.delete`.
        """
        return await self._erasing.delete(unanswered.c.server_id == server_id)

    async def forget_expired(self, now: datetime) -> int:
        """Delete what has been kept for long enough, and return how many.

        Raises:
            StorageUnavailable: As `Erasing.delete`.
        """
        return await self._erasing.delete(unanswered.c.asked_at <= now - KEPT_FOR)

    async def forget_all(self) -> int:
        """Delete all questions, as when none are to be kept any more, and return how many.

        Raises:
            StorageUnavailable: As `Erasing.delete`.
        """
        return await self._erasing.delete(unanswered.c.message_id.is_not(None))

    async def _delete_each(self, column: Column[int], values: Collection[int], *which: ColumnElement[bool]) -> int:
        if not values:
            return 0
        found = sorted(values)
        parts = (found[first : first + _IDS_AT_ONCE] for first in range(0, len(found), _IDS_AT_ONCE))
        return await self._erasing.delete(*(and_(column.in_(part), *which) for part in parts))


def _question(row: Row[Any]) -> UnansweredQuestion:
    return UnansweredQuestion(**{**row._mapping, "reason": Reason(row.reason)})  # noqa: SLF001 - SQLAlchemy's public name
