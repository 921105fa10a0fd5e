"""What becomes of claims while the database is locked, read-only, full, or away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from postgresql import PostgreSQLServer
from sqlalchemy import text

from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.resolutions import Resolution
from bot.storage.write_behind import Pace
from storage.example_claims import LONG_AGO, PATIENCE, claims_of, numbered, rows, written
from storage.locking import locked

NEVER = Pace(interval=3600.0)


@asynccontextmanager
async def opened(address: str, *, patience: float = 5.0) -> AsyncIterator[tuple[Database, Claims]]:
    async with Database.open(address, timeout=patience) as database, claims_of(database) as claims:
        yield database, claims


def claim_many(claims: Claims, numbers: range) -> None:
    """Claim one after the other, and settle every second."""
    for number in numbers:
        assert claims.claim(numbered(number))
        if number % 2 == 0:
            claims.settle(numbered(number), Resolution.answered)


def expected(numbers: range) -> dict[tuple[int, str], str | None]:
    return {(number, "mention"): None if number % 2 else "answered" for number in numbers}


async def test_claims_made_while_the_database_is_locked_are_written_later(
    sqlite_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with opened(f"sqlite:///{sqlite_file}") as (database, claims):
        with locked(sqlite_file):
            claim_many(claims, range(1, 1000))
            assert not claims.claim(numbered(500))
            await claims.flush()
        await written(claims)

        assert await rows(database) == expected(range(1, 1000))
        assert len(await claims.left_open(since=LONG_AGO)) == 500
    assert caplog.text.count("Claims are kept in memory") == 1
    assert caplog.text.count("Claims are written to the database again.") == 1


async def test_the_oldest_claim_that_only_the_process_knows_is_told_until_it_is_written(sqlite_file: Path) -> None:
    async with opened(f"sqlite:///{sqlite_file}", patience=0.1) as (_, claims):
        claims.claim(numbered(1))
        await written(claims)
        assert claims.oldest_unwritten is None
        with locked(sqlite_file):
            for number in (4, 3, 2):
                claims.claim(numbered(number))
            claims.settle(numbered(2), Resolution.answered)
            assert claims.oldest_unwritten == 3
            await claims.flush()
            assert claims.oldest_unwritten == 3
        await written(claims)

        assert claims.oldest_unwritten is None


async def test_what_is_on_record_can_be_seen_though_nothing_can_be_written(sqlite_file: Path) -> None:
    async with opened(f"sqlite:///{sqlite_file}") as (_, former):
        former.settle(numbered(1), Resolution.answered)

    async with opened(f"sqlite:///{sqlite_file}") as (_, claims):
        with locked(sqlite_file):
            assert await claims.is_on_record(numbered(1))
            assert not await claims.is_on_record(numbered(2))


async def test_a_read_only_database_leaves_claims_in_memory(sqlite_file: Path) -> None:
    async with opened(f"sqlite:///file:{sqlite_file}?mode=ro&uri=true") as (database, claims):
        claim_many(claims, range(1, 100))
        await claims.flush()

        assert await rows(database) == {}
        assert not claims.claim(numbered(50))
        assert [claim.message_id for claim in await claims.left_open(since=LONG_AGO)] == list(range(1, 100, 2))
        with pytest.raises(StorageUnavailable, match="readonly"):
            await claims.forget_expired(LONG_AGO)


async def test_a_full_disk_leaves_claims_in_memory_until_there_is_room(sqlite_file: Path) -> None:
    async with opened(f"sqlite:///{sqlite_file}") as (database, claims):
        async with database.reading() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        claim_many(claims, range(1, 1000))
        await claims.flush()
        assert claims.waiting

        async with database.reading() as connection:
            await connection.execute(text("PRAGMA max_page_count = 100000"))
        await written(claims)
        assert await rows(database) == expected(range(1, 1000))


async def test_a_file_that_is_no_database_leaves_claims_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    file.write_bytes(b"no database" * 1000)

    async with opened(f"sqlite:///{file}") as (_, claims):
        claim_many(claims, range(1, 10))
        assert [claim.message_id for claim in await claims.left_open(since=LONG_AGO)] == [1, 3, 5, 7, 9]


async def test_claims_made_while_the_server_is_stopped_are_written_later(postgresql: PostgreSQLServer) -> None:
    async with opened(postgresql.empty_database()) as (database, claims):
        claim_many(claims, range(1, 4))
        await claims.flush()
        await asyncio.to_thread(postgresql.stop)
        try:
            claim_many(claims, range(4, 200))
            await claims.flush()
            assert claims.waiting
        finally:
            await asyncio.to_thread(postgresql.start)
        await written(claims)

        assert await rows(database) == expected(range(1, 200))


async def test_of_too_many_waiting_claims_the_settled_are_given_up_first_and_counted(database: Database) -> None:
    claims = claims_of(database, capacity=10)
    claim_many(claims, range(1, 20))  # nothing writes them yet
    assert (claims.waiting, claims.dropped) == (10, 9)
    async with claims:
        await written(claims)

    assert await rows(database) == {(number, "mention"): None for number in range(1, 20, 2)}


async def test_an_unforeseen_fault_leaves_claims_in_memory(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with claims_of(database) as claims:
        claims.claim(numbered(2**70))  # no id that Discord could give
        await claims.flush()
        assert claims.claim(numbered(1))
    assert caplog.text.count("Claims are kept in memory") == 1
    assert str(2**70) not in caplog.text


async def test_shutdown_without_the_database_comes_in_time_and_says_what_is_lost(
    sqlite_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=PATIENCE) as database, database._in_turn():
        async with claims_of(database) as claims:  # it never gets its turn
            claim_many(claims, range(1, 4))
            before = time.monotonic()
        assert time.monotonic() - before < PATIENCE / 2
    assert "3 claims could not be written before shutdown." in caplog.text


async def test_claims_of_the_last_moment_are_written_before_shutdown(database: Database) -> None:
    async with claims_of(database, pace=NEVER) as claims:
        claims.claim(numbered(1))
        claims.settle(numbered(2), Resolution.answered)

    assert await rows(database) == {(1, "mention"): None, (2, "mention"): "answered"}
