"""What can be wrong with a database; none of it repeats what was to be stored."""

from __future__ import annotations


class StorageUnavailable(Exception):
    """Say why the database can't be used now: away, locked, read-only, full, or too slow. It may be back later."""


class TracesLeft(StorageUnavailable):
    """Say that something is deleted, though its traces could not be erased yet."""


class NewerSchema(StorageUnavailable):
    """Say that a newer version of the bot has made the database, and how to go back."""


class UnusableDatabase(Exception):
    """Say in one sentence why no database can stand at this address, and how to put the address right."""
