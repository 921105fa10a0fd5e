"""The one path of every request that carries the bot's token."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import aiohttp
import discord
import yarl
from discord.http import Route

from bot.discord_app.patches import Send, UnreadableResponse
from bot.discord_app.rest.circuit import Circuit
from bot.discord_app.rest.retrying import is_temporary, retrying_requests
from bot.operations.metrics import RetryReason
from bot.retrying import Retrying

logger = logging.getLogger(__name__)

TIME_FOR_ANSWER = aiohttp.ClientTimeout(total=8.0)  # discord.py would wait for 300 s
DEADLINE = 60.0  # seconds for all attempts, with what Discord's rate limits make them wait
FIRST_PAUSE = 0.5  # seconds
MAX_SHARDS = 100_000  # the largest bots have some thousands

# Without these the bot can't start or reconnect.
_ESSENTIAL = {
    ("GET", "/users/@me"),
    ("GET", "/oauth2/applications/@me"),
    ("GET", "/gateway/bot"),
    ("PUT", "/applications/{application_id}/commands"),
}
_POST_MESSAGE = ("POST", "/channels/{channel_id}/messages")
_OPEN_POST = ("POST", "/channels/{channel_id}/threads")

# What discord.py needs of a response, and what reads it.
_NEEDED: Mapping[tuple[str, str], Mapping[str, Callable[[Any], object]]] = {
    ("GET", "/users/@me"): {"id": int},
    ("GET", "/oauth2/applications/@me"): {"id": int},
    ("GET", "/gateway/bot"): {"shards": range(1, MAX_SHARDS + 1).index, "url": yarl.URL, "session_start_limit": dict},
    _POST_MESSAGE: {"id": int},
}


class TokenRefused(discord.DiscordException):
    """Discord has refused the bot's token, so no further request can succeed."""


class Requests:
    """Send requests with a timeout, retry what discord.py doesn't, and stop once the token has been refused.

    A request is retried only if it is safe to send twice: one that posts a message must carry a nonce, by which Discord
    recognizes it, and one that opens a forum post has none. What the bot can't start without is retried for as long as
    Discord can't be reached.

    Args:
        send: makes one request, as discord.py does.
        circuit: holds requests back while Cloudflare blocks them.
        note_retry: told the reason before each retry.
    """

    def __init__(self, send: Send, *, circuit: Circuit, note_retry: Callable[[RetryReason], None]) -> None:
        self._send = send
        self._circuit = circuit
        self._retrying = retrying_requests(deadline=DEADLINE, first_pause=FIRST_PAUSE, note=note_retry)
        self._until_reached = Retrying(passes=is_temporary, tell=_say_it_is_away)
        self.token_refused = asyncio.Event()

    async def __call__(self, route: Route, **parameters: Any) -> Any:
        """Make a request and return Discord's response.

        Raises:
            TokenRefused: The token was refused before.
            discord.HTTPException: Discord refuses the request.
            OSError, aiohttp.ClientError: Discord couldn't be reached before the deadline (TimeoutError is an OSError).
        """
        attempt = partial(self._circuit.call, partial(self._once, route, **parameters))
        if (route.method, route.path) in _ESSENTIAL:
            return await self._until_reached(attempt)
        async with asyncio.timeout(DEADLINE + TIME_FOR_ANSWER.total if TIME_FOR_ANSWER.total else None):
            if not _is_safe_to_repeat(route, parameters):
                return await attempt()
            return await self._retrying(attempt)

    async def _once(self, route: Route, **parameters: Any) -> Any:
        if self.token_refused.is_set():
            raise TokenRefused
        for file in parameters.get("files") or ():  # discord.py goes back to their start only in its own retries
            file.reset()
        try:
            response = await self._send(route, timeout=TIME_FOR_ANSWER, **parameters)
        except discord.HTTPException as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                self.token_refused.set()
            raise
        _check_readable(route, response)
        return response


def _say_it_is_away(error: BaseException, pause: float) -> None:
    what = type(error).__name__ + (f": {error}" if isinstance(error, UnreadableResponse) else "")
    logger.warning("Discord can't be reached (%s). Next attempt in %.0f s.", what, pause)


def _check_readable(route: Route, response: Any) -> None:
    """Raise UnreadableResponse if discord.py would fail at a response, so that it's asked for again."""
    for name, read in _NEEDED.get((route.method, route.path), {}).items():
        try:
            read(response[name])
        except (LookupError, TypeError, ValueError):
            raise UnreadableResponse(f"{name} is missing or can't be right") from None


def _is_safe_to_repeat(route: Route, parameters: dict[str, Any]) -> bool:
    name = (route.method, route.path)
    if name == _OPEN_POST:
        return False
    return name != _POST_MESSAGE or bool(_body_of(parameters).get("enforce_nonce"))


def _body_of(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON of a request, which is a part of a form if files are sent with it."""
    parts = {part["name"]: part["value"] for part in parameters.get("form") or ()}
    body: dict[str, Any] = json.loads(parts["payload_json"]) if "payload_json" in parts else parameters.get("json", {})
    return body
