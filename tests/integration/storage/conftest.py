"""Each test of storage runs on a real SQLite file and, where there is one, a real PostgreSQL."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from storage.postgresql import PostgreSQLServer, programs_folder, running_postgresql


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQLServer]:
    if importlib.util.find_spec("asyncpg") is None:
        pytest.skip("asyncpg is not installed, so PostgreSQL is not tested")
    programs = programs_folder()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (no initdb on PATH or below /usr/lib/postgresql)")
    with running_postgresql(programs) as server:
        yield server


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
