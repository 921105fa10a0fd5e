"""Whose turn it is to begin a session, with PostgreSQL there and away."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack

from postgresql import PostgreSQLServer
from storage.postgresql import postgresql  # noqa: F401 - a fixture

from bot.discord_app.sharding.sessions import IdentifyQueue
from bot.storage.database import Database
from bot.storage.identify_turns import INTERVAL, IdentifyTurns

PATIENCE = 0.5  # seconds


async def seconds_to_wait(queue: IdentifyQueue, bucket: int = 0) -> float:
    begun = time.monotonic()
    await queue.wait(bucket)
    return time.monotonic() - begun


async def test_the_second_process_waits_for_its_turn(postgresql: PostgreSQLServer) -> None:  # noqa: F811
    address = postgresql.empty_database()
    async with Database.open(address) as one, Database.open(address) as other:
        first = IdentifyQueue(turns=IdentifyTurns(database=one))
        second = IdentifyQueue(turns=IdentifyTurns(database=other))
        await first.wait(0)

        begun = time.monotonic()
        await second.wait(0)

        assert time.monotonic() - begun > INTERVAL / 2


async def test_without_the_database_sessions_still_start_one_after_another() -> None:
    nowhere = "postgresql://tester@127.0.0.1:1/postgres"
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(nowhere, timeout=0.2))
        queue = IdentifyQueue(turns=IdentifyTurns(database=database), patience=PATIENCE, interval=0.1)

        first = await seconds_to_wait(queue)
        later = [await seconds_to_wait(queue) for _ in range(2)]

    assert first > PATIENCE
    assert min(later) > 0.1 * 0.9
    assert max(later) < PATIENCE + first
