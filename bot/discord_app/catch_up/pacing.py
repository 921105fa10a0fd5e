"""Do many things a few at a time, and finish what has been begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")

logger = logging.getLogger(__name__)

AT_A_TIME = 10  # channels looked through, or questions answered
PAUSE_BETWEEN_ANSWERS = 0.04  # seconds
PAUSE_BETWEEN_ROUNDS = 5.0  # seconds


async def paced(
    do: Callable[[S], Coroutine[Any, Any, T]],
    items: Iterable[S],
    pause: Callable[[], float] = lambda: PAUSE_BETWEEN_ANSWERS,
) -> list[T]:
    """Do something for each item, a few at a time, with a pause after each start; return the results in order.

    So one that takes long holds up no other.
    """
    turn = asyncio.Semaphore(AT_A_TIME)
    begun: list[asyncio.Task[T]] = []

    async def one(item: S) -> T:
        try:
            return await do(item)
        finally:
            turn.release()

    try:
        for item in items:
            await turn.acquire()
            begun.append(asyncio.create_task(one(item)))
            await asyncio.sleep(pause())
        return await asyncio.gather(*begun)
    finally:
        for task in begun:
            task.cancel()


class Rounds:
    """Do something repeatedly: at once when woken, otherwise after a pause."""

    def __init__(self, do: Callable[[], Awaitable[None]]) -> None:
        self._do = do
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Begin a round now, or right after the current one."""
        self._wake.set()

    async def run(self) -> None:
        """Run until canceled; what fails in a round is left to the next one."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_BETWEEN_ROUNDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._do()
            except Exception:
                logger.exception("Failed to catch up.")


class Begun:
    """Answers that are finished even if the task that began them is canceled."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()  # the loop itself forgets tasks

    async def finish(self, answering: Coroutine[Any, Any, T]) -> T:
        """Answer, and return what came of it."""
        task = asyncio.create_task(answering)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)
