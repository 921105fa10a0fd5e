"""Commit, and find out what became of a commit if the connection to PostgreSQL is lost before it answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_NUMBER = text("SELECT txid_current_if_assigned()")  # none: nothing was written
_STATUS = text("SELECT txid_status(:number)")
_PAUSE = 0.05  # seconds


@dataclass(slots=True)
class Use:
    """One use of the database.

    Attributes:
        deadline: by the event loop's clock.
        is_in_doubt: whether it may have been committed though the database didn't say so.
    """

    deadline: float
    is_in_doubt: bool = False


@asynccontextmanager
async def committing(
    engine: AsyncEngine, use: Use, errors: tuple[type[Exception], ...]
) -> AsyncIterator[AsyncConnection]:
    """Yield a connection in a transaction, and commit it when the block ends without an error.

    A commit that PostgreSQL didn't confirm is looked up: either it succeeded after all, or it changed nothing.

    Args:
        engine: what connects.
        use: is in doubt as long as that can't be looked up.
        errors: what the driver raises.
    """
    async with engine.connect() as connection:
        await connection.begin()
        yield connection
        number = None if engine.dialect.name == "sqlite" else (await connection.execute(_NUMBER)).scalar_one()
        use.is_in_doubt = True
        try:
            if number is None:
                await connection.commit()
            else:
                await _commit_in_time(connection, use)
        except errors as error:
            if number is None:  # SQLite has said that it failed, or nothing was written
                use.is_in_doubt = False
                raise
            lost = error
        else:
            use.is_in_doubt = False
            return
    is_committed = await _is_committed(engine, number, errors)
    use.is_in_doubt = False
    if not is_committed:
        raise lost


async def _commit_in_time(connection: AsyncConnection, use: Use) -> None:
    """Commit, but drop a connection that is silent for half the time: the rest is for looking it up in another one."""
    loop = asyncio.get_running_loop()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    giving_up = loop.call_at((loop.time() + use.deadline) / 2, driver.terminate)
    try:
        await connection.commit()
    finally:
        giving_up.cancel()


async def _is_committed(engine: AsyncEngine, number: int, errors: tuple[type[Exception], ...]) -> bool:
    """Ask what became of a transaction until PostgreSQL knows."""
    while True:
        with suppress(*errors):
            async with engine.connect() as connection:
                match (await connection.execute(_STATUS, {"number": number})).scalar_one():
                    case "committed":
                        return True
                    case "aborted":
                        return False
        await asyncio.sleep(_PAUSE)  # away, or not done with it yet
