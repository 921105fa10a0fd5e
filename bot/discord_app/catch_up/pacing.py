"""Do many things without hurry, and see through what has been begun."""

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


async def paced(do: Callable[[S], Coroutine[Any, Any, T]], items: Iterable[S], pause: Callable[[], float]) -> list[T]:
    """Do something about each item, begun one after another with a pause between, and for a few at a time.

    What comes of it is returned in the order of the items.
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


async def answered(answer: Callable[[S], Coroutine[Any, Any, T]], questions: Iterable[S]) -> list[T]:
    """Answer questions that nobody has just asked, a few at a time: one that fails for long holds up no other."""
    return await paced(answer, questions, lambda: PAUSE_BETWEEN_ANSWERS)


class Rounds:
    """Do something again and again: at once when woken, else after a pause."""

    def __init__(self, do: Callable[[], Awaitable[None]]) -> None:
        self._do = do
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Begin a round now, or directly after the one that goes on."""
        self._wake.set()

    async def run(self) -> None:
        """Go on until cancelled; what goes wrong in a round is left to the next one."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_BETWEEN_ROUNDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._do()
            except Exception:
                logger.exception("What was missed or left open could not be taken up.")


class Begun:
    """Answers that are seen through even if whoever asked for them is cancelled: then they are in flight."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()  # the loop itself forgets tasks

    async def finish(self, answering: Coroutine[Any, Any, T]) -> T:
        """Answer, and return what came of it."""
        task = asyncio.create_task(answering)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)
