from __future__ import annotations

import asyncio
from datetime import date

from sqlalchemy import text

from bot.storage.database import Database
from bot.storage.statistics import Count, Counter, Event, Statistics

DAY = date(2026, 11, 22)


def counter(topic: str = "coding", *, server_id: int = 7, event: Event = Event.answered, day: date = DAY) -> Counter:
    return Counter(server_id=server_id, topic=topic, event=event, day=day)


async def test_amounts_add_up(database: Database) -> None:
    statistics = Statistics(database=database)
    await statistics.add({counter(): 2, counter("degree"): 1})
    await statistics.add({counter(): 3})

    assert await statistics.totals(7, since=DAY) == (
        Count(topic="coding", event=Event.answered, count=5),
        Count(topic="degree", event=Event.answered, count=1),
    )


async def test_amounts_added_at_the_same_moment_add_up(database: Database) -> None:
    statistics = Statistics(database=database)
    topics = [f"topic-{number:02}" for number in range(10)]
    forwards = {counter(topic): 1 for topic in topics}
    backwards = {counter(topic): 1 for topic in reversed(topics)}

    await asyncio.gather(*(statistics.add(amounts) for amounts in [forwards, backwards] * 25))

    assert {count.count for count in await statistics.totals(7, since=DAY)} == {50}


async def test_totals_are_those_of_one_server_from_a_day_on(database: Database) -> None:
    statistics = Statistics(database=database)
    await statistics.add({counter(): 1, counter(server_id=8): 10, counter(day=date(2026, 11, 21)): 100})

    assert [count.count for count in await statistics.totals(7, since=DAY)] == [1]
    assert [count.count for count in await statistics.totals(7, since=date(2026, 1, 1))] == [101]


async def test_thousands_of_counters_are_written_at_once(database: Database) -> None:
    statistics = Statistics(database=database)

    await statistics.add({counter(f"topic-{number}"): 1 for number in range(10_000)})

    assert len(await statistics.totals(7, since=DAY)) == 10_000


async def test_nothing_to_add_is_no_fault(database: Database) -> None:
    await Statistics(database=database).add({})

    assert await Statistics(database=database).totals(7, since=DAY) == ()


async def test_an_event_that_only_a_newer_version_knows_is_left_out(database: Database) -> None:
    statistics = Statistics(database=database)
    await statistics.add({counter(): 1, counter("degree"): 1})
    async with database.writing() as connection:
        await connection.execute(text("UPDATE statistics SET event = 'unheard_of' WHERE topic = 'degree'"))

    assert await statistics.totals(7, since=DAY) == (Count(topic="coding", event=Event.answered, count=1),)
