"""Until when processes hold their requests, as the database tells them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from postgresql import PostgreSQLServer
from sqlalchemy import text

from bot.storage.database import Database
from bot.storage.request_holds import LONGEST_HOLD, HoldReason, RequestHolds
from bot.storage.schema import request_holds
from bot.storage.stores import Stores

LIMITED, BLOCKED = HoldReason.limited, HoldReason.blocked
DAY = 86_400_000  # milliseconds


@pytest.fixture
async def database(postgresql: PostgreSQLServer) -> AsyncIterator[Database]:
    async with Database.open(postgresql.empty_database()) as opened:
        yield opened


@pytest.fixture
def holds(database: Database) -> RequestHolds:
    return RequestHolds(database=database)


async def test_what_one_process_hears_all_know(postgresql: PostgreSQLServer) -> None:
    address = postgresql.empty_database()
    async with Database.open(address) as one, Database.open(address) as other:
        told = await RequestHolds(database=one).extend(LIMITED, 60.0)

        heard = await RequestHolds(database=other).current()

    assert list(heard) == [LIMITED]
    assert heard[LIMITED].until == told.until
    assert 30 < heard[LIMITED].seconds <= told.seconds <= 60


@pytest.mark.parametrize("told", [(60.0, 300.0), (300.0, 60.0)])
async def test_the_later_end_counts_whoever_tells_first(holds: RequestHolds, told: tuple[float, float]) -> None:
    for seconds in told:
        said = await holds.extend(LIMITED, seconds)

    assert (await holds.current())[LIMITED].until == said.until
    assert 240 < said.seconds <= 300


async def test_of_processes_that_tell_at_once_the_latest_end_counts(postgresql: PostgreSQLServer) -> None:
    address = postgresql.empty_database()
    async with AsyncExitStack() as stack:
        stores = [RequestHolds(database=await stack.enter_async_context(Database.open(address))) for _ in range(5)]
        await asyncio.gather(*(store.extend(LIMITED, 100.0 * number) for number, store in enumerate(stores, 1)))

        assert 440 < (await stores[0].current())[LIMITED].seconds <= 500


async def test_each_reason_has_an_end_of_its_own(holds: RequestHolds) -> None:
    await holds.extend(LIMITED, 60.0)
    await holds.extend(BLOCKED, 300.0)

    found = await holds.current()

    assert found[LIMITED].seconds <= 60 < found[BLOCKED].seconds


async def test_what_is_over_holds_nobody_and_can_begin_anew(holds: RequestHolds, database: Database) -> None:
    await holds.extend(LIMITED, 60.0)
    await database.execute(request_holds.update().values(hold_until=request_holds.c.hold_until - 60_000))
    assert await holds.current() == {}

    await holds.extend(LIMITED, 60.0)

    assert list(await holds.current()) == [LIMITED]


async def test_nobody_is_held_for_longer_than_ten_minutes_at_a_time(holds: RequestHolds) -> None:
    assert (await holds.extend(BLOCKED, 1e9)).seconds <= LONGEST_HOLD


async def test_a_database_clock_that_was_set_back_holds_nobody(holds: RequestHolds, database: Database) -> None:
    await holds.extend(LIMITED, 60.0)
    await database.execute(request_holds.update().values(hold_until=request_holds.c.hold_until + DAY))
    assert await holds.current() == {}

    assert (await holds.extend(LIMITED, 60.0)).seconds <= 60
    assert list(await holds.current()) == [LIMITED]


@pytest.mark.parametrize("apart", ["1 minute", "-1 minute"])
async def test_the_clocks_of_the_processes_do_not_matter(postgresql: PostgreSQLServer, apart: str) -> None:
    address = postgresql.empty_database()
    other_clock = (
        "CREATE SCHEMA other_clock",
        f"""
        CREATE FUNCTION other_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql
        AS $$ SELECT pg_catalog.clock_timestamp() + interval '{apart}' $$
        """,
        "ALTER DATABASE postgres SET search_path = other_clock, pg_catalog, public",
    )
    async with Database.open(address) as database:
        await database.execute(*map(text, other_clock))
    try:
        async with Database.open(address) as one, Database.open(address) as other:
            told = await RequestHolds(database=one).extend(LIMITED, 60.0)

            heard = await RequestHolds(database=other).current()
    finally:
        async with Database.open(address) as database:
            reset = ("ALTER DATABASE postgres RESET search_path", "DROP SCHEMA other_clock CASCADE")
            await database.execute(*map(text, reset))

    assert abs(told.until / 1000 - 60.0 - time.time()) > 30, "the clocks are the same"
    assert 30 < heard[LIMITED].seconds <= 60


async def test_a_reason_that_only_a_newer_version_knows_is_ignored(holds: RequestHolds, database: Database) -> None:
    told = await holds.extend(LIMITED, 60.0)
    await database.execute(request_holds.insert().values(reason="new", hold_until=told.until))

    assert list(await holds.current()) == [LIMITED]


async def test_the_one_process_on_sqlite_has_nobody_to_tell(address: str) -> None:
    async with Stores.open(address) as stores:
        assert (stores.request_holds is None) is address.startswith("sqlite")
