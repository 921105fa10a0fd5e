"""Several processes of the bot that share the shards, on one PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from postgresql import PostgreSQLServer
from sqlalchemy import select

from benchmarks.delivery.excuses import Ending
from benchmarks.delivery.operator import Operator
from benchmarks.delivery.processes import Starting, cpu_seconds, run_ours
from benchmarks.scale.plan import ScalePlan
from bot.discord_app.sharding.division import choose_shards, shard_of
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.resolutions import Resolution
from bot.storage.schema import claims
from fake_discord import FakeDiscord


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that was done to the processes.

    Attributes:
        away: seconds until what was ended was begun again.
        ready_after: seconds from then until it was ready.
    """

    what: str
    away: float
    ready_after: float


class Cluster:
    """Processes that share the shards evenly. As one `Operator` to those who keep the books."""

    def __init__(
        self,
        plan: ScalePlan,
        fake: FakeDiscord,
        postgresql: PostgreSQLServer,
        *,
        folder: Path,
        knowledge: Path,
        starting: Starting = run_ours,
    ) -> None:
        self._plan = plan
        self._postgresql = postgresql
        self._address = postgresql.empty_database()
        self._stack = AsyncExitStack()
        self._database: Database | None = None
        self._operators: list[Operator] = []
        for number in range(plan.processes):
            own = folder / f"process-{number}"
            own.mkdir()
            settings = {
                "DATABASE_URL": self._address,
                "KNOWLEDGE_DIR": str(knowledge),
                "SHARD_COUNT": str(plan.shards),
                "SHARD_PROCESSES": str(plan.processes),
                "SHARD_PROCESS": f"tpm-bot-{number}",
                **plan.settings,
            }
            self._operators.append(Operator(fake, own, settings, starting=starting))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for operator in self._operators:
            await operator.__aexit__(kind, error, trace)
        await self._stack.aclose()

    async def start(self) -> list[float]:
        """Start all at once; return how many seconds each took to be ready."""
        took = await asyncio.gather(*map(self._start, self._operators))
        # Only now: it is for the bot's processes to bring the schema up to date.
        self._database = await self._stack.enter_async_context(Database.open(self._address))
        return took

    async def _start(self, operator: Operator) -> float:
        began = time.monotonic()
        await operator.start()
        await operator.ready(patience=self._plan.patience)
        return time.monotonic() - began

    async def kill(self, number: int) -> Incident:
        """End a process with SIGKILL, and start another in its place."""
        operator = self._operators[number]
        return await self._replace("a process is killed and replaced", operator, operator.kill)

    async def drain(self, number: int) -> Incident:
        """End a process with SIGTERM, and start another in its place."""
        operator = self._operators[number]
        return await self._replace("a process is stopped and replaced", operator, operator.stop)

    async def _replace(self, what: str, operator: Operator, end: Callable[[], Awaitable[None]]) -> Incident:
        began = time.monotonic()
        await end()
        return Incident(what, time.monotonic() - began, await self._start(operator))

    async def restart_database(self) -> Incident:
        """Stop PostgreSQL at once, with every connection cut, and start it a while later."""
        began = time.monotonic()
        await asyncio.to_thread(self._postgresql.stop)
        await asyncio.sleep(self._plan.database_away)
        away, began = time.monotonic() - began, time.monotonic()
        await asyncio.to_thread(self._postgresql.start)
        return Incident("PostgreSQL is restarted", away, time.monotonic() - began)

    async def stop(self) -> None:
        """End all processes with SIGTERM."""
        await asyncio.gather(*(operator.stop() for operator in self._operators))

    def shards_of(self, number: int) -> Sequence[int]:
        """Return the shards of a process."""
        plan = self._plan
        chosen = choose_shards(
            count=plan.shards, ids=None, processes=plan.processes, process=str(number), host="benchmark"
        )
        assert chosen.ids is not None
        return chosen.ids

    @property
    def resident(self) -> list[float]:
        """How much memory each process holds that runs now, in MiB."""
        found = (operator.resident_megabytes for operator in self._operators)
        return [megabytes for megabytes in found if megabytes is not None]

    def bots_computed(self) -> float:
        """Return how many seconds the processes that run now have computed."""
        return sum(cpu_seconds(operator.pid) for operator in self._operators if operator.pid is not None)

    def database_computed(self) -> float:
        """Return how many seconds PostgreSQL has computed."""
        main, *others = self._postgresql.process_ids()
        total = cpu_seconds(main, with_ended_children=True)
        for process in others:
            with suppress(FileNotFoundError):  # it has just ended
                total += cpu_seconds(process)
        return total

    # For the books

    @property
    def resident_megabytes(self) -> float | None:
        """How much memory all processes hold together."""
        return sum(self.resident) or None

    @property
    def endings(self) -> list[Ending]:
        """When processes were ended."""
        return [ending for operator in self._operators for ending in operator.endings]

    @property
    def ends(self) -> list[int]:
        """The exit codes of those that weren't killed."""
        return [code for operator in self._operators for code in operator.ends]

    @property
    def log(self) -> list[str]:
        """What those that have ended have logged."""
        return [line for operator in self._operators for line in operator.log]

    @property
    def restarts(self) -> int:
        """How often a process was started again."""
        return sum(operator.restarts for operator in self._operators)

    def endings_of(self, server_id: int) -> Sequence[Ending]:
        """Return when processes that a server's events went to were ended."""
        shard = shard_of(server_id, count=self._plan.shards)
        owners = [own for number, own in enumerate(self._operators) if shard in self.shards_of(number)]
        return [ending for operator in owners for ending in operator.endings]

    def total(self, name: str) -> float:
        """Return the sum of a counter over its labels."""
        return sum(operator.total(name) for operator in self._operators)

    def buckets(self, name: str) -> list[tuple[float, float]]:
        """Return a histogram's upper bounds with how many values don't exceed them."""
        counts: defaultdict[float, float] = defaultdict(float)
        for operator in self._operators:
            for bound, count in operator.buckets(name):
                counts[bound] += count
        return sorted(counts.items())

    async def resolutions(self, asked: Iterable[int]) -> dict[int, Resolution]:
        """Return what the bot has recorded of questions; nothing while PostgreSQL is away."""
        query = select(claims.c.message_id, claims.c.fate).where(
            claims.c.message_id.in_([*asked]), claims.c.fate.is_not(None)
        )
        assert self._database is not None
        try:
            rows = await self._database.rows(query)
        except StorageUnavailable:
            return {}
        return {message_id: Resolution(resolution) for message_id, resolution in rows}
