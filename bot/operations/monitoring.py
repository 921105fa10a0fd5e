"""Serve health checks and metrics."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

Checks = Callable[[], Mapping[str, bool]]
"""Returns whether each thing that answering needs works, by name."""

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
    host, _, port = address.rpartition(":")
    application = web.Application()
    application.router.add_get("/livez", _live)
    application.router.add_get("/readyz", _ready(checks))
    application.router.add_get("/metrics", _metrics(registry))
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except (OSError, UnicodeError) as error:  # UnicodeError: not a valid host name
            reason = getattr(error, "strerror", None) or "no such host"
            remedy = "Set it to a free address on this machine, or leave it empty."
            raise AddressUnusable(f"MONITORING_ADDRESS {address} can't be used: {reason}. {remedy}") from None
        yield
    finally:
        await runner.cleanup()


async def _live(_: web.Request) -> web.Response:
    return web.json_response({"live": True})


def _ready(checks: Checks) -> Handler:
    async def ready(_: web.Request) -> web.Response:
        results = dict(checks())
        is_ready = all(results.values())
        return web.json_response({"ready": is_ready, **results}, status=200 if is_ready else 503)

    return ready


def _metrics(registry: CollectorRegistry) -> Handler:
    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return metrics


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
