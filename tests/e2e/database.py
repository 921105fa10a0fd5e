"""The database that a bot has made in its folder, seen from outside."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from bot.storage.servers import ServerSettings
from bot.storage.stores import Stores
from bot_process import TIMEOUT

T = TypeVar("T")


def file_of(directory: Path) -> Path:
    """Return where a bot that was started in a folder keeps its database."""
    return directory / "data" / "bot.db"


def rows(directory: Path, query: str, *values: object) -> list[Any]:
    """Return what a query finds."""
    with closing(sqlite3.connect(file_of(directory))) as connection:
        return connection.execute(query, values).fetchall()


def votes(directory: Path, message_id: int) -> list[Any]:
    """Return the votes on a message: the topics as JSON, and whether it was found helpful."""
    return rows(directory, "SELECT topics, helpful FROM votes WHERE message_id = ?", message_id)


async def eventually(look: Callable[[], T], expected: T, what: str) -> None:
    """Wait until something is as expected: the database tells nobody when it changes."""
    found = look()
    try:
        async with asyncio.timeout(TIMEOUT):
            while found != expected:
                await asyncio.sleep(0.05)
                found = look()
    except TimeoutError:
        raise AssertionError(f"{what}: {found} instead of {expected}") from None


async def counted(directory: Path, server_id: int, event: str, topic: str = "", *, times: int = 1) -> None:
    """Wait until an event stands in the statistics so many times; they are written once a second."""
    query = "SELECT coalesce(sum(count), 0) FROM statistics WHERE server_id = ? AND event = ? AND topic = ?"
    await eventually(lambda: rows(directory, query, server_id, event, topic), [(times,)], f"{event} {topic}")


async def unvoted(directory: Path, message_id: int) -> None:
    """Wait until there is no vote on a message."""
    await eventually(lambda: votes(directory, message_id), [], "votes")


async def set_beforehand(directory: Path, settings: dict[int, ServerSettings]) -> None:
    """Store settings of servers before a bot starts in a folder."""
    async with Stores.open(f"sqlite:///{file_of(directory)}") as stores:
        for server_id, each in settings.items():
            await stores.servers.save(server_id, each)
