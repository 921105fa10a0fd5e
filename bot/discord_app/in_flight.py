"""What is being answered right now."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

QUIET_AFTER = 1.0  # seconds
MAX_IN_FLIGHT = 1000  # questions; more are taken up later, so that memory stays bounded


class InFlight:
    """The questions being answered, so that shutdown can wait for them and none is begun twice."""

    def __init__(self, *, capacity: int = MAX_IN_FLIGHT) -> None:
        self._capacity = capacity
        self._keys: Counter[Hashable] = Counter()
        self._tasks: Counter[asyncio.Task[Any]] = Counter()
        self._last_begun = float("-inf")
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._keys

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is being answered or was begun within the last second."""
        return not self._keys and time.monotonic() - self._last_begun > QUIET_AFTER

    @property
    def is_full(self) -> bool:
        """Whether no more should be begun."""
        return len(self._keys) >= self._capacity

    @contextmanager
    def doing(self, key: Hashable) -> Iterator[None]:
        """Mark something as being answered for as long as the block runs."""
        task = asyncio.current_task()
        if task is None:
            raise AssertionError("only tasks answer")
        self._keys[key] += 1
        self._tasks[task] += 1
        self._last_begun = time.monotonic()
        self._idle.clear()
        try:
            yield
        finally:
            _take_one(self._keys, key)
            _take_one(self._tasks, task)
            if not self._keys:
                self._idle.set()

    async def ended(self, *, within: float) -> bool:
        """Wait until nothing is being answered, for some seconds at most; tell whether that is so."""
        # Not asyncio.timeout: in a task that is being canceled, Python 3.11.2 doesn't raise TimeoutError.
        waiting = asyncio.ensure_future(self._idle.wait())
        try:
            done, _ = await asyncio.wait({waiting}, timeout=within)
        finally:
            waiting.cancel()
        return bool(done)

    def abandon(self) -> None:
        """Cancel whatever is still being answered."""
        for task in self._tasks:
            task.cancel()


def _take_one(counter: Counter[T], key: T) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
