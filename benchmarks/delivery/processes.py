"""The bots that are measured, each a process of its own, and what Linux says of them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from benchmarks.delivery import pong
from bot_process import TIMEOUT, BotProcess, settings_for
from fake_discord import FakeDiscord

OURS = ("-m", "bot", "run")
PONGS = ("-P", pong.__file__)

Starting = Callable[[Path, FakeDiscord, Mapping[str, str]], AbstractAsyncContextManager[BotProcess]]
"""Starts our bot in a folder with settings, and ends it when done."""


@asynccontextmanager
async def running(
    program: Sequence[str], fake: FakeDiscord, folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[BotProcess]:
    """Start a bot against a stand-in and wait until it is connected; end it when done.

    Raises:
        AssertionError: It doesn't connect; its log is told.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **settings_for(fake), **(settings or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    bot = BotProcess(process)
    try:
        has_commands = program == OURS
        await bot.while_running(fake.ready(commands=has_commands, timeout=TIMEOUT), "connection to Discord")
        yield bot
    finally:
        await bot.abandon()


def run_ours(folder: Path, fake: FakeDiscord, settings: Mapping[str, str]) -> AbstractAsyncContextManager[BotProcess]:
    """Start our bot as an operator does, and wait until it is connected; end it when done."""
    return running(OURS, fake, folder, settings)


def cpu_seconds(pid: int, *, with_ended_children: bool = False) -> float:
    """Return how long a process has computed so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if with_ended_children else 13])) / os.sysconf("SC_CLK_TCK")
