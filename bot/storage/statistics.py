"""How often what happened, by server, topic and day; nothing about who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.schema import statistics

DIRECT_MESSAGES = 0  # stands for the server where there is none
NO_TOPIC = ""


class Event(StrEnum):
    """What is counted."""

    asked = "asked"
    answered = "answered"
    suggested = "suggested"
    chosen = "chosen"  # one of the suggestions
    refused = "refused"
    off_topic = "off_topic"
    automatic = "automatic"  # a forum post answered unasked
    mistaken = "mistaken"  # such an answer removed as not what was asked
    deleted = "deleted"
    helpful = "helpful"  # this and the next are counted by the votes
    unhelpful = "unhelpful"


@dataclass(frozen=True, slots=True, order=True)
class Counter:
    """What one number counts."""

    server_id: int
    topic: str
    event: Event
    day: date


@dataclass(frozen=True, slots=True)
class Count:
    """How often an event happened with a topic."""

    topic: str
    event: Event
    count: int


class Statistics:
    """The numbers of all servers."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def add(self, amounts: Mapping[Counter, int]) -> None:
        """Add an amount to each of the counters: to all of them or, if the database can't be used, to none.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            await add_to_counters(self._database, connection, amounts)

    async def totals(self, server_id: int, *, since: date) -> tuple[Count, ...]:
        """Return a server's numbers from a day on, by topic and event.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        query = (
            select(statistics.c.topic, statistics.c.event, func.sum(statistics.c.count).label("total"))
            .where(statistics.c.server_id == server_id, statistics.c.day >= since)
            .where(statistics.c.event.in_([event.value for event in Event]))  # a newer version may have counted more
            .group_by(statistics.c.topic, statistics.c.event)
            .having(func.sum(statistics.c.count) > 0)
            .order_by(statistics.c.topic, statistics.c.event)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Count(topic=row.topic, event=Event(row.event), count=int(row.total)) for row in rows)

    async def forget_server(self, server_id: int) -> None:
        """Delete a server's numbers.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            await connection.execute(delete(statistics).where(statistics.c.server_id == server_id))


async def add_to_counters(database: Database, connection: AsyncConnection, amounts: Mapping[Counter, int]) -> None:
    """Add an amount to each of the counters in a transaction that does more than that."""
    if not amounts:
        return
    insert = database.insert_into(statistics)
    upsert = insert.on_conflict_do_update(
        index_elements=list(statistics.primary_key),
        set_={"count": statistics.c.count + insert.excluded["count"]},
    )
    rows = [
        {"server_id": each.server_id, "topic": each.topic, "event": each.event.value, "day": each.day, "count": amount}
        for each, amount in sorted(amounts.items())  # in one order, so that no two wait for each other
    ]
    await connection.execute(upsert, rows)
