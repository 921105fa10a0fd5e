"""What goes wrong for a while is made good when it heals, once; what came too late for that is on record."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
from e2e.database import eventually, file_of, set_beforehand
from e2e.questions import CODING, DEGREE, DISCORDS_PATIENCE, titles
from storage.locking import locked

from bot.discord_app.catch_up.history import MAX_MESSAGES
from bot.discord_app.rest import requests
from bot.storage.resolutions import QuestionSource, Resolution
from bot_process import answering, free_port
from fake_discord import Channel, FakeDiscord, Guild, Hang, Lost, Member, Status
from faults.accounting import killed, resolutions, settled_as
from faults.asking import A_WHILE, HISTORY, IN_PUBLIC, SEND, WHILE_STARTING, claim_earlier, said_in
from faults.in_process import answering_here
from faults.scraping import samples

DAYS = 2 * 24 * 60 * 60.0  # seconds


async def test_a_history_unreadable_for_longer_than_all_attempts_is_read_later(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(requests, "DEADLINE", 1.0)  # seconds in place of 60
    channel, elsewhere = guild.add_text_channel("general"), guild.add_text_channel("elsewhere")
    mia = guild.add_member("mia")
    asked = await mia.asks(channel, CODING)
    fake.faults.on(HISTORY, Status(503))

    async with answering_here(tmp_path, fake):
        given_up = f"Channel {channel.id} can't be looked through"
        await eventually(lambda: given_up in caplog.text, expected=True, what="the end of all attempts")
        await fake.reply_to(await mia.asks(elsewhere, DEGREE))
        assert said_in(channel) == []

        fake.faults.clear()
        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING]

    assert [len(said_in(place)) for place in (channel, elsewhere)] == [1, 1]


async def test_a_reply_that_stands_behind_more_messages_than_are_read_is_not_sent_again(
    fake: FakeDiscord, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        delaying = fake.faults.on(SEND, Status(503))
        asked = await mia.asks(channel, CODING)
        await fake.wait_for(lambda: delaying.hits, what="a reply on its way")
        for _ in range(MAX_MESSAGES + 1):
            fake.seed(channel, mia, "not for the bot")
        fake.faults.clear()
        fake.faults.on(SEND, Lost(Hang()))
        await fake.reply_to(asked, WHILE_STARTING)
        await bot.abandon()
    fake.faults.clear()
    fake.clock.advance(A_WHILE)
    claim_earlier(tmp_path, A_WHILE)

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Resolution.closed_unconfirmed)
        assert await bot.stop() == 0, bot.log

    assert len(fake.ledger.entry(asked).answers) == 1


async def test_a_reply_that_arrived_before_a_crash_is_found_and_not_sent_again(
    fake: FakeDiscord, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Lost(Hang()))
        asked = await mia.asks(channel, CODING)
        await fake.reply_to(asked)
        await killed(bot, tmp_path, asked)
    fake.faults.clear()
    sending = fake.faults.on(SEND, Status(503))

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Resolution.answered)
        assert await bot.stop() == 0, bot.log

    assert sending.hits == 0
    assert len(fake.ledger.entry(asked).answers) == 1


@pytest.mark.parametrize("ahead", [0.0, 3 * 60 * 60.0 + DAYS], ids=["claimed then", "claimed in the future"])
async def test_a_question_that_was_left_open_days_ago_is_closed_as_too_late(
    fake: FakeDiscord, channel: Channel, mia: Member, tmp_path: Path, ahead: float
) -> None:
    asked = fake.seed(channel, mia, f"{fake.bot.mention} {CODING}", ago=DAYS)
    await set_beforehand(tmp_path, {})  # makes the database
    with closing(connect(file_of(tmp_path))) as database, database:
        row = (
            asked.id,
            QuestionSource.mention,
            channel.id,
            channel.guild and channel.guild.id,
            (time.time() - DAYS + ahead) * 1000,
        )
        columns = "message_id, face, channel_id, server_id, claimed_at"
        database.execute(f"INSERT INTO claims ({columns}) VALUES (?, ?, ?, ?, ?)", row)  # noqa: S608 - all constant

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Resolution.closed_too_late)
        assert await bot.stop() == 0, bot.log

    assert said_in(channel) == []


async def test_a_public_command_is_acknowledged_while_a_reply_with_its_answer_hangs(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    await set_beforehand(tmp_path, {guild.id: IN_PUBLIC})
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Hang(), times=1)
        asked = await mia.asks(channel, CODING)
        await fake.wait_for(lambda: fake.requests_to(SEND), what="a reply on its way")

        command = await guild.add_member("max").slash(channel, "ask", question=CODING)

        assert (await command.response()).after < DISCORDS_PATIENCE
        await command.answer(WHILE_STARTING)
        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING]
        assert await bot.stop() == 0, bot.log
    assert command.id not in resolutions(tmp_path)


async def test_being_told_the_database_is_away_does_not_count_as_answered(
    fake: FakeDiscord, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    monitoring = f"127.0.0.1:{free_port()}"
    counted = "fates_total{{face=interaction,fate={}}}".format
    async with answering(tmp_path, fake, MONITORING_ADDRESS=monitoring) as bot:
        asked = await mia.asks(channel, CODING)
        answer = await fake.reply_to(asked)
        await settled_as(tmp_path, asked, Resolution.answered)
        with locked(file_of(tmp_path)):
            vote = await mia.clicks(answer, "👍")
            assert "can't reach my database" in (await vote.answer(timeout=WHILE_STARTING)).said
            await bot.logged("Somebody was told to try again")
            fates_by_now = await samples(monitoring)
        assert await bot.stop() == 0, bot.log

    assert fates_by_now[counted(Resolution.declined_unavailable)] == 1
    assert fates_by_now[counted(Resolution.answered)] == 0
