"""The rows of claims: written in groups, read back after a restart, deleted when they have served their time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.storage.database import Database
from bot.storage.resolutions import QuestionSource, Resolution
from bot.storage.schema import claims

SETTLED_KEPT_FOR = timedelta(hours=1)
OPEN_KEPT_FOR = timedelta(days=30)

Key = tuple[int, QuestionSource]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of one process to answer a question, and its duty to.

    Attributes:
        message_id: of the question; for an interaction, the interaction's id.
        claimed_at: with its time zone.
    """

    message_id: int
    channel_id: int
    server_id: int | None
    source: QuestionSource
    claimed_at: datetime

    @property
    def key(self) -> Key:
        """What no two claims have in common."""
        return self.message_id, self.source


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claim, and when."""

    claim: Claim
    resolution: Resolution
    settled_at: datetime


class ClaimsTable:
    """The table of claims."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        insert = database.insert_into(claims)
        self._insert = insert.on_conflict_do_nothing()
        self._settle = insert.on_conflict_do_update(
            index_elements=list(claims.primary_key),
            set_={"fate": insert.excluded["fate"], "settled_at": insert.excluded["settled_at"]},
            where=claims.c.fate.is_(None),
        )

    async def write(self, new: Collection[Claim], settlements: Collection[Settlement]) -> None:
        """Store all of it or nothing. A claim that somebody has made before stays as it is.

        The first of several resolutions of a claim stands. What is settled need not have been claimed.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        # In one order, so that no two processes wait for each other.
        inserts = [_values(claim) for claim in sorted(new, key=lambda claim: claim.key)]
        upserts = [
            {**_values(each.claim), "fate": each.resolution.value, "settled_at": each.settled_at}
            for each in sorted(settlements, key=lambda settlement: settlement.claim.key)
        ]
        # After a loss of power the channel's history tells what was answered: not to wait for the disk saves a third of
        # the time on a good one, and more on others.
        async with self._database.writing(outlives_power_loss=False) as connection:
            if inserts:
                await connection.execute(self._insert, inserts)
            if upserts:
                await connection.execute(self._settle, upserts)

    async def has(self, key: Key) -> bool:
        """Return whether a claim is there, open or settled.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        message_id, source = key
        query = select(claims.c.message_id).where(claims.c.message_id == message_id, claims.c.face == source.value)
        return bool(await self._database.rows(query))

    async def open_since(self, since: datetime) -> list[Claim]:
        """Return the claims made at a time or later that nobody has settled.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        sources = [source.value for source in QuestionSource]  # a newer version may have known more
        query = select(claims).where(claims.c.claimed_at >= since, claims.c.fate.is_(None), claims.c.face.in_(sources))
        return [
            Claim(
                message_id=row.message_id,
                channel_id=row.channel_id,
                server_id=row.server_id,
                source=QuestionSource(row.face),
                claimed_at=row.claimed_at,
            )
            for row in await self._database.rows(query)
        ]

    async def delete_expired(self, now: datetime) -> None:
        """Delete what has been kept for long enough.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        # What is settled was claimed before, which the index finds.
        is_settled = (claims.c.claimed_at <= now - SETTLED_KEPT_FOR) & (claims.c.settled_at <= now - SETTLED_KEPT_FOR)
        await self._database.execute(delete(claims).where(is_settled | (claims.c.claimed_at <= now - OPEN_KEPT_FOR)))


def _values(claim: Claim) -> dict[str, object]:
    return {
        "message_id": claim.message_id,
        "face": claim.source.value,
        "channel_id": claim.channel_id,
        "server_id": claim.server_id,
        "claimed_at": claim.claimed_at,
    }
