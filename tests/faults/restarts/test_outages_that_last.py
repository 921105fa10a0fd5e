"""What can't be looked through when a gap is closed is looked through later, by this process or the next one."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from e2e.database import eventually, file_of, rows, set_beforehand
from e2e.questions import CODING, DEGREE, titles
from storage.locking import locked

from bot.storage.servers import ServerSettings
from bot_process import answering
from fake_discord import Channel, FakeDiscord, Guild, Member, Slow, Status
from faults.accounting import resolutions
from faults.asking import SEND, WHILE_STARTING
from faults.doors import DiscordWithDoor, hold_back

SEEN_UNTIL = "SELECT seen_until FROM shard_progress"  # in milliseconds


async def caught_up(directory: Path) -> None:
    await eventually(lambda: len(rows(directory, SEEN_UNTIL)), 1, "times up to which all was seen")


async def test_missed_dms_and_posts_are_answered_when_the_database_is_back(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    forum = guild.add_forum("questions")
    await set_beforehand(tmp_path, {guild.id: ServerSettings(forum_channels=frozenset({forum.id}))})
    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(await mia.sends_dm(CODING))
        await eventually(lambda: len(rows(tmp_path, "SELECT * FROM direct_channels")), 1, "the channel")
        assert await bot.stop() == 0
    directly, elsewhere = await mia.sends_dm(DEGREE), await mia.asks(channel, DEGREE)
    post, _ = await mia.opens_post(forum, CODING, "I wonder.")
    data, away = tmp_path / "data", tmp_path / "away"
    shutil.move(data, away)
    data.write_text("no folder")

    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(elsewhere, WHILE_STARTING)
        data.unlink()
        shutil.move(away, data)

        assert titles(await fake.reply_to(directly, WHILE_STARTING)) == [DEGREE], bot.log
        assert titles(await fake.next_message(post, timeout=WHILE_STARTING)) == [CODING], bot.log
        assert await bot.stop() == 0


async def test_questions_from_a_servers_own_outage_are_answered_when_it_is_back(
    guild: Guild, channel: Channel, mia: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = guild.fake
    async with answering(tmp_path, fake) as bot:
        await caught_up(tmp_path)
        [session] = fake.gateway.connected
        fake.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild_id=guild.id)
        with monkeypatch.context() as outage:
            outage.setattr(fake.gateway, "dispatch", lambda *_, **__: None)
            asked = await mia.asks(channel, CODING)
        session.dispatch("GUILD_CREATE", fake.gateway.describe(guild, session.intents))

        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING], bot.log
        assert await bot.stop() == 0


async def test_a_question_stays_missed_until_a_process_sees_its_server_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with DiscordWithDoor() as fake:
        guild = fake.add_guild("Product people")
        fake.add_guild("Other people")
        channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
        async with answering(tmp_path, fake) as bot:
            await caught_up(tmp_path)
            assert await bot.stop() == 0
        asked = await mia.asks(channel, CODING)
        with monkeypatch.context() as outage:
            hold_back(guild, outage)
            async with answering(tmp_path, fake) as bot:
                await bot.logged("Ready as")
                fake.clock.advance(180)
                await fake.reply_to(await mia.sends_dm(DEGREE), WHILE_STARTING)
                await asyncio.sleep(6)  # in which it keeps in mind what it has seen
                assert await bot.stop() == 0

        async with answering(tmp_path, fake) as bot:
            assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING], bot.log
            assert await bot.stop() == 0


async def test_what_only_the_process_knows_that_is_killed_then_is_found_in_the_history(
    fake: FakeDiscord, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        await caught_up(tmp_path)
        fake.faults.on(SEND, Status(503))
        with locked(file_of(tmp_path)):
            asked = await mia.asks(channel, CODING)
            await fake.wait_for(lambda: len(fake.requests_to(SEND)) > 1, timeout=15, what="attempts")
            fake.clock.advance(180)
            await bot.logged("Claims are kept in memory")
            await asyncio.sleep(14)  # until the pauses between two attempts to write are long

        def is_written() -> bool:
            """Return whether the database is in use again, be it for the claim or for the time."""
            [(seen_until,)] = rows(tmp_path, SEEN_UNTIL)
            return bool(asked.id in resolutions(tmp_path) or seen_until / 1000 > fake.clock.wall() - 60)

        await eventually(is_written, expected=True, what="the database in use again")
        await bot.abandon()
    fake.faults.clear()

    async with answering(tmp_path, fake) as bot:
        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING], bot.log
        assert await bot.stop() == 0


async def test_a_conversation_is_remembered_before_its_first_question_is_answered(
    fake: FakeDiscord, mia: Member, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        await caught_up(tmp_path)
        fake.faults.on(SEND, Slow(5.0))
        first = await mia.sends_dm(CODING)
        await fake.wait_for(lambda: fake.requests_to(SEND), what="a reply on its way")
        await eventually(lambda: len(rows(tmp_path, "SELECT * FROM direct_channels")), 1, "the channel")
        await bot.abandon()
    fake.faults.clear()
    second = await mia.sends_dm(DEGREE)

    async with answering(tmp_path, fake) as bot:
        for asked in (first, second):
            await fake.reply_to(asked, WHILE_STARTING)
        assert await bot.stop() == 0
