"""Bots in several processes, with one token and one database on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from postgresql import PostgreSQLServer
from sqlalchemy import text
from storage.postgresql import postgresql  # noqa: F401 - a fixture

from bot.storage.database import Database
from bot_process import TIMEOUT, BotProcess, answering
from discords import running_discord, stop_cleanly
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission, RateLimits

SHARDS = 2  # where processes have shards of their own
WINDOW = 5.0  # seconds between two sessions, as Discord demands
MANAGES = Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD


def _make() -> FakeDiscord:
    """Make one that recommends a single shard: each further one begins 5 seconds later."""
    return FakeDiscord(rate_limits=RateLimits.generous(), identify_window=WINDOW)


fake = running_discord(make=_make)


@pytest.fixture
async def guilds(fake: FakeDiscord) -> list[Guild]:
    """A server on each shard: which one it gets depends on the millisecond."""
    found: dict[int, Guild] = {}
    while len(found) < SHARDS:
        guild = fake.add_guild("Product people")
        if found.setdefault((guild.id >> 22) % SHARDS, guild) is not guild:
            fake.remove_guild(guild)
        await asyncio.sleep(0.001)
    return [found[shard] for shard in range(SHARDS)]


@pytest.fixture
def guild(guilds: list[Guild]) -> Guild:
    """The server in which most happens."""
    return guilds[0]


@pytest.fixture
def max_(guild: Guild) -> Member:
    """Somebody who may do everything that moderators may."""
    return guild.add_member("max", guild.add_role("mods", MANAGES))


@pytest.fixture
def desk(guild: Guild) -> Channel:
    """Where members can ask a human."""
    return guild.add_text_channel("desk")


@pytest.fixture(autouse=True)
def _nothing_that_discord_refuses(fake: FakeDiscord) -> Iterator[None]:
    """Only that: whom a message may ping is tested elsewhere."""
    yield
    fake.assert_clean()


class Processes:
    """Start processes, each in a folder of its own, and look into what they share."""

    def __init__(self, fake: FakeDiscord, folder: Path, address: str, stack: AsyncExitStack) -> None:
        self._fake = fake
        self._folder = folder
        self.address = address
        self._stack = stack
        self.running: list[BotProcess] = []

    async def start(self, **settings: str) -> BotProcess:
        """Start a process and wait until it hears of all its servers."""
        folder = self._folder / str(len(list(self._folder.iterdir())))
        folder.mkdir()
        settings = {"DATABASE_URL": self.address} | settings
        bot = await self._stack.enter_async_context(answering(folder, self._fake, **settings))
        self.running.append(bot)
        await bot.logged("Ready as")
        return bot

    async def start_share(self, number: int) -> BotProcess:
        """Start one of the processes that share the shards evenly."""
        shares = {"SHARD_COUNT": str(SHARDS), "SHARD_PROCESSES": str(SHARDS)}
        return await self.start(**shares, SHARD_PROCESS=f"tpm-bot-{number}")

    async def stop_all(self) -> None:
        await self._fake.settled()
        for bot in self.running:
            await stop_cleanly(bot)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        async with Database.open(self.address) as database:
            return [tuple(row) for row in await database.rows(text(query))]

    async def found(self, query: str, expected: list[tuple[Any, ...]]) -> None:
        """Wait until a query finds what is expected."""
        async with Database.open(self.address) as database, asyncio.timeout(TIMEOUT):
            while [tuple(row) for row in await database.rows(text(query))] != expected:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.1)


@pytest.fixture
async def processes(
    fake: FakeDiscord,
    guilds: list[Guild],
    postgresql: PostgreSQLServer,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> AsyncIterator[Processes]:
    """What starts processes once there are servers for them."""
    assert guilds
    folder = tmp_path / "processes"
    folder.mkdir()
    async with AsyncExitStack() as stack:
        yield Processes(fake, folder, postgresql.empty_database(), stack)
