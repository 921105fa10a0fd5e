"""Each test of storage runs on a real SQLite file and, where there is one, a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from postgresql import PostgreSQLServer

from bot.storage.database import Database
from storage.postgresql import postgresql  # noqa: F401 - a fixture


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database that is empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/bot.db"
    server: PostgreSQLServer = request.getfixturevalue("postgresql")
    return server.empty_database()


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    async with Database.open(address) as opened:
        yield opened


@pytest.fixture
async def sqlite_file(tmp_path: Path) -> Path:
    """Make a database in a file, with its schema."""
    file = tmp_path / "bot.db"
    async with Database.open(f"sqlite:///{file}"):
        pass
    return file
