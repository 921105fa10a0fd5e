"""Where and when each server wants its weekly digest."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row, select

from bot.storage.database import Database
from bot.storage.schema import digest_plans

MONDAY = 0
MORNING = 9


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """What a server's moderators chose, with the defaults for a server that never chose anything.

    Attributes:
        channel_id: where it's posted; None if it isn't.
        weekday: from 0, which is Monday.
        hour: from 0 to 23, by the clocks of the time zone.
        time_zone: by its IANA name.
        chosen_at: when any of that last changed, with its zone; nothing that was due before is posted.
    """

    server_id: int
    channel_id: int | None = None
    weekday: int = MONDAY
    hour: int = MORNING
    time_zone: str = "UTC"
    chosen_at: datetime | None = None


class Choice(TypedDict, total=False):
    """What somebody changes of a plan."""

    channel_id: int | None
    weekday: int
    hour: int
    time_zone: str


class DigestPlans:
    """The plans of all servers, read each time: processes share them."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def of(self, server_id: int) -> DigestPlan:
        """Return a server's plan.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        rows = await self._database.rows(select(digest_plans).where(digest_plans.c.server_id == server_id))
        return _plan(rows[0]) if rows else DigestPlan(server_id)

    async def active(self) -> tuple[DigestPlan, ...]:
        """Return the plans of the servers that want a digest.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        wanted = select(digest_plans).where(digest_plans.c.channel_id.is_not(None))
        return tuple(map(_plan, await self._database.rows(wanted.order_by(digest_plans.c.server_id))))

    async def choose(self, server_id: int, *, now: datetime, **choice: Unpack[Choice]) -> None:
        """Change some of a server's plan, and leave the rest as it is.

        Raises:
            StorageUnavailable: The database can't be used now; nothing has changed.
        """
        changes: dict[str, Any] = {**choice, "chosen_at": now}
        insert = self._database.insert_into(digest_plans).values(**asdict(DigestPlan(server_id)) | changes)
        await self._database.execute(insert.on_conflict_do_update(index_elements=["server_id"], set_=changes))


def _plan(row: Row[Any]) -> DigestPlan:
    return DigestPlan(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
