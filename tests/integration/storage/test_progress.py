from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.storage.database import Database
from bot.storage.progress import Progress
from bot.storage.schema import progress as former_progress

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(milliseconds=1)


async def test_at_first_nothing_has_been_seen(database: Database) -> None:
    assert await Progress(database=database).read([0, 1], count=2) == {}


async def test_the_time_written_last_is_read_after_a_restart(address: str) -> None:
    async with Database.open(address) as database:
        progress = Progress(database=database)
        await progress.write({0: NOON}, count=1)
        await progress.write({0: LATER}, count=1)

    async with Database.open(address) as database:
        assert await Progress(database=database).read([0], count=1) == {0: LATER}


async def test_no_process_writes_the_times_of_anothers_shards(database: Database) -> None:
    one, other = Progress(database=database, process="one"), Progress(database=database, process="other")
    await one.write({0: NOON, 1: NOON}, count=4)
    await other.write({2: LATER}, count=4)

    assert await other.read([0, 1, 2, 3], count=4) == {0: NOON, 1: NOON, 2: LATER}
    assert {each.shard: each.process for each in await one.all()} == {0: "one", 1: "one", 2: "other"}


async def test_more_shards_than_before_have_seen_what_all_of_the_former_ones_have(database: Database) -> None:
    progress = Progress(database=database)
    await progress.write({0: NOON - timedelta(days=1)}, count=1)
    await progress.write({0: LATER, 1: NOON}, count=2)

    assert await progress.read([0, 3], count=4) == {0: NOON, 3: NOON}


async def test_what_a_version_without_shards_has_seen_counts(database: Database) -> None:
    await database.execute(former_progress.insert().values(id=1, seen_until=NOON))

    assert await Progress(database=database).read([0], count=1) == {0: NOON}
