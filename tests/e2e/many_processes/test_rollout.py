"""A rollout: an older program and a newer one, which has added to the tables, on one database and the same shards."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from storage.schemas import NEWER, newest, use_newer_version, write_newer_script

import bot as program
from bot.storage.migration import OLDEST_PROGRAM
from bot_process import TIMEOUT, BotProcess, settings_for, started
from discords import stop_cleanly
from e2e.maintainers.lighthouses import NIGHT
from e2e.many_processes.conftest import Processes
from e2e.questions import titles
from e2e.teaching.lessons import NINE, teaches
from fake_discord import Channel, FakeDiscord, Guild, Member
from lighthouse import name_subject

STILL_USABLE = "A newer version of the bot has changed the database. This version can still use it."
USED = ("server_settings", "votes", "claims")
ADDED_TO = (*USED, "taught")
QUESTIONS = (NIGHT, "What is a lighthouse keeper?", "What are a keeper's duties?")
FERRY, STORM = "When does the ferry to the island leave?", "Who closes the shutters in a storm?"
UNKNOWN = "xqzt vlrm wpfk"


def newer_program(folder: Path) -> Path:
    """Return a folder with the program as a newer version has it: it adds columns to tables, and uses some of them."""
    shutil.copytree(Path(program.__file__).parent, folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    column = 'Column("added", {}Integer, nullable=False, server_default="7")'
    storage = folder / "bot" / "storage"
    additions = (f'op.add_column("{table}", sa.{column.format("sa.")})' for table in ADDED_TO)
    write_newer_script(storage / "migrations" / "versions", *additions)
    with (storage / "schema.py").open("a", encoding="utf-8") as schema:
        schema.writelines(f"{table}.append_column({column.format('')})\n" for table in USED)
    return folder


@pytest.fixture(autouse=True)
def subject(knowledge_dir: Path) -> None:
    name_subject(knowledge_dir)


@contextmanager
def frozen(bot: BotProcess) -> Iterator[None]:
    """Let only the others answer."""
    bot.send(signal.SIGSTOP)
    try:
        yield
    finally:
        bot.send(signal.SIGCONT)


async def finally_said(fake: FakeDiscord, guild: Guild, question: str, *, says: str) -> None:
    """Ask until the answer has a text: what is saved reaches other processes within seconds."""
    said = ""
    try:
        async with asyncio.timeout(TIMEOUT):
            while says not in said:
                # Nobody may ask often, and what was just answered in a channel is only linked there.
                curious, somewhere = guild.add_member("curious"), guild.add_text_channel("somewhere")
                said = (await fake.reply_to(await curious.asks(somewhere, question))).text
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"{question} {said} instead of {says}") from None


async def test_an_older_and_a_newer_program_answer_side_by_side_and_share_what_each_saves(
    fake: FakeDiscord,
    processes: Processes,
    guild: Guild,
    channel: Channel,
    knowledge_dir: Path,
    max_: Member,
    mia: Member,
    tmp_path: Path,
) -> None:
    first_desk, second_desk = (guild.add_text_channel(name) for name in ("first-desk", "second-desk"))
    shared = {"KNOWLEDGE_DIR": str(knowledge_dir)}
    older = await processes.start(**shared)
    newer = await processes.start(**shared, PYTHONPATH=str(newer_program(tmp_path / "newer")))
    schema = await processes.rows("SELECT version_num, revision FROM alembic_version, oldest_program")
    assert schema == [(NEWER, OLDEST_PROGRAM)]

    asked = [await mia.asks(guild.add_text_channel("more"), question) for question in QUESTIONS]
    assert [titles(await fake.reply_to(each)) for each in asked] == [[question] for question in QUESTIONS]
    await fake.settled()

    for teacher, pupil, lesson, desk in ((older, newer, FERRY, first_desk), (newer, older, STORM, second_desk)):
        with frozen(pupil):
            await teaches(max_, await mia.says(channel, "hm"), lesson)
            screen = await (await max_.slash(channel, "manage settings")).answer()
            await (await max_.selects(screen, "settings:help", desk)).answer()
        await fake.settled()
        with frozen(teacher):
            await finally_said(fake, guild, lesson, says=NINE)
            await finally_said(fake, guild, UNKNOWN, says=desk.mention)
        await fake.settled()

    await stop_cleanly(older)
    restarted = await processes.start(**shared)
    await restarted.logged(STILL_USABLE)
    await finally_said(fake, guild, STORM, says=NINE)
    await processes.stop_all()
    assert restarted.log.count(STILL_USABLE) == 1
    assert STILL_USABLE not in older.log + newer.log
    assert all(len(entry.answers) == 1 for entry in fake.ledger.entries.values())
    assert sorted(await processes.rows("SELECT question, added FROM taught")) == [(FERRY, 7), (STORM, 7)]
    assert await processes.rows("SELECT help_channel, added FROM server_settings") == [(second_desk.id, 7)]
    assert await processes.rows("SELECT count(*) - count(fate) FROM claims") == [(0,)]


async def test_an_older_program_that_can_not_use_the_tables_of_a_newer_one_says_so_and_ends(
    fake: FakeDiscord, processes: Processes, tmp_path: Path
) -> None:
    raised = f"op.execute(\"UPDATE oldest_program SET revision = '{NEWER}'\")"  # noqa: S608 - a number of our own
    await use_newer_version(processes.address, tmp_path, raised)

    async with started(tmp_path, settings_for(fake) | {"DATABASE_URL": processes.address}) as older:
        assert await older.ended() == 2

    [complaint] = [line for line in older.lines if " INFO " not in line]
    assert f"newer version of the bot (its schema is {NEWER}, this version knows {newest()})" in complaint
