"""Each question claimed once: durably in the database and, while that is away, in memory."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from bot.storage.claims_table import Claim, ClaimsTable, Key, Settlement
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.resolutions import Resolution

__all__ = ["Claim", "Claims"]

logger = logging.getLogger(__name__)

# All in seconds.
FIRST_PAUSE = 0.5  # between two attempts when the database is away; then it grows
MAX_PAUSE = 5.0
TIME_BETWEEN_PURGES = 600.0
LAST_WRITE_WITHIN = 1.5
SETTLEMENTS_WAIT = 0.2  # for a claim, with which they are written at no cost; nobody waits for them


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Operation:
    """What is to be written of one claim: that it is made or, as it then needs no more, that it is settled.

    Attributes:
        arrival: somebody waits to hear whether the claim is theirs.
    """

    claim: Claim
    settlement: Settlement | None = None
    arrival: asyncio.Future[bool] | None = None

    def tell(self, *, is_ours: bool) -> None:
        """Answer whoever still waits."""
        if self.arrival is not None and not self.arrival.done():
            self.arrival.set_result(is_ours)


class Claims:
    """The claims of this process, written to the database by one task as long as the `async with` block lasts.

    All that comes up while a transaction runs is written in the next one, so that many claims cost little more than
    one. When the database is away or slow, claims hold in memory, where this process refuses what it knows already,
    and are written later; that a second process has then claimed the same is left to the reply's nonce.

    Args:
        database: without one, claims are kept in memory only.
        patience: seconds that a claim waits for the database at most.
        capacity: how many claims are known in memory, and how many may wait to be written, at most.
        now: the time, with its zone.
    """

    def __init__(
        self,
        *,
        database: Database | None,
        patience: float = 0.25,
        capacity: int = 1000,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._table = None if database is None else ClaimsTable(database=database)
        self._patience = patience
        self._capacity = capacity
        self._now = now
        self._open: dict[Key, Claim] = {}
        self._settled: OrderedDict[Key, None] = OrderedDict()
        self._queue: dict[Key, _Operation] = {}
        self._in_flight: dict[Key, _Operation] = {}
        self._dropped = 0
        self._is_behind = False
        self._news = asyncio.Event()
        self._at_rest = asyncio.Event()  # nothing waits to be written, or the database is away
        self._at_rest.set()
        self._closing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def dropped(self) -> int:
        """How many claims have been given up for lack of room: open ones in memory, or what was yet to be written."""
        return self._dropped

    @property
    def waiting(self) -> int:
        """How many claims are not yet known to be written as they are."""
        return len(self._queue) + len(self._in_flight)

    @property
    def oldest_unwritten(self) -> int | None:
        """The smallest message id among the open claims that may be known to this process only, if there are any."""
        if self._table is None:
            unwritten = [message_id for message_id, _ in self._open]
        else:
            operations = [*self._queue.values(), *self._in_flight.values()]
            unwritten = [each.claim.message_id for each in operations if each.settlement is None]
        return min(unwritten, default=None)

    @property
    def is_durable(self) -> bool:
        """Whether a claim made now can be expected to survive the process."""
        return self._table is not None and not self._is_behind

    async def claim(self, claim: Claim, *, looks_first: bool = False) -> bool:
        """Claim a question; tell whether it is ours to answer. False: it has been claimed before, here or elsewhere.

        It takes no longer than the patience: a claim that isn't written by then holds in memory.

        Args:
            claim: the claim.
            looks_first: whether to see first, without that hurry, if the database has it: it can often be read though
                nothing can be written.
        """
        if claim.key in self._open or claim.key in self._settled:
            return False
        if looks_first and self._table is not None:
            with suppress(StorageUnavailable):
                if await self._table.has(claim.key):
                    return False
        self._open[claim.key] = claim
        self._limit_memory()
        if self._table is None:
            return True
        arrival: asyncio.Future[bool] | None = None
        if not self._is_behind:
            arrival = asyncio.get_running_loop().create_future()
        self._enqueue(_Operation(claim, arrival=arrival))
        self._news.set()
        if arrival is None:
            return True
        try:
            async with asyncio.timeout(self._patience):
                is_ours = await arrival
        except TimeoutError:
            self._fall_behind(f"The database hasn't answered within {self._patience:g} s")
            return True
        if not is_ours:
            self._open.pop(claim.key, None)
        return is_ours

    def settle(self, claim: Claim, resolution: Resolution) -> None:
        """Note at once what became of a question, and write it soon. A second resolution of the same claim is ignored.

        What is settled need not have been claimed.
        """
        if claim.key in self._settled:
            return
        self._open.pop(claim.key, None)
        self._settled[claim.key] = None
        self._limit_memory()
        if self._table is not None:
            # In place of the claim, if that waits still: it becomes a settled row at once.
            waiting = self._queue.get(claim.key)
            settlement = Settlement(claim=claim, resolution=resolution, settled_at=self._now())
            if not self._queue:
                asyncio.get_running_loop().call_later(SETTLEMENTS_WAIT, self._news.set)
            self._enqueue(_Operation(claim, settlement, arrival=waiting.arrival if waiting else None))

    def is_settled(self, claim: Claim) -> bool:
        """Tell whether this process remembers what became of a question."""
        return claim.key in self._settled

    async def left_open(self, *, since: datetime) -> tuple[Claim, ...]:
        """Return the claims made at a time or later that aren't settled, the oldest first.

        They are those in the database, whichever process made them, and those of this process; while the database is
        away, those of this process only.
        """
        found: list[Claim] = []
        if self._table is not None:
            with suppress(StorageUnavailable):
                found = await self._table.open_since(since)
        by_key = {claim.key: claim for claim in found if claim.key not in self._settled}
        by_key |= {key: claim for key, claim in self._open.items() if claim.claimed_at >= since}
        return tuple(sorted(by_key.values(), key=lambda claim: (claim.claimed_at, claim.key)))

    async def flush(self) -> None:
        """Wait until all that has come up is committed, or the database is away."""
        self._news.set()
        await self._at_rest.wait()

    async def forget_server(self, server_id: int) -> None:
        """Delete what the database keeps of a server's claims.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        if self._table is not None:
            await self.flush()
            await self._table.delete_server(server_id)

    async def __aenter__(self) -> Self:
        if self._table is not None:
            self._tasks = [
                asyncio.create_task(self._write_repeatedly(self._table)),
                asyncio.create_task(self._purge_repeatedly(self._table)),
            ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closing.set()
        self._news.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_WRITE_WITHIN)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.waiting:
            logger.warning("%d claims could not be written before the end.", self.waiting)

    async def _write_repeatedly(self, table: ClaimsTable) -> None:
        pause = FIRST_PAUSE
        while True:
            await self._news.wait()
            self._news.clear()
            is_written = not self._queue or await self._write_group(table)
            if self._closing.is_set() and not (is_written and self._queue):
                return
            if is_written:
                pause = FIRST_PAUSE
            else:
                await self._pause(pause)
                pause = min(pause * 2, MAX_PAUSE)

    async def _write_group(self, table: ClaimsTable) -> bool:
        """Write all that has come up; tell whether that went well. What isn't written is kept."""
        self._in_flight, self._queue = self._queue, {}
        operations = self._in_flight.values()
        new = [each.claim for each in operations if each.settlement is None or each.arrival is not None]
        try:
            ours = await table.write(new, [each.settlement for each in operations if each.settlement is not None])
        except Exception as error:  # noqa: BLE001 - whatever it is, the bot goes on, and this task must not end
            is_expected = isinstance(error, StorageUnavailable)
            self._fall_behind(str(error).removesuffix(".") if is_expected else f"Unexpected {type(error).__name__}")
            for each in operations:
                each.tell(is_ours=True)
            self._news.set()
            return False
        else:
            for key, each in self._in_flight.items():
                each.tell(is_ours=key in ours)
            self._in_flight = {}
            self._catch_up()
            return True
        finally:
            self._queue = self._in_flight | self._queue
            self._in_flight = {}
            self._limit_queue()

    async def _purge_repeatedly(self, table: ClaimsTable) -> None:
        while not self._closing.is_set():
            try:
                await table.delete_expired(self._now())
            except StorageUnavailable:
                pass  # there is a next time
            except Exception:
                logger.exception("Old claims could not be deleted.")
            await self._pause(TIME_BETWEEN_PURGES)

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()

    def _enqueue(self, operation: _Operation) -> None:
        self._queue[operation.claim.key] = operation
        self._limit_queue()
        if not self._is_behind:
            self._at_rest.clear()

    def _limit_memory(self) -> None:
        """Forget the oldest, and what is settled first."""
        while len(self._open) + len(self._settled) > self._capacity:
            if self._settled:
                self._settled.popitem(last=False)  # the database, if there is one, knows it still
            else:
                del self._open[next(iter(self._open))]
                self._dropped += 1

    def _limit_queue(self) -> None:
        """Give up the oldest, and what is settled first: it is done, while an open claim may yet be taken up."""
        while len(self._queue) > self._capacity:
            settled = (key for key, operation in self._queue.items() if operation.settlement is not None)
            self._queue.pop(next(settled, next(iter(self._queue)))).tell(is_ours=True)
            self._dropped += 1

    def _fall_behind(self, reason: str) -> None:
        self._at_rest.set()
        if not self._is_behind:
            self._is_behind = True
            logger.warning("%s. Claims hold in memory until it can be used again.", reason)

    def _catch_up(self) -> None:
        if self._queue:
            self._at_rest.clear()
        else:
            self._at_rest.set()
        if self._is_behind:
            self._is_behind = False
            logger.info("Claims are written to the database again.")
