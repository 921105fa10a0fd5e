"""What becomes of claims while the database is locked, read-only, full or away, or there is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.resolutions import Resolution
from storage.example_claims import CLAIM, LONG_AGO, NOON, SURE, claims_of, numbered, rows
from storage.locking import locked
from storage.postgresql import PostgreSQLServer

PATIENCE = 0.2
BUSY_MACHINE = 1.0


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.claims.FIRST_PAUSE", 0.05)
    monkeypatch.setattr("bot.storage.claims.MAX_PAUSE", 0.1)


@asynccontextmanager
async def opened(address: str, *, patience: float = 0.5) -> AsyncIterator[tuple[Database, Claims]]:
    async with (
        Database.open(address, timeout=patience) as database,
        claims_of(database, patience=PATIENCE) as claims,
    ):
        yield database, claims


async def written(claims: Claims) -> None:
    async with asyncio.timeout(SURE):
        while claims.waiting:  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.01)


async def claim_many(claims: Claims, numbers: range) -> float:
    """Claim one after the other, settle every second, and return how long the slowest one took."""
    slowest = 0.0
    for number in numbers:
        before = time.monotonic()
        assert await claims.claim(numbered(number))
        slowest = max(slowest, time.monotonic() - before)
        if number % 2 == 0:
            claims.settle(numbered(number), Resolution.answered)
    return slowest


def expected(numbers: range) -> dict[tuple[int, str], str | None]:
    return {(number, "mention"): None if number % 2 else "answered" for number in numbers}


async def test_without_a_database_claims_hold_in_memory() -> None:
    async with claims_of(None) as claims:
        assert await claims.claim(CLAIM)
        assert not await claims.claim(CLAIM)
        assert await claims.claim(numbered(1, claimed_at=NOON - timedelta(seconds=1)))
        assert await claims.claim(numbered(2))
        claims.settle(numbered(2), Resolution.answered)
        assert not await claims.claim(numbered(2))

        assert [claim.message_id for claim in await claims.left_open(since=LONG_AGO)] == [1, CLAIM.message_id]
        assert await claims.left_open(since=NOON) == (CLAIM,)
        assert not claims.is_durable
        await claims.flush()
        await claims.forget_server(7)
        assert (claims.waiting, claims.dropped) == (0, 0)


async def test_of_too_many_claims_in_memory_the_settled_are_forgotten_first() -> None:
    async with claims_of(None, capacity=10) as claims:
        for number in range(1, 11):
            await claims.claim(numbered(number))
        claims.settle(numbered(5), Resolution.answered)
        claims.settle(numbered(3), Resolution.answered)

        await claims.claim(numbered(11))
        assert not await claims.claim(numbered(3))
        assert claims.dropped == 0
        assert await claims.claim(numbered(5))  # in place of 3
        assert claims.dropped == 0

        await claims.claim(numbered(12))  # in place of 1, which is open
        assert claims.dropped == 1
        assert [claim.message_id for claim in await claims.left_open(since=LONG_AGO)] == [2, 4, *range(5, 13)]


async def test_claims_go_on_while_somebody_locks_the_database_and_land_later(
    sqlite_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with opened(f"sqlite:///{sqlite_file}", patience=1.0) as (database, claims):
        assert await claims.claim(numbered(1))
        with locked(sqlite_file):
            until = time.monotonic() + 2.0
            assert await claim_many(claims, range(2, 10)) < PATIENCE + BUSY_MACHINE
            assert not claims.is_durable
            before = time.monotonic()
            await claim_many(claims, range(10, 1000))
            assert time.monotonic() - before < BUSY_MACHINE  # nobody waits for what is known to be away
            assert not await claims.claim(numbered(500))
            await claims.flush()
            await asyncio.sleep(until - time.monotonic())
        await written(claims)

        assert claims.is_durable
        assert await rows(database) == expected(range(1, 1000))
        assert len(await claims.left_open(since=LONG_AGO)) == 500
        assert await claims.claim(numbered(1000))
        assert (1000, "mention") in await rows(database)
    assert caplog.text.count("Claims hold in memory") == 1
    assert caplog.text.count("Claims are written to the database again.") == 1


async def test_of_what_only_the_process_knows_the_oldest_is_told_until_it_is_written(
    sqlite_file: Path,
) -> None:
    async with opened(f"sqlite:///{sqlite_file}", patience=0.1) as (_, claims):
        assert await claims.claim(numbered(1))
        assert claims.oldest_unwritten is None
        with locked(sqlite_file):
            for number in (4, 3, 2):
                assert await claims.claim(numbered(number))
            claims.settle(numbered(2), Resolution.answered)
            assert claims.oldest_unwritten == 3
        await written(claims)

        assert claims.oldest_unwritten is None


async def test_without_a_database_every_open_claim_is_known_to_the_process_only() -> None:
    async with Claims(database=None) as claims:
        for number in (2, 1):
            assert await claims.claim(numbered(number))
        assert claims.oldest_unwritten == 1
        claims.settle(numbered(1), Resolution.answered)

        assert claims.oldest_unwritten == 2


async def test_who_looks_first_sees_what_is_claimed_though_nothing_can_be_written(sqlite_file: Path) -> None:
    address = f"sqlite:///{sqlite_file}"
    async with opened(address, patience=SURE) as (_, former):
        assert await former.claim(numbered(1))
        former.settle(numbered(1), Resolution.answered)
        await written(former)

    async with opened(address, patience=0.1) as (_, claims):
        with locked(sqlite_file):
            assert not await claims.claim(numbered(1), looks_first=True)
            assert await claims.claim(numbered(2), looks_first=True)


async def test_a_claim_that_waits_too_long_holds_although_somebody_else_has_it(sqlite_file: Path) -> None:
    async with (
        opened(f"sqlite:///{sqlite_file}", patience=20) as (database, late),
        opened(f"sqlite:///{sqlite_file}") as (_, early),
    ):
        async with database._in_turn():  # the writer of this process can't begin
            assert await late.claim(numbered(1))
            assert not late.is_durable
            assert await early.claim(numbered(1))
        await written(late)
        late.settle(numbered(1), Resolution.answered)
        early.settle(numbered(1), Resolution.closed_fault)
        await late.flush()
        await early.flush()

        assert list(await rows(database)) == [(1, "mention")]


async def test_a_read_only_database_leaves_claims_in_memory(sqlite_file: Path) -> None:
    async with opened(f"sqlite:///file:{sqlite_file}?mode=ro&uri=true") as (database, claims):
        assert await claim_many(claims, range(1, 100)) < PATIENCE + BUSY_MACHINE

        assert not claims.is_durable
        assert await rows(database) == {}
        assert not await claims.claim(numbered(50))
        assert [claim.message_id for claim in await claims.left_open(since=LONG_AGO)] == list(range(1, 100, 2))
        with pytest.raises(StorageUnavailable, match="readonly"):
            await claims.forget_server(7)


async def test_a_full_disk_leaves_claims_in_memory_until_there_is_room(sqlite_file: Path) -> None:
    async with opened(f"sqlite:///{sqlite_file}") as (database, claims):
        async with database.reading() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        assert await claim_many(claims, range(1, 1000)) < PATIENCE + BUSY_MACHINE
        await claims.flush()
        assert not claims.is_durable

        async with database.reading() as connection:
            await connection.execute(text("PRAGMA max_page_count = 100000"))
        await written(claims)
        assert await rows(database) == expected(range(1, 1000))


async def test_a_file_that_is_no_database_leaves_claims_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    file.write_bytes(b"no database" * 1000)

    async with opened(f"sqlite:///{file}") as (_, claims):
        assert await claim_many(claims, range(1, 10)) < PATIENCE + BUSY_MACHINE
        assert [claim.message_id for claim in await claims.left_open(since=LONG_AGO)] == [1, 3, 5, 7, 9]


async def test_claims_go_on_while_the_server_is_stopped_and_land_later(postgresql: PostgreSQLServer) -> None:
    async with opened(postgresql.empty_database(), patience=2.0) as (database, claims):
        await claim_many(claims, range(1, 4))
        await claims.flush()
        await asyncio.to_thread(postgresql.stop)
        try:
            assert await claim_many(claims, range(4, 200)) < PATIENCE + BUSY_MACHINE
            await claims.flush()
            assert not claims.is_durable
        finally:
            await asyncio.to_thread(postgresql.start)
        await written(claims)

        assert await rows(database) == expected(range(1, 200))


async def test_of_too_many_waiting_claims_the_settled_are_given_up_first_and_counted(database: Database) -> None:
    claims = claims_of(database, patience=0.01, capacity=10)
    await claim_many(claims, range(1, 20))  # nothing writes them yet
    assert (claims.waiting, claims.dropped) == (10, 9)
    async with claims:
        await written(claims)

    assert await rows(database) == {(number, "mention"): None for number in range(1, 20, 2)}


async def test_a_fault_that_nobody_foresaw_leaves_claims_in_memory(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with claims_of(database) as claims:
        assert await claims.claim(numbered(2**70))  # no id that Discord could give
        assert not claims.is_durable
        assert await claims.claim(numbered(1))
    assert caplog.text.count("Claims hold in memory") == 1
    assert str(2**70) not in caplog.text


async def test_an_end_without_the_database_comes_in_time_and_tells_what_is_lost(
    sqlite_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=20) as database, database._in_turn():
        async with claims_of(database, patience=PATIENCE) as claims:  # it never gets its turn
            await claim_many(claims, range(1, 4))
            before = time.monotonic()
        assert time.monotonic() - before < 2.0 + BUSY_MACHINE
    assert "3 claims could not be written before the end." in caplog.text


async def test_claims_and_fates_of_the_last_moment_are_written_before_the_end(database: Database) -> None:
    async with claims_of(database) as claims:
        last = asyncio.create_task(claims.claim(numbered(1)))
        await asyncio.sleep(0)
        claims.settle(numbered(2), Resolution.answered)

    assert await last
    assert await rows(database) == {(1, "mention"): None, (2, "mention"): "answered"}
