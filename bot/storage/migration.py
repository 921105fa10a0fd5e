"""Bring a database's schema up to date with the scripts in `migrations/versions`.

A new script is named `v0002_what_it_does.py`, has `revision = "0002"` and `down_revision = "0001"`, and uses
Alembic's `op` to make the changes in `schema.py`. There is no `alembic.ini` and no `env.py`. An empty database gets its
tables directly from `schema.py`.

While a new version is rolled out, programs of the old one go on, and may even start. So a script only adds, unless it
raises `oldest_program` in the database: the schema whose programs are the oldest that can use what it makes. See
"A change to the tables" in CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, select, text

from bot.storage.errors import NewerSchema, OldServer
from bot.storage.schema import metadata

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, RevisionStep

OLDEST_POSTGRESQL = (12,)
SCRIPTS = Path(__file__).with_name("migrations")

OLDEST_PROGRAM = "0015"  # as the scripts leave it

_about_schema = MetaData()
_version = Table(  # as Alembic makes it
    "alembic_version",
    _about_schema,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
_oldest_program = Table(
    "oldest_program",
    _about_schema,
    Column("revision", String(32), nullable=False),
    PrimaryKeyConstraint("revision", name="pk_oldest_program"),
)

_OUR_LOCK = 0x74706D  # any number that other users of the server's advisory locks are unlikely to pick


class Standing(Enum):
    """How the schema of a database compares with the one that this version of the bot uses."""

    older = auto()
    """Older, or empty."""
    same = auto()
    newer = auto()
    """Newer, but this version can use it."""


def standing_of(connection: Connection) -> Standing:
    """Compare a database's schema with this version's, without writing anything.

    Raises:
        OldServer: PostgreSQL is too old.
        NewerSchema: A newer version made it, and this one can't use it.
    """
    _refuse_old(connection)
    found = revisions_of(connection)
    if found <= {*_known_revisions()}:
        return Standing.same if found == {newest_revision()} else Standing.older
    refuse_newer(found, oldest_program=_oldest_program_of(connection))
    return Standing.newer


def _refuse_old(connection: Connection) -> None:
    version = connection.dialect.server_version_info or OLDEST_POSTGRESQL
    if connection.dialect.name == "postgresql" and version < OLDEST_POSTGRESQL:
        found, oldest = (".".join(map(str, each)) for each in (version, OLDEST_POSTGRESQL))
        raise OldServer(f"DATABASE_URL leads to PostgreSQL {found}. The bot needs PostgreSQL {oldest} or newer.")


def refuse_newer(found: Iterable[str], *, oldest_program: str | None = None) -> None:
    """Refuse a database that has run these scripts if this version of the bot lacks one of them.

    Args:
        found: their numbers.
        oldest_program: the oldest schema whose programs can use it all the same.

    Raises:
        NewerSchema: It does, and it's older than that.
    """
    known = _known_revisions()
    unknown = sorted(set(found) - set(known))
    if unknown and (oldest_program is None or oldest_program > known[-1]):
        raise NewerSchema(
            f"The database was created by a newer version of the bot (its schema is {unknown[0]}, this version knows "
            f"{known[-1]}). Start the newer version again, or restore the backup of the database from before the "
            "update, or set DATABASE_URL to another database."
        )


def migrate(connection: Connection) -> None:
    """Create the tables or run the missing scripts, in the connection's transaction.

    Raises:
        NewerSchema: A newer version made it, and this one can't use it.
    """
    if connection.dialect.name == "postgresql":  # SQLite allows only one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _OUR_LOCK})
    if standing_of(connection) is not Standing.older:  # another process may have been faster
        return
    if inspect(connection).get_table_names():
        _run_scripts(connection)
    else:
        _make_tables(connection)


def newest_revision() -> str:
    """Return the schema that this version of the bot uses."""
    return _known_revisions()[-1]


def revisions_of(connection: Connection) -> set[str]:
    """Return the schema of a database: one number, or none if it isn't the bot's."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _oldest_program_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_oldest_program.name):
        return None
    found: str | None = connection.execute(select(_oldest_program.c.revision)).scalar_one_or_none()
    return found


def _known_revisions() -> list[str]:
    return sorted(script.name[1:5] for script in SCRIPTS.glob("versions/v*.py"))


def _make_tables(connection: Connection) -> None:
    """Create the schema in an empty database, without Alembic, which takes 9 MB of memory."""
    metadata.create_all(connection, checkfirst=False)
    _about_schema.create_all(connection, checkfirst=False)
    connection.execute(_version.insert().values(version_num=newest_revision()))
    connection.execute(_oldest_program.insert().values(revision=OLDEST_PROGRAM))


def _run_scripts(connection: Connection) -> None:
    # Imported only when needed, to save memory.
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    directory = ScriptDirectory(str(SCRIPTS))

    def to_newest(found: tuple[str, ...], _context: MigrationContext) -> list[RevisionStep]:
        return directory._upgrade_revs("head", found)  # type: ignore[arg-type]  # noqa: SLF001 - as Alembic's own command does

    context = MigrationContext.configure(connection, opts={"fn": to_newest, "script": directory})
    with Operations.context(context):
        context.run_migrations()
