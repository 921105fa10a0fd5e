"""Schemas as scripts make them: of former versions of the bot, and of newer ones that the tests make up."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.migration import SCRIPTS

NEWER = "0999"
UNHURRIED = 60.0  # seconds; describing all tables takes a busy machine long
TABLES_ABOUT_THE_SCHEMA = ("alembic_version", "oldest_program")

_SCRIPT = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{head}"

def upgrade():
    {upgrade}
"""

Tables = Mapping[str, Mapping[str, Any]]


def revisions() -> list[str]:
    return sorted(script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions())


def newest() -> str:
    return revisions()[-1]


def run_scripts(connection: Connection, *, up_to: str) -> None:
    """Do what former versions of the bot did when they started with an empty database."""
    directory = ScriptDirectory(str(SCRIPTS))
    context = MigrationContext.configure(
        connection, opts={"fn": lambda found, _: directory._upgrade_revs(up_to, found), "script": directory}
    )
    with Operations.context(context):
        context.run_migrations()


def write_newer_script(versions: Path, *upgrade: str) -> None:
    """Write the script of a version that is newer than this one, which does this."""
    script = _SCRIPT.format(revision=NEWER, head=newest(), upgrade="\n    ".join(upgrade))
    (versions / f"v{NEWER}_newer.py").write_text(script, encoding="utf-8")


@contextmanager
def newer_version(folder: Path, *upgrade: str) -> Iterator[None]:
    """Be a newer version of the bot for as long as the block lasts."""
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts)
    write_newer_script(scripts / "versions", *upgrade)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.storage.migration.SCRIPTS", scripts)
        yield


async def use_newer_version(address: str, folder: Path, *upgrade: str) -> None:
    """Let a newer version of the bot update a database of this one's."""
    async with Database.open(address, may_be_away=False):
        pass
    with newer_version(folder, *upgrade):
        async with Database.open(address, may_be_away=False):
            pass


@asynccontextmanager
async def emptied(address: str) -> AsyncIterator[AsyncConnection]:
    """Give a connection to a database without any tables; what is made with it stays."""
    async with Database.open(address, timeout=UNHURRIED) as database, database.writing() as connection:
        for table in await connection.run_sync(lambda sync: inspect(sync).get_table_names()):
            await connection.execute(text(f"DROP TABLE {table}"))
        yield connection


def tables_in(connection: Connection) -> Tables:
    """Describe all tables, those about the schema with their rows, as far as the database can tell."""
    found = inspect(connection)  # all tables at once: on PostgreSQL, that's much faster
    columns, keys = found.get_multi_columns(), found.get_multi_pk_constraint()
    indexes, checks = found.get_multi_indexes(), found.get_multi_check_constraints()
    unique, foreign = found.get_multi_unique_constraints(), found.get_multi_foreign_keys()
    return {
        table[1]: {
            "columns": [{**column, "type": str(column["type"])} for column in columns[table]],
            "primary key": keys[table],
            "indexes": sorted(indexes[table], key=lambda index: str(index["name"])),
            "checks": checks[table],
            "unique": unique[table],
            "foreign keys": foreign[table],
            "rows": _rows(connection, table[1]) if table[1] in TABLES_ABOUT_THE_SCHEMA else None,
        }
        for table in columns
    }


def _rows(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    return [*map(tuple, connection.execute(text(f"SELECT * FROM {table}")))]  # noqa: S608 - a name of our own


def oldest_program_in(tables: Tables) -> str | None:
    """Return the schema of the oldest program that can use these tables, as they say themselves."""
    if "oldest_program" not in tables:
        return None
    [(revision,)] = tables["oldest_program"]["rows"]
    return str(revision)


def contractions(before: Tables, after: Tables) -> list[str]:
    """Return what programs that were written for some tables would miss, or trip over, in others."""
    gone = [f"the table {name} is gone" for name in before if name not in after]
    return gone + [fault for name in before if name in after for fault in _contractions_of(name, before, after)]


def _contractions_of(name: str, before: Tables, after: Tables) -> Iterator[str]:
    old, new = before[name], after[name]
    columns = {column["name"]: column for column in new["columns"]}
    for column in old["columns"]:
        if columns.pop(column["name"], None) != column:
            yield f"{name}.{column['name']} is gone or another"
    for column in columns.values():
        if not column["nullable"] and column["default"] is None:
            yield f"{name}.{column['name']} needs a value"
    for what in ("primary key", "checks", "unique", "foreign keys"):
        if new[what] != old[what]:
            yield f"the {what} of {name} changed"
    if [index for index in new["indexes"] if index["unique"] and index not in old["indexes"]]:
        yield f"an index of {name} is unique"
