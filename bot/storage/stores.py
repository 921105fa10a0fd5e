"""Open the database and build each store on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import delete, select, union

from bot.storage.board_messages import BoardMessages
from bot.storage.claimed_clicks import ClaimedClicks
from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.digest_plans import DigestPlans
from bot.storage.digests import Digests
from bot.storage.direct_channels import DirectChannels
from bot.storage.drafts import Drafts
from bot.storage.handoffs import Handoffs
from bot.storage.identify_turns import IdentifyTurns
from bot.storage.job_posts import JobPosts
from bot.storage.persistence import once_available
from bot.storage.progress import Progress
from bot.storage.recorder import Recorder
from bot.storage.registered_commands import RegisteredCommands
from bot.storage.request_holds import RequestHolds
from bot.storage.schema import OF_SERVERS
from bot.storage.secret import SecretKey
from bot.storage.servers import ServerSettingsStore
from bot.storage.statistics import DIRECT_MESSAGES, Statistics
from bot.storage.taught import TaughtItems
from bot.storage.unanswered import UnansweredQuestions
from bot.storage.votes import Votes

TIME_TO_LOAD = 2.0  # seconds that starting waits for the servers' settings and what they were taught


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores on the one database. Only the composition root sees them all; a feature gets those it needs."""

    database: Database
    servers: ServerSettingsStore
    votes: Votes
    job_posts: JobPosts
    board_messages: BoardMessages
    statistics: Statistics
    recorder: Recorder
    secret: SecretKey
    unanswered: UnansweredQuestions
    claims: Claims
    progress: Progress
    direct_channels: DirectChannels
    drafts: Drafts
    taught: TaughtItems
    handoffs: Handoffs
    digest_plans: DigestPlans
    digests: Digests
    claimed_clicks: ClaimedClicks
    registered_commands: RegisteredCommands
    identify_turns: IdentifyTurns | None
    """None on SQLite: it has one process."""
    request_holds: RequestHolds | None
    """None on SQLite, too."""

    @classmethod
    @asynccontextmanager
    async def open(cls, address: str, *, process: str = "") -> AsyncIterator[Self]:
        """Open the database and start writing in the background; one that is away is waited for.

        Args:
            address: such as `sqlite:///data/bot.db` or `postgresql://user:password@host/database`.
            process: names this process, among those with the same database.

        Raises:
            UnusableDatabase: The address names no database that the bot can use.
            NewerSchema: A newer version of the bot created the database.
            OldServer: PostgreSQL is too old.
        """
        async with Database.open(address) as database:
            counts, unsaved = Statistics(database=database), Drafts(database=database)
            recorder, ledger = Recorder(statistics=counts), Claims(database=database)
            async with _exiting_together(recorder, ledger):
                stores = cls(
                    database=database,
                    servers=ServerSettingsStore(database=database),
                    votes=Votes(database=database),
                    job_posts=JobPosts(database=database),
                    board_messages=BoardMessages(database=database),
                    statistics=counts,
                    recorder=recorder,
                    secret=SecretKey(database=database),
                    unanswered=UnansweredQuestions(database=database),
                    claims=ledger,
                    progress=Progress(database=database, process=process),
                    direct_channels=DirectChannels(database=database),
                    handoffs=Handoffs(database=database),
                    digest_plans=DigestPlans(database=database),
                    digests=Digests(database=database),
                    drafts=unsaved,
                    taught=TaughtItems(database=database, drafts=unsaved),
                    claimed_clicks=ClaimedClicks(database=database),
                    registered_commands=RegisteredCommands(database=database),
                    identify_turns=None if database.is_sqlite else IdentifyTurns(database=database),
                    request_holds=None if database.is_sqlite else RequestHolds(database=database),
                )
                loading = asyncio.create_task(stores._load())
                try:
                    if database.is_available:  # then load the settings before the first question
                        await asyncio.wait({loading}, timeout=TIME_TO_LOAD)
                    yield stores
                finally:
                    loading.cancel()
                    with suppress(asyncio.CancelledError):
                        await loading

    async def _load(self) -> None:
        """Read the servers' settings and what they were taught as soon as the database allows."""
        await once_available(self.servers.load_all, otherwise="The servers' settings can't be read yet.")
        await once_available(self.taught.load_all, otherwise="What servers were taught can't be read yet.")

    async def servers_except(self, server_ids: Collection[int]) -> tuple[int, ...]:
        """Return the ids of the servers that something is stored about, except some.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        stored = union(*(select(table.c.server_id).where(table.c.server_id.is_not(None)) for table in OF_SERVERS))
        found = {row.server_id for row in await self.database.rows(stored)}
        return tuple(sorted(found - {DIRECT_MESSAGES, *server_ids}))

    async def forget_server(self, server_id: int) -> None:
        """Delete everything stored about a server, from what is kept in memory as well.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        await self.servers.forget_server(server_id)
        await self.taught.forget_server(server_id)
        await self.drafts.forget_server(server_id)
        await self.claims.flush()
        await self.database.erase(*(delete(table).where(table.c.server_id == server_id) for table in OF_SERVERS))


@asynccontextmanager
async def _exiting_together(*parts: AbstractAsyncContextManager[Any]) -> AsyncIterator[None]:
    """Enter each part, and exit all at once: with a locked database each exit takes a while."""
    for part in parts:
        await part.__aenter__()
    try:
        yield
    finally:
        await asyncio.gather(*(part.__aexit__(None, None, None) for part in parts))
