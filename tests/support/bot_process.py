"""The bot as an operator starts it: a process with a clean environment, its log and its end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from warm_start import WarmProcess, WarmStarts

from fake_discord import FakeDiscord

T = TypeVar("T")

_WARM_STARTS = WarmStarts()

TIMEOUT = 60.0  # seconds that anything may take on a busy machine


class BotProcess:
    """A running `python -m bot run`. `log` is what it has written to standard error."""

    def __init__(self, process: asyncio.subprocess.Process | WarmProcess) -> None:
        self._process = process
        self._reading = asyncio.create_task(self._read())
        self._news = asyncio.Condition()
        self.lines: list[str] = []

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    def resident_megabytes(self) -> float:
        """Return how much memory the process holds, from Linux's /proc."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        [resident] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(resident.split()[1]) / 1024

    async def logged(self, text: str, *, times: int = 1, patience: float = TIMEOUT) -> list[str]:
        """Wait for lines with a text in them and return those."""

        def found() -> list[str]:
            return [line for line in self.lines if text in line]

        async with self._news:
            coming = self._news.wait_for(lambda: len(found()) >= times)
            await self.while_running(coming, f"{text!r} in the log", patience=patience)
        return found()

    async def while_running(self, coming: Awaitable[T], what: str, *, patience: float = TIMEOUT) -> T:
        """Return what comes; raise AssertionError with the log if the process ends first or time runs out."""
        waiting = asyncio.ensure_future(coming)
        ended = asyncio.ensure_future(self._reading_ended())
        await asyncio.wait({waiting, ended}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if waiting.done():
            return await waiting
        waiting.cancel()
        await asyncio.wait({waiting})
        raise AssertionError(f"no {what}; the log:\n{self.log}")

    async def ended(self) -> int:
        """Wait for the process to end by itself and return its exit code."""
        async with asyncio.timeout(TIMEOUT):
            code = await self._process.wait()
            await self._reading
        return code

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        self._process.send_signal(number)

    async def stop(self) -> int:
        """End the process as an operator does, with SIGTERM, and return its exit code."""
        if self._process.returncode is None:
            self._process.terminate()
        return await self.ended()

    async def abandon(self) -> None:
        """End the process if it still runs, in whatever way it takes."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            async with self._news:
                self.lines.append(line.decode().rstrip("\n"))
                self._news.notify_all()

    async def _reading_ended(self) -> None:
        await asyncio.wait({self._reading})


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def settings_for(fake: FakeDiscord) -> dict[str, str]:
    """Return the settings that lead a bot to the fake Discord."""
    return {
        "DISCORD_TOKEN": fake.token,
        "DISCORD_API_URL": fake.api_url,
        "DISCORD_GATEWAY_URL": fake.gateway_url,
    }


@asynccontextmanager
async def started(directory: Path, settings: dict[str, str]) -> AsyncIterator[BotProcess]:
    """Start the bot in a folder with these settings and nothing else of the environment; end it when done."""
    async with _until_done(await _cold_start(directory, _environment(directory, settings))) as bot:
        yield bot


@asynccontextmanager
async def answering(directory: Path, fake: FakeDiscord, **settings: str) -> AsyncIterator[BotProcess]:
    """Start the bot against the fake Discord and wait until it answers.

    It is forked from a warm process, unless it is to import something else than that.
    """
    environment = _environment(directory, settings_for(fake) | settings)
    process: asyncio.subprocess.Process | WarmProcess
    if "PYTHONPATH" in environment:
        process = await _cold_start(directory, environment)
    else:
        process = await _WARM_STARTS.start("run", cwd=directory, env=environment)
    async with _until_done(process) as bot:
        await bot.while_running(fake.ready(commands=True, timeout=TIMEOUT), "connection to Discord")
        yield bot


async def _cold_start(directory: Path, environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=directory,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def _until_done(process: asyncio.subprocess.Process | WarmProcess) -> AsyncIterator[BotProcess]:
    bot = BotProcess(process)
    try:
        yield bot
    finally:
        await bot.abandon()


def _environment(directory: Path, settings: dict[str, str]) -> dict[str, str]:
    """Return what a bot is started with: words alone, which is quicker, unless ENCODER is among the settings."""
    return {"PATH": os.environ["PATH"], "HOME": str(directory), "ENCODER": "off", **settings}
