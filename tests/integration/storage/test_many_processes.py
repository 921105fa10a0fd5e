"""What several processes with the same database tell each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from e2e.database import eventually
from postgresql import PostgreSQLServer

from bot.storage.claimed_clicks import ClaimedClicks
from bot.storage.database import Database
from bot.storage.identify_turns import INTERVAL, IdentifyTurns
from bot.storage.registered_commands import RegisteredCommands, Turn
from bot.storage.schema import identify_turns, registered_commands
from bot.storage.servers import ServerSettings, ServerSettingsStore

BOT = 2**63 - 1
PROCESSES = 5
DAY = 86_400_000  # milliseconds


@pytest.fixture
async def processes(address: str) -> AsyncIterator[list[Database]]:
    """Open the database as several processes do."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Database.open(address)) for _ in range(PROCESSES)]


@pytest.fixture
async def on_postgresql(postgresql: PostgreSQLServer) -> AsyncIterator[list[Database]]:
    address = postgresql.empty_database()
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Database.open(address)) for _ in range(PROCESSES)]


async def test_of_processes_that_receive_a_click_at_once_one_carries_it_out(processes: list[Database]) -> None:
    claims = await asyncio.gather(*(ClaimedClicks(database=each).claim(7) for each in processes))

    assert sorted(claims) == [False] * (PROCESSES - 1) + [True]
    assert await ClaimedClicks(database=processes[0]).claim(8)


async def test_claims_of_clicks_are_kept_for_an_hour(database: Database) -> None:
    clicks = ClaimedClicks(database=database)
    await clicks.claim(7)

    await clicks.forget_expired(datetime.now(UTC) + timedelta(minutes=59))
    assert not await clicks.claim(7)

    await clicks.forget_expired(datetime.now(UTC) + timedelta(minutes=61))
    assert await clicks.claim(7)


async def test_of_processes_that_start_at_once_one_registers_the_commands(processes: list[Database]) -> None:
    stores = [RegisteredCommands(database=each) for each in processes]

    turns = await asyncio.gather(*(store.claim(BOT, "ours") for store in stores))
    assert sorted(turn.name for turn in turns) == ["others"] * (PROCESSES - 1) + ["own"]

    await stores[0].record(BOT, digest="ours", at_discord="theirs")
    assert {await store.claim(BOT, "ours") for store in stores} == {Turn.none}
    assert await stores[1].at_discord(BOT) == "theirs"


async def test_commands_are_registered_again_when_they_change_or_for_another_bot(database: Database) -> None:
    commands = RegisteredCommands(database=database)
    await commands.claim(BOT, "old")
    await commands.record(BOT, digest="old", at_discord="theirs")

    assert await commands.claim(BOT, "new") is Turn.own
    assert await commands.claim(1, "old") is Turn.own


async def test_others_retry_what_discord_refused_or_a_dead_process_started(database: Database) -> None:
    commands = RegisteredCommands(database=database)
    await commands.claim(BOT, "ours")
    await commands.release(BOT)
    assert await commands.claim(BOT, "ours") is Turn.own

    assert await commands.claim(BOT, "ours") is Turn.others
    expired = datetime.now(UTC) - timedelta(seconds=1)
    await database.execute(registered_commands.update().values(claimed_until=expired))
    assert await commands.claim(BOT, "ours") is Turn.own


async def test_other_processes_notice_that_settings_change_and_that_a_server_is_forgotten(
    processes: list[Database],
) -> None:
    one, other, *_ = (ServerSettingsStore(database=each, pause=0.01) for each in processes)
    await other.load_all()
    watching = asyncio.create_task(other.watch())

    await one.save(7, ServerSettings(help_channel=5))
    await eventually(lambda: other.of(7), ServerSettings(help_channel=5), "what another process set")
    await one.forget_server(7)
    await eventually(lambda: other.of(7), ServerSettings(), "settings that another process forgot")

    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_settings_that_processes_change_at_once_are_all_kept(processes: list[Database]) -> None:
    one, other, third, *_ = (ServerSettingsStore(database=each) for each in processes)
    for store in (one, other, third):
        await store.load_all()

    await asyncio.gather(
        one.change(7, help_channel=5), other.change(7, handoff_role=6), third.change(7, private_by_default=False)
    )

    await one.refresh()
    assert one.of(7) == ServerSettings(help_channel=5, handoff_role=6, private_by_default=False)


async def test_sessions_begin_in_turn_in_each_bucket_whichever_process_asks(on_postgresql: list[Database]) -> None:
    async def take(database: Database, bucket: int) -> float:
        return await IdentifyTurns(database=database).take(bucket)

    pauses = await asyncio.gather(*(take(each, 0) for each in on_postgresql))

    expected = [INTERVAL * turn for turn in range(PROCESSES)]
    assert sorted(pauses) == pytest.approx(expected, abs=INTERVAL / 2)
    assert await take(on_postgresql[0], 1) == 0


async def test_a_clock_that_was_set_back_delays_nobody_for_more_than_an_hour(
    on_postgresql: list[Database],
) -> None:
    database, *_ = on_postgresql
    turns = IdentifyTurns(database=database)
    await turns.take(0)
    await database.execute(identify_turns.update().values(next_at=identify_turns.c.next_at + DAY))

    assert await turns.take(0) <= 3600
