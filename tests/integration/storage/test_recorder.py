from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.storage.database import Database
from bot.storage.recorder import Recorder
from bot.storage.statistics import DIRECT_MESSAGES, Count, Event, Statistics
from bot.storage.write_behind import Pace
from storage.locking import locked

QUICK = Pace(interval=0.01, max_pause=0.05, deadline=5.0)
DAY = date(2026, 11, 22)
PATIENCE = 20.0


def recorder_of(database: Database, *, capacity: int = 10_000, pace: Pace = QUICK) -> Recorder:
    return Recorder(statistics=Statistics(database=database), capacity=capacity, pace=pace, today=lambda: DAY)


async def counted(database: Database, server_id: int = 7) -> tuple[Count, ...]:
    return await Statistics(database=database).totals(server_id, since=DAY)


async def written(recorder: Recorder) -> None:
    async with asyncio.timeout(PATIENCE):
        while recorder.waiting:  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.01)


async def test_what_is_recorded_is_soon_in_the_database(database: Database) -> None:
    async with recorder_of(database) as recorder:
        recorder.record(Event.asked, server_id=7)
        recorder.record(Event.answered, server_id=7, topic="coding")
        recorder.record(Event.asked, server_id=DIRECT_MESSAGES)
        await written(recorder)

        assert await counted(database) == (
            Count(topic="", event=Event.asked, count=1),
            Count(topic="coding", event=Event.answered, count=1),
        )
        assert await counted(database, DIRECT_MESSAGES) == (Count(topic="", event=Event.asked, count=1),)


async def test_the_last_events_are_written_before_shutdown(database: Database) -> None:
    async with recorder_of(database, pace=Pace(interval=3600)) as recorder:
        for _ in range(1000):
            recorder.record(Event.asked, server_id=7)

    assert await counted(database) == (Count(topic="", event=Event.asked, count=1000),)


async def test_what_is_recorded_while_others_are_written_is_not_lost(database: Database) -> None:
    async with recorder_of(database) as recorder:
        for _ in range(500):
            recorder.record(Event.asked, server_id=7)
            await asyncio.sleep(0.001)

    assert await counted(database) == (Count(topic="", event=Event.asked, count=500),)
    assert recorder.dropped == 0


async def test_days_are_in_utc(database: Database) -> None:
    before = datetime.now(UTC).date()
    async with Recorder(statistics=Statistics(database=database)) as recorder:
        recorder.record(Event.asked, server_id=7)

    assert await Statistics(database=database).totals(7, since=before)


async def test_recording_waits_for_nothing_while_the_database_is_locked_and_loses_nothing(
    sqlite_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=1.0) as database, recorder_of(database) as recorder:
        with locked(sqlite_file):
            before = time.monotonic()
            for number in range(20_000):
                recorder.record(Event.asked, server_id=number % 2)
            assert time.monotonic() - before < 1
            await asyncio.sleep(0.6)  # several attempts fail
            assert recorder.waiting == 20_000
        await written(recorder)

        assert await counted(database, 1) == (Count(topic="", event=Event.asked, count=10_000),)
    assert caplog.text.count("database is locked") == 1
    assert "20000 events are waiting to be written, 0 were dropped." in caplog.text


async def test_without_room_the_newest_are_dropped_and_counted_in_few_log_lines(
    sqlite_file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.recorder.LOG_INTERVAL", 0.3)
    async with (
        Database.open(f"sqlite:///{sqlite_file}", timeout=1.0) as database,
        recorder_of(database, capacity=100) as recorder,
    ):
        with locked(sqlite_file):
            for number in range(1000):
                recorder.record(Event.asked, server_id=7, topic=f"topic-{number}")
                recorder.record(Event.asked, server_id=7, topic="topic-0")  # there is room for this one
            async with asyncio.timeout(PATIENCE):
                while told_of_dropped(caplog)[1] < 900:  # noqa: ASYNC110 - the log tells nobody
                    await asyncio.sleep(0.05)
        await written(recorder)

        counts = await counted(database)
    assert recorder.dropped == 900
    assert {count.topic for count in counts} == {f"topic-{number}" for number in range(100)}
    assert max(count.count for count in counts) == 1001
    lines, dropped = told_of_dropped(caplog)
    assert 1 <= lines <= 5
    assert dropped == 900


def told_of_dropped(caplog: pytest.LogCaptureFixture) -> tuple[int, int]:
    """Return how many lines tell of dropped events, and of how many in all."""
    lines = [record.message for record in caplog.records if "dropped" in record.message]
    return len(lines), sum(int(line.split(" are waiting to be written, ")[1].split()[0]) for line in lines)


async def test_shutdown_does_not_wait_for_a_database_that_stays_away(
    sqlite_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=5) as database:
        with locked(sqlite_file):
            before = time.monotonic()
            async with recorder_of(database, pace=Pace(interval=0.01, deadline=0.3)) as recorder:
                recorder.record(Event.asked, server_id=7)
                recorder.record(Event.asked, server_id=7)
            assert time.monotonic() - before < 5

    assert "2 events could not be written before shutdown." in caplog.text


async def test_a_program_that_ends_with_an_error_still_counts(database: Database) -> None:
    async def fail() -> None:
        async with recorder_of(database, pace=Pace(interval=3600)) as recorder:
            recorder.record(Event.asked, server_id=7)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await counted(database) == (Count(topic="", event=Event.asked, count=1),)


async def test_a_fault_of_our_own_in_a_write_loses_nothing_and_ends_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    add, faults = Statistics.add, [ZeroDivisionError()]

    async def fail_once(statistics: Statistics, amounts: Any) -> None:
        if faults:
            raise faults.pop()
        await add(statistics, amounts)

    monkeypatch.setattr(Statistics, "add", fail_once)
    async with recorder_of(database, pace=Pace(interval=0.01)) as recorder:
        recorder.record(Event.asked, server_id=7)
        await written(recorder)

    assert await counted(database) == (Count(topic="", event=Event.asked, count=1),)
    assert "Unexpected ZeroDivisionError" in caplog.text
