"""Write to the database what has gathered in memory, without making anyone wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Pace:
    """When to write, in seconds.

    Attributes:
        interval: how long changes are gathered before they are written.
        max_pause: between attempts while the database is away.
        deadline: how long the last write may take.
    """

    interval: float = 1.0
    max_pause: float = 30.0
    deadline: float = 1.5  # a container has 10 s to stop, for everything


class WriteBehind:
    """Call `write` soon after each `wake`, in a task that lives as long as the `async with` block.

    `write` tells whether all is written. If not, it is called again, after growing pauses.
    """

    def __init__(self, write: Callable[[], Awaitable[bool]], *, pace: Pace) -> None:
        self._write = write
        self._pace = pace
        self._in_turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Note that there is something to write."""
        self._news.set()

    async def flush(self) -> bool:
        """Write now; tell whether all is written."""
        async with self._in_turn:
            return await self._write()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._write_repeatedly())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closing.set()
        self._news.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=self._pace.deadline)
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _write_repeatedly(self) -> None:
        pause = self._pace.interval
        while not self._closing.is_set():
            await self._news.wait()
            await self._gather(pause)
            self._news.clear()
            if await self.flush():
                pause = self._pace.interval
            else:
                self._news.set()
                pause = min(pause * 2, self._pace.max_pause)
        while not await self.flush():  # noqa: ASYNC110 - there is no event for a database that is back
            await asyncio.sleep(self._pace.interval)

    async def _gather(self, seconds: float) -> None:
        """Wait, but not past the end of the block."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()
