"""Bounded memory of recent ids."""

from __future__ import annotations

from collections.abc import Iterable

from bot.bounded import BoundedMap

MAX_IDS = 1000


class RecentIds:
    """Recent ids, such as those of deleted messages. Beyond the capacity, the oldest are forgotten."""

    def __init__(self, *, capacity: int = MAX_IDS) -> None:
        self._ids: BoundedMap[int, None] = BoundedMap(capacity)

    def add(self, ids: Iterable[int]) -> None:
        """Remember some ids."""
        for id_ in ids:
            self._ids[id_] = None

    def __contains__(self, id_: int) -> bool:
        return id_ in self._ids
