"""Moving house: everything arrives in the other database, or nothing does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.storage.database import Database
from bot.storage.errors import DamagedDatabase, NotMoved
from bot.storage.migration import newest_revision
from bot.storage.moving import copy_database
from bot.storage.schema import metadata, server_settings, taught, votes
from bot.storage.secret import SecretKey
from bot.storage.stores import Stores
from storage.example_rows import an_example, content, fill

ROWS = 2_500  # more than are read at once


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "old" / "bot.db"


@pytest.fixture
def origin(file: Path) -> str:
    return f"sqlite:///{file}"


def files_in(folder: Path, pattern: str = "*") -> list[Path]:
    return [*folder.glob(pattern)]


def write_diary(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("Dear diary, " * 100, encoding="utf-8")


async def test_every_row_of_every_table_arrives_as_it_was(origin: str, address: str) -> None:
    await fill(origin)

    counts = await copy_database(origin, address)

    assert set(counts) == set(metadata.tables)
    assert all(counts.values())
    assert await content(address) == await content(origin)


async def test_copying_back_works_too(address: str, origin: str, tmp_path: Path) -> None:
    await fill(address)
    before = await content(address)

    await copy_database(address, origin)
    await copy_database(origin, f"sqlite:///{tmp_path}/third.db")

    assert await content(f"sqlite:///{tmp_path}/third.db") == before


async def test_more_rows_than_are_read_at_once_arrive(origin: str, address: str) -> None:
    async with Database.open(origin) as database, database.writing() as connection:
        await connection.execute(votes.insert(), [an_example(votes, number) for number in range(1, ROWS + 1)])

    assert (await copy_database(origin, address))["votes"] == ROWS


async def test_an_unset_list_stays_unset(origin: str, address: str) -> None:
    await fill(origin, rows=3)

    await copy_database(origin, address)

    async with Database.open(address) as database:
        found = await database.rows(select(server_settings.c.server_id).where(server_settings.c.skipped_tags.is_(None)))
        spelled_null = await database.rows(text("SELECT count(*) FROM server_settings WHERE skipped_tags IS NULL"))
    assert (len(found), spelled_null[0][0]) == (1, 1)


async def test_the_bot_goes_on_with_the_copy(origin: str, address: str) -> None:
    async with Stores.open(origin) as stores:
        key = await stores.secret.read()

    await copy_database(origin, address)

    async with Stores.open(address) as stores:
        assert await stores.secret.read() == key


async def test_empty_tables_in_the_new_database_do_no_harm(origin: str, address: str) -> None:
    await fill(origin)
    async with Database.open(address):
        pass

    await copy_database(origin, address)

    assert await content(address) == await content(origin)


async def test_a_database_with_anything_in_it_is_refused_and_left_alone(origin: str, address: str) -> None:
    await fill(origin)
    async with Database.open(address) as database:
        key = await SecretKey(database=database).read()

    with pytest.raises(NotMoved, match=r"TO isn't empty: there are rows in secret_key\..* Nothing was copied"):
        await copy_database(origin, address)

    async with Database.open(address) as database:
        assert await SecretKey(database=database).read() == key
        assert (await database.rows(select(func.count()).select_from(votes)))[0][0] == 0


async def test_a_value_that_the_new_database_refuses_leaves_it_empty(
    origin: str, request: pytest.FixtureRequest
) -> None:
    target = request.getfixturevalue("postgresql").empty_database()
    await fill(origin)
    async with Database.open(origin) as database, database.writing() as connection:
        await connection.execute(taught.update().values(question="x" * 301))

    with pytest.raises(NotMoved, match=r"TO can't be used: StringDataRightTruncationError\. Nothing was copied"):
        await copy_database(origin, target)

    assert not any((await content(target)).values())


async def test_a_value_that_can_not_be_read_leaves_no_file(file: Path, origin: str, tmp_path: Path) -> None:
    await fill(origin)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE votes SET topics = '{'")
        connection.commit()

    with pytest.raises(DamagedDatabase, match="FROM has a value in the table votes that can't be read"):
        await copy_database(origin, f"sqlite:///{tmp_path}/new.db")

    assert files_in(tmp_path, "new.db*") == []


async def test_a_database_that_changes_values_is_caught(origin: str, tmp_path: Path) -> None:
    await fill(origin)
    target = tmp_path / "new.db"
    async with Database.open(f"sqlite:///{target}"):
        pass
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON votes BEGIN UPDATE votes SET helpful = 1; END")
        connection.commit()

    with pytest.raises(DamagedDatabase, match="TO doesn't return what was stored in the table votes"):
        await copy_database(origin, f"sqlite:///{target}")

    assert not any((await content(f"sqlite:///{target}")).values())


async def test_a_database_that_a_bot_uses_is_not_copied(address: str, tmp_path: Path) -> None:
    await fill(address)
    target = tmp_path / "new.db"
    async with Database.open(address) as database:
        await SecretKey(database=database).read()

        with pytest.raises(NotMoved, match="Stop it first"):
            await copy_database(address, f"sqlite:///{target}")

    assert not target.exists()


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("9999", r"FROM can't be used\. The database was created by a newer version of the bot"),
        ("0003", rf"an older version of the bot \(its schema is 0003, this version's is {newest_revision()}\)"),
    ],
)
async def test_a_schema_of_another_version_is_refused(address: str, tmp_path: Path, version: str, says: str) -> None:
    async with Database.open(address) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})

    with pytest.raises(NotMoved, match=says):
        await copy_database(address, f"sqlite:///{tmp_path}/new.db")

    assert files_in(tmp_path, "new.db*") == []


async def test_a_newer_schema_is_refused_in_the_new_database_too(origin: str, address: str) -> None:
    await fill(origin)
    async with Database.open(address) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.execute(text("UPDATE oldest_program SET revision = '9999'"))

    with pytest.raises(NotMoved, match=r"TO can't be used\. The database was created by a newer version"):
        await copy_database(origin, address)


async def test_a_database_of_another_program_is_refused(file: Path, origin: str, tmp_path: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE songs (title)")

    with pytest.raises(NotMoved, match="FROM isn't a database of the bot"):
        await copy_database(origin, f"sqlite:///{tmp_path}/new.db")


async def test_a_file_that_is_no_database_is_refused(file: Path, origin: str, tmp_path: Path) -> None:
    write_diary(file)

    with pytest.raises(NotMoved, match="FROM can't be used: file is not a database"):
        await copy_database(origin, f"sqlite:///{tmp_path}/new.db")

    assert files_in(tmp_path, "new.db*") == []


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        ("sqlite:///nowhere.db", "sqlite:///new.db", r"There's no database at nowhere\.db\. Check FROM\."),
        ("bot.db", "sqlite:///new.db", "FROM should look like sqlite:///"),
        ("sqlite:///nowhere.db", "mysql://a/b", "TO should look like sqlite:///"),
        ("postgresql://127.0.0.1:1/db", "sqlite:///new.db", "FROM can't be used: "),
    ],
)
async def test_an_unusable_address_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(NotMoved, match=says):
        await copy_database(source, target)

    assert files_in(tmp_path) == []


def test_no_table_numbers_its_rows_by_itself() -> None:
    """A copy would leave PostgreSQL's sequences at their start."""
    assert [table.name for table in metadata.sorted_tables if table.autoincrement_column is not None] == []
