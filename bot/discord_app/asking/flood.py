"""Keep the bot from flooding a channel, and people from flooding the bot. Knows nothing of Discord."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Self

MINUTE = 60.0  # seconds
MAX_QUESTIONS = 5  # from one person in a minute
MAX_PEOPLE = 1000  # whose questions of the last minute are remembered
MAX_ANSWERS = 1000  # of the last minute that are


class RateLimit:
    """Admit something so many times in a while for each key, such as a person; the memory for keys is bounded."""

    def __init__(
        self,
        most: int,
        *,
        seconds: float = MINUTE,
        now: Callable[[], float] = time.monotonic,
        capacity: int = MAX_PEOPLE,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._now = now
        self._capacity = capacity
        self._admitted: OrderedDict[Hashable, list[float]] = OrderedDict()

    def admits(self, key: Hashable) -> bool:
        """Tell whether one more is within the limit, and count it if so."""
        now = self._now()
        times = self._admitted.setdefault(key, [])
        self._admitted.move_to_end(key)
        self._forget(now)
        while times and now - times[0] >= self._seconds:
            del times[0]
        if len(times) >= self._most:
            return False
        times.append(now)
        return True

    def _forget(self, now: float) -> None:
        """Forget who has been quiet for long, and of too many those who were quiet for longest."""
        while len(self._admitted) > 1:
            quietest = next(iter(self._admitted.values()))
            if len(self._admitted) <= self._capacity and now - quietest[-1] < self._seconds:
                return
            self._admitted.popitem(last=False)


@dataclass(slots=True)
class _Said:
    """What is being said or has been said: when, and at which address."""

    at: float
    address: str | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class RecentAnswers:
    """What has been answered where within the last minute. The memory is bounded: the oldest are forgotten."""

    def __init__(
        self,
        *,
        seconds: float = MINUTE,
        now: Callable[[], float] = time.monotonic,
        capacity: int = MAX_ANSWERS,
    ) -> None:
        self._seconds = seconds
        self._now = now
        self._capacity = capacity
        self._said: OrderedDict[tuple[int, tuple[str, ...]], _Said] = OrderedDict()

    async def once(
        self,
        channel_id: int,
        topics: tuple[str, ...],
        say: Callable[[], Awaitable[str | None]],
        *,
        patience: float | None,
    ) -> str | None:
        """Say something about topics in a channel, unless that has just been done; return the earlier one's address.

        Whoever comes while it is being said waits for that. What has no topics is always said.

        Args:
            channel_id: where.
            topics: ids of what is answered; their order makes no difference.
            say: says it and returns the address, or None if it couldn't be said.
            patience: seconds to wait for whoever is saying it, then it is said again; None: as long as it takes.
        """
        if not topics:
            await say()
            return None
        said = self._place_for(channel_id, topics)
        try:
            async with asyncio.timeout(patience):
                await said.turn.acquire()
        except TimeoutError:  # whoever is at it takes too long
            await say()
            return None
        try:
            if said.address is not None and self._now() - said.at < self._seconds:
                return said.address
            said.address = await say()
            said.at = self._now()
            return None
        finally:
            said.turn.release()

    def remember(self, channel_id: int, topics: tuple[str, ...], address: str) -> None:
        """Take note of something that was said in another way."""
        said = self._place_for(channel_id, topics)
        said.at, said.address = self._now(), address

    def forget(self, message_id: int) -> None:
        """Forget what was said in a message that is gone."""
        for said in self._said.values():
            if said.address is not None and said.address.endswith(f"/{message_id}"):
                said.address = None

    def _place_for(self, channel_id: int, topics: tuple[str, ...]) -> _Said:
        now = self._now()
        key = (channel_id, tuple(sorted(topics)))
        said = self._said.setdefault(key, _Said(at=now))
        self._said.move_to_end(key)
        self._forget(now)
        return said

    def _forget(self, now: float) -> None:
        """Forget what was said long ago, and of too much what was said first."""
        while len(self._said) > 1:
            oldest = next(iter(self._said.values()))
            is_old = now - oldest.at >= self._seconds and not oldest.turn.locked()
            if len(self._said) <= self._capacity and not is_old:
                return
            self._said.popitem(last=False)


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """Everything that is limited, in one place for all sources of questions.

    Attributes:
        questions: of each person.
        directions: to where the bot answers, in each channel where it doesn't.
        answers: that are not given twice.
    """

    questions: RateLimit = field(default_factory=lambda: RateLimit(MAX_QUESTIONS))
    directions: RateLimit = field(default_factory=lambda: RateLimit(1))
    answers: RecentAnswers = field(default_factory=RecentAnswers)

    @classmethod
    def of(cls, questions_a_minute: int) -> Self:
        """Return limits with so many questions for one person."""
        return cls(questions=RateLimit(questions_a_minute))
