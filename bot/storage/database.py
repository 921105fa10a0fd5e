"""The database's one engine: opened once, with bounded waiting, and one kind of error when it can't be used."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.engines import BEGIN_OPTION, SYNCHRONOUS_OPTION, driver_errors, make_engine, make_folder, place_of
from bot.storage.errors import NewerSchema, StorageUnavailable
from bot.storage.migration import is_up_to_date, migrate

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert

logger = logging.getLogger(__name__)

MIGRATION_TIMEOUT = 300.0  # seconds; a large table takes longer than a single statement may
_PAUSE_BETWEEN_ATTEMPTS = 0.1
_PAUSE_BETWEEN_LOOKS = 0.01


class Database:
    """Transactions on the one database. What waits for it ends within the time-out, one way or another."""

    def __init__(self, *, address: str, timeout: float, may_be_away: bool = True) -> None:
        self._threads: WeakSet[Thread] = WeakSet()
        self._engine = engine = make_engine(address, patience=timeout / 2.5, threads=self._threads)
        self._writing_engine = engine.execution_options(**{BEGIN_OPTION: "IMMEDIATE", SYNCHRONOUS_OPTION: "FULL"})
        self._quick_engine = engine.execution_options(**{BEGIN_OPTION: "IMMEDIATE", SYNCHRONOUS_OPTION: "NORMAL"})
        self._timeout = timeout
        self._may_be_away = may_be_away
        self._errors = driver_errors(engine)
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._place = place_of(engine)
        self._turn = asyncio.Lock()
        self._schema: asyncio.Task[None] | None = None
        self._is_available = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        address: str,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109 - for each use
        may_be_away: bool = True,
    ) -> AsyncIterator[Self]:
        """Open a database and bring its schema up to date; close it in the end.

        If it may be away, that is no error here: each use tries again, and raises StorageUnavailable until it is back.

        Args:
            address: such as `sqlite:///data/bot.db` or `postgresql://user:password@host/database`.
            timeout: seconds within which each transaction ends.
            may_be_away: whether whoever opens it can do without for a while.

        Raises:
            StorageUnavailable: The database can't be used now, and may not be away.
            UnusableDatabase: The address names no database that the bot can use.
            NewerSchema: A newer version of the bot has made the database.
        """
        database = cls(address=address, timeout=timeout, may_be_away=may_be_away)
        try:
            await database._start()
            yield database
        finally:
            await database._close()

    @property
    def is_available(self) -> bool:
        """Whether the database could be used when it was last tried."""
        return self._is_available

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that only reads.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._bounded():
            await self._settle_schema()
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self, *, outlives_power_loss: bool = True) -> AsyncIterator[AsyncConnection]:
        """Give a connection in a transaction that may write. It is committed when the block has ended without error.

        Args:
            outlives_power_loss: without it, SQLite doesn't wait for the disk. A commit survives the end of the
                process, but maybe not that of the machine; the file stays sound.

        Raises:
            StorageUnavailable: The database can't be used now. Unless the time ran out during the commit, nothing
                has been written.
        """
        async with self._bounded():
            await self._settle_schema()
            engine = self._writing_engine if outlives_power_loss else self._quick_engine
            async with self._in_turn(), engine.begin() as connection:
                yield connection

    async def erase_traces(self) -> None:
        """Take what has been deleted out of SQLite's write-ahead log, which otherwise keeps it until it is used anew.

        In the file itself it is overwritten at once. PostgreSQL does either on its own, when it vacuums.

        Raises:
            StorageUnavailable: Somebody was reading all the time, or the database can't be used now. Try again later.
        """
        if not self._is_sqlite:
            return
        async with self._bounded(), self._in_turn(), self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:  # waits for readers, as for a lock
                is_busy, *_ = await cursor.fetchone()
        if is_busy:
            raise StorageUnavailable("What was deleted can't be erased yet: somebody reads the database all the time.")

    def insert_into(self, table: Table) -> sqlite.Insert | PostgresqlInsert:
        """Return an insert that knows ON CONFLICT, which both databases spell alike."""
        if self._is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 2 MB, for those who use it

        return postgresql.insert(table)

    @asynccontextmanager
    async def _bounded(self, seconds: float | None = None) -> AsyncIterator[None]:
        seconds = seconds or self._timeout
        try:
            async with asyncio.timeout(seconds):
                yield
        except StorageUnavailable:
            self._is_available = False
            raise
        except self._errors as error:
            self._is_available = False
            # Without its cause, whose text may repeat what was to be stored.
            raise StorageUnavailable(f"The database can't be used right now: {self._reason(error, seconds)}.") from None
        self._is_available = True

    def _reason(self, error: Exception, seconds: float) -> str:
        original: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(original, TimeoutError):
            return f"no answer within {seconds:g} s"
        if self._is_sqlite and not isinstance(original, OSError):
            return str(original)  # such as "database is locked": never a value
        if isinstance(original, OSError) and original.strerror:
            return original.strerror
        return type(original.__cause__ or original).__name__ if original else type(error).__name__

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Let one of us after the other write to SQLite, which has one writer: a queue is fairer than its retries.

        The wait for one's turn and SQLite's own wait for other processes together stay below the time-out, so that no
        statement need be cut off in its thread.
        """
        if not self._is_sqlite:
            yield
            return
        async with asyncio.timeout(self._timeout / 2):
            await self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()

    async def _start(self) -> None:
        """Wait a little for a database that is only just being started, or made by another process."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout
        while True:
            try:
                async with self._bounded(MIGRATION_TIMEOUT):
                    await self._settle_schema()
            except NewerSchema:
                raise
            except StorageUnavailable as error:
                if loop.time() > deadline:
                    if not self._may_be_away:
                        raise
                    logger.warning(
                        "%s It is %s. The bot goes on without it and tries again at each use.", error, self._place
                    )
                    return
            else:
                return
            await asyncio.sleep(_PAUSE_BETWEEN_ATTEMPTS)

    async def _settle_schema(self) -> None:
        """Migrate once; whoever has no more time leaves it running for the next one."""
        if self._schema is None or (self._schema.done() and (self._schema.cancelled() or self._schema.exception())):
            self._schema = asyncio.create_task(self._migrate())
        await asyncio.shield(self._schema)

    async def _migrate(self) -> None:
        async with asyncio.timeout(MIGRATION_TIMEOUT):
            make_folder(self._engine)
            async with self._engine.begin() as connection:
                if await connection.run_sync(is_up_to_date):
                    return
            async with self._writing_engine.begin() as connection:
                await connection.run_sync(migrate)

    async def _close(self) -> None:
        if self._schema is not None:
            self._schema.cancel()
            await asyncio.gather(self._schema, return_exceptions=True)
        with contextlib.suppress(*self._errors):
            async with asyncio.timeout(self._timeout):
                await self._engine.dispose()
                # Where a use was given up, its thread goes on for a while, and tells the loop when it ends.
                while any(thread.is_alive() for thread in self._threads):  # noqa: ASYNC110 - a thread sets no event
                    await asyncio.sleep(_PAUSE_BETWEEN_LOOKS)
