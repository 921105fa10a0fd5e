"""Processes that hold their requests together, with PostgreSQL there and away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import discord
import pytest
from e2e.database import eventually
from faults.cloudflare import Door, refusal
from postgresql import PostgreSQLServer
from storage.postgresql import postgresql  # noqa: F401 - a fixture

from bot.discord_app.patches import seconds_to_wait
from bot.discord_app.rest.circuit import Circuit
from bot.discord_app.rest.global_limit import GlobalLimit
from bot.discord_app.rest.shared_holds import Gate, SharedHolds
from bot.operations.background import begin, end
from bot.storage.database import Database
from bot.storage.request_holds import HoldReason, RequestHolds

PAUSE = 0.05  # seconds between two looks
LONG = 60.0  # seconds


class Process:
    """What of a process holds requests back."""

    def __init__(self, database: Database) -> None:
        self.limit = GlobalLimit()
        self.circuit = Circuit()
        gates: dict[HoldReason, Gate] = {HoldReason.limited: self.limit, HoldReason.blocked: self.circuit}
        self.shared = SharedHolds(store=RequestHolds(database=database), gates=gates, pause=PAUSE)

    def is_limited(self, seconds: float = LONG) -> None:
        """Do as discord.py does when a request reaches Discord's limit."""
        seconds_to_wait.set(seconds)
        self.limit.clear()

    async def is_blocked(self) -> None:
        """Make a request that Cloudflare blocks."""
        with pytest.raises(discord.HTTPException):
            await self.circuit.call(Door(refusal(429, Retry_After=str(LONG))).knock)

    @property
    def holds(self) -> set[HoldReason]:
        """Why it holds requests back now."""
        held = {HoldReason.limited: not self.limit.is_set(), HoldReason.blocked: self.circuit.is_open}
        return {reason for reason, is_held in held.items() if is_held}


@asynccontextmanager
async def running(address: str, number: int) -> AsyncIterator[list[Process]]:
    """Run so many processes with a database."""
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(Database.open(address, timeout=1.0)) for _ in range(number)]
        processes = [Process(each) for each in databases]
        tasks = [begin(each.shared.keep_up()) for each in processes]
        stack.push_async_callback(end, tasks)
        yield processes
        assert not any(task.done() for task in tasks)


async def holding(process: Process, *reasons: HoldReason) -> None:
    """Wait until a process holds requests back for exactly these reasons."""
    await eventually(lambda: process.holds, set(reasons), "requests held back")


@pytest.fixture
def address(postgresql: PostgreSQLServer) -> str:  # noqa: F811 - the fixture
    return postgresql.empty_database()


async def test_when_discord_limits_one_all_hold_what_carries_the_token(address: str) -> None:
    async with running(address, 3) as (one, *others):
        one.is_limited()

        for other in others:
            await holding(other, HoldReason.limited)


async def test_when_cloudflare_blocks_one_all_hold(address: str) -> None:
    async with running(address, 3) as (one, *others):
        await one.is_blocked()

        for other in others:
            await holding(other, HoldReason.blocked)


async def test_a_process_that_starts_meanwhile_holds_too(address: str) -> None:
    async with running(address, 2) as (one, other):
        one.is_limited()
        await one.is_blocked()
        await holding(other, *HoldReason)

    async with running(address, 1) as (successor,):
        await holding(successor, *HoldReason)


async def test_a_limit_is_told_once_however_many_processes_hear_of_it(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(address, 2) as (one, other):
        one.is_limited()
        await holding(other, HoldReason.limited)
        other.is_limited(LONG / 2)  # by a request that was on its way
        await one.is_blocked()  # told later, so the others have looked again by then
        await holding(other, *HoldReason)

    said = [record.getMessage() for record in caplog.records if "Another process says" in record.getMessage()]
    assert len(said) == 2, said


async def test_without_postgresql_each_only_holds_itself_and_tells_the_others_later(
    address: str,
    postgresql: PostgreSQLServer,  # noqa: F811 - the fixture
) -> None:
    async with running(address, 2) as (one, other):
        postgresql.stop()
        try:
            one.is_limited()
            assert one.holds == {HoldReason.limited}
            assert other.holds == set()
        finally:
            postgresql.start()

        await holding(other, HoldReason.limited)
