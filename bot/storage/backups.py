"""Back up an SQLite database while it's in use, and restore it while it isn't."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.storage.engines import file_at
from bot.storage.errors import DamagedDatabase, NewerSchema, NotMoved, UnusableDatabase
from bot.storage.locking import alone_with
from bot.storage.migration import refuse_newer

PATIENCE = 10.0  # seconds to wait for another program's lock
_COMPANIONS = ("-journal", "-wal", "-shm")
_NO_DATABASE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def back_up(address: str, file: Path) -> None:
    """Copy the bot's database to a new file, which nobody else may read, whether or not the bot runs.

    Raises:
        NotMoved: There's no such database, it isn't in a file, or the new file exists or can't be written.
        DamagedDatabase: The database is damaged.
    """
    database = _database_file(address)
    if not database.exists():
        raise NotMoved(f"There's no database at {database.absolute()}. Set DATABASE_URL as for `run`.")
    with _new_file(file), _explaining(database), _opened(database, "mode=rw") as source:
        _refuse_foreign(source, database)
        _copy(source, file)


def restore(file: Path, address: str, *, replace: bool) -> None:
    """Put a backup in the place of the bot's database, in one step, while no bot uses it.

    Raises:
        NotMoved: The backup isn't the bot's, a newer version made it, or the database exists and isn't to be replaced,
            is in use, or can't be written.
        DamagedDatabase: The backup is damaged.
    """
    database = _database_file(address)
    if not file.exists():
        raise NotMoved(f"There's no file {file}.")
    if database.exists() and not replace:
        raise NotMoved(f"{database} exists. With --replace, the backup takes its place, and what it holds now is lost.")
    if database.exists() and database.samefile(file):
        raise NotMoved(f"{file} is the database itself. Name a backup.")
    arriving = database.with_name(f"{database.name}.restoring")
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    has_companion = Path(f"{file}-wal").exists()  # if not, reading it makes none, either
    with _explaining(file), _opened(file, "mode=ro" if has_companion else "immutable=1") as source:
        try:
            refuse_newer(_refuse_foreign(source, file), oldest_program=_oldest_program_of(source))
        except NewerSchema as error:
            raise NotMoved(f"{file} can't be used. {error}") from None
        with _new_file(arriving):
            _copy(source, arriving)
            _put_in_place(arriving, database)


def _database_file(address: str) -> Path:
    try:
        file = file_at(address)
    except UnusableDatabase as error:
        raise NotMoved(str(error)) from None
    if file is None:
        raise NotMoved("DATABASE_URL names no SQLite file. For PostgreSQL, use pg_dump and pg_restore.")
    return file


@contextmanager
def _new_file(path: Path) -> Iterator[None]:
    """Make a private, empty file; remove it if the block fails."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise NotMoved(f"{path} exists already. Choose another name, or delete it.") from None
    except OSError as error:
        raise NotMoved(f"{path} can't be written: {error.strerror}.") from None
    try:
        yield
    except BaseException:
        for each in (path, *(Path(f"{path}{suffix}") for suffix in _COMPANIONS)):
            each.unlink(missing_ok=True)
        raise


@contextmanager
def _explaining(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _NO_DATABASE:
            raise DamagedDatabase(f"{file} is damaged, or isn't an SQLite database: {error}.") from None
        if code == sqlite3.SQLITE_FULL:
            raise NotMoved("There's no room for the copy. Free some space, and try again.") from None
        raise NotMoved(f"{file} can't be copied: {error}.") from None
    except OSError as error:
        raise NotMoved(f"{error.filename or file} can't be used: {error.strerror}.") from None


@contextmanager
def _opened(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{mode}", uri=True, timeout=PATIENCE)) as connection:
        yield connection


def _refuse_foreign(connection: sqlite3.Connection, file: Path) -> set[str]:
    """Return the schema of a database of the bot; refuse one that isn't the bot's."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "secret_key"} <= tables:
        raise NotMoved(f"{file} isn't a database of the bot: it lacks the bot's tables.")
    return {version for (version,) in connection.execute("SELECT version_num FROM alembic_version")}


def _oldest_program_of(connection: sqlite3.Connection) -> str | None:
    try:
        found = connection.execute("SELECT revision FROM oldest_program").fetchone()
    except sqlite3.OperationalError:  # older than that table
        return None
    return found[0] if found else None


def _copy(source: sqlite3.Connection, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # all in one file
        complaints = [complaint for (complaint,) in target.execute("PRAGMA integrity_check")]
    if complaints != ["ok"]:
        raise DamagedDatabase(f"The database is damaged: {complaints[0]}. The copy was deleted.")


def _put_in_place(arriving: Path, database: Path) -> None:
    """Replace a database, and see to it that SQLite doesn't apply the former one's changes to the new one."""
    try:
        if database.exists():
            with alone_with(database) as former:
                former.execute("PRAGMA journal_mode = DELETE")  # deletes its companions
                arriving.replace(database)
            return
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in _NO_DATABASE:
            raise
    for suffix in _COMPANIONS:
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    arriving.replace(database)
