"""A gateway that lets nobody in for a while: the bot survives that, doesn't hammer at it, and ends when told to."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest
from e2e.questions import CODING, titles

from bot.discord_app.patches import MAX_PAUSE_TO_RECONNECT
from bot.storage.resolutions import Resolution
from bot_process import answering
from fake_discord import Guild, Status
from faults.accounting import accounted_discord, resolutions, settled_as
from faults.asking import SEND, TIME_TO_STOP, WHILE_STARTING, ask_somewhere
from faults.doors import DiscordWithDoor, Door

fake = accounted_discord(DiscordWithDoor)


async def knocked(fake: DiscordWithDoor, *, more: int = 1) -> None:
    expected = fake.knocks + more
    await fake.wait_for(lambda: fake.knocks >= expected, timeout=WHILE_STARTING, what="an attempt to connect")


async def test_a_bot_that_waits_for_a_silent_gateway_ends_when_told_to(
    fake: DiscordWithDoor, guild: Guild, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(await ask_somewhere(guild))
        fake.door = Door.SILENT
        fake.gateway.cut()
        await knocked(fake)

        bot.send(signal.SIGTERM)
        begun = time.monotonic()
        assert await bot.ended() == 0, bot.log
        assert time.monotonic() - begun < TIME_TO_STOP
        assert "Traceback" not in bot.log


@pytest.mark.parametrize("first", [Door.CLOSING, Door.REFUSING])
async def test_a_gateway_closing_before_hello_is_not_hammered_and_nobody_is_missed(
    fake: DiscordWithDoor, guild: Guild, tmp_path: Path, first: Door
) -> None:
    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(await ask_somewhere(guild))
        fake.door = first
        fake.gateway.cut()
        await knocked(fake)
        fake.door = Door.CLOSING
        knocks = fake.knocks
        meanwhile = await ask_somewhere(guild)

        await asyncio.sleep(5)  # in which a bot that doesn't pause connects hundreds of times
        assert fake.knocks - knocks <= 20

        fake.door = Door.OPEN
        answer = await fake.reply_to(meanwhile, MAX_PAUSE_TO_RECONNECT + WHILE_STARTING)
        assert titles(answer) == [CODING]
        later = await ask_somewhere(guild)
        assert titles(await fake.reply_to(later)) == [CODING]
        assert "Traceback" not in bot.log
        assert await bot.stop() == 0, bot.log


async def test_replies_being_retried_when_the_token_is_refused_wait_for_the_next_start(
    fake: DiscordWithDoor, guild: Guild, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Status(503))
        asked = [await ask_somewhere(guild) for _ in range(100)]
        await fake.wait_for(lambda: len(fake.requests_to(SEND)) > 150, timeout=10, what="repetitions")

        fake.gateway.close(4004)
        assert await bot.ended() == 2, bot.log

    assert {resolutions(tmp_path).get(each.id) for each in asked} == {None}
    assert " ERROR " not in bot.log
    fake.faults.clear()
    async with answering(tmp_path, fake) as bot:
        answers = [await fake.reply_to(each, WHILE_STARTING) for each in asked]
        for each in asked:
            await settled_as(tmp_path, each, Resolution.answered)
        assert await bot.stop() == 0, bot.log

    assert [titles(answer) for answer in answers] == [[CODING]] * len(asked)
