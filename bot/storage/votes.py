"""Store who found an answer helpful, by hashes of people.

A vote is on the message with the answer, for as long as that is there, and on the entries that it answers with. A
server's statistics count the votes on entries, each on the day it was first cast: somebody who asks again and votes on
each answer still has one vote on the entry. Deleting a message deletes the votes on it, not those on entries.
"""

from __future__ import annotations

from collections import Counter as Amounts
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, select, update

from bot.storage.database import Database
from bot.storage.schema import entry_votes, votes
from bot.storage.statistics import NO_TOPIC, Counter, Event, add_to_counters

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


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
    """The votes on answers: of each person one per message, and one per entry and server."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def cast(self, vote: Vote) -> Tally:
        """Store a vote, in place of the person's former ones on the message and on its entries; return its tally.

        Casting a vote again changes nothing, so it's safe to retry.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        insert = self._database.insert_into(votes).values(
            message_id=vote.message_id,
            voter=vote.voter,
            server_id=vote.server_id,
            topics=list(vote.topics),
            helpful=vote.helpful,
            voted_at=vote.cast_at,
        )
        upsert = insert.on_conflict_do_update(index_elements=list(votes.primary_key), set_={"helpful": vote.helpful})
        async with self._database.writing() as connection:
            await connection.execute(upsert)
            await self._cast_on_entries(connection, vote)
            return await _tally(connection, vote.message_id)

    async def tally(self, message_id: int) -> Tally:
        """Return a message's tally.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.reading() as connection:
            return await _tally(connection, message_id)

    async def forget_messages(self, message_ids: Collection[int]) -> int:
        """Delete the votes on deleted messages and return how many; those on entries stay.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self._database.execute(delete(votes).where(votes.c.message_id.in_(message_ids)))

    async def forget_voter(self, voter: str) -> int:
        """Take back a person's votes and return on how many entries they were.

        The statistics follow, or whoever forgets and votes again would count twice.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        gone = delete(entry_votes).where(entry_votes.c.voter == voter).returning(*entry_votes.c)
        async with self._database.writing() as connection:
            await connection.execute(delete(votes).where(votes.c.voter == voter))
            previous = (await connection.execute(gone)).all()
            taken_back: Amounts[Counter] = Amounts()
            taken_back.subtract(_counter(vote, helpful=vote.helpful) for vote in previous)
            await add_to_counters(self._database, connection, taken_back)
        return len(previous)

    async def _cast_on_entries(self, connection: AsyncConnection, vote: Vote) -> None:
        topics = sorted({*vote.topics} or {NO_TOPIC})
        rows = [
            {
                "server_id": vote.server_id,
                "topic": topic,
                "voter": vote.voter,
                "helpful": vote.helpful,
                "voted_at": vote.cast_at,
            }
            for topic in topics
        ]
        insert = self._database.insert_into(entry_votes).values(rows).on_conflict_do_nothing()
        change = (
            update(entry_votes)
            .where(entry_votes.c.server_id == vote.server_id, entry_votes.c.topic.in_(topics))
            .where(entry_votes.c.voter == vote.voter, entry_votes.c.helpful != vote.helpful)
            .values(helpful=vote.helpful)
        )
        made = (await connection.execute(insert.returning(*entry_votes.c))).all()
        changed = (await connection.execute(change.returning(*entry_votes.c))).all()
        amounts = Amounts(_counter(row, helpful=vote.helpful) for row in (*made, *changed))
        amounts.subtract(_counter(row, helpful=not vote.helpful) for row in changed)
        # At once, so that two people who change their minds in opposite directions don't deadlock.
        await add_to_counters(self._database, connection, amounts)


def _counter(vote: Row[Any], *, helpful: bool) -> Counter:
    event = Event.helpful if helpful else Event.unhelpful
    return Counter(server_id=vote.server_id, topic=vote.topic, event=event, day=vote.voted_at.date())


async def _tally(connection: AsyncConnection, message_id: int) -> Tally:
    helpful = func.count().filter(votes.c.helpful)
    query = select(helpful.label("helpful"), func.count().label("all")).where(votes.c.message_id == message_id)
    row = (await connection.execute(query.select_from(votes))).one()
    return Tally(helpful=row.helpful, unhelpful=row.all - row.helpful)
