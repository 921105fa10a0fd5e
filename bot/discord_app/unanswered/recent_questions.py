"""Bounded memory of questions asked by command: a vote on an answer doesn't repeat its question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.bounded import BoundedMap
from bot.discord_app.unanswered.keeper import RawQuestion

HELD_FOR = 900.0  # seconds; an interaction token lives as long
MAX_ASKED = 1000


@dataclass(frozen=True, slots=True)
class _Held:
    asked: RawQuestion
    expiry: asyncio.TimerHandle


class RecentQuestions:
    """Questions by the message each belongs to. They expire, and the oldest make room for new ones."""

    def __init__(self, *, seconds: float = HELD_FOR, capacity: int = MAX_ASKED) -> None:
        self._seconds = seconds
        self._held: BoundedMap[int, _Held] = BoundedMap(capacity)

    def remember(self, asked: RawQuestion) -> None:
        """Remember a question for a while."""
        self.forget((asked.message_id,))
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
