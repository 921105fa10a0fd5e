"""The touches of discord.py's internals, each with its reason. The tests tell when discord.py changes one of them.

Those for gateway events are in `unreadable`.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands, http, shard
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket
from discord.http import Route
from discord.webhook import async_ as webhooks

from bot.discord_app.unreadable import whole

logger = logging.getLogger(__name__)

MAX_PAUSE_TO_RECONNECT = 30.0  # seconds
MAX_RECONNECTS_A_MINUTE = 20  # of a shard; then it pauses before each
MIN_HEARTBEAT, MAX_HEARTBEAT = 1.0, 60.0  # seconds between two; Discord asks for 41, and bears 0.5
_MINUTE = 60.0  # seconds
_POSTS_OF_FORUM = re.compile(r"/channels/\d+/threads$")

Send = Callable[..., Awaitable[Any]]
"""discord.py's `HTTPClient.request`: a route and keyword arguments in, decoded JSON out."""


def use_addresses(*, api: str, gateway: str | None) -> None:
    """Send requests and gateway connections to these addresses, in the whole process.

    discord.py has no setting for them; a stand-in for Discord and proxies need one.
    """
    Route.BASE = api.rstrip("/")
    if gateway is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


seconds_to_wait: ContextVar[float] = ContextVar("seconds_to_wait", default=1.0)
"""For how long the last 429 that a task has read asks to wait: discord.py doesn't say when it holds all requests back.

It's noted once `refuse_unreadable_responses` was called.
"""


class UnreadableResponse(aiohttp.ClientError):
    """The response was damaged on its way, or isn't Discord's."""


def refuse_unreadable_responses() -> None:
    """Raise `UnreadableResponse` for what discord.py would take for a response, or fail at, in the whole process.

    Proxies and networks with a login answer with pages of their own, such as 200 or 401. Of errors, only Discord's are
    believed, and Cloudflare's blocks, which are text. Those from 500 on are tried again whoever they are from, unless
    the request opens a forum post.
    """
    http.json_or_text = webhooks.json_or_text = _json_or_refused  # type: ignore[attr-defined]


_json_or_text = http.json_or_text


async def _json_or_refused(response: aiohttp.ClientResponse) -> Any:
    try:
        data: Any = await _json_or_text(response)
    except ValueError:
        raise UnreadableResponse("neither JSON nor text") from None
    if not _is_believed(response, data):
        raise UnreadableResponse(f"{response.status}, but not from Discord")
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and _opens_post(response):
        raise UnreadableResponse(f"{response.status}, so the post may be open or not")
    if response.status == HTTPStatus.TOO_MANY_REQUESTS and isinstance(data, dict):
        seconds_to_wait.set(data["retry_after"])
    return whole(data)


def _opens_post(response: aiohttp.ClientResponse) -> bool:
    """Return whether a request opens a forum post: discord.py would send it again, and Discord open a second post."""
    return response.method == "POST" and _POSTS_OF_FORUM.search(response.url.path) is not None


def _is_believed(response: aiohttp.ClientResponse, data: Any) -> bool:
    match response.status:
        case HTTPStatus.NO_CONTENT:
            return True
        case HTTPStatus.TOO_MANY_REQUESTS if isinstance(data, str):
            return "Via" not in response.headers
        case HTTPStatus.TOO_MANY_REQUESTS:
            return isinstance(data, dict) and _is_pause(data.get("retry_after"))
        case HTTPStatus.FORBIDDEN if isinstance(data, str):
            return response.content_type.startswith("text/")
        case status if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return isinstance(data, list) or (isinstance(data, dict) and data != {})
        case status if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return isinstance(data, dict) and isinstance(data.get("message"), str) and isinstance(data.get("code"), int)
    return True


def _is_pause(seconds: object) -> bool:
    return isinstance(seconds, (int, float)) and 0 <= seconds < float("inf")


def reconnect_patiently() -> None:
    """Reconnect after pauses that are neither too short nor too long, in the whole process.

    discord.py's pauses grow to 17 minutes. It doesn't pause at all when a new session fails, or when Discord ends each
    connection as soon as it is made. And it ends the program when a shard gets what it can't read. It sends heartbeats
    without a pause, or none, if it is told an absurd one.
    """
    shard.Shard = _PatientShard  # type: ignore[misc]
    shard.ExponentialBackoff = _ShortBackoff  # type: ignore[attr-defined, assignment]
    discord.gateway.KeepAliveHandler = _SteadyHeart  # type: ignore[assignment, misc]


class _PatientShard(shard.Shard):
    """A shard that waits before it asks discord.py's loop, which serves all shards, to connect it anew."""

    def __init__(
        self, ws: DiscordWebSocket, client: discord.AutoShardedClient, queue_put: Callable[[shard.EventItem], None]
    ) -> None:
        super().__init__(ws, client, self._put_in_time)
        self._put = queue_put
        self._is_connecting = False
        self._connected: deque[float] = deque(maxlen=MAX_RECONNECTS_A_MINUTE)

    async def reidentify(self, exc: ReconnectWebSocket) -> None:
        self._connected.append(time.monotonic())
        self._is_connecting = True
        try:
            if self.ws.open:  # it sent what can't be read
                await self.ws.close(4000)
            await super().reidentify(exc)
        finally:
            self._is_connecting = False

    async def reconnect(self) -> None:
        await self.reidentify(ReconnectWebSocket(self.id, resume=False))

    def _put_in_time(self, item: shard.EventItem) -> None:
        pause = 0.0
        if item.type == shard.EventType.terminate and not isinstance(item.error, discord.PrivilegedIntentsRequired):
            pause = self._backoff.delay()
            logger.warning(
                "Shard %d got what it can't read (%s). It begins a new session in %.0f s.",
                self.id,
                type(item.error).__name__,
                pause,
            )
            item = shard.EventItem(shard.EventType.identify, self, ReconnectWebSocket(self.id, resume=False))
        elif item.type in {shard.EventType.resume, shard.EventType.identify} and self._has_to_wait():
            pause = self._backoff.delay()
            logger.warning("Shard %d has lost its connection again. Next connection in %.0f s.", self.id, pause)
        self._client.loop.call_later(pause, self._put, item)

    def _has_to_wait(self) -> bool:
        """Return whether the last attempt to connect failed, or too many succeeded lately."""
        lately = [when for when in self._connected if time.monotonic() - when < _MINUTE]
        return self._is_connecting or len(lately) == MAX_RECONNECTS_A_MINUTE


class _ShortBackoff(ExponentialBackoff[bool]):
    def delay(self) -> float:
        return super().delay() % MAX_PAUSE_TO_RECONNECT


class _SteadyHeart(KeepAliveHandler):
    def __init__(self, *, interval: float, **others: Any) -> None:
        super().__init__(interval=min(max(MIN_HEARTBEAT, interval), MAX_HEARTBEAT), **others)


def sender_of(client: discord.Client) -> Send:
    """Return what makes a client's requests."""
    return client.http.request


def send_through(client: discord.Client, send: Send) -> None:
    """Let every request of a client pass through `send`: discord.py has no hook for that."""
    client.http.request = send  # type: ignore[method-assign, assignment]


def use_global_limit(client: discord.Client, limit: asyncio.Event) -> None:
    """Let a client that is logged in wait for this limit: logging in replaces the one before."""
    client.http._global_over = limit  # noqa: SLF001 - there is no public way


def knows_roles_of(member: discord.Member) -> bool:
    """Return whether all of a member's roles are known: discord.py leaves out those that it never heard of."""
    return all(member.guild.get_role(role_id) is not None for role_id in member._roles)  # noqa: SLF001


class LaunchFailed(Exception):
    """A shard could not connect; `reason` names the error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SingleLaunches:
    """Make one attempt to launch a shard.

    After a failure, discord.py logs it, waits 5 s and calls `launch_shard` from within itself, so the stack
    would grow without end. The inner call ends the attempt here instead.
    """

    def __init__(self) -> None:
        self._launching: set[int] = set()

    async def launch(self, shard_id: int, attempt: Callable[[], Awaitable[None]]) -> None:
        """Make an attempt; `attempt` is discord.py's `launch_shard`, which calls back here when it failed.

        Raises:
            LaunchFailed: The shard could not connect.
        """
        if shard_id in self._launching:
            raise _AttemptOver
        self._launching.add(shard_id)
        try:
            await attempt()
        except _AttemptOver as over:
            raise LaunchFailed(type(over.__context__).__name__) from None
        finally:
            self._launching.discard(shard_id)


class _AttemptOver(Exception):
    """discord.py wants to try again."""


class TellingTree(app_commands.CommandTree[Any]):
    """Commands whose `on_error` is also told of those that can't be read.

    discord.py would leave whoever used them waiting.
    """

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits
            interaction._cs_command = None  # type: ignore[attr-defined]  # noqa: SLF001 - to look for it raises the same
            await self.on_error(interaction, _Unreadable(error))


class _Unreadable(app_commands.AppCommandError):
    pass
