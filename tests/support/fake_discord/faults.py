"""Bad days: what may go wrong with a request, when, and how often."""

from __future__ import annotations

import fnmatch
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .clock import Clock


@dataclass(frozen=True, slots=True)
class Status:
    """Answer with an error, as Discord or the proxy before it would; nothing is done.

    Statuses from 500 on come from the proxy and are not JSON. `retry_after` is the header, in seconds.
    """

    status: int
    code: int = 0
    message: str = "injected"
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the connection; nothing is done."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close the connection without an answer; nothing is done."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Say nothing for `seconds`, or until the fake Discord stops; nothing is done."""

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Limited:
    """Answer 429. Without `via` it looks as though it came from Cloudflare, not Discord."""

    retry_after: float = 1.0
    scope: str = "user"
    via: bool = True


@dataclass(frozen=True, slots=True)
class Raw:
    """Answer with exactly this; nothing is done. `headers` are added to a JSON content type."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Failure = Status | Reset | Disconnect | Hang | Limited | Raw


@dataclass(frozen=True, slots=True)
class Lost:
    """Do what was asked, then fail all the same: the response is lost."""

    then: Failure = Status(502)


@dataclass(frozen=True, slots=True)
class Slow:
    """Do what was asked, `seconds` later."""

    seconds: float


Action = Failure | Lost | Slow

#: What a bad minute is made of, in the proportions of chance.
WEATHER: Sequence[Action] = (
    Status(500),
    Status(503),
    Reset(),
    Disconnect(),
    Hang(2.0),
    Lost(Status(502)),
    Lost(Reset()),
)


@dataclass(slots=True, eq=False)
class Injection:
    """Actions that strike requests whose "METHOD /route" fits `pattern`."""

    pattern: str
    actions: Sequence[Action]
    probability: float
    left: int | None
    until: float
    rng: random.Random
    hits: int = 0

    def stop(self) -> None:
        """Strike no more."""
        self.left = 0


class Faults:
    """The injections in force. With none there is no cost."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._injections: list[Injection] = []

    def on(
        self,
        pattern: str,
        *actions: Action,
        times: int | None = None,
        probability: float = 1.0,
        seconds: float = float("inf"),
        seed: int = 0,
    ) -> Injection:
        """Let one of `actions` strike each request that fits the pattern.

        `pattern` is like "POST /channels/*/messages" or "*"; `*` fits any text. It strikes
        at most `times` times, with `probability`, for `seconds`. `seed` makes chance repeat.
        """
        injection = Injection(
            pattern,
            actions,
            probability,
            times,
            self._clock.now() + seconds,
            random.Random(seed),
        )
        self._injections.append(injection)
        return injection

    def clear(self) -> None:
        """End all injections."""
        self._injections.clear()

    def strike(self, name: str) -> Action | None:
        """Return what happens to a request called `name`, if anything."""
        if not self._injections:
            return None
        now = self._clock.now()
        for injection in self._injections:
            if injection.left == 0 or now > injection.until:
                continue
            if not fnmatch.fnmatchcase(name, injection.pattern):
                continue
            if injection.rng.random() >= injection.probability:
                continue
            if injection.left is not None:
                injection.left -= 1
            injection.hits += 1
            return injection.rng.choice(injection.actions)
        return None
