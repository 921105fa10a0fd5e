"""Say why the database can't be used, in words for whoever called a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.storage.errors import DamagedDatabase, NotMoved, StorageUnavailable, UnusableDatabase


class DatabaseRefused(Exception):
    """Say why a database can't be read, copied, backed up, or restored, and what to do."""


class DamageFound(Exception):
    """Say what is damaged."""


@contextmanager
def explaining_database() -> Iterator[None]:
    """Turn the database's errors into one of the two above."""
    try:
        yield
    except DamagedDatabase as error:
        raise DamageFound(str(error)) from None
    except (NotMoved, StorageUnavailable, UnusableDatabase) as error:
        raise DatabaseRefused(str(error)) from None


def refuse_missing_file(address: str) -> None:
    """See to it that looking makes no database where there is none.

    Raises:
        DatabaseRefused: There's no file.
    """
    scheme, _, file = address.partition(":///")
    if scheme.startswith("sqlite") and not Path(file.partition("?")[0]).exists():
        raise DatabaseRefused("There's no database here yet. Set DATABASE_URL as for `run`, or start the bot first.")
