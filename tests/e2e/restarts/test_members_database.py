"""A database that is slow, away, killed or too new: answers go on, and buttons that need it say so."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.locking import locked

from bot.storage.servers import ServerSettings
from bot_process import answering, free_port, settings_for, started
from e2e.database import counted, eventually, file_of, rows, set_beforehand, votes
from e2e.questions import CODING, DISCORDS_PATIENCE, titles
from fake_discord import FakeDiscord, Guild, ResponseKind


async def test_by_default_the_database_is_a_file_in_the_folder_where_the_bot_starts(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    assert guild.me
    async with answering(tmp_path, fake):
        assert rows(tmp_path, "SELECT count(*) FROM votes") == [(0,)]


async def test_a_slow_database_delays_neither_answers_nor_acknowledging_votes(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with answering(tmp_path, fake) as bot:
        with locked(file_of(tmp_path)):
            answer = await fake.reply_to(await mia.asks(channel, CODING))
            asked = await mia.slash(channel, "ask", question=CODING)
            vote = await mia.clicks(answer, "👍")
            first = await vote.response()

        assert titles(answer) == [CODING]
        assert (await asked.response()).after < DISCORDS_PATIENCE
        assert first.after < DISCORDS_PATIENCE
        assert first.kind is ResponseKind.DEFERRED_MESSAGE
        assert first.ephemeral
        assert "I counted your 👍" in (await vote.answer()).said, bot.log
        assert votes(tmp_path, answer.id) == [('["coding"]', 1)]
        await counted(tmp_path, guild.id, "answered", "coding", times=2)


async def test_a_vote_that_took_too_long_to_acknowledge_costs_one_line_and_counts(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with answering(tmp_path, fake) as bot:
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        with locked(file_of(tmp_path)):
            vote = await mia.clicks(answer, "👍")
            fake.clock.advance(4)
            [line] = await bot.logged(str(vote.id))

        assert "Discord says 404/10062" in line
        await eventually(lambda: votes(tmp_path, answer.id), [('["coding"]', 1)], "votes")
        assert len(await bot.logged(str(vote.id))) == 1


async def test_without_a_database_at_startup_questions_are_answered_and_votes_put_off(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    nowhere = f"postgresql://user:secret@127.0.0.1:{free_port()}/bot"
    async with answering(tmp_path, fake, DATABASE_URL=nowhere) as bot:
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        vote = await mia.clicks(answer, "👍")

        assert (await vote.response()).after < DISCORDS_PATIENCE
        assert (await vote.answer()).said.startswith("I can't reach my database right now")
        assert "secret" not in bot.log
        assert await bot.stop() == 0, bot.log
        assert "Traceback" not in bot.log


async def test_settings_hold_once_the_database_is_back(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    await set_beforehand(tmp_path, {guild.id: ServerSettings(private_by_default=False)})
    file = file_of(tmp_path)
    away = file.rename(tmp_path / "elsewhere.db")
    file.mkdir()
    async with answering(tmp_path, fake) as bot:
        assert (await (await mia.slash(channel, "ask", question=CODING)).response()).ephemeral

        file.rmdir()
        away.rename(file)

        for _ in range(200):
            max_ = guild.add_member("max")
            if not (await (await max_.slash(channel, "ask", question=CODING)).response()).ephemeral:
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError(bot.log)


async def test_every_acknowledged_vote_survives_a_kill_in_a_burst(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    people = [guild.add_member(f"person {number}") for number in range(60)]
    async with answering(tmp_path, fake) as bot:
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        clicks = [await person.clicks(answer, "👍") for person in people]
        await fake.wait_for(lambda: sum(click.shown is not None for click in clicks) >= 20, what="twenty votes")
        os.kill(bot.pid, signal.SIGKILL)
        await bot.abandon()

    acknowledged = sum(click.shown is not None for click in clicks)
    assert len(votes(tmp_path, answer.id)) >= acknowledged >= 20


async def test_votes_and_deletions_go_on_after_a_restart(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with answering(tmp_path, fake) as bot:
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        await (await mia.clicks(answer, "👍")).answer()
        assert await bot.stop() == 0, bot.log

    async with answering(tmp_path, fake):
        await (await mia.clicks(answer, "👎")).answer()
        assert votes(tmp_path, answer.id) == [('["coding"]', 0)]

        await mia.clicks(answer, "Delete")
        await fake.wait_for(lambda: answer.deleted, what="the end of the answer")


async def test_a_database_that_only_newer_versions_can_use_is_refused_with_a_sentence(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    await set_beforehand(tmp_path, {})
    with closing(sqlite3.connect(file_of(tmp_path))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE oldest_program SET revision = '9999'")

    async with started(tmp_path, settings_for(fake)) as bot:
        assert await bot.ended() == 2, bot.log

    [line] = [line for line in bot.lines if " INFO " not in line]
    assert "newer" in line


async def test_an_address_that_names_no_database_is_refused_with_a_sentence(fake: FakeDiscord, tmp_path: Path) -> None:
    address = "postgresql://user:secret@127.0.0.1:notaport/bot"

    async with started(tmp_path, settings_for(fake) | {"DATABASE_URL": address}) as bot:
        assert await bot.ended() == 2, bot.log

    [line] = [line for line in bot.lines if " INFO " not in line]
    assert "secret" not in line
