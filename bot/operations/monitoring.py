"""Serve health checks and metrics."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from bot.operations.endpoints import Checks

MAX_LAG = 1.0  # seconds by which the event loop may be late while the bot counts as ready


class AddressUnusable(Exception):
    """Say why the address can't be used."""


@asynccontextmanager
async def serve_monitoring(address: str | None, checks: Checks, registry: CollectorRegistry) -> AsyncIterator[None]:
    """Serve /livez, /readyz and /metrics at `host:port` for as long as the context lasts; nothing without an address.

    /livez answers 200 while the event loop runs. /readyz answers 200 while every check passes, otherwise 503, and lists
    the checks. /metrics shows the registry as text for Prometheus.

    Raises:
        AddressUnusable: The address can't be used.
    """
    if address is None:
        yield
        return
    from bot.operations.endpoints import open_endpoints  # noqa: PLC0415 - a web server takes 2 MB of memory

    host, _, port = address.rpartition(":")
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(open_endpoints(host.strip("[]"), int(port), checks, registry))
        except (OSError, UnicodeError) as error:  # UnicodeError: not a valid host name
            reason = getattr(error, "strerror", None) or "no such host"
            remedy = "Set it to a free address on this machine, or leave it empty."
            raise AddressUnusable(f"MONITORING_ADDRESS {address} can't be used: {reason}. {remedy}") from None
        yield


class LoopLag:
    """Measure how late the event loop wakes a task, for as long as the `async with` block lasts.

    The task is due at fixed times. After a long stall it wakes once for each time it missed, so that a stalled second
    weighs as much as a running one.

    Args:
        observe: called with each lag, in seconds.
        interval: seconds between measurements.
        memory: seconds to remember a lag.
    """

    def __init__(self, observe: Callable[[float], None], *, interval: float = 0.1, memory: float = 10.0) -> None:
        self._observe = observe
        self._interval = interval
        self._memory = memory
        self._lags: deque[tuple[float, float]] = deque()  # when, and how much
        self._due = float("inf")
        self._task: asyncio.Task[None] | None = None

    @property
    def recent(self) -> float:
        """The worst recent lag in seconds, including one that still lasts."""
        now = asyncio.get_running_loop().time()
        self._forget(now)
        return max(0.0, now - self._due, *(lag for _, lag in self._lags))

    @property
    def keeps_up(self) -> bool:
        """Whether the loop runs fast enough for Discord's deadlines."""
        return self.recent < MAX_LAG

    async def __aenter__(self) -> Self:
        """Start measuring."""
        self._due = asyncio.get_running_loop().time() + self._interval
        self._task = asyncio.create_task(self._measure())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop measuring."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _measure(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(self._due - clock())
            now = clock()
            lag = max(0.0, now - self._due)
            self._due = max(self._due + self._interval, now - self._memory)  # the machine may have slept for hours
            self._forget(now)
            self._lags.append((now, lag))
            self._observe(lag)

    def _forget(self, now: float) -> None:
        while self._lags and self._lags[0][0] < now - self._memory:
            self._lags.popleft()
