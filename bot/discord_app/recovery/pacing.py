"""Do many things without hurry, and see through what has been begun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

at_a_time = 10  # channels looked through, or questions answered


async def paced(works: Iterable[Coroutine[Any, Any, T]], pause: Callable[[], float]) -> list[T]:
    """Do works, begun one after another with a pause between, and a few at a time; return what they do in order."""
    turn = asyncio.Semaphore(at_a_time)
    begun: list[asyncio.Task[T]] = []

    async def one(work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        finally:
            turn.release()

    try:
        for work in works:
            await turn.acquire()
            begun.append(asyncio.create_task(one(work)))
            await asyncio.sleep(pause())
        return await asyncio.gather(*begun)
    finally:
        for task in begun:
            task.cancel()


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
