"""Run transactions on the database: every wait is bounded, and every failure is a StorageUnavailable."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

from sqlalchemy import Executable, Row, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from bot.storage.committing import Use, committing
from bot.storage.engines import (
    BEGIN_OPTION,
    SYNCHRONOUS_OPTION,
    driver_errors,
    file_of,
    identities_of,
    make_engine,
    make_folder,
    place_of,
    reason_of,
)
from bot.storage.errors import NewerSchema, OldServer, OutcomeUnknown, StorageUnavailable, TracesLeft
from bot.storage.migration import Standing, migrate, standing_of

if TYPE_CHECKING:
    from sqlalchemy import Delete
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
    from sqlalchemy.ext.asyncio import AsyncConnection

logger = logging.getLogger(__name__)

MIGRATION_TIMEOUT = 300.0  # seconds; migrating a large table takes longer than a statement may
_PAUSE_BETWEEN_ATTEMPTS = 0.1
_PAUSE_BETWEEN_CHECKS = 0.01


class Database:
    """The one database. Every use of it ends within the timeout, one way or another."""

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
        self._file = file_of(engine)
        self._identities: dict[Path, tuple[int, int]] = {}
        self._is_available = False
        self._has_traces = True  # an earlier process may have died between deleting and erasing

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        address: str,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109 - for each use
        may_be_away: bool = True,
    ) -> AsyncIterator[Self]:
        """Open a database, bring its schema up to date, and close it at the end.

        If it may be away, opening doesn't fail: each use tries again, and raises StorageUnavailable until it's back.

        Args:
            address: such as `sqlite:///data/bot.db` or `postgresql://user:password@host/database`.
            timeout: seconds that each transaction may take.
            may_be_away: whether the caller can do without it for a while.

        Raises:
            StorageUnavailable: The database can't be used right now, and may not be away.
            UnusableDatabase: The address names no database that the bot can use.
            NewerSchema: A newer version of the bot created the database.
            OldServer: PostgreSQL is too old.
        """
        database = cls(address=address, timeout=timeout, may_be_away=may_be_away)
        try:
            await database._start()
            yield database
        finally:
            closing = asyncio.create_task(database._close())
            try:
                await asyncio.shield(closing)
            finally:
                await closing  # also if that is canceled: it takes no longer than a use, and leaves nothing open

    @property
    def is_available(self) -> bool:
        """Whether the last use of the database succeeded."""
        return self._is_available

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file, which one process uses."""
        return self._is_sqlite

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a read-only transaction.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._bounded():
            await self._ensure_schema()
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self, *, outlives_power_loss: bool = True) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction that may write; commit it when the block ends without an error.

        Args:
            outlives_power_loss: False means that SQLite doesn't wait for the disk. The commit then survives the end
                of the process but perhaps not a power loss; the file stays intact either way.

        Raises:
            OutcomeUnknown: It went away during the commit. It may have stored everything, or nothing.
            StorageUnavailable: The database can't be used now. Nothing was written.
        """
        async with self._bounded() as use:
            await self._ensure_schema()
            engine = self._writing_engine if outlives_power_loss else self._quick_engine
            async with self._in_turn(), committing(engine, use, self._errors) as connection:
                yield connection

    async def rows(self, query: Executable) -> Sequence[Row[Any]]:
        """Return a query's rows.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self.reading() as connection:
            return (await connection.execute(query)).all()

    async def execute(self, *statements: Executable) -> int:
        """Run statements in one transaction and return how many rows they changed.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self.writing() as connection:
            return sum([(await connection.execute(each)).rowcount for each in statements])

    async def erase(self, *deletions: Delete) -> int:
        """Delete rows, all or none, so that nothing of them is left in an SQLite file; return how many.

        Raises:
            TracesLeft: The rows are deleted, but traces of them remain for now. Try again later.
            StorageUnavailable: The database can't be used now.
        """
        count = await self.execute(*deletions)
        self.note_deleted(count)
        if self._has_traces:
            self._has_traces = False  # before the wait, during which others may delete
            try:
                await self.erase_traces()
            except BaseException as error:
                self._has_traces = True
                if isinstance(error, StorageUnavailable):
                    raise TracesLeft(str(error)) from None
                raise
        return count

    def note_deleted(self, count: int) -> None:
        """Let the next `erase` also erase the traces of rows that were deleted in another way."""
        self._has_traces = self._has_traces or count > 0

    async def erase_traces(self) -> None:
        """Remove deleted rows from SQLite's write-ahead log, which would keep them until it is overwritten.

        The file itself overwrites them at once, and PostgreSQL removes them when it vacuums.

        Raises:
            StorageUnavailable: Someone kept reading, or the database can't be used now. Try again later.
        """
        if not self._is_sqlite:
            return
        async with self._bounded(), self._in_turn(), self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:  # waits for readers as for a lock
                is_busy, *_ = await cursor.fetchone()
        if is_busy:
            raise StorageUnavailable("Deleted data can't be erased yet: another program keeps reading the database.")

    def insert_into(self, table: Table) -> sqlite.Insert | PostgresqlInsert:
        """Return an insert that supports ON CONFLICT, which both databases spell alike."""
        if self._is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 2 MB that only its users need

        return postgresql.insert(table)

    def upsert(self, table: Table, **values: Any) -> sqlite.Insert | PostgresqlInsert:
        """Return a statement that stores a row, in place of the one with the same primary key."""
        insert = self.insert_into(table).values(**values)
        return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=values)

    @asynccontextmanager
    async def _bounded(self, seconds: float | None = None) -> AsyncIterator[Use]:
        seconds = seconds or self._timeout
        use = Use(deadline=asyncio.get_running_loop().time() + seconds)
        try:
            async with asyncio.timeout_at(use.deadline):
                yield use
        except StorageUnavailable:
            self._is_available = False
            raise
        except self._errors as error:
            self._is_available = False
            kind = OutcomeUnknown if use.is_in_doubt else StorageUnavailable
            # No cause: its text may repeat the values.
            raise kind(f"The database can't be used right now: {self._reason(error, seconds)}.") from None
        self._is_available = True

    def _reason(self, error: Exception, seconds: float) -> str:
        original: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(original, TimeoutError):
            return f"no answer within {seconds:g} s"
        return reason_of(self._engine, error)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Let writers to SQLite take turns: it allows one at a time, and a queue is fairer than its retries.

        Waiting for a turn plus SQLite's own wait for other processes takes less than the timeout, so that no statement
        has to be abandoned in its thread.
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
        """Wait a little for a database that is starting, or that another process is creating."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout
        while True:
            try:
                async with self._bounded(MIGRATION_TIMEOUT):
                    await self._ensure_schema()
            except (NewerSchema, OldServer):
                raise
            except StorageUnavailable as error:
                if loop.time() > deadline:
                    if not self._may_be_away:
                        raise
                    logger.warning(
                        "%s It is %s. The bot runs without it and tries again at each use.", error, self._place
                    )
                    return
            else:
                return
            await asyncio.sleep(_PAUSE_BETWEEN_ATTEMPTS)

    async def _ensure_schema(self) -> None:
        """Migrate once for each file; a caller that runs out of time leaves it running for the next."""
        if self._file is not None and self._identities:
            self._follow_file(self._file)
        if self._schema is None or (self._schema.done() and (self._schema.cancelled() or self._schema.exception())):
            self._schema = asyncio.create_task(self._migrate())
        await asyncio.shield(self._schema)

    def _follow_file(self, file: Path) -> None:
        """Begin to use the file that is there now, or a new one, if somebody deleted or replaced the one in use."""
        known, self._identities = self._identities, identities_of(file)
        if self._identities.get(file) != known[file]:
            self._identities = {}
            logger.warning("Somebody deleted or replaced the database file. The bot uses the one that is there now.")
            self._schema = asyncio.create_task(self._start_over(file, known))

    async def _start_over(self, file: Path, known: dict[Path, tuple[int, int]]) -> None:
        await self._engine.dispose()
        for path, identity in identities_of(file).items():
            if path != file and identity == known.get(path):  # SQLite would apply the former file's changes to this one
                path.unlink(missing_ok=True)
        await self._migrate()

    async def _migrate(self) -> None:
        async with asyncio.timeout(MIGRATION_TIMEOUT):
            make_folder(self._engine)
            async with self._engine.begin() as connection:
                standing = await connection.run_sync(standing_of)
            if standing is Standing.newer:
                logger.warning("A newer version of the bot has changed the database. This version can still use it.")
            if standing is Standing.older:
                async with self._writing_engine.begin() as connection:
                    await connection.run_sync(migrate)
            self._identities = identities_of(self._file)

    async def _close(self) -> None:
        if self._schema is not None:
            self._schema.cancel()
            await asyncio.gather(self._schema, return_exceptions=True)
        with contextlib.suppress(*self._errors):
            async with asyncio.timeout(self._timeout):
                await self._engine.dispose()
                # The thread of an abandoned use runs on for a while, and calls the loop when it ends.
                while any(thread.is_alive() for thread in self._threads):  # noqa: ASYNC110 - a thread sets no event
                    await asyncio.sleep(_PAUSE_BETWEEN_CHECKS)
