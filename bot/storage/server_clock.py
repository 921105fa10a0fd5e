"""The database's own clock, so that those of the processes don't matter."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, cast, func


def server_time() -> ColumnElement[int]:
    """Return PostgreSQL's time in milliseconds since 1970, as an expression for a statement."""
    return cast(func.extract("epoch", func.clock_timestamp()) * 1000, BigInteger)


def milliseconds(seconds: float) -> ColumnElement[int]:
    """Return a duration that can be added to the time."""
    return cast(int(seconds * 1000), BigInteger)
