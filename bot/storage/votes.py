"""Store who found an answer helpful, by hashes of people.

A vote also counts in its server's statistics, on the day it was first cast. Deleting an answer deletes its votes, not
the statistics, which reveal nothing about anyone.
"""

from __future__ import annotations

from collections import Counter as Amounts
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.schema import votes
from bot.storage.statistics import NO_TOPIC, Counter, Event, add_to_counters


@dataclass(frozen=True, slots=True)
class Vote:
    """A person's verdict on the answer in a message.

    Attributes:
        voter: the person's keyed hash.
        topics: ids of the entries that the message answers with; a vote is for all of them.
        cast_at: with its time zone.
    """

    message_id: int
    server_id: int
    topics: tuple[str, ...]
    voter: str
    helpful: bool
    cast_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people found an answer helpful and unhelpful."""

    helpful: int
    unhelpful: int


class Votes:
    """The votes on answers, one per person and message."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def cast(self, vote: Vote) -> Tally:
        """Store a vote, replacing the person's previous one, and return the message's tally.

        Casting a vote again changes nothing, so it's safe to retry.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        insert = (
            self._database.insert_into(votes)
            .values(
                message_id=vote.message_id,
                voter=vote.voter,
                server_id=vote.server_id,
                topics=list(vote.topics),
                helpful=vote.helpful,
                voted_at=vote.cast_at,
            )
            .on_conflict_do_nothing()
            .returning(*votes.c)
        )
        own = _of(vote.message_id, vote.voter)
        async with self._database.writing() as connection:
            made = (await connection.execute(insert)).one_or_none()
            if made is not None:
                await add_to_counters(self._database, connection, _counters(made, 1))
            else:
                previous = (await connection.execute(select(votes).where(own).with_for_update())).one_or_none()
                if previous is not None and previous.helpful != vote.helpful:
                    changed = update(votes).where(own).values(helpful=vote.helpful).returning(*votes.c)
                    now = (await connection.execute(changed)).one()
                    # At once, so that two people who change their minds in opposite directions don't deadlock.
                    await add_to_counters(self._database, connection, {**_counters(previous, -1), **_counters(now, 1)})
            return await _tally(connection, vote.message_id)

    async def withdraw(self, message_id: int, voter: str) -> Tally:
        """Take back a person's vote, if any, and return the message's tally.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        gone = delete(votes).where(_of(message_id, voter)).returning(*votes.c)
        async with self._database.writing() as connection:
            previous = (await connection.execute(gone)).one_or_none()
            if previous is not None:
                await add_to_counters(self._database, connection, _counters(previous, -1))
            return await _tally(connection, message_id)

    async def tally(self, message_id: int) -> Tally:
        """Return a message's tally.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.reading() as connection:
            return await _tally(connection, message_id)

    async def forget_messages(self, message_ids: Collection[int]) -> int:
        """Delete the votes on deleted messages and return how many; the statistics stay.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self._database.execute(delete(votes).where(votes.c.message_id.in_(message_ids)))

    async def forget_voter(self, voter: str) -> int:
        """Take back a person's votes and return how many.

        The statistics follow, or whoever forgets and votes again would count twice.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        gone = delete(votes).where(votes.c.voter == voter).returning(*votes.c)
        taken_back: Amounts[Counter] = Amounts()
        async with self._database.writing() as connection:
            previous = (await connection.execute(gone)).all()
            for vote in previous:
                taken_back.update(_counters(vote, -1))
            await add_to_counters(self._database, connection, taken_back)
        return len(previous)


def _counters(vote: Row[Any], amount: int) -> dict[Counter, int]:
    event = Event.helpful if vote.helpful else Event.unhelpful
    return {
        Counter(server_id=vote.server_id, topic=topic, event=event, day=vote.voted_at.date()): amount
        for topic in vote.topics or [NO_TOPIC]
    }


def _of(message_id: int, voter: str) -> ColumnElement[bool]:
    return (votes.c.message_id == message_id) & (votes.c.voter == voter)


async def _tally(connection: AsyncConnection, message_id: int) -> Tally:
    helpful = func.count().filter(votes.c.helpful)
    query = select(helpful.label("helpful"), func.count().label("all")).where(votes.c.message_id == message_id)
    row = (await connection.execute(query.select_from(votes))).one()
    return Tally(helpful=row.helpful, unhelpful=row.all - row.helpful)
