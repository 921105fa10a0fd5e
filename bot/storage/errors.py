"""What can be wrong with a database. No message repeats what was to be stored."""

from __future__ import annotations


class StorageUnavailable(Exception):
    """Say why the database can't be used now: away, locked, read-only, full, or slow. It may come back."""


class OutcomeUnknown(StorageUnavailable):
    """Say that the database went away during a commit: it may have stored everything, or nothing."""


class TracesLeft(StorageUnavailable):
    """Say that data is deleted but traces of it could not be erased yet."""


class NewerSchema(StorageUnavailable):
    """Say that a newer version of the bot created the database, and how to go back."""


class OldServer(StorageUnavailable):
    """Say that PostgreSQL is of a version that the bot can't use."""


class UnusableDatabase(Exception):
    """Say why an address can't name the bot's database, and how to fix it."""


class NotMoved(Exception):
    """Say why a database wasn't copied, backed up, or restored, and what to do. Nothing was changed."""


class DamagedDatabase(NotMoved):
    """Say that what was to be moved is damaged, or didn't arrive as it was."""
