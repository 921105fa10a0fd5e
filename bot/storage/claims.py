"""Who answers which question: known in memory at once, and written to the database behind."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from bot.bounded import BoundedMap
from bot.storage.claims_table import Claim, ClaimsTable, Key, Settlement
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.resolutions import Resolution
from bot.storage.write_behind import Pace, WriteBehind

logger = logging.getLogger(__name__)

# Most questions are answered sooner, and then written once, as settled.
PACE = Pace(interval=0.2, max_pause=5.0)


def _now() -> datetime:
    return datetime.now(UTC)


class Claims:
    """The claims of this process, written to the database as long as the `async with` block lasts.

    Nobody waits for the database: while it's away or slow, claims are kept in memory and written later. If another
    process claims the same question, both replies have the same nonce, so Discord posts one of them.

    Args:
        database: where claims are written.
        pace: when to write them.
        capacity: how many claims are kept in memory, and how many may wait to be written.
        now: the time, with its zone.
    """

    def __init__(
        self, *, database: Database, pace: Pace = PACE, capacity: int = 1000, now: Callable[[], datetime] = _now
    ) -> None:
        self._table = ClaimsTable(database=database)
        self._writer = WriteBehind(self._write, pace=pace)
        self._capacity = capacity
        self._now = now
        self._open: dict[Key, Claim] = {}
        self._settled: BoundedMap[Key, None] = BoundedMap(capacity)
        self._unwritten: dict[Key, Claim | Settlement] = {}
        self._being_written: dict[Key, Claim | Settlement] = {}
        self._dropped = 0
        self._is_behind = False

    @property
    def dropped(self) -> int:
        """How many claims were given up for lack of room: open ones in memory, or ones not written yet."""
        return self._dropped

    @property
    def waiting(self) -> int:
        """How many claims are known to be unwritten."""
        return len(self._unwritten) + len(self._being_written)

    @property
    def oldest_unwritten(self) -> int | None:
        """The smallest message id among the open claims that only this process may know, if there are any."""
        waiting = [*self._unwritten.values(), *self._being_written.values()]
        return min((claim.message_id for claim in waiting if isinstance(claim, Claim)), default=None)

    def claim(self, claim: Claim) -> bool:
        """Claim a question; tell whether this is the first claim in this process."""
        key = claim.key
        if key in self._open or key in self._settled:
            return False
        self._open[key] = claim
        if len(self._open) > self._capacity:
            del self._open[next(iter(self._open))]
            self._dropped += 1
        self._keep(key, claim)
        return True

    async def is_on_record(self, claim: Claim) -> bool:
        """Return whether any process has claimed the question; while the database is away, whether this one has."""
        if claim.key in self._open or claim.key in self._settled:
            return True
        with suppress(StorageUnavailable):
            return await self._table.has(claim.key)
        return False

    def settle(self, claim: Claim, resolution: Resolution) -> None:
        """Note what became of a question, and write it soon. A second resolution of the same claim is ignored.

        A question can be settled without having been claimed.
        """
        key = claim.key
        if key in self._settled:
            return
        self._open.pop(key, None)
        self._settled[key] = None
        self._keep(key, Settlement(claim=claim, resolution=resolution, settled_at=self._now()))

    def is_settled(self, claim: Claim) -> bool:
        """Return whether this process remembers what became of a question."""
        return claim.key in self._settled

    async def left_open(self, *, since: datetime) -> tuple[Claim, ...]:
        """Return the claims made at a time or later that aren't settled, the oldest first.

        They are those in the database, whichever process made them, and those of this process; while the database is
        away, those of this process only.
        """
        found: list[Claim] = []
        with suppress(StorageUnavailable):
            found = await self._table.open_since(since)
        by_key = {claim.key: claim for claim in found if claim.key not in self._settled}
        by_key |= {key: claim for key, claim in self._open.items() if claim.claimed_at >= since}
        return tuple(sorted(by_key.values(), key=lambda claim: (claim.claimed_at, claim.key)))

    async def flush(self) -> None:
        """Write all claims now, if the database can be used."""
        await self._writer.flush()

    async def forget_expired(self, now: datetime) -> None:
        """Delete the claims that have been kept long enough.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._table.delete_expired(now)

    async def __aenter__(self) -> Self:
        await self._writer.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._writer.__aexit__(kind, error, traceback)
        if self.waiting:
            logger.warning("%d claims could not be written before shutdown.", self.waiting)

    def _keep(self, key: Key, change: Claim | Settlement) -> None:
        """Keep a change until it is written; a settlement takes the place of its claim."""
        self._unwritten[key] = change
        self._limit_unwritten()
        self._writer.wake()

    def _limit_unwritten(self) -> None:
        """Give up the oldest, and what is settled first: that is done, while an open claim may yet be taken up."""
        while len(self._unwritten) > self._capacity:
            settled = (key for key, change in self._unwritten.items() if isinstance(change, Settlement))
            del self._unwritten[next(settled, next(iter(self._unwritten)))]
            self._dropped += 1

    async def _write(self) -> bool:
        """Write all changes and tell whether that worked; keep them if not."""
        if not self._unwritten:
            return True
        self._being_written, self._unwritten = self._unwritten, {}
        changes = self._being_written.values()
        try:
            await self._table.write(
                [change for change in changes if isinstance(change, Claim)],
                [change for change in changes if isinstance(change, Settlement)],
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the bot goes on
            self._fall_behind(error)
            return False
        else:
            self._being_written = {}
            self._catch_up()
            return True
        finally:
            self._unwritten = self._being_written | self._unwritten
            self._being_written = {}
            self._limit_unwritten()

    def _fall_behind(self, error: Exception) -> None:
        if not self._is_behind:
            self._is_behind = True
            is_expected = isinstance(error, StorageUnavailable)
            reason = str(error).removesuffix(".") if is_expected else f"Unexpected {type(error).__name__}"
            logger.warning("%s. Claims are kept in memory until it can be used again.", reason)

    def _catch_up(self) -> None:
        if self._is_behind:
            self._is_behind = False
            logger.info("Claims are written to the database again.")
