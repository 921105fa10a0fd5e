"""Answer what monitoring asks over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

Checks = Callable[[], Mapping[str, bool]]
"""Returns whether each thing that answering needs works, by name."""


@asynccontextmanager
async def open_endpoints(host: str, port: int, checks: Checks, registry: CollectorRegistry) -> AsyncIterator[None]:
    """Serve /livez, /readyz and /metrics for as long as the context lasts.

    Raises:
        OSError: The address can't be used.
        UnicodeError: The host has no valid name.
    """
    application = web.Application()
    application.router.add_get("/livez", _live)
    application.router.add_get("/readyz", _ready(checks))
    application.router.add_get("/metrics", _metrics(registry))
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
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
