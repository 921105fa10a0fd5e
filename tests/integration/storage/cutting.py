"""A proxy before PostgreSQL that cuts connections at the worst moment: between a commit and the answer to it."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from pathlib import Path

from postgresql import PostgreSQLServer

_COMMIT, _ROLLBACK = b"COMMIT;", b"ROLLBACK;"
_AT_ONCE = 65536


class Cut(Enum):
    """What becomes of a connection when a commit is sent."""

    before = auto()
    """It's cut before the commit arrives."""
    after = auto()
    """It's cut once PostgreSQL has committed, and before anybody hears of that."""
    silence = auto()
    """PostgreSQL commits, and nothing arrives from it anymore."""


class CuttingProxy:
    """Pass on what the bot and PostgreSQL send each other, until it's told to cut."""

    def __init__(self, *, server: PostgreSQLServer, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._change: re.Pattern[bytes] | None = None
        self._how = Cut.before
        self._goes_away = self._is_away = False
        self._clients: set[asyncio.StreamWriter] = set()
        self.cuts = 0

    @property
    def socket(self) -> Path:
        return self._folder / self._server.socket.name

    @property
    def address(self) -> str:
        return self._server.address_by(self._folder)

    def cut(self, how: Cut, *, table: str, goes_away: bool = False) -> None:
        """Cut the connection at the next commit of a change to a table, and others, too, if PostgreSQL goes away."""
        self._change = re.compile(rf"(INSERT INTO|UPDATE|DELETE FROM) {table}\b".encode())
        self._how, self._goes_away = how, goes_away

    def come_back(self) -> None:
        """Let everybody connect again."""
        self._is_away = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a client until one of the two ends the connection."""
        self._clients.add(writer)
        with suppress(ConnectionError):
            if not self._is_away:
                await self._connect(reader, writer)
        self._clients.discard(writer)
        writer.close()

    async def close(self) -> None:
        """End all connections."""
        for writer in self._clients:
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(self._server.socket)
        answering = asyncio.create_task(_pass_on(from_server, writer))
        try:
            await self._pass_on_until_cut(reader, from_server, to_server, answering)
        finally:
            answering.cancel()
            to_server.close()

    async def _pass_on_until_cut(
        self,
        reader: asyncio.StreamReader,
        from_server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        answering: asyncio.Task[None],
    ) -> None:
        has_changed = False
        while sent := await reader.read(_AT_ONCE):
            has_changed = has_changed or bool(self._change and self._change.search(sent))
            if has_changed and _COMMIT in sent and self._change:
                self._change, self._is_away = None, self._goes_away
                self.cuts += 1
                if self._how is not Cut.before:
                    answering.cancel()
                    await asyncio.gather(answering, return_exceptions=True)
                    to_server.write(sent)
                    assert await from_server.read(_AT_ONCE)
                if self._how is Cut.silence:
                    await reader.read()
                if self._is_away:
                    await self.close()
                return
            if _COMMIT in sent or _ROLLBACK in sent:
                has_changed = False
            to_server.write(sent)
            await to_server.drain()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while sent := await reader.read(_AT_ONCE):
            writer.write(sent)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cutting_proxy(server: PostgreSQLServer) -> AsyncIterator[CuttingProxy]:
    """Run a proxy before a server with an empty database."""
    server.empty_database()
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # a short name, as for the server
        proxy = CuttingProxy(server=server, folder=Path(folder))
        async with await asyncio.start_unix_server(proxy.serve, proxy.socket):
            yield proxy
            await proxy.close()
