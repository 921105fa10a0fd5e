"""Until when all processes with the same token hold their requests to Discord."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import case, func, select

from bot.storage.database import Database
from bot.storage.schema import request_holds
from bot.storage.server_clock import milliseconds, server_time

LONGEST_HOLD = 600.0  # seconds; more means that the database's clock was set back


class HoldReason(StrEnum):
    """Why requests are held back."""

    limited = "limited"
    """Discord limits all requests with the token."""
    blocked = "blocked"
    """Cloudflare blocks requests to Discord."""


@dataclass(frozen=True, slots=True)
class RequestHold:
    """Requests are held back for this many more `seconds`, by the database's clock."""

    until: int
    seconds: float


class RequestHolds:
    """What one process has heard from Discord, for the others, in the database's own time.

    For PostgreSQL: an SQLite file has one process.
    """

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def extend(self, reason: HoldReason, seconds: float) -> RequestHold:
        """Hold requests back for so many seconds from now, or for longer if that was so before; return which.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        now, table = server_time(), request_holds
        insert = self._database.insert_into(table).values(
            reason=reason, hold_until=now + milliseconds(min(seconds, LONGEST_HOLD))
        )
        former = case((table.c.hold_until <= now + milliseconds(LONGEST_HOLD), table.c.hold_until))
        extend = insert.on_conflict_do_update(
            index_elements=["reason"],
            set_={"hold_until": func.greatest(insert.excluded.hold_until, former)},  # which ignores NULL
        ).returning(table.c.hold_until, table.c.hold_until - now)
        async with self._database.writing() as connection:
            until, left = (await connection.execute(extend)).one()
        return RequestHold(until, left / 1000)

    async def current(self) -> dict[HoldReason, RequestHold]:
        """Return what holds requests back now.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        now, table = server_time(), request_holds
        left = table.c.hold_until - now
        query = select(table.c.reason, table.c.hold_until, left.label("left")).where(
            left > 0, left <= milliseconds(LONGEST_HOLD), table.c.reason.in_([*HoldReason])
        )
        rows = await self._database.rows(query)
        return {HoldReason(row.reason): RequestHold(row.hold_until, row.left / 1000) for row in rows}
