"""Keep the same thing from being done twice at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class AlreadyRunning(Exception):
    """The same thing is already being done."""


class Underway:
    """What is being done right now, so that a second click doesn't do it again."""

    def __init__(self) -> None:
        self._keys: set[Hashable] = set()

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
