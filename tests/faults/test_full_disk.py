"""A disk that is really full, below SQLite or PostgreSQL: answers go on, and what was noted lands when there's room."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from e2e.questions import CODING, DEGREE, MANAGEMENT, titles
from postgresql import PostgreSQLServer
from small_disk import SmallDisk, small_disk
from sqlalchemy import text
from storage.postgresql import postgresql  # noqa: F401 - a fixture

from bot.storage.database import Database
from bot.storage.schema import metadata
from bot_process import BotProcess, answering
from discords import running_discord, server, stop_cleanly
from fake_discord import FakeDiscord, Guild, Message

MEGABYTES = 8
KEPT = "Claims are kept in memory until it can be used again."
WRITTEN = "Claims are written to the database again."
LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))"

fake = running_discord()
guild = server("Product people")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a bot keeps what it stores: on a small disk or, where none can be mounted, in what acts like one."""

    address: str
    disk: SmallDisk | None
    postgresql: PostgreSQLServer | None = None

    @property
    def complaint(self) -> str:
        return "disk is full" if self.disk or self.postgresql else "disk I/O error"

    def full(self, bot: BotProcess) -> AbstractContextManager[None]:
        """Take all the room there is, for as long as the block lasts."""
        if self.disk is not None:
            return _filled(self.disk)
        return _refusing(self.postgresql) if self.postgresql else _limited(bot)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with Database.open(self.address) as database:
            return [*map(tuple, await database.rows(text(query)))]


@contextmanager
def _filled(disk: SmallDisk) -> Iterator[None]:
    disk.fill()
    yield
    disk.make_room()


@contextmanager
def _refusing(server: PostgreSQLServer) -> Iterator[None]:
    """Let PostgreSQL refuse to write, with the error of a full disk."""
    server.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"
    )
    for table in metadata.tables:
        server.run(f"CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION refuse()")
    yield
    server.run("DROP FUNCTION refuse CASCADE")


@contextmanager
def _limited(bot: BotProcess) -> Iterator[None]:
    """Let no file of the bot's grow."""
    soft, hard = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with small_disk(megabytes=MEGABYTES) as disk, ExitStack() as stack:
        if request.param == "sqlite":
            yield Home(f"sqlite:///{disk.folder if disk else tmp_path}/bot.db", disk)
            return
        postgresql: PostgreSQLServer = request.getfixturevalue("postgresql")
        address = postgresql.empty_database()
        if disk is not None:
            stack.enter_context(postgresql.keeping_tables_in(disk.folder / "tables"))
        yield Home(address, disk, postgresql)


async def ask(fake: FakeDiscord, guild: Guild, *questions: str) -> list[Message]:
    """Ask, each in a channel of its own, and return the answers."""
    mia = guild.add_member("mia")
    answers = [await fake.reply_to(await mia.asks(guild.add_text_channel("somewhere"), each)) for each in questions]
    assert [titles(answer) for answer in answers] == [[each] for each in questions]
    return answers


async def test_while_the_disk_is_full_answers_go_on_and_later_all_is_written_once(
    fake: FakeDiscord, guild: Guild, home: Home, tmp_path: Path
) -> None:
    fan = guild.add_member("fan")
    async with answering(tmp_path, fake, DATABASE_URL=home.address) as bot:
        await bot.logged("Ready as")
        with home.full(bot):
            [_, _, answer] = await ask(fake, guild, CODING, DEGREE, MANAGEMENT)
            vote = await (await fan.clicks(answer, "👍")).answer()
            assert "nothing has changed" in vote.said
            [line] = await bot.logged(KEPT)
            assert home.complaint in line
        await bot.logged(WRITTEN)
        vote = await (await fan.clicks(answer, "👍")).answer()
        assert "I counted your 👍" in vote.said
        await ask(fake, guild, CODING)
        await stop_cleanly(bot)

    assert len([line for line in bot.lines if KEPT in line]) == 1
    assert await home.rows("SELECT fate, count(*) FROM claims GROUP BY fate") == [("answered", 4)]
    assert await home.rows("SELECT sum(count) FROM statistics WHERE event = 'asked'") == [(4,)]
    assert await home.rows("SELECT message_id, helpful FROM votes") == [(answer.id, True)]
    assert all(len(entry.answers) == 1 for entry in fake.ledger.entries.values())


async def test_a_bot_that_starts_with_a_full_disk_answers_and_writes_later(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    with small_disk(megabytes=1) as disk:
        folder, more = (disk.folder, {}) if disk else (tmp_path, {"PYTHONPATH": str(tmp_path)})
        if disk is not None:
            disk.fill()
        else:
            (tmp_path / "sitecustomize.py").write_text(LIMIT, encoding="utf-8")
        home = Home(f"sqlite:///{folder}/bot.db", disk)
        async with answering(tmp_path, fake, DATABASE_URL=home.address, **more) as bot:
            await ask(fake, guild, CODING, DEGREE)
            await bot.logged("The bot runs without it and tries again at each use.")
            await bot.logged(KEPT)
            if disk is not None:
                disk.make_room()
            else:
                hard = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (hard, hard))
            await bot.logged(WRITTEN)
            await stop_cleanly(bot)

        assert await home.rows("SELECT fate, count(*) FROM claims GROUP BY fate") == [("answered", 2)]
