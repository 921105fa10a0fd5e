"""Keep the same thing from being done twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class Turns:
    """What to hold while doing something, so that whoever wants to do the same waits, or sees that it's being done."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, *key: Hashable) -> asyncio.Lock:
        """Return the lock of a thing; it's locked while somebody does that."""
        return self._locks.setdefault(key, asyncio.Lock())
