from __future__ import annotations

import json
import logging
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

from bot.storage.database import Database
from bot.storage.errors import NewerSchema, StorageUnavailable
from bot.storage.migration import SCRIPTS
from bot.storage.schema import entry_votes, metadata
from bot.storage.secret import SecretKey
from storage.schemas import (
    NEWER,
    TABLES_ABOUT_THE_SCHEMA,
    UNHURRIED,
    emptied,
    newer_version,
    newest,
    revisions,
    run_scripts,
    tables_in,
)

OPEN = """
import asyncio, sys
from bot.storage.database import Database
from bot.storage.secret import SecretKey

async def main():
    async with Database.open(sys.argv[1]) as database:
        print((await SecretKey(database=database).read()).hex())

asyncio.run(main())
"""


async def version_of(database: Database) -> str:
    async with database.reading() as connection:
        return str((await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())


async def set_version(database: Database, version: str) -> None:
    """Pretend that this version of the bot made the tables, and that no older one can use them."""
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        await connection.execute(text("UPDATE oldest_program SET revision = :version"), {"version": version})


def differences(connection: Connection) -> list[object]:
    def is_about_data(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name not in TABLES_ABOUT_THE_SCHEMA

    return list(
        compare_metadata(MigrationContext.configure(connection, opts={"include_name": is_about_data}), metadata)
    )


async def test_the_scripts_make_the_tables_that_the_program_expects(address: str) -> None:
    async with emptied(address) as connection:
        await connection.run_sync(lambda sync: run_scripts(sync, up_to="head"))

        assert await connection.run_sync(differences) == []


async def test_an_empty_database_gets_the_tables_that_the_program_expects(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("former", revisions())
async def test_a_database_of_any_former_version_gets_the_same_tables_as_an_empty_one(address: str, former: str) -> None:
    async with Database.open(address, timeout=UNHURRIED) as database, database.reading() as connection:
        made_at_once = await connection.run_sync(tables_in)
    async with emptied(address) as connection:
        await connection.run_sync(lambda sync: run_scripts(sync, up_to=former))

    async with Database.open(address, timeout=UNHURRIED) as database, database.reading() as connection:
        assert await connection.run_sync(tables_in) == made_at_once
        assert await connection.run_sync(differences) == []


async def test_an_empty_database_is_brought_to_the_newest_schema(database: Database) -> None:
    assert await version_of(database) == newest()


async def test_a_database_opened_again_keeps_what_is_in_it(address: str) -> None:
    async with Database.open(address) as database:
        key = await SecretKey(database=database).read()
    async with Database.open(address) as database:
        assert await SecretKey(database=database).read() == key


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(address: str) -> None:
    async with Database.open(address) as database:
        key = await SecretKey(database=database).read()
        await set_version(database, "9999")

        with pytest.raises(NewerSchema) as refusal:
            async with Database.open(address):
                pass
        assert "newer version of the bot (its schema is 9999, this version knows" in str(refusal.value)
        assert "Start the newer version again, or restore the backup" in str(refusal.value)

        await set_version(database, newest())
        assert await SecretKey(database=database).read() == key
    async with Database.open(address):
        pass


async def test_a_migration_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE votes (whatever)")  # the third of the tables
    other.close()

    async with Database.open(f"sqlite:///{file}", timeout=2) as database:
        with pytest.raises(StorageUnavailable, match="table votes already exists"):
            await SecretKey(database=database).read()

    with sqlite3.connect(file) as other:
        assert other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("votes",)]
    other.close()


async def test_processes_that_start_at_the_same_moment_agree(address: str) -> None:
    processes = [
        subprocess.Popen(  # noqa: ASYNC220, S603 - they are to run at the same time
            [sys.executable, "-c", OPEN, address], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    outputs = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0] * 4, outputs
    assert [complaints for _, complaints in outputs] == [""] * 4
    assert len({key for key, _ in outputs}) == 1


async def test_migrating_prints_nothing_and_leaves_logging_alone(
    address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))

    async with Database.open(address):
        pass

    assert (root.level, list(root.handlers)) == before
    assert capfd.readouterr() == ("", "")


def test_a_script_is_named_for_its_revision_and_builds_on_the_one_before() -> None:
    found = sorted(ScriptDirectory(str(SCRIPTS)).walk_revisions(), key=lambda script: script.revision)

    assert [Path(script.path).name[:6] for script in found] == [f"v{script.revision}_" for script in found]
    assert [script.down_revision for script in found] == [None, *(script.revision for script in found[:-1])]


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_new_or_current_database_is_opened_without_alembic_and_orm(address: str, *, is_new: bool) -> None:
    if not is_new:
        async with Database.open(address):
            pass

    loads = subprocess.run(  # noqa: ASYNC221, S603
        [sys.executable, "-c", f"{OPEN}print({{'alembic', 'sqlalchemy.orm'}} & sys.modules.keys())", address],
        capture_output=True,
        text=True,
        check=True,
    )

    assert loads.stdout.splitlines()[1] == "set()"


def test_who_imports_sqlalchemy_for_asyncio_later_gets_all_of_it() -> None:
    code = """
from bot.storage.engines import make_engine
engine = make_engine("sqlite:///data/bot.db", patience=1, threads=set())
from sqlalchemy.ext import asyncio
assert isinstance(engine, asyncio.AsyncEngine)
assert asyncio.AsyncSession(engine).bind is engine
"""
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


async def test_an_older_database_is_brought_up_to_date_with_what_is_in_it(address: str, tmp_path: Path) -> None:
    async with Database.open(address) as database:
        key = await SecretKey(database=database).read()
    with newer_version(tmp_path, 'op.create_table("novelty", sa.Column("id", sa.Integer, primary_key=True))'):
        async with Database.open(address) as database:
            assert await version_of(database) == NEWER
            assert await SecretKey(database=database).read() == key
            assert await database.rows(text("SELECT * FROM novelty")) == []


async def test_votes_cast_before_votes_on_entries_are_taken_over(address: str) -> None:
    votes = [
        {"message": 1, "topics": ["coding", "degree"], "helpful": False, "at": 1_000},
        {"message": 2, "topics": ["coding"], "helpful": True, "at": 2_000},
        {"message": 3, "topics": [], "helpful": True, "at": 3_000},
    ]
    insert = text(
        "INSERT INTO votes (message_id, voter, server_id, topics, helpful, voted_at)"
        " VALUES (:message, 'somebody', 7, :topics, :helpful, :at)"
    )
    async with emptied(address) as connection:
        await connection.run_sync(lambda sync: run_scripts(sync, up_to="0004"))
        await connection.execute(insert, [{**vote, "topics": json.dumps(vote["topics"])} for vote in votes])

    async with Database.open(address) as database:
        taken_over = await database.rows(select(entry_votes).order_by(entry_votes.c.topic))

    assert [(row.server_id, row.topic, row.voter, row.helpful, row.voted_at.timestamp()) for row in taken_over] == [
        (7, "", "somebody", True, 3.0),
        (7, "coding", "somebody", True, 2.0),
        (7, "degree", "somebody", False, 1.0),
    ]
