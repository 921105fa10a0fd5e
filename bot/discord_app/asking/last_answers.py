"""Remember for five minutes what each person was answered, so that they can ask for more."""

from __future__ import annotations

import asyncio
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.bounded import BoundedMap

REMEMBERED_FOR = timedelta(minutes=5)
MAX_REMEMBERED = 1000  # answers


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks something, in which channel or thread, and when."""

    channel_id: int
    person_id: int
    at: datetime


def asker_of(where: discord.Message | discord.Interaction[Any]) -> Asker:
    """Return who sent a message, used a command, or clicked."""
    if isinstance(where, discord.Message):
        return Asker(where.channel.id, where.author.id, where.created_at)
    return Asker(where.channel_id or 0, where.user.id, where.created_at)


@dataclass(frozen=True, slots=True)
class _Given:
    topics: tuple[str, ...]
    at: datetime
    forgotten_at: float  # by the loop's clock


class LastAnswers:
    """The last answer to each person in each channel: ids of entries, in memory only, never what was asked.

    The ids mean what they mean in that channel, which may have knowledge of its own.
    """

    def __init__(self, *, lifetime: timedelta = REMEMBERED_FOR, capacity: int = MAX_REMEMBERED) -> None:
        self._lifetime = lifetime
        self._given: BoundedMap[tuple[int, int], _Given] = BoundedMap(capacity)
        self._expiry: asyncio.TimerHandle | None = None

    def remember(self, asker: Asker, topics: tuple[str, ...]) -> None:
        """Remember with which entries somebody was answered."""
        forgotten_at = asyncio.get_running_loop().time() + self._lifetime.total_seconds()
        self._given[asker.channel_id, asker.person_id] = _Given(topics, asker.at, forgotten_at)
        if self._expiry is None:
            self._expire_at(forgotten_at)

    def before(self, asker: Asker) -> tuple[str, ...]:
        """Return with which entries somebody was last answered there; none if that was too long before they asked."""
        given = self._given.get((asker.channel_id, asker.person_id))
        is_recent = given is not None and timedelta() <= asker.at - given.at <= self._lifetime
        return given.topics if given and is_recent else ()

    def forget_person(self, person_id: int) -> None:
        """Forget what somebody was answered anywhere."""
        for key in [key for key in self._given if key[1] == person_id]:
            del self._given[key]

    def _expire_at(self, time: float) -> None:
        # In a context of its own, or all that belongs to the question at hand would be kept as long.
        self._expiry = asyncio.get_running_loop().call_at(time, self._expire, context=Context())

    def _expire(self) -> None:
        """Forget what is old enough, which comes first, and come back for the rest."""
        self._expiry, now = None, asyncio.get_running_loop().time()
        for key, given in list(self._given.items()):
            if given.forgotten_at > now:
                self._expire_at(given.forgotten_at)
                break
            del self._given[key]
