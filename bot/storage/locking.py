"""Tell whether anyone uses an SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.storage.errors import NotMoved

PATIENCE = 2.0  # seconds to wait for a program that is just ending


@contextmanager
def alone_with(file: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection to a file that nobody else can use at the same time.

    Raises:
        NotMoved: Somebody uses it. A bot does as long as it runs, whether or not it's writing.
        sqlite3.Error: It can't be opened.
    """
    with closing(sqlite3.connect(file, isolation_level=None, timeout=PATIENCE)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")  # in this mode, the lock stays
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise NotMoved(f"A program is using {file}, probably the bot. Stop it first.") from None
            raise
        yield connection


def refuse_file_in_use(file: Path) -> None:
    """Refuse a file that somebody uses right now.

    Raises:
        NotMoved: Somebody does.
        sqlite3.Error: It can't be opened.
    """
    with alone_with(file):
        pass
