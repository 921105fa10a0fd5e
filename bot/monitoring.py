"""Tell from outside whether the bot lives and whether it can answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

Checks = Callable[[], Mapping[str, bool]]
"""Returns, by name, whether each thing that answering needs is in order."""


class AddressUnusable(Exception):
    """Say that nothing can be served at the address, and why."""


@asynccontextmanager
async def serve_monitoring(address: str | None, checks: Checks) -> AsyncIterator[None]:
    """Serve /livez and /readyz at `host:port` for as long as the context lasts; nothing without an address.

    /livez answers 200 while the event loop turns; /readyz answers 200 while every check holds, else 503, and names
    them.

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
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except (OSError, UnicodeError) as error:  # UnicodeError: no host can have that name
            reason = getattr(error, "strerror", None) or "there is no such host"
            remedy = "Set it to a free one of this machine, or leave it empty."
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
