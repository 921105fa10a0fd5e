"""All that outlives the process, opened together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Self

from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.job_posts import JobPosts
from bot.storage.recorder import Pace, Recorder
from bot.storage.secret import SecretKey
from bot.storage.servers import ServerSettingsStore
from bot.storage.statistics import Statistics
from bot.storage.unanswered import UnansweredQuestions
from bot.storage.votes import Votes

logger = logging.getLogger(__name__)

pause_between_loads = 2.0  # seconds
last_write = Pace(deadline=2.0)  # whoever stops the bot gives it 10 s for everything


@dataclass(frozen=True, slots=True)
class Stores:
    """What is kept in the one database."""

    database: Database
    servers: ServerSettingsStore
    votes: Votes
    job_posts: JobPosts
    statistics: Statistics
    recorder: Recorder
    secret: SecretKey
    unanswered: UnansweredQuestions

    @classmethod
    @asynccontextmanager
    async def open(cls, address: str) -> AsyncIterator[Self]:
        """Open the database and keep counting into it. One that is away is waited for in the background.

        Raises:
            UnusableDatabase: The address names no database that the bot can use.
            NewerSchema: A newer version of the bot has made the database.
        """
        async with Database.open(address) as database:
            statistics = Statistics(database=database)
            async with Recorder(statistics=statistics, pace=last_write) as recorder:
                stores = cls(
                    database=database,
                    servers=ServerSettingsStore(database=database),
                    votes=Votes(database=database),
                    job_posts=JobPosts(database=database),
                    statistics=statistics,
                    recorder=recorder,
                    secret=SecretKey(database=database),
                    unanswered=UnansweredQuestions(database=database),
                )
                loading = asyncio.create_task(stores._load_settings())
                try:
                    if database.is_available:  # then the settings should stand before the first question
                        await asyncio.wait({loading}, timeout=pause_between_loads)
                    yield stores
                finally:
                    loading.cancel()
                    with suppress(asyncio.CancelledError):
                        await loading

    async def _load_settings(self) -> None:
        """Read the servers' settings as soon as the database lets it."""
        while not self.servers.is_loaded:
            try:
                await self.servers.load_all()
            except StorageUnavailable as error:
                logger.warning("The servers' settings can't be read yet. %s", error)
                await asyncio.sleep(pause_between_loads)

    async def forget_server(self, server_id: int) -> None:
        """Delete all that is kept about a server.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self.servers.forget_server(server_id)
        await self.votes.forget_server(server_id)
        await self.job_posts.forget_server(server_id)
        await self.statistics.forget_server(server_id)
        await self.unanswered.forget_server(server_id)
