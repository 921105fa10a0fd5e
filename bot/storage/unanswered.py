"""What people asked in vain, redacted, for a while."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select

from bot.storage.database import Database
from bot.storage.schema import unanswered

kept_for = timedelta(days=30)
most_of_a_server = 5000  # then the oldest go
_ids_at_once = 500  # of the 32,766 values that SQLite takes in a statement


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
        self._has_traces = True  # a former process may have ended between a deletion and what follows it

    async def remember(self, question: UnansweredQuestion) -> None:
        """Store a question, in place of what was known about the same message.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        values = {name: getattr(question, name) for name in unanswered.c.keys()}  # noqa: SIM118 - no mapping
        values["reason"] = question.reason.value
        insert = self._database.insert_into(unanswered).values(**values)
        newest_first = (unanswered.c.asked_at.desc(), unanswered.c.message_id.desc())
        in_server = unanswered.c.server_id == question.server_id
        too_many = select(unanswered.c.message_id).where(in_server).order_by(*newest_first).offset(most_of_a_server)
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["message_id"], set_=values))
            gone = await connection.execute(delete(unanswered).where(unanswered.c.message_id.in_(too_many.limit(100))))
        self._has_traces = self._has_traces or gone.rowcount > 0

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

    async def forget_messages(self, message_ids: Collection[int]) -> None:
        """Delete the questions of messages that are gone or done with.

        Raises:
            StorageUnavailable: The database can't be used now, or not all traces could be erased yet: try again.
        """
        ids = sorted(message_ids)
        for first in range(0, len(ids), _ids_at_once):
            await self._delete(unanswered.c.message_id.in_(ids[first : first + _ids_at_once]))

    async def forget_asker(self, asker: str) -> None:
        """Delete a person's questions, in all servers.

        Raises:
            StorageUnavailable: The database can't be used now, or not all traces could be erased yet: try again.
        """
        await self._delete(unanswered.c.asker == asker)

    async def forget_server(self, server_id: int) -> None:
        """Delete a server's questions.

        Raises:
            StorageUnavailable: The database can't be used now, or not all traces could be erased yet: try again.
        """
        await self._delete(unanswered.c.server_id == server_id)

    async def forget_expired(self, now: datetime) -> None:
        """Delete what has been kept for long enough.

        Raises:
            StorageUnavailable: The database can't be used now, or not all traces could be erased yet: try again.
        """
        await self._delete(unanswered.c.asked_at <= now - kept_for)

    async def forget_all(self) -> None:
        """Delete all questions, as when none are to be kept any more.

        Raises:
            StorageUnavailable: The database can't be used now, or not all traces could be erased yet: try again.
        """
        await self._delete(unanswered.c.message_id.is_not(None))

    async def _delete(self, which: ColumnElement[bool]) -> None:
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(unanswered).where(which))
        self._has_traces = self._has_traces or gone.rowcount > 0
        if self._has_traces:
            self._has_traces = False
            try:
                await self._database.erase_traces()
            except BaseException:
                self._has_traces = True  # for the next time
                raise


def _question(row: Row[Any]) -> UnansweredQuestion:
    return UnansweredQuestion(**{**row._mapping, "reason": Reason(row.reason)})  # noqa: SLF001 - SQLAlchemy's public name
