from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.storage.resolutions import Fate
from bot.storage.statistics import Event
from bot.storage.stores import Stores
from storage.example_claims import numbered, rows
from storage.locking import locked


async def test_claims_and_counts_are_written_before_the_end(address: str) -> None:
    async with Stores.open(address) as stores:
        assert await stores.claims.claim(numbered(1))
        stores.claims.settle(numbered(1), Fate.answered)
        stores.recorder.record(Event.asked, server_id=7)

    async with Stores.open(address) as stores:
        assert await rows(stores.database) == {(1, "mention"): "answered"}
        assert len(await stores.statistics.totals(7, since=datetime(2020, 1, 1, tzinfo=UTC).date())) == 1


async def test_claims_may_stay_out_of_the_database(address: str) -> None:
    async with Stores.open(address, claims_in_database=False) as stores:
        assert await stores.claims.claim(numbered(1))
        assert not await stores.claims.claim(numbered(1))
        assert await rows(stores.database) == {}


async def test_a_server_that_the_bot_left_leaves_no_claims(address: str) -> None:
    async with Stores.open(address) as stores:
        await stores.claims.claim(numbered(1))
        await stores.claims.claim(numbered(2, server_id=8))
        await stores.forget_server(7)

        assert await rows(stores.database) == {(2, "mention"): None}


@pytest.mark.parametrize("after", [0.0, 1.5])
async def test_the_end_comes_within_four_seconds_also_when_the_database_is_locked(
    sqlite_file: Path, after: float
) -> None:
    with locked(sqlite_file):
        async with Stores.open(f"sqlite:///{sqlite_file}") as stores:
            stores.recorder.record(Event.asked, server_id=7)
            assert await stores.claims.claim(numbered(1))
            await asyncio.sleep(after)
            before = time.monotonic()
        assert time.monotonic() - before < 4.0
