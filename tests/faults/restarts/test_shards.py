"""Shards and servers that aren't all there at once: each is caught up with, and none waits for another."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from e2e.database import eventually, rows
from e2e.questions import CODING, DEGREE, titles

from bot_process import BotProcess, answering
from fake_discord import Guild, Hang, Slow
from faults.accounting import accounted_discord, balanced, killed, resolutions
from faults.asking import SEND, WHILE_STARTING
from faults.doors import DiscordWithDoor, hold_back, keep_out

WHILE_RECONNECTING = 60.0  # seconds; the pauses between two attempts grow up to 30 s
WHILE_IDENTIFYING = 30.0  # seconds; a new session may take two attempts, 5 s apart


fake = accounted_discord(DiscordWithDoor)


async def up_to_date(directory: Path, *, shards: int = 1) -> None:
    """Wait until a bot has closed the gap before its start."""
    query = "SELECT * FROM shard_progress"
    await eventually(lambda: len(rows(directory, query)), shards, "times up to which all was seen")


async def ended_well(bot: BotProcess) -> None:
    assert await bot.stop() == 0, bot.log
    assert "Traceback" not in bot.log, bot.log


async def on_another_shard(fake: DiscordWithDoor, guild: Guild) -> Guild:
    """Add a server that the other one of two shards serves: that depends on the millisecond."""
    while True:
        other = fake.add_guild("Other people")
        if (other.id >> 22) % 2 != (guild.id >> 22) % 2:
            return other
        fake.remove_guild(other)
        await asyncio.sleep(0.001)


async def test_questions_on_a_shard_that_lost_its_session_are_found(
    tmp_path: Path,
) -> None:
    async with DiscordWithDoor(shards=2) as fake:
        guild = fake.add_guild("Product people")
        other = await on_another_shard(fake, guild)
        channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
        async with answering(tmp_path, fake) as bot:
            await bot.logged("Ready as")
            await fake.reply_to(await mia.asks(channel, DEGREE))
            await up_to_date(tmp_path, shards=2)
            identifies = fake.gateway.identifies
            [session] = [each for each in fake.gateway.connected if each.owns(guild.id)]
            lost = session.connection
            assert lost

            fake.gateway._end(session)
            lost.cut()
            missed = await mia.asks(channel, CODING)
            elsewhere = await other.add_member("max").asks(other.add_text_channel("general"), CODING)

            assert titles(await fake.reply_to(elsewhere)) == [CODING]
            assert titles(await fake.reply_to(missed, WHILE_IDENTIFYING)) == [CODING], bot.log
            assert fake.gateway.identifies == identifies + 1
            await ended_well(bot)
        await balanced(fake, tmp_path)
        fake.assert_clean()


async def test_a_shard_that_stays_away_delays_no_other_and_is_caught_up_when_back(
    tmp_path: Path,
) -> None:
    async with DiscordWithDoor(shards=2) as fake:
        guild = fake.add_guild("Product people")
        other = await on_another_shard(fake, guild)
        channel, there = guild.add_text_channel("general"), other.add_text_channel("general")
        async with answering(tmp_path, fake) as bot:
            await up_to_date(tmp_path, shards=2)
            with pytest.MonkeyPatch.context() as patch:
                [away] = [each for each in fake.gateway.connected if each.owns(other.id)]
                keep_out(fake, away.shard_id, patch)
                for session in list(fake.gateway.connected):
                    assert session.connection
                    lost = session.connection
                    fake.gateway._end(session)
                    lost.cut()
                missed = await guild.add_member("mia").asks(channel, CODING)
                missed_too = await other.add_member("max").asks(there, CODING)

                assert titles(await fake.reply_to(missed, WHILE_IDENTIFYING)) == [CODING], bot.log
                assert fake.ledger.entry(missed_too).answers == []

            assert titles(await fake.reply_to(missed_too, WHILE_RECONNECTING)) == [CODING], bot.log
            await ended_well(bot)
        await balanced(fake, tmp_path)
        fake.assert_clean()


async def test_a_late_server_delays_no_other_and_its_started_answers_are_finished(
    fake: DiscordWithDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    punctual, late = fake.add_guild("punctual"), fake.add_guild("late")
    mia, max_ = punctual.add_member("mia"), late.add_member("max")
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Hang())
        begun = await max_.asks(late.add_text_channel("general"), CODING)
        await killed(bot, tmp_path, begun)
    fake.faults.clear()
    missed = await mia.asks(punctual.add_text_channel("general"), CODING)
    let_come = hold_back(late, monkeypatch)

    async with answering(tmp_path, fake) as bot:
        assert titles(await fake.reply_to(missed, WHILE_STARTING)) == [CODING], bot.log
        assert resolutions(tmp_path)[begun.id] is None

        let_come()
        assert titles(await fake.reply_to(begun, WHILE_STARTING)) == [CODING], bot.log
        await ended_well(bot)


async def test_a_flooded_channel_delays_the_answers_started_elsewhere_by_no_more_than_its_turn(
    fake: DiscordWithDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flooded, late = fake.add_guild("flooded"), fake.add_guild("late")
    channel = flooded.add_text_channel("general")
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Hang())
        flood = [await flooded.add_member("raider").asks(channel, CODING) for _ in range(20)]
        begun = await late.add_member("max").asks(late.add_text_channel("general"), CODING)
        await killed(bot, tmp_path, *flood, begun)
    fake.faults.clear()
    let_come = hold_back(late, monkeypatch)
    slow = fake.faults.on(SEND, Slow(0.8))

    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(flood[0], WHILE_STARTING)
        let_come()
        assert titles(await fake.reply_to(begun, WHILE_STARTING)) == [CODING], bot.log
        assert sum(bool(fake.ledger.entry(asked).answers) for asked in flood) < len(flood)

        fake.faults.clear()
        await fake.reply_to(flood[-1], WHILE_STARTING)
        await ended_well(bot)
    assert slow.hits


async def test_what_was_missed_in_a_server_that_comes_late_is_looked_for_when_it_comes(
    fake: DiscordWithDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    punctual, late = fake.add_guild("punctual"), fake.add_guild("late")
    mia, max_ = punctual.add_member("mia"), late.add_member("max")
    async with answering(tmp_path, fake) as bot:
        await up_to_date(tmp_path)
        await ended_well(bot)
    missed = await mia.asks(punctual.add_text_channel("general"), CODING)
    missed_too = await max_.asks(late.add_text_channel("general"), CODING)
    let_come = hold_back(late, monkeypatch)

    async with answering(tmp_path, fake) as bot:
        assert titles(await fake.reply_to(missed, WHILE_STARTING)) == [CODING], bot.log

        let_come()
        assert titles(await fake.reply_to(missed_too, WHILE_STARTING)) == [CODING], bot.log
        await ended_well(bot)
