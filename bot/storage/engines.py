"""The one place that knows how SQLite and PostgreSQL are reached and set up."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, MutableSet
from pathlib import Path
from threading import Event, Thread
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.storage.errors import UnusableDatabase

CONNECTIONS = 5  # open at a time; for SQLite, each is a thread
PREPARED_STATEMENTS = 16  # that a connection to SQLite remembers; inserts of so and so many rows are one each
BEGIN_OPTION = "sqlite_begin"  # how a transaction begins: DEFERRED to read, IMMEDIATE to write
SYNCHRONOUS_OPTION = "sqlite_synchronous"  # what its commit waits for: FULL, the disk; NORMAL, the system

_REMEDY = "DATABASE_URL should look like sqlite:///data/bot.db or postgresql://user:password@host/database."


def make_engine(address: str, *, patience: float, threads: MutableSet[Thread]) -> AsyncEngine:
    """Return an engine for an address; nothing is opened yet.

    Args:
        address: such as `sqlite:///data/bot.db` or `postgresql://user:password@host/database`.
        patience: seconds to wait for a connection, and for a lock that somebody else holds.
        threads: what those of SQLite's connections are added to.

    Raises:
        UnusableDatabase: The address names no database that the bot can use.
    """
    url = _parsed(address)
    is_sqlite = url.get_backend_name() == "sqlite"
    milliseconds = str(int(patience * 1000))
    try:
        engine = create_async_engine(
            url,
            async_creator=_sqlite_connector(url, patience, threads) if is_sqlite else None,
            connect_args={} if is_sqlite else {"timeout": patience, "server_settings": {"lock_timeout": milliseconds}},
            hide_parameters=True,  # what is stored stays out of logs
            max_overflow=0,
            pool_pre_ping=not is_sqlite,  # a server may have been started anew
            pool_size=CONNECTIONS,
            pool_timeout=patience,
            poolclass=AsyncAdaptedQueuePool,
        )
    except ModuleNotFoundError as error:
        raise UnusableDatabase(
            f"DATABASE_URL needs the package {error.name}, which is not installed. Install it with: pip install asyncpg"
        ) from None
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_in_sqlite)
    return engine


def driver_errors(engine: AsyncEngine) -> tuple[type[Exception], ...]:
    """Return what can be raised when a database is away, full, locked or not as it should be."""
    if engine.dialect.name == "sqlite":
        return (SQLAlchemyError, OSError, sqlite3.Error)
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra, for those who use PostgreSQL

    # While it connects, asyncpg's own errors come through as they are.
    return (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def place_of(engine: AsyncEngine) -> str:
    """Say where a database is, for people: without its password, and what the bot must be able to do there."""
    url = engine.url
    if engine.dialect.name != "sqlite":
        return f"{url.database} at {url.host or 'this machine'}"
    return f"{Path(url.database or '').absolute()}, which the bot must be able to write, as well as its folder"


def make_folder(engine: AsyncEngine) -> None:
    """Make the folder of an SQLite file, unless it is there, for nobody else to look into: the secret key is in it.

    Raises:
        OSError: It can't be made.
    """
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not file.startswith("file:"):
        Path(file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _parsed(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise UnusableDatabase(_REMEDY) from None
    match url.get_backend_name():
        case "sqlite" if url.database and url.database != ":memory:" and not url.host:
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres" if url.database:
            return _for_asyncpg(url).set(drivername="postgresql+asyncpg")
        case _:
            raise UnusableDatabase(_REMEDY)


def _for_asyncpg(url: URL) -> URL:
    """Take what hosts of PostgreSQL put behind the question mark, as asyncpg calls it."""
    query = {{"sslmode": "ssl"}.get(name, name): value for name, value in url.query.items()}
    unknown = sorted(set(query) - {"ssl", "host", "port"})
    if unknown:
        raise UnusableDatabase(f"DATABASE_URL should end without the option {unknown[0]}: only sslmode is known.")
    return url.set(query=query)


def _sqlite_connector(
    url: URL, patience: float, threads: MutableSet[Thread]
) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    arguments: Any
    arguments, options = url.get_dialect()().create_connect_args(url)
    options = {**options, "timeout": patience, "cached_statements": PREPARED_STATEMENTS}

    async def connect() -> aiosqlite.Connection:
        is_given_up = Event()

        def open_file() -> sqlite3.Connection:
            opened: sqlite3.Connection = sqlite3.connect(*arguments, **options)
            if is_given_up.is_set():
                opened.close()
            return opened

        connection = aiosqlite.Connection(open_file, iter_chunk_size=64)
        thread = connection._thread  # noqa: SLF001 - nobody else hands it out when connecting is given up
        thread.daemon = True  # so that a disk that hangs doesn't keep the program from ending
        threads.add(thread)
        try:
            return await connection
        except BaseException:
            is_given_up.set()
            raise

    return connect


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin in `_begin_in_sqlite`, not where the driver thinks best
    cursor = connection.cursor()
    # Readers don't wait for the writer, what is committed survives a loss of power, and what is deleted is overwritten.
    # A little of it in memory is enough for tables this small; SQLite would take 2 MB for each connection.
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "cache_size = -256",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_in_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    synchronous = options.get(SYNCHRONOUS_OPTION)
    if synchronous and synchronous != connection.info.get(SYNCHRONOUS_OPTION):
        connection.exec_driver_sql(f"PRAGMA synchronous = {synchronous}")  # possible only before it begins
        connection.info[SYNCHRONOUS_OPTION] = synchronous
    # Whoever will write says so at once: one that turns writer half-way can be refused without any waiting.
    connection.exec_driver_sql(f"BEGIN {options.get(BEGIN_OPTION, 'DEFERRED')}")
