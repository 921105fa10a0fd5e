"""One shard's session, which outlives its connections, and one connection's wire."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from .components import Json
from .intents import Intent

REPLAY = 2_000


class Codec(Protocol):
    """Turn a frame's text into what goes over the wire."""

    def __call__(self, text: str) -> str | bytes: ...


def codec_for(compress: str | None) -> Codec:
    """Return the encoder for the `compress` parameter of the gateway's address."""
    if compress == "zlib-stream":
        stream = zlib.compressobj()
        return lambda text: stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)
    if compress == "zstd-stream":
        return _zstd()
    return lambda text: text


def _zstd() -> Codec:
    # A client only asks for zstd where one of these is installed, so they are imported here.
    try:
        import zstandard  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

        stream: Any = zstandard.ZstdCompressor().compressobj()
        flush: Any = zstandard.COMPRESSOBJ_FLUSH_BLOCK
    except ImportError:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

        stream = zstd.ZstdCompressor()
        flush = zstd.ZstdCompressor.FLUSH_BLOCK
    return lambda text: stream.compress(text.encode()) + stream.flush(flush)


class Connection:
    """One websocket: frames go out in order, through one writer."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, codec: Codec) -> None:
        self.ws = ws
        self.session: Session | None = None
        self._request = request
        self._codec = codec
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()
        self._refused_with: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def send(self, text: str) -> None:
        """Queue a frame."""
        self._outbox.put_nowait(text)

    def send_op(self, op: int, data: Any = None) -> None:
        """Queue a frame that is not an event."""
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def close(self, code: int) -> None:
        """Close the websocket once what was queued has gone out."""
        self._outbox.put_nowait(code)

    def cut(self) -> None:
        """Drop the connection as a failing network does: no close frame, a reset."""
        abort(self._request)

    async def pump(self) -> None:
        """Write what is queued until the connection closes."""
        while True:
            item = await self._outbox.get()
            if isinstance(item, int):
                self._refused_with.set_result(item)
                return
            try:
                wire = self._codec(item)
                if isinstance(wire, bytes):
                    await self.ws.send_bytes(wire)
                else:
                    await self.ws.send_str(wire)
            except ConnectionError:
                return

    async def receive(self) -> str | None:
        """Return the next text that the client sent, or None once it is gone or refused."""
        reading = asyncio.ensure_future(self.ws.receive())
        ends: set[asyncio.Future[Any]] = {reading, self._refused_with}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if self._refused_with.done():
                return None
            incoming = reading.result()
        finally:
            if reading.cancel():
                await asyncio.wait({reading})
        return str(incoming.data) if incoming.type is WSMsgType.TEXT else None

    async def finish(self) -> None:
        """Close the websocket with its code if the client was refused, and wait for its consent.

        Who drops the connection without that lets the client read 1006 in place of the code, now and then.
        """
        if self._refused_with.done():
            await self.ws.close(code=self._refused_with.result())


def abort(request: web.BaseRequest) -> None:
    """Reset the TCP connection under `request`."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        # A zero linger time makes the kernel send RST in place of FIN.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Session:
    """What Discord remembers of a shard: its intents, its events and how far it got."""

    def __init__(self, session_id: str, intents: int, shard: tuple[int, int], *, replay: int = REPLAY) -> None:
        self.id = session_id
        self.intents = intents
        self.shard_id, self.shard_count = shard
        self.sequence = 0
        self.connection: Connection | None = None
        self.lost_at: float | None = None
        self._replay: deque[tuple[int, str]] = deque(maxlen=replay)

    @property
    def sees_content(self) -> bool:
        return bool(self.intents & Intent.MESSAGE_CONTENT)

    def wants(self, intent: int) -> bool:
        """Say whether events under `intent` are for this session; 0 is for everyone."""
        return not intent or bool(self.intents & intent)

    def owns(self, guild_id: int | None) -> bool:
        """Say whether a server is on this shard; DMs (None) are on the first."""
        return ((guild_id or 0) >> 22) % self.shard_count == self.shard_id

    def dispatch(self, event: str, payload: Any, *, copies: int = 1) -> None:
        """Number an event, keep it for RESUME and send it if the shard is connected."""
        self.sequence += 1
        text = json.dumps({"op": 0, "t": event, "s": self.sequence, "d": payload})
        self._replay.append((self.sequence, text))
        if self.connection is not None:
            for _ in range(copies):
                self.connection.send(text)

    def resume(self, connection: Connection, seen: int) -> bool:
        """Continue on `connection` after event `seen`; return False if that cannot be."""
        oldest = self._replay[0][0] if self._replay else self.sequence + 1
        if not oldest - 1 <= seen <= self.sequence:
            return False
        self.connection, connection.session = connection, self
        self.lost_at = None
        for sequence, text in self._replay:
            if sequence > seen:
                connection.send(text)
        self.dispatch("RESUMED", {"_trace": []})
        return True

    def forget_events(self) -> None:
        """Drop the replay buffer, so that only a client that missed nothing can resume."""
        self._replay.clear()


Payload = Json | Callable[[bool], Json]
