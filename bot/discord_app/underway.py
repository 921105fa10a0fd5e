"""Let nothing be done twice at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class AlreadyRunning(Exception):
    """Say that the same thing is being done at this moment."""


class Underway:
    """What is being done at this moment, so that a second click doesn't do it a second time."""

    def __init__(self) -> None:
        self._keys: set[Hashable] = set()

    @contextmanager
    def only_once(self, *key: Hashable) -> Iterator[None]:
        """Mark a thing as being done for as long as the block runs.

        Raises:
            AlreadyRunning: It is marked already.
        """
        if key in self._keys:
            raise AlreadyRunning
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)
