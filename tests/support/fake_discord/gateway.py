"""The gateway: IDENTIFY, RESUME, heartbeats, close codes, and events by intent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import payloads
from .intents import KNOWN, PRIVILEGED, Intent
from .session import Connection, Payload, Session, codec_for

if TYPE_CHECKING:
    from .components import Json
    from .server import FakeDiscord
from .world import Guild

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, MEMBERS = 1, 2, 3, 4, 6, 8
RECONNECT, INVALID_SESSION, HELLO, ACK = 7, 9, 10, 11

_SESSION_LIFETIME = 300.0
_COMMANDS_A_MINUTE = 120


class Gateway:
    """Serve the websocket; one `Session` a shard, whatever happens to its connections.

    `identifies` and `resumes` count what shards did, `closed_with` the codes given to them. `identified` has the time
    of each IDENTIFY with its shard; `too_early` counts those that were sent back for that.
    """

    def __init__(
        self,
        fake: FakeDiscord,
        *,
        heartbeat_interval: float,
        identify_window: float,
        max_concurrency: int,
    ) -> None:
        self.identifies = 0
        self.identified: list[tuple[float, int]] = []
        self.too_early = 0
        self.resumes = 0
        self.invalidated = 0
        self.closed_with: list[int] = []
        self.heartbeats = 0
        self.acknowledging = True
        self.repeat_events = 0
        self.max_concurrency = max_concurrency
        self._fake = fake
        self._heartbeat_interval = heartbeat_interval
        self._identify_window = identify_window
        self._begun_last: dict[int, float] = {}  # by bucket
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()

    @property
    def sessions(self) -> list[Session]:
        """The sessions of shards that are connected or might still resume."""
        return list(self._sessions.values())

    @property
    def connected(self) -> list[Session]:
        """The sessions that are connected now."""
        return [session for session in self._sessions.values() if session.connection]

    def reaches(self, guild_id: int | None) -> bool:
        """Say whether a session that owns the server is connected."""
        return any(session.owns(guild_id) for session in self.connected)

    def dispatch(self, event: str, payload: Payload, *, guild_id: int | None, intent: int = 0) -> None:
        """Send an event to the shards that own the server and declared the intent.

        A payload that depends on the message content intent is given as a function of it.
        """
        copies = 1
        if self.repeat_events:
            self.repeat_events -= 1
            copies = 2
        spelt: dict[bool, Json] = {}
        for session in self._sessions.values():
            if session.owns(guild_id) and session.wants(intent):
                content = session.sees_content
                if content not in spelt:
                    spelt[content] = payload(content) if callable(payload) else payload
                session.dispatch(event, spelt[content], copies=copies)

    def cut(self) -> None:
        """Drop every connection without a close frame."""
        for connection in list(self._connections):
            connection.cut()

    def close(self, code: int) -> None:
        """Close every connection with `code`."""
        for connection in list(self._connections):
            self._refuse(connection, code)

    def ask_to_reconnect(self) -> None:
        """Send op 7 to every shard."""
        for connection in list(self._connections):
            connection.send_op(RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9 to every shard; unless `resumable`, its session and events are gone."""
        for session in self.connected:
            assert session.connection is not None
            session.connection.send_op(INVALID_SESSION, data=resumable)
            if not resumable:
                self._end(session)

    def forget_sessions(self) -> None:
        """Drop all sessions silently: the next RESUME is answered with op 9."""
        for session in self.sessions:
            self._end(session)

    def repeat_ready(self) -> None:
        """Send READY and the servers a second time to every shard."""
        for session in self.connected:
            self._greet(session)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one websocket from HELLO to its close."""
        ws = web.WebSocketResponse(max_msg_size=4096 * 4, autoping=True, timeout=1.0)
        await ws.prepare(request)
        connection = Connection(ws, request, codec_for(request.query.get("compress")))
        self._connections.add(connection)
        pump = asyncio.create_task(connection.pump())
        try:
            connection.send_op(HELLO, {"heartbeat_interval": int(self._heartbeat_interval * 1000), "_trace": []})
            await self._listen(connection)
        finally:
            self._connections.discard(connection)
            self._lose(connection)
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pump
            self._fake.bell.ring()
        await connection.finish()
        return ws

    async def _listen(self, connection: Connection) -> None:
        recent: deque[float] = deque(maxlen=_COMMANDS_A_MINUTE + 1)
        while (text := await connection.receive()) is not None:
            now = self._fake.clock.now()
            recent.append(now)
            if len(recent) > _COMMANDS_A_MINUTE and now - recent[0] < 60:
                self._refuse(connection, 4008)
                continue
            try:
                frame = json.loads(text)
                op, data = frame["op"], frame.get("d")
            except (ValueError, KeyError, TypeError):
                self._refuse(connection, 4002)
                continue
            self._obey(connection, op, data)
            self._fake.bell.ring()

    def _obey(self, connection: Connection, op: Any, data: Any) -> None:
        if op == HEARTBEAT:
            self.heartbeats += 1
            if self.acknowledging:
                connection.send_op(ACK)
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif connection.session is None:
            self._refuse(connection, 4003)
        elif op == MEMBERS:
            self._send_members(connection.session, data)
        elif op not in (PRESENCE, VOICE):
            self._refuse(connection, 4001)

    def _identify(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            return self._refuse(connection, 4005)
        if data.get("token") != self._fake.token:
            return self._refuse(connection, 4004)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN:
            return self._refuse(connection, 4013)
        if intents & PRIVILEGED & ~self._fake.allowed_intents:
            return self._refuse(connection, 4014)
        shard_id, shard_count = data.get("shard") or (0, 1)
        if not 0 <= shard_id < shard_count:
            return self._refuse(connection, 4010)

        self.identifies += 1
        now = self._fake.clock.now()
        self.identified.append((now, shard_id))
        bucket = shard_id % self.max_concurrency
        if now - self._begun_last.get(bucket, float("-inf")) < self._identify_window:
            self.too_early += 1
            connection.send_op(INVALID_SESSION, data=False)
            return None
        self._begun_last[bucket] = now

        for old in self.sessions:
            if old.connection is None and (old.shard_id, old.shard_count) == (
                shard_id,
                shard_count,
            ):
                self._end(old)
        session = Session(secrets.token_hex(16), intents, (shard_id, shard_count))
        self._sessions[session.id] = session
        session.connection, connection.session = connection, session
        self._greet(session)
        return None

    def _greet(self, session: Session) -> None:
        servers = [server for server in self._fake.guilds.values() if session.owns(server.id)]
        ready = {
            "v": 10,
            "user": payloads.user(self._fake.bot) | {"verified": True, "mfa_enabled": False},
            "guilds": [{"id": str(server.id), "unavailable": True} for server in servers],
            "session_id": session.id,
            "resume_gateway_url": self._fake.gateway_url,
            "application": {"id": str(self._fake.bot.id), "flags": self._fake.application_flags},
            "shard": [session.shard_id, session.shard_count],
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "_trace": [],
        }
        session.dispatch("READY", ready)
        if session.wants(Intent.GUILDS):
            for server in servers:
                session.dispatch("GUILD_CREATE", self.describe(server, session.intents))

    def describe(self, server: Guild, intents: int) -> Json:
        """Spell a server for a session: its members only where the intent allows, hidden channels as such."""
        everyone = list(server.members.values())
        me = server.me
        spelt = payloads.guild(server, members=everyone if intents & Intent.GUILD_MEMBERS else [me])
        spelt["channels"] = [
            payloads.channel(channel) if self._fake.bot_may_see(channel) else payloads.hidden_channel(channel)
            for channel in server.channels.values()
        ]
        spelt["threads"] = [
            payloads.channel(thread)
            for thread in server.threads.values()
            if not thread.archived and thread.permissions_of(me)
        ]
        return spelt

    def _resume(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            return self._refuse(connection, 4005)
        if data.get("token") != self._fake.token:
            return self._refuse(connection, 4004)
        session = self._sessions.get(str(data.get("session_id")))
        seen = data.get("seq")
        if session is not None and session.connection is not None:
            session.connection.close(4000)
            session.connection.session = None
            session.connection = None
        expired = (
            session is not None
            and session.lost_at is not None
            and self._fake.clock.now() - session.lost_at > _SESSION_LIFETIME
        )
        if session is None or expired or not isinstance(seen, int) or not session.resume(connection, seen):
            self.invalidated += 1
            if session is not None:
                self._end(session)
            connection.send_op(INVALID_SESSION, data=False)
            return None
        self.resumes += 1
        return None

    def _send_members(self, session: Session, data: Json) -> None:
        server = self._fake.guilds.get(int(data.get("guild_id") or 0))
        if server is None:
            return
        wanted = {int(each) for each in data.get("user_ids") or ()}
        query = data.get("query")
        found = [
            payloads.member(person)
            for person in server.members.values()
            if person.id in wanted or (query is not None and person.name.startswith(query))
        ]
        chunk = {
            "guild_id": str(server.id),
            "members": found,
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
            "nonce": data.get("nonce"),
        }
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    def _refuse(self, connection: Connection, code: int) -> None:
        self.closed_with.append(code)
        connection.close(code)

    def _lose(self, connection: Connection) -> None:
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        session.lost_at = self._fake.clock.now()
        # Only these two codes end a session: the client says it won't come back.
        if connection.ws.close_code in (1000, 1001):
            self._end(session)

    def _end(self, session: Session) -> None:
        self._sessions.pop(session.id, None)
        if session.connection is not None:
            session.connection.session = None
            session.connection = None
