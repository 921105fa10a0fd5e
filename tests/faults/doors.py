"""A Discord whose gateway doesn't let everybody in, and whose servers don't all come at once."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import pytest
from aiohttp import web

from fake_discord import FakeDiscord, Guild, RateLimits
from fake_discord.components import Json
from fake_discord.session import Connection, Session


class Door(Enum):
    """What the gateway does with whoever connects."""

    OPEN = auto()
    REFUSING = auto()  # 503 instead of a websocket
    CLOSING = auto()  # a websocket, closed before HELLO
    SILENT = auto()  # no answer at all


class DiscordWithDoor(FakeDiscord):
    """The fake Discord with a door before its gateway; `knocks` counts who came, let in or not."""

    def __init__(self, *, shards: int = 1) -> None:
        super().__init__(rate_limits=RateLimits.generous(), shards=shards)
        self.door = Door.OPEN
        self.knocks = 0
        self._let_in = self.gateway.serve
        self.gateway.serve = self._serve  # type: ignore[method-assign]  # before it is routed, in `start`

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.knocks += 1
        self.bell.ring()
        match self.door:
            case Door.OPEN:
                return await self._let_in(request)
            case Door.REFUSING:
                return web.Response(status=503)
            case Door.CLOSING:
                websocket = web.WebSocketResponse()
                await websocket.prepare(request)
                await websocket.close(code=1001)
                return websocket
            case Door.SILENT:
                await self.closing_within(None)
                return web.Response(status=503)


def keep_out(fake: FakeDiscord, shard_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the connections of one shard whenever it would begin a session."""
    identify = fake.gateway._identify

    def identify_others(connection: Connection, data: Json) -> None:
        if data["shard"][0] == shard_id:
            connection.cut()
        else:
            identify(connection, data)

    monkeypatch.setattr(fake.gateway, "_identify", identify_others)


def hold_back(guild: Guild, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let a server be unavailable in new sessions; return what lets it come."""
    dispatch = Session.dispatch
    held: list[tuple[Session, Any]] = []

    def dispatch_others(session: Session, event: str, payload: Any, *, copies: int = 1) -> None:
        if event == "GUILD_CREATE" and payload["id"] == str(guild.id):
            held.append((session, payload))
        else:
            dispatch(session, event, payload, copies=copies)

    def let_come() -> None:
        monkeypatch.setattr(Session, "dispatch", dispatch)
        for session, payload in held:
            dispatch(session, "GUILD_CREATE", payload)

    monkeypatch.setattr(Session, "dispatch", dispatch_others)
    return let_come
