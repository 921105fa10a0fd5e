"""Bring a database's tables up to date, with the scripts in `migrations/versions`.

A new script is named `v0002_what_it_does.py`, has `revision = "0002"` and `down_revision = "0001"`, and makes with
Alembic's `op` what has changed in `schema.py`. There is neither an `alembic.ini` nor an `env.py`. An empty database
gets its tables from `schema.py` at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, text

from bot.storage.errors import NewerSchema
from bot.storage.schema import metadata

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, RevisionStep

SCRIPTS = Path(__file__).with_name("migrations")

_VERSION = Table(  # as Alembic makes it
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

_OUR_LOCK = 0x74706D  # any number that nobody else who uses the server's advisory locks is likely to choose


def is_up_to_date(connection: Connection) -> bool:
    """Tell whether all scripts have been run on a database, without writing anything.

    Raises:
        NewerSchema: Scripts have been run that this version of the bot doesn't have.
    """
    known = _known_revisions()
    found = _revisions_of(connection)
    unknown = sorted(found - set(known))
    if unknown:
        raise NewerSchema(
            f"The database was made by a newer version of the bot (its schema is {unknown[0]}, this version knows "
            f"{known[-1]}). Start the newer version again, or put back the copy of the database from before the "
            "update, or let DATABASE_URL name another database."
        )
    return found == {known[-1]}


def migrate(connection: Connection) -> None:
    """Make the tables or run the scripts that haven't been run yet, in the transaction that the connection is in.

    Raises:
        NewerSchema: Scripts have been run that this version of the bot doesn't have.
    """
    if connection.dialect.name == "postgresql":  # SQLite lets in one writer at a time anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _OUR_LOCK})
    if is_up_to_date(connection):  # by now: another process may have been quicker
        return
    if inspect(connection).get_table_names():
        _run_scripts(connection)
    else:
        _make_tables(connection)


def _known_revisions() -> list[str]:
    return sorted(script.name[1:5] for script in SCRIPTS.glob("versions/v*.py"))


def _revisions_of(connection: Connection) -> set[str]:
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _make_tables(connection: Connection) -> None:
    """Do in an empty database what all scripts do together, without Alembic, which takes 9 MB of memory."""
    metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection)
    connection.execute(_VERSION.insert().values(version_num=_known_revisions()[-1]))


def _run_scripts(connection: Connection) -> None:
    # Only when there is something to run, for its memory's sake.
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    directory = ScriptDirectory(str(SCRIPTS))

    def to_newest(found: tuple[str, ...], _context: MigrationContext) -> list[RevisionStep]:
        return directory._upgrade_revs("head", found)  # type: ignore[arg-type]  # noqa: SLF001 - as Alembic's own command does

    context = MigrationContext.configure(connection, opts={"fn": to_newest, "script": directory})
    with Operations.context(context):
        context.run_migrations()
