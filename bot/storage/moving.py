"""Copy everything in one database to another, all or nothing, and read it back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from sqlalchemy import JSON, RowMapping, TableClause, column, func, select, table, text

from bot.storage.engines import (
    APPLICATION_NAME,
    BEGIN_OPTION,
    driver_errors,
    file_of,
    make_engine,
    make_folder,
    reason_of,
)
from bot.storage.errors import DamagedDatabase, NewerSchema, NotMoved, UnusableDatabase
from bot.storage.locking import refuse_file_in_use
from bot.storage.migration import migrate, newest_revision, refuse_newer, revisions_of
from bot.storage.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

PATIENCE = 10.0  # seconds to wait for a connection, and for another program's lock
ROWS_AT_ONCE = 1_000

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = :name AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True, slots=True)
class _Contents:
    """How many rows a table has, and a checksum that is the same in whatever order they come."""

    rows: int = 0
    checksum: int = 0

    def __add__(self, rows: Sequence[RowMapping]) -> _Contents:
        total = self.checksum + sum(_digest(row) for row in rows)
        return _Contents(self.rows + len(rows), total % 2**256)


@dataclass(frozen=True, slots=True)
class _Side:
    """A database that takes part, and its name on the command line."""

    name: str
    engine: AsyncEngine

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Turn the driver's errors into one that says which database failed, and why."""
        try:
            yield
        except NewerSchema as error:
            raise NotMoved(f"{self.name} can't be used. {error}") from None
        except driver_errors(self.engine) as error:  # no cause: its text may repeat the values
            raise NotMoved(f"{self.name} can't be used: {reason_of(self.engine, error)}. Nothing was copied.") from None


async def copy_database(source: str, target: str) -> Mapping[str, int]:
    """Copy all rows from one database to another in one transaction; return how many each table has.

    Args:
        source: an address such as `sqlite:///data/bot.db`, of a database that no bot uses now.
        target: an address such as `postgresql://user:password@host/database`, of one that is empty.

    Raises:
        NotMoved: One of the two can't be used, the source is in use, or the target isn't empty. Nothing was copied.
        DamagedDatabase: The target didn't return what was stored. Nothing was copied.
    """
    async with _opened("FROM", source) as giver, _opened("TO", target) as taker:
        with giver.explaining():
            await _refuse_missing(giver)
            file = file_of(giver.engine)
            if file is not None:
                refuse_file_in_use(file)
            reading = giver.engine if file else giver.engine.execution_options(isolation_level="REPEATABLE READ")
            async with reading.begin() as stored:
                await _refuse_unsuitable(stored)
                async with _all_or_nothing(taker) as copied:
                    return {each.name: await _copy(each, giver, stored, taker, copied) for each in _tables()}


def _tables() -> list[TableClause]:
    """Return the tables, with columns that carry values as they are."""
    return [
        table(
            each.name,
            # What is null in SQL would otherwise become null in JSON.
            *(column(c.name, JSON(none_as_null=True) if isinstance(c.type, JSON) else c.type) for c in each.columns),
        )
        for each in metadata.sorted_tables
    ]


@asynccontextmanager
async def _opened(name: str, address: str) -> AsyncIterator[_Side]:
    threads: WeakSet[Thread] = WeakSet()
    try:
        engine = make_engine(address, patience=PATIENCE, threads=threads)
    except UnusableDatabase as error:
        raise NotMoved(str(error).replace("DATABASE_URL", name)) from None
    try:
        yield _Side(name, engine)
    finally:
        await engine.dispose()


async def _refuse_missing(side: _Side) -> None:
    file = file_of(side.engine)
    if file is not None and not file.exists():
        raise NotMoved(f"There's no database at {file}. Check {side.name}.")


async def _refuse_unsuitable(connection: AsyncConnection) -> None:
    """Refuse a source that isn't the bot's, isn't up to date, or is in use."""
    found = await connection.run_sync(revisions_of)
    refuse_newer(found)
    if not found:
        raise NotMoved("FROM isn't a database of the bot: it lacks the bot's tables.")
    if found != {newest_revision()}:
        raise NotMoved(
            f"FROM was last used by an older version of the bot (its schema is {min(found)}, this version's is "
            f"{newest_revision()}). Start this version with it once, stop it, and copy again."
        )
    if (
        connection.dialect.name == "postgresql"
        and (await connection.execute(_OTHERS, {"name": APPLICATION_NAME})).scalar_one()
    ):
        raise NotMoved("A bot still uses FROM, and what it writes from now on would be missing. Stop it first.")


@asynccontextmanager
async def _all_or_nothing(side: _Side) -> AsyncIterator[AsyncConnection]:
    """Give a connection to an empty database with all tables; keep what is written only if the block succeeds."""
    file = file_of(side.engine)
    is_new = file is not None and not file.exists()
    try:
        with side.explaining():
            make_folder(side.engine)
            async with side.engine.execution_options(**{BEGIN_OPTION: "IMMEDIATE"}).begin() as connection:
                await connection.run_sync(migrate)
                await _refuse_rows(connection)
                yield connection
    except BaseException:
        if file is not None and is_new:
            await side.engine.dispose()
            _delete(file)
        raise


def _delete(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


async def _refuse_rows(connection: AsyncConnection) -> None:
    filled = [
        each.name
        for each in _tables()
        if (await connection.execute(select(func.count()).select_from(each))).scalar_one()
    ]
    if filled:
        raise NotMoved(
            f"TO isn't empty: there are rows in {', '.join(filled)}. Name a new database, or empty this one. "
            "Nothing was copied."
        )


async def _copy(each: TableClause, giver: _Side, stored: AsyncConnection, taker: _Side, copied: AsyncConnection) -> int:
    sent = _Contents()
    async for rows in _rows(giver, stored, each):
        await copied.execute(each.insert(), [dict(row) for row in rows])
        sent += rows
    arrived = _Contents()
    async for rows in _rows(taker, copied, each):
        arrived += rows
    if arrived != sent:
        raise DamagedDatabase(
            f"TO doesn't return what was stored in the table {each.name}: {arrived.rows} rows of {sent.rows}, or other "
            "values. Nothing was copied."
        )
    return sent.rows


async def _rows(side: _Side, connection: AsyncConnection, each: TableClause) -> AsyncIterator[Sequence[RowMapping]]:
    with side.explaining():
        result = await connection.stream(select(each))
    partitions = result.mappings().partitions(ROWS_AT_ONCE)
    while True:
        with side.explaining():
            try:
                rows = await anext(partitions, None)
            except (ValueError, TypeError):  # SQLite stores anything; no cause, for its text may repeat the value
                raise DamagedDatabase(
                    f"{side.name} has a value in the table {each.name} that can't be read. Nothing was copied."
                ) from None
        if rows is None:
            return
        yield rows


def _digest(row: RowMapping) -> int:
    written = json.dumps([*row.values()], sort_keys=True, default=_as_text)
    return int.from_bytes(sha256(written.encode()).digest(), "big")


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else bytes(value).hex()
