"""Keep the same thing from being done twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary


class AlreadyRunning(Exception):
    """The same thing is already being done."""


class Underway:
    """What is being done right now, so that a second click doesn't do it again, or waits for the first."""

    def __init__(self) -> None:
        self._keys: set[Hashable] = set()
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    @contextmanager
    def only_once(self, *key: Hashable) -> Iterator[None]:
        """Mark something as being done while the block runs.

        Raises:
            AlreadyRunning: It already is.
        """
        if key in self._keys:
            raise AlreadyRunning
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)

    def turn(self, *key: Hashable) -> asyncio.Lock:
        """Return what to hold while doing something, so that whoever does the same waits."""
        return self._turns.setdefault(key, asyncio.Lock())
