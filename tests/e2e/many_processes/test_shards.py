"""Processes with shards of their own: each question is answered once, whichever of them dies or is replaced."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest
from faults.asking import SEND, TIME_TO_STOP, WHILE_STARTING
from postgresql import PostgreSQLServer
from storage.postgresql import postgresql  # noqa: F401 - a fixture

from bot.storage.servers import ServerSettings
from bot.storage.stores import Stores
from discords import stop_cleanly
from e2e.many_processes.conftest import Processes
from e2e.questions import CODING, DEGREE, titles
from fake_discord import FakeDiscord, Guild, Hang, Message

PUT_COMMANDS = "PUT /applications/{application_id}/commands"


async def asks(guild: Guild, question: str) -> Message:
    return await guild.add_member("mia").asks(guild.add_text_channel("general"), question)


async def test_processes_that_start_at_once_share_the_servers_and_register_the_commands_once(
    fake: FakeDiscord, guilds: list[Guild], processes: Processes
) -> None:
    bots = await asyncio.gather(*(processes.start_share(number) for number in range(2)))

    for guild in guilds:
        assert titles(await fake.reply_to(await asks(guild, CODING))) == [CODING]

    await fake.settled()
    assert sorted((each.shard_id, each.shard_count) for each in fake.gateway.connected) == [(0, 2), (1, 2)]
    assert fake.gateway.identifies == len(bots), "a session began too early"
    assert len(fake.requests_to(PUT_COMMANDS)) == 1
    assert ["Servers: 1." in bot.log for bot in bots] == [True, True]
    await processes.stop_all()


@pytest.mark.parametrize("is_killed", [True, False], ids=["killed", "stopped"])
async def test_the_next_process_answers_what_was_asked_in_between_while_others_go_on(
    fake: FakeDiscord, guilds: list[Guild], processes: Processes, *, is_killed: bool
) -> None:
    chosen = {guild.id: ServerSettings(help_channel=guild.id) for guild in guilds}
    async with Stores.open(processes.address) as stores:
        for server_id, settings in chosen.items():
            await stores.servers.save(server_id, settings)
    staying = await processes.start_share(0)
    leaving = await processes.start_share(1)
    await processes.found("SELECT shard_id FROM shard_progress ORDER BY shard_id", [(0,), (1,)])

    if is_killed:
        await leaving.abandon()
    else:
        await stop_cleanly(leaving)
    missed = await asks(guilds[1], CODING)
    assert titles(await fake.reply_to(await asks(guilds[0], DEGREE))) == [DEGREE]
    assert fake.ledger.entry(missed).answers == []
    successor = await processes.start_share(1)

    assert titles(await fake.reply_to(missed, WHILE_STARTING)) == [CODING], successor.log
    await stop_cleanly(successor)
    await stop_cleanly(staying)
    assert len(fake.requests_to(PUT_COMMANDS)) == 1
    assert all(len(entry.answers) == 1 for entry in fake.ledger.entries.values())
    async with Stores.open(processes.address) as stores:
        assert {guild.id: stores.servers.of(guild.id) for guild in guilds} == chosen


async def test_while_postgresql_restarts_all_go_on_and_write_later(
    fake: FakeDiscord,
    guilds: list[Guild],
    processes: Processes,
    postgresql: PostgreSQLServer,  # noqa: F811 - the fixture
) -> None:
    for number in range(2):
        await processes.start_share(number)

    postgresql.stop()
    try:
        asked = [await asks(guild, CODING) for guild in guilds]
        assert [titles(await fake.reply_to(each)) for each in asked] == [[CODING]] * 2
    finally:
        postgresql.start()

    expected = [(id_, "answered") for id_ in sorted(each.id for each in asked)]
    await processes.found("SELECT message_id, fate FROM claims ORDER BY message_id", expected)
    for bot in processes.running:
        assert await bot.stop() == 0, bot.log
        assert "Traceback" not in bot.log, bot.log
    assert all(len(entry.answers) == 1 for entry in fake.ledger.entries.values())


async def test_a_process_stops_in_time_while_postgresql_and_discord_hang(
    fake: FakeDiscord,
    guilds: list[Guild],
    processes: Processes,
    postgresql: PostgreSQLServer,  # noqa: F811 - the fixture
) -> None:
    bot = await processes.start()
    fake.faults.on(SEND, Hang())
    asked = await asks(guilds[0], CODING)
    await fake.request(SEND)
    with postgresql.frozen():
        began = time.monotonic()
        bot.send(signal.SIGTERM)
        assert await bot.ended() == 0, bot.log
        assert time.monotonic() - began < TIME_TO_STOP

    assert "What isn't finished is left to the next start." in bot.log
    assert "Traceback" not in bot.log, bot.log
    fake.faults.clear()
    successor = await processes.start()
    assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING]
    await stop_cleanly(successor)
