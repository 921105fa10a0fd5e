"""Keep the bot from flooding a channel, and people from flooding the bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from bot.bounded import BoundedMap
from bot.language.languages import ENGLISH, Language

MINUTE = 60.0  # seconds
MAX_QUESTIONS = 5  # from one person in a minute
MAX_PEOPLE = 1000  # whose recent questions are counted
COUNTED_FOR = 20 * MINUTE  # missed questions are up to 15 minutes older than new ones
MAX_ANSWERS = 1000  # that are remembered


class RateLimit:
    """Admit something `most` times within some `seconds` for each key, such as a person."""

    def __init__(
        self,
        most: int,
        *,
        seconds: float = MINUTE,
        capacity: int = MAX_PEOPLE,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._admitted: BoundedMap[Hashable, list[float]] = BoundedMap(capacity)

    def admits(self, key: Hashable, when: datetime) -> bool:
        """Return whether one more is allowed, and count it if so. Missed ones may come later than newer ones."""
        at = when.timestamp()
        times = self._admitted.get(key, [])
        if is_admitted := sum(abs(at - other) < self._seconds for other in times) < self._most:
            times = [*times, at]
        newest = max(times, default=at)
        self._admitted[key] = [other for other in times if newest - other < max(COUNTED_FOR, self._seconds)]
        return is_admitted


@dataclass(slots=True)
class _Said:
    """What is being or has been said: when, and where."""

    at: float
    address: str | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class RecentAnswers:
    """What was answered within the last minute, by channel."""

    def __init__(
        self,
        *,
        seconds: float = MINUTE,
        now: Callable[[], float] = time.monotonic,
        capacity: int = MAX_ANSWERS,
    ) -> None:
        self._seconds = seconds
        self._now = now
        self._said: BoundedMap[tuple[int, Language, tuple[str, ...]], _Said] = BoundedMap(capacity)

    async def once(
        self,
        channel_id: int,
        topics: tuple[str, ...],
        say: Callable[[], Awaitable[str | None]],
        *,
        language: Language = ENGLISH,
        patience: float | None,
    ) -> str | None:
        """Say something about topics in a channel, unless that was just done; return the earlier message's address.

        While it is being said, others who want to say it wait. What has no topics is always said.

        Args:
            channel_id: where.
            topics: ids of what is answered; their order makes no difference.
            say: says it and returns the address, or None if it couldn't be said.
            language: of what is said; in another one, it isn't the same.
            patience: seconds to wait while another says it, before saying it again; None: as long as it takes.
        """
        if not topics:
            await say()
            return None
        said = self._place_for(channel_id, topics, language)
        try:
            async with asyncio.timeout(patience):
                await said.turn.acquire()
        except TimeoutError:  # the other takes too long
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

    def remember(self, channel_id: int, topics: tuple[str, ...], address: str, *, language: Language = ENGLISH) -> None:
        """Remember something that was said without `once`."""
        said = self._place_for(channel_id, topics, language)
        said.at, said.address = self._now(), address

    def forget(self, message_id: int) -> None:
        """Forget what was said in a message that is gone."""
        for said in self._said.values():
            if said.address is not None and said.address.endswith(f"/{message_id}"):
                said.address = None

    def _place_for(self, channel_id: int, topics: tuple[str, ...], language: Language) -> _Said:
        key = (channel_id, language, tuple(sorted(topics)))
        said = self._said.get(key) or _Said(at=self._now())
        self._said[key] = said
        return said


@dataclass(frozen=True, slots=True)
class FloodLimits:
    """The limits, for all sources of questions together.

    Attributes:
        questions: of each person.
        warnings: that somebody asks too much, to each person; a flood must not make the bot send one of its own.
        manners: the same for greetings, thanks and the like, which take no question away.
        directions: hints where the bot answers, in each channel where it doesn't.
        answers: not repeated within a minute.
    """

    questions: RateLimit = field(default_factory=lambda: RateLimit(MAX_QUESTIONS))
    warnings: RateLimit = field(default_factory=lambda: RateLimit(1))
    manners: RateLimit = field(default_factory=lambda: RateLimit(MAX_QUESTIONS))
    directions: RateLimit = field(default_factory=lambda: RateLimit(1))
    answers: RecentAnswers = field(default_factory=RecentAnswers)

    @classmethod
    def of(cls, questions_a_minute: int) -> Self:
        """Return limits with this many questions per person."""
        return cls(questions=RateLimit(questions_a_minute), manners=RateLimit(questions_a_minute))

    def of_message(self, *, is_social: bool) -> RateLimit:
        """Return the limit that a message counts toward."""
        return self.manners if is_social else self.questions
