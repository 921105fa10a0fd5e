"""Bounded memory of recent events: questions asked by command, and ids."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.discord_app.unanswered.keeper import RawQuestion

HELD_FOR = 900.0  # seconds; an interaction token lives as long
MAX_ASKED = 1000
MAX_IDS = 1000


@dataclass(frozen=True, slots=True)
class _Held:
    asked: RawQuestion
    expiry: asyncio.TimerHandle


class RecentQuestions:
    """Questions by the message each belongs to. They expire, and the oldest make room for new ones."""

    def __init__(self, *, seconds: float = HELD_FOR, capacity: int = MAX_ASKED) -> None:
        self._seconds = seconds
        self._capacity = capacity
        self._held: OrderedDict[int, _Held] = OrderedDict()

    def remember(self, asked: RawQuestion) -> None:
        """Remember a question for a while."""
        self.forget((asked.message_id,))
        if len(self._held) >= self._capacity:
            self.forget((next(iter(self._held)),))
        expiry = asyncio.get_running_loop().call_later(self._seconds, self._held.pop, asked.message_id, None)
        self._held[asked.message_id] = _Held(asked, expiry)

    def find(self, message_ids: Iterable[int]) -> RawQuestion | None:
        """Return the question that belongs to one of these messages."""
        return next((self._held[id_].asked for id_ in message_ids if id_ in self._held), None)

    def forget(self, message_ids: Iterable[int]) -> None:
        """Forget the questions of messages."""
        for id_ in message_ids:
            if held := self._held.pop(id_, None):
                held.expiry.cancel()

    def forget_where(self, which: Callable[[RawQuestion], bool]) -> None:
        """Forget the questions that match."""
        self.forget([id_ for id_, held in self._held.items() if which(held.asked)])


class RecentIds:
    """Recent ids, such as those of deleted messages. Beyond the capacity, the oldest are forgotten."""

    def __init__(self, *, capacity: int = MAX_IDS) -> None:
        self._capacity = capacity
        self._ids: OrderedDict[int, None] = OrderedDict()

    def add(self, ids: Iterable[int]) -> None:
        """Remember some ids."""
        self._ids.update(dict.fromkeys(ids))
        while len(self._ids) > self._capacity:
            self._ids.popitem(last=False)

    def __contains__(self, id_: int) -> bool:
        return id_ in self._ids
