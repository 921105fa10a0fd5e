"""Discord's rate limits: a bucket a route and major parameter, and one over all of them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clock import Clock

_MAX_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests in so many seconds."""

    requests: int
    seconds: float


#: As observed on Discord for the routes that matter here; all others get `DEFAULT`.
DISCORDS: Mapping[str, Allowance] = {
    "POST /channels/{channel_id}/messages": Allowance(5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": Allowance(5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": Allowance(5, 1.0),
    "POST /webhooks/{webhook_id}/{webhook_token}": Allowance(5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": Allowance(5, 2.0),
}
DEFAULT = Allowance(50, 1.0)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What is allowed: by route ("POST /channels/{channel_id}/messages"), and in all."""

    by_route: Mapping[str, Allowance] = field(default_factory=lambda: DISCORDS)
    default: Allowance = DEFAULT
    overall: Allowance = Allowance(50, 1.0)

    @classmethod
    def generous(cls) -> RateLimits:
        """Return limits that no test meets by accident."""
        plenty = Allowance(100_000, 1.0)
        return cls(by_route={}, default=plenty, overall=plenty)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say of one request: the headers, and the refusal if there is one."""

    headers: Mapping[str, str]
    retry_after: float = 0.0
    everywhere: bool = False

    @property
    def refused(self) -> bool:
        return self.retry_after > 0


class _Window:
    __slots__ = ("allowance", "ends", "name", "used")

    def __init__(self, name: str, allowance: Allowance) -> None:
        self.name = name
        self.allowance = allowance
        self.used = 0
        self.ends = 0.0

    def take(self, now: float) -> float:
        """Use one request; return how long to wait instead if none is left."""
        if now >= self.ends:
            self.used = 0
            self.ends = now + self.allowance.seconds
        if self.used >= self.allowance.requests:
            return max(self.ends - now, 0.001)
        self.used += 1
        return 0.0


class RateLimiter:
    """Count requests against the limits."""

    def __init__(self, limits: RateLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()
        self._overall = _Window("global", limits.overall)

    def take(self, route: str, major: str, *, counts_overall: bool) -> Verdict:
        """Count one request to `route`; `major` is the id that splits its bucket.

        Answers to interactions don't count towards the limit over all routes.
        """
        now = self._clock.now()
        window = self._window(route, major)
        if counts_overall and (wait := self._overall.take(now)):
            return Verdict(self._headers(window, now) | {"X-RateLimit-Global": "true"}, wait, everywhere=True)
        wait = window.take(now)
        return Verdict(self._headers(window, now), wait)

    def _window(self, route: str, major: str) -> _Window:
        key = (route, major)
        if (window := self._windows.get(key)) is None:
            if len(self._windows) >= _MAX_BUCKETS:
                self._windows.popitem(last=False)
            allowance = self._limits.by_route.get(route, self._limits.default)
            name = hashlib.blake2b(route.encode(), digest_size=8).hexdigest()
            window = self._windows[key] = _Window(name, allowance)
        return window

    def _headers(self, window: _Window, now: float) -> dict[str, str]:
        left = max(window.ends - now, 0.0)
        return {
            "X-RateLimit-Bucket": window.name,
            "X-RateLimit-Limit": str(window.allowance.requests),
            "X-RateLimit-Remaining": str(window.allowance.requests - window.used),
            "X-RateLimit-Reset": f"{self._clock.wall() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
        }
