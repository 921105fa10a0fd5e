from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.storage.database import Database
from bot.storage.progress import Progress

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_at_first_nothing_has_been_seen(database: Database) -> None:
    assert await Progress(database=database).read() is None


async def test_the_time_written_last_is_read_after_a_restart(address: str) -> None:
    async with Database.open(address) as database:
        progress = Progress(database=database)
        await progress.write(NOON)
        await progress.write(NOON + timedelta(milliseconds=1))

    async with Database.open(address) as database:
        assert await Progress(database=database).read() == NOON + timedelta(milliseconds=1)
