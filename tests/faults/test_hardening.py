"""Secrets and what people write stay where they belong; what they are called can't forge a line of the log."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from e2e.database import eventually, file_of, rows, set_beforehand
from e2e.questions import CODING

from bot.storage.servers import ServerSettings
from bot_process import BotProcess, answering, free_port
from discords import server
from fake_discord import FakeDiscord, Guild, RateLimits, Reset, Status
from faults.accounting import accounted_discord
from faults.scraping import metrics_text

TOKEN = "planted.token.of-no-use"  # noqa: S105 - it opens nothing
UNANSWERABLE = "will the violet heron sing at midnight"
ANSWERABLE = "does a tpm need to code, asks the violet heron"
PLANTED = "violet heron"
EVIL = "evil\n2026-01-01 00:00:00,000 ERROR bot: forged\r\x1b[31mred\u2028\u202e"
KEPT = "SELECT count(*) FROM unanswered"


fake = accounted_discord(lambda: FakeDiscord(token=TOKEN, bot_name=EVIL, rate_limits=RateLimits.generous()))
guild = server(EVIL)


async def talk(fake: FakeDiscord, guild: Guild) -> None:
    """Say planted sentences in every way there is, in good weather and in bad."""
    mia, channel = guild.add_member(EVIL), guild.add_text_channel(EVIL)
    forum = next(each for each in guild.channels.values() if each.name == "forum")
    answer = await fake.reply_to(await mia.asks(channel, ANSWERABLE))
    await fake.reply_to(await mia.asks(channel, UNANSWERABLE))
    await fake.reply_to(await mia.sends_dm(UNANSWERABLE))
    await mia.says(channel, UNANSWERABLE)
    await (await mia.slash(channel, "ask", question=UNANSWERABLE)).answer()
    await (await mia.autocomplete(channel, "ask", question=PLANTED)).choices()
    await (await mia.clicks(answer, "👎")).answer()
    await mia.opens_post(forum, ANSWERABLE, UNANSWERABLE)
    post, _ = await mia.opens_post(forum, CODING, UNANSWERABLE)
    await fake.next_message(post)

    max_ = guild.add_member(EVIL)
    fake.faults.on("*", Status(503), Reset(), times=2)
    await fake.reply_to(await max_.asks(guild.add_text_channel(EVIL), ANSWERABLE))
    fake.faults.on("POST *", Status(400, 50035, UNANSWERABLE), times=1)
    await max_.asks(guild.add_text_channel(EVIL), ANSWERABLE)
    fake.faults.on("POST *", Status(403, 50013, EVIL), times=1)
    await max_.asks(guild.add_text_channel(EVIL), ANSWERABLE)


async def run(fake: FakeDiscord, guild: Guild, directory: Path, **settings: str) -> tuple[BotProcess, str]:
    """Let a bot go through all of it, and return it with the metrics that it showed in the end."""
    forum, monitoring = guild.add_forum("forum"), f"127.0.0.1:{free_port()}"
    await set_beforehand(directory, {guild.id: ServerSettings(forum_channels=frozenset({forum.id}))})
    async with answering(directory, fake, MONITORING_ADDRESS=monitoring, LOG_LEVEL="DEBUG", **settings) as bot:
        await bot.logged("Ready as")
        await talk(fake, guild)
        await bot.logged("closed_not_allowed")
        metrics = await metrics_text(monitoring)
        fake.gateway.cut()
        await bot.logged("RESUMED")
        assert await bot.stop() == 0, bot.log
    return bot, metrics


def bytes_of(directory: Path) -> bytes:
    """Return all that stands in the database's files, in whatever place of them."""
    return b"".join(file.read_bytes() for file in file_of(directory).parent.iterdir())


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_logs_metrics_and_database_leak_neither_the_token_nor_what_people_write(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, log_format: str
) -> None:
    bot, metrics = await run(fake, guild, tmp_path, LOG_FORMAT=log_format)

    for place in (bot.log, metrics):
        assert TOKEN not in place
        assert PLANTED not in place
    with closing(sqlite3.connect(file_of(tmp_path))) as database:
        kept = database.execute("SELECT DISTINCT text FROM unanswered").fetchall()
        database.executescript("PRAGMA secure_delete = ON; UPDATE unanswered SET text = ''; VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert any(PLANTED in text for (text,) in kept)
    left = bytes_of(tmp_path)
    assert TOKEN.encode() not in left
    assert PLANTED.encode() not in left


async def test_where_no_questions_are_kept_the_database_has_no_trace_of_any(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    await run(fake, guild, tmp_path, QUESTION_TEXT="off")

    await eventually(lambda: rows(tmp_path, KEPT), [(0,)], "questions kept")
    assert PLANTED.encode() not in bytes_of(tmp_path)
    assert TOKEN.encode() not in bytes_of(tmp_path)


async def test_nobodys_name_begins_a_line_of_the_log_or_steers_a_terminal(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    bot, _ = await run(fake, guild, tmp_path, LOG_FORMAT="text")

    assert "forged" in bot.log  # so the names are there, on lines of the bot's own
    begins_properly = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ +[\w.]+: |    ")
    assert [line for line in bot.lines if not begins_properly.match(line) or line.startswith("2026-01-01")] == []
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e]", bot.log)


async def test_a_log_for_machines_is_one_object_a_line_whatever_people_are_called(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    bot, _ = await run(fake, guild, tmp_path, LOG_FORMAT="json")

    lines = [json.loads(line) for line in bot.lines]
    assert any("forged" in line["message"] for line in lines)
    assert {line["level"] for line in lines} <= {"DEBUG", "INFO", "WARNING"}
    assert all(line["time"] > "2026-01-02" for line in lines)
