"""Bots that are started for a test, and that answer from its own knowledge folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot_process import BotProcess, answering
from discords import stop_cleanly
from fake_discord import FakeDiscord, Guild


class Start:
    """Start a bot that answers from the folder of a test."""

    def __init__(self, fake: FakeDiscord, knowledge_dir: Path, directory: Path, stack: AsyncExitStack) -> None:
        self._fake = fake
        self._knowledge_dir = knowledge_dir
        self._directory = directory
        self._stack = stack

    async def __call__(self, **settings: str) -> BotProcess:
        settings = {"KNOWLEDGE_DIR": str(self._knowledge_dir)} | settings
        return await self._stack.enter_async_context(answering(self._directory, self._fake, **settings))


@pytest.fixture
async def start(fake: FakeDiscord, guild: Guild, knowledge_dir: Path, tmp_path: Path) -> AsyncIterator[Start]:
    """Start bots once there is a server for them."""
    assert guild.me
    async with AsyncExitStack() as stack:
        yield Start(fake, knowledge_dir, tmp_path, stack)


@pytest.fixture
async def bot(start: Start) -> AsyncIterator[BotProcess]:
    bot = await start()
    yield bot
    await stop_cleanly(bot)
