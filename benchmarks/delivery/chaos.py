"""What goes wrong on bad days: at Discord, on disk and in an editor, one by one and all at once."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.delivery.operator import Operator
from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from fake_discord import WEATHER, FakeDiscord

_HOLD = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
time.sleep(float(sys.argv[2]))
"""
_BROKEN = "\nentries: [\n"


@dataclass(frozen=True, slots=True)
class Chaos:
    """What goes wrong and how often, in seconds; None for never.

    Attributes:
        faults: the share of REST requests that fail.
        cut_every: the gateway drops all connections.
        database_away_every: another process locks the database, for `database_away` seconds each time.
        broken_yaml_every: someone breaks the knowledge, and fixes it after a third of that time.
        restart_every: the bot is stopped with SIGTERM and restarted.
        kill_every: the same with SIGKILL.
    """

    faults: float = 0.1
    cut_every: float | None = 20.0
    database_away_every: float | None = 17.0
    database_away: float = 5.0
    broken_yaml_every: float | None = 10.0
    restart_every: float | None = 33.0
    kill_every: float | None = None


class Storm:
    """Let chaos loose on a bot. `cuts` are the times when connections were cut, by the fake Discord's clock."""

    def __init__(self, chaos: Chaos, fake: FakeDiscord, operator: Operator, knowledge: Path) -> None:
        self._chaos = chaos
        self._fake = fake
        self._operator = operator
        self._knowledge = knowledge
        self._hands_on = asyncio.Lock()  # the knowledge folder or the process: a bot can't start with broken YAML
        self._restarts: list[asyncio.Task[None]] = []
        self.cuts: list[float] = []

    async def rage(self) -> None:
        """Do damage until cancelled; then see restarts through that were due, and mend everything."""
        faults = self._fake.faults.on("*", *WEATHER, probability=self._chaos.faults)
        chaos = self._chaos
        try:
            async with asyncio.TaskGroup() as damage:
                damage.create_task(_every(chaos.cut_every, self._cut))
                damage.create_task(_every(chaos.database_away_every, self._take_database))
                damage.create_task(_every(chaos.broken_yaml_every, self._break_knowledge))
                damage.create_task(_every(chaos.restart_every, lambda: self._restart(self._operator.stop)))
                damage.create_task(_every(chaos.kill_every, lambda: self._restart(self._operator.kill)))
        finally:
            faults.stop()
            await asyncio.gather(*self._restarts)
            mend(self._knowledge)

    async def _cut(self) -> None:
        self.cuts.append(self._fake.clock.now())
        self._fake.gateway.cut()

    async def _take_database(self) -> None:
        arguments = ("-c", _HOLD, str(self._operator.database), str(self._chaos.database_away))
        holder = await asyncio.create_subprocess_exec(sys.executable, *arguments)
        try:
            await holder.wait()
        finally:
            with suppress(ProcessLookupError):
                holder.kill()
            await holder.wait()

    async def _break_knowledge(self) -> None:
        async with self._hands_on:
            with (self._knowledge / "faq.yaml").open("a", encoding="utf-8") as faq:
                faq.write(_BROKEN)
        await asyncio.sleep((self._chaos.broken_yaml_every or 0.0) / 3)
        async with self._hands_on:
            mend(self._knowledge)

    async def _restart(self, end: Callable[[], Awaitable[None]]) -> None:
        self._restarts.append(asyncio.create_task(self._end_and_start(end)))
        await asyncio.shield(self._restarts[-1])

    async def _end_and_start(self, end: Callable[[], Awaitable[None]]) -> None:
        async with self._hands_on:
            await end()
            mend(self._knowledge)
            await self._operator.start()


def mend(knowledge: Path) -> None:
    """Put the knowledge that is shipped into a folder."""
    shutil.copytree(SHIPPED_KNOWLEDGE, knowledge, dirs_exist_ok=True)


async def _every(seconds: float | None, harm: Callable[[], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time()
    while seconds is not None:
        due += seconds
        await asyncio.sleep(due - loop.time())
        await harm()
