"""Count what happened, by server, topic and day, and nothing about who did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.storage.database import Database
from bot.storage.schema import statistics

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

DIRECT_MESSAGES = 0  # stands for the server, as there is none
NO_TOPIC = ""


class Event(StrEnum):
    """What is counted."""

    asked = "asked"
    answered = "answered"
    suggested = "suggested"
    chosen = "chosen"  # one of the suggestions
    refused = "refused"
    off_topic = "off_topic"
    automatic = "automatic"  # a forum post answered on the bot's own initiative
    mistaken = "mistaken"  # such an answer removed because it missed the question
    deleted = "deleted"
    helpful = "helpful"  # this one and the next are counted by Votes
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
    """The counts of all servers."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def add(self, amounts: Mapping[Counter, int]) -> None:
        """Add an amount to each counter: to all of them or, if the database can't be used, to none.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            await add_to_counters(self._database, connection, amounts)

    async def totals(self, server_id: int, *, since: date) -> tuple[Count, ...]:
        """Return a server's counts since a day, by topic and event.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        query = (
            select(statistics.c.topic, statistics.c.event, func.sum(statistics.c.count).label("total"))
            .where(statistics.c.server_id == server_id, statistics.c.day >= since)
            .where(statistics.c.event.in_([event.value for event in Event]))  # a newer version may count more
            .group_by(statistics.c.topic, statistics.c.event)
            .having(func.sum(statistics.c.count) > 0)
            .order_by(statistics.c.topic, statistics.c.event)
        )
        rows = await self._database.rows(query)
        return tuple(Count(topic=row.topic, event=Event(row.event), count=int(row.total)) for row in rows)


async def add_to_counters(database: Database, connection: AsyncConnection, amounts: Mapping[Counter, int]) -> None:
    """Add an amount to each counter, as part of a larger transaction."""
    if not amounts:
        return
    insert = database.insert_into(statistics)
    upsert = insert.on_conflict_do_update(
        index_elements=list(statistics.primary_key),
        set_={"count": statistics.c.count + insert.excluded["count"]},
    )
    rows = [
        {"server_id": each.server_id, "topic": each.topic, "event": each.event.value, "day": each.day, "count": amount}
        for each, amount in sorted(amounts.items())  # in one order, to avoid deadlocks
    ]
    await connection.execute(upsert, rows)
