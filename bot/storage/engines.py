"""Connect to SQLite or PostgreSQL, and set either up."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Awaitable, Callable, MutableSet
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import aiosqlite
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.storage.errors import UnusableDatabase

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

CONNECTIONS = 5  # open at a time; for SQLite, each is a thread
PREPARED_STATEMENTS = 16  # cached per SQLite connection; an insert of N rows is a statement for each N
BEGIN_OPTION = "sqlite_begin"  # how to begin a transaction: DEFERRED to read, IMMEDIATE to write
APPLICATION_NAME = "tpm-bot"  # how PostgreSQL lists the bot's connections
SYNCHRONOUS_OPTION = "sqlite_synchronous"  # what a commit waits for: FULL, the disk; NORMAL, the operating system

_REMEDY = "DATABASE_URL should look like sqlite:///data/bot.db or postgresql://user:password@host/database."


_POSTGRESQL_SAYS = {
    "CannotConnectNowError": "PostgreSQL is starting or stopping",
    "DiskFullError": "PostgreSQL's disk is full",
    "InvalidAuthorizationSpecificationError": "PostgreSQL refuses the user or the password in DATABASE_URL",
    "InvalidCatalogNameError": "PostgreSQL has no database of the name in DATABASE_URL",
    "InvalidPasswordError": "PostgreSQL refuses the user or the password in DATABASE_URL",
    "LockNotAvailableError": "somebody else has locked a table in PostgreSQL",
    "ReadOnlySQLTransactionError": "PostgreSQL takes no changes, as a standby; DATABASE_URL should name the primary",
    "TooManyConnectionsError": "PostgreSQL has as many connections as it allows",
}


def make_engine(address: str, *, patience: float, threads: MutableSet[Thread]) -> AsyncEngine:
    """Return an engine for an address; nothing is opened yet.

    Args:
        address: such as `sqlite:///data/bot.db` or `postgresql://user:password@host/database`.
        patience: seconds to wait for a connection, and for another program's lock.
        threads: collects the threads of SQLite's connections.

    Raises:
        UnusableDatabase: The address names no database that the bot can use.
    """
    url = _parsed(address)
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        engine: AsyncEngine = _asyncio_engines().create_async_engine(
            url,
            async_creator=_sqlite_connector(url, patience, threads) if is_sqlite else None,
            connect_args={} if is_sqlite else _through_any_pool(patience),
            hide_parameters=True,  # keep stored values out of the logs
            max_overflow=0,
            pool_pre_ping=not is_sqlite,  # the server may have restarted
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
    else:
        event.listen(engine.sync_engine, "begin", partial(_begin_in_postgresql, int(patience * 1000)))
    return engine


def _asyncio_engines() -> Any:
    """Return SQLAlchemy's module with engines for asyncio.

    The package around it is left out, because it would import SQLAlchemy's ORM, which takes 6 MB of memory. Whoever
    imports the package later gets all of it.
    """
    package, engines = "sqlalchemy.ext.asyncio", "sqlalchemy.ext.asyncio.engine"
    if engines not in sys.modules and (spec := find_spec(package)):
        sys.modules[package] = module_from_spec(spec)  # and isn't run
        import_module(engines)
        del sys.modules[package]
    return import_module(engines)


def _through_any_pool(patience: float) -> dict[str, Any]:
    """Return how to connect to PostgreSQL, directly or through pgbouncer, which lends a connection per transaction.

    Then a prepared statement may meet another connection the next time, or another process's of the same name.
    """
    return {
        "timeout": patience,
        "server_settings": {"application_name": APPLICATION_NAME},
        "statement_cache_size": 0,
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": lambda: f"tpm_{uuid4().hex}",
    }


def driver_errors(engine: AsyncEngine) -> tuple[type[Exception], ...]:
    """Return the errors that a missing, full, locked or damaged database raises."""
    if engine.dialect.name == "sqlite":
        return (SQLAlchemyError, OSError, sqlite3.Error)
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415 - an optional dependency

    # asyncpg's own errors come through while it connects.
    return (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def reason_of(engine: AsyncEngine, error: Exception) -> str:
    """Say why a database failed, without any value that was to be stored."""
    original: BaseException = (isinstance(error, DBAPIError) and error.orig) or error
    if engine.dialect.name == "sqlite" and not isinstance(original, OSError):
        return str(original)  # such as "database is locked": never a value
    if isinstance(original, OSError) and original.strerror:
        return original.strerror
    name = type(original.__cause__ or original).__name__
    return _POSTGRESQL_SAYS.get(name, name)


def place_of(engine: AsyncEngine) -> str:
    """Describe where a database is, without its password, and the access the bot needs there."""
    url = engine.url
    if engine.dialect.name != "sqlite":
        return f"{url.database} at {url.host or 'this machine'}"
    return f"{Path(url.database or '').absolute()}, which the bot must be able to write, along with its folder"


def file_of(engine: AsyncEngine) -> Path | None:
    """Return the file that a database is in, or None if it's on a server or its address is a URI."""
    return _file_in(engine.url)


def file_at(address: str) -> Path | None:
    """Return the file that an address names, likewise.

    Raises:
        UnusableDatabase: The address names no database that the bot can use.
    """
    return _file_in(_parsed(address))


def identities_of(file: Path | None) -> dict[Path, tuple[int, int]]:
    """Return what tells an SQLite file and its two companions from others of the same names, for those that exist."""
    found: dict[Path, tuple[int, int]] = {}
    for suffix in ("", "-wal", "-shm") if file is not None else ():
        path = Path(f"{file}{suffix}")
        with suppress(OSError):
            stat = path.stat()
            found[path] = stat.st_dev, stat.st_ino
    return found


def make_folder(engine: AsyncEngine) -> None:
    """Create the folder of an SQLite file if it doesn't exist, private because the file holds the secret key.

    Raises:
        OSError: It can't be created.
    """
    if (file := file_of(engine)) is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _file_in(url: URL) -> Path | None:
    is_sqlite = url.get_backend_name() == "sqlite"
    return Path(url.database) if is_sqlite and url.database and not url.database.startswith("file:") else None


def _parsed(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # ValueError: a port that isn't a number
        raise UnusableDatabase(_REMEDY) from None
    match url.get_backend_name():
        case "sqlite" if url.database and url.database != ":memory:" and not url.host:
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres" if url.database:
            return _for_asyncpg(url).set(drivername="postgresql+asyncpg")
        case _:
            raise UnusableDatabase(_REMEDY)


def _for_asyncpg(url: URL) -> URL:
    """Translate the options that PostgreSQL hosts put in addresses into asyncpg's names."""
    query = {{"sslmode": "ssl"}.get(name, name): value for name, value in url.query.items()}
    unknown = sorted(set(query) - {"ssl", "host", "port"})
    if unknown:
        raise UnusableDatabase(f"DATABASE_URL should not have the option {unknown[0]}. Only sslmode is supported.")
    return url.set(query=query)


def _sqlite_connector(
    url: URL, patience: float, threads: MutableSet[Thread]
) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    arguments: Any
    arguments, options = url.get_dialect()().create_connect_args(url)
    options = {**options, "timeout": patience, "cached_statements": PREPARED_STATEMENTS}

    async def connect() -> aiosqlite.Connection:
        is_abandoned = Event()

        def open_file() -> sqlite3.Connection:
            opened: sqlite3.Connection = sqlite3.connect(*arguments, **options)
            if is_abandoned.is_set():
                opened.close()
            return opened

        connection = _Connection(open_file, iter_chunk_size=64)
        thread = connection._thread  # noqa: SLF001 - the only way to get it if connecting is abandoned
        thread.daemon = True  # so that a hung disk can't keep the program running
        threads.add(thread)
        try:
            return await connection
        except BaseException:
            is_abandoned.set()
            raise

    return connect


class _Connection(aiosqlite.Connection):
    """A connection whose lock ends when it is closed, even if a canceled use has left a cursor behind.

    SQLite closes a connection for good only with its last cursor, which may be garbage that Python hasn't found yet.
    """

    async def close(self) -> None:
        """Undo what wasn't committed, and close."""
        with suppress(sqlite3.Error, ValueError):  # ValueError: it has no connection
            await self.rollback()
        await super().close()


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # `_begin_in_sqlite` begins transactions, not the driver
    cursor = connection.cursor()
    # Readers don't wait for the writer, commits survive a power loss, and deleted data is overwritten. A small cache is
    # enough for tables this small; the default is 2 MB per connection.
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
        connection.exec_driver_sql(f"PRAGMA synchronous = {synchronous}")  # allowed only before the transaction begins
        connection.info[SYNCHRONOUS_OPTION] = synchronous
    # Writers say so at the start: SQLite may refuse, without waiting, a reader that starts to write.
    connection.exec_driver_sql(f"BEGIN {options.get(BEGIN_OPTION, 'DEFERRED')}")


def _begin_in_postgresql(milliseconds: int, connection: Connection) -> None:
    """Let a writer wait for no lock forever; as a setting of the connection, pgbouncer would refuse it."""
    if BEGIN_OPTION in connection.get_execution_options():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
