"""An older program beside a newer one, or after it, as during a rollout: it goes on where that's safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import BatchOperations, Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.storage.backups import back_up, restore
from bot.storage.database import Database
from bot.storage.digests import Contents, DigestKey, Digests
from bot.storage.errors import NewerSchema
from bot.storage.job_posts import JobPost, JobPostOptions, JobPosts
from bot.storage.schema import digests, job_posts, metadata, unanswered
from bot.storage.servers import ServerSettings, ServerSettingsStore
from bot.storage.statistics import Count, Event
from bot.storage.unanswered import Reason, UnansweredQuestion, UnansweredQuestions
from storage.example_rows import content, fill
from storage.schemas import (
    NEWER,
    UNHURRIED,
    Tables,
    contractions,
    emptied,
    newest,
    oldest_program_in,
    revisions,
    run_scripts,
    tables_in,
    use_newer_version,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RAISE_OLDEST = f"op.execute(\"UPDATE oldest_program SET revision = '{NEWER}'\")"  # noqa: S608 - a number of our own
ADD_EVERYWHERE = tuple(
    f'op.add_column("{table}", {column})'
    for table in metadata.tables
    for column in (
        'sa.Column("added", sa.String(9))',
        'sa.Column("counted", sa.Integer, nullable=False, server_default="7")',
    )
)
ADDING: Mapping[str, Callable[[Operations], object]] = {
    "a table": lambda op: op.create_table("novelty", sa.Column("id", sa.Integer, primary_key=True)),
    "a column that may be empty": lambda op: op.add_column("votes", sa.Column("weight", sa.Integer)),
    "a column with a default": lambda op: op.add_column(
        "votes", sa.Column("weight", sa.Integer, nullable=False, server_default="1")
    ),
    "an index": lambda op: op.create_index("ix_taught_question", "taught", ["question"]),
    "one index less": lambda op: op.drop_index("ix_votes_voter"),
}
MORE_THAN_ADDING: Mapping[str, Callable[[Operations], object]] = {
    "a table less": lambda op: op.drop_table("drafts"),
    "another name of a table": lambda op: op.rename_table("drafts", "sketches"),
    "a column less": lambda op: op.drop_column("server_settings", "help_channel"),
    "another name of a column": lambda op: op.alter_column("taught", "answer", new_column_name="reply"),
    "a unique index": lambda op: op.create_index("ix_taught_entry_id", "taught", ["entry_id"], unique=True),
    "a column that needs a value": lambda op: altered(
        op, lambda table: table.add_column(sa.Column("n", sa.Integer, nullable=False))
    ),
    "a value that was optional": lambda op: altered(op, lambda table: table.alter_column("answer", nullable=False)),
    "another type": lambda op: altered(op, lambda table: table.alter_column("answer", type_=sa.String(9))),
    "a check": lambda op: altered(op, lambda table: table.create_check_constraint("ck_few", sa.text("version < 9"))),
    "a unique column": lambda op: altered(op, lambda table: table.create_unique_constraint("uq_taught", ["entry_id"])),
}


def altered(op: Operations, change: Callable[[BatchOperations], object]) -> None:
    """Change the table of what was taught, which SQLite makes anew for that."""
    with op.batch_alter_table("taught") as table:
        change(table)


def settings_in(database: Database) -> ServerSettingsStore:
    return ServerSettingsStore(database=database)


async def rows_of(database: Database, query: str) -> list[tuple[Any, ...]]:
    return [*map(tuple, await database.rows(text(query)))]


async def test_an_older_program_uses_a_database_that_a_newer_one_has_added_to_and_says_so_once(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database.open(address) as database:
        await settings_in(database).save(7, ServerSettings(help_channel=5))
    await use_newer_version(address, tmp_path, *ADD_EVERYWHERE)

    async with Database.open(address, may_be_away=False) as database:
        await settings_in(database).change(7, handoff_role=6)
        settings = settings_in(database)
        await settings.load_all()
        assert settings.of(7) == ServerSettings(help_channel=5, handoff_role=6)
        assert await rows_of(database, "SELECT version_num FROM alembic_version") == [(NEWER,)]

    assert caplog.text.count("A newer version of the bot has changed the database. This version can still use it.") == 1


async def test_an_older_program_writes_and_reads_every_table_that_a_newer_one_has_added_to(
    address: str, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    await fill(other)
    await use_newer_version(address, tmp_path, *ADD_EVERYWHERE)

    await fill(address)

    assert await content(address) == await content(other)
    async with Database.open(address) as database:
        for table in metadata.tables:
            query = f"SELECT DISTINCT added, counted FROM {table}"  # noqa: S608 - a table of our own
            assert await rows_of(database, query) == [(None, 7)]


async def test_what_a_newer_program_chose_stays_when_an_older_one_changes_something_else(
    address: str, tmp_path: Path
) -> None:
    async with Database.open(address) as database:
        await settings_in(database).save(7, ServerSettings(help_channel=5))
    await use_newer_version(address, tmp_path, *ADD_EVERYWHERE)

    async with Database.open(address) as database:
        await database.execute(text("UPDATE server_settings SET added = 'chosen', counted = 8"))
        await settings_in(database).change(7, help_channel=6)

        assert await rows_of(database, "SELECT help_channel, added, counted FROM server_settings") == [(6, "chosen", 8)]


@pytest.mark.parametrize("is_named", [True, False], ids=["named as too old", "not named at all"])
async def test_an_older_program_leaves_a_database_alone_that_it_can_not_use(
    address: str, tmp_path: Path, *, is_named: bool
) -> None:
    await use_newer_version(address, tmp_path, RAISE_OLDEST if is_named else 'op.drop_table("oldest_program")')

    with pytest.raises(NewerSchema) as refusal:
        async with Database.open(address):
            pass

    assert f"newer version of the bot (its schema is {NEWER}, this version knows {newest()})" in str(refusal.value)


async def test_an_older_program_reads_what_it_knows_of_what_a_newer_one_wrote(database: Database) -> None:
    posts, told, kept = JobPosts(database=database), Digests(database=database), UnansweredQuestions(database=database)
    await posts.remember(JobPost(1, 2, 7, JobPostOptions(company="Lighthouses"), "1", NOON))
    await database.execute(job_posts.update().values(options={"company": "Lighthouses", "left_out": [], "salary": 9}))
    key = DigestKey(7, NOON)
    await told.claim(key, channel_id=2, now=NOON)
    known = Count("coding", Event.asked, 3)
    await told.keep(key, Contents(since=NOON, until=NOON, counts=(known,)), [])
    await told.settle(key, message_id=1, now=NOON)
    [[contents]] = await database.rows(digests.select().with_only_columns(digests.c.contents))
    contents["counts"].append(["coding", "sung", 1])
    await database.execute(digests.update().values(contents={**contents, "mood": "good"}))
    for number in (1, 2):
        question = UnansweredQuestion(number, 7, 2, "a" * 64, "When?", Reason.refused, None, NOON)
        await kept.remember(question)
    await database.execute(unanswered.update().where(unanswered.c.message_id == 2).values(reason="misheard"))

    assert [post.options for post in await posts.of_server(7)] == [JobPostOptions(company="Lighthouses")]
    before = await told.before(DigestKey(7, NOON.replace(day=29)))
    assert before is not None
    assert before.counts == (known,)
    assert [each.message_id for each in await kept.asked_since(NOON)] == [1]


async def test_a_backup_of_a_newer_version_is_restored_if_this_one_can_use_it(tmp_path: Path) -> None:
    address, backup = f"sqlite:///{tmp_path}/bot.db", tmp_path / "backup.db"
    await use_newer_version(address, tmp_path, *ADD_EVERYWHERE)
    back_up(address, backup)

    restore(backup, address, replace=True)

    async with Database.open(address, may_be_away=False) as database:
        assert await rows_of(database, "SELECT version_num FROM alembic_version") == [(NEWER,)]


def steps(connection: Connection) -> list[tuple[str, Tables, Tables]]:
    """Run all scripts one after the other; return the tables before and after each but the first."""
    found: list[Tables] = []
    for script in revisions():
        run_scripts(connection, up_to=script)
        found.append(tables_in(connection))
    return [*zip(revisions()[1:], found, found[1:], strict=False)]


async def test_a_script_only_adds_or_says_which_programs_can_use_what_it_leaves(address: str) -> None:
    async with emptied(address) as connection:
        for script, before, after in await connection.run_sync(steps):
            was, now = oldest_program_in(before), oldest_program_in(after)
            if was == now:
                assert contractions(before, after) == [], f"{script} has to raise oldest_program: see CONTRIBUTING.md"
            else:
                assert now is not None
                assert (was or "") < now <= script


def contractions_by(connection: Connection, changes: Mapping[str, Callable[[Operations], object]]) -> dict[str, bool]:
    """Try changes of the tables, and return which of them older programs would trip over."""
    before, found = tables_in(connection), {}
    for name, change in changes.items():
        trial = connection.begin_nested()
        with Operations.context(MigrationContext.configure(connection)) as operations:
            change(operations)
        found[name] = bool(contractions(before, tables_in(connection)))
        trial.rollback()
    return found


async def test_what_older_programs_do_not_notice_counts_as_adding(address: str) -> None:
    async with Database.open(address, timeout=UNHURRIED) as database, database.writing() as connection:
        found = await connection.run_sync(lambda sync: contractions_by(sync, ADDING))

    assert found == dict.fromkeys(ADDING, False)


async def test_what_older_programs_would_trip_over_does_not_count_as_adding(address: str) -> None:
    async with Database.open(address, timeout=UNHURRIED) as database, database.writing() as connection:
        found = await connection.run_sync(lambda sync: contractions_by(sync, MORE_THAN_ADDING))

    assert found == dict.fromkeys(MORE_THAN_ADDING, True)
