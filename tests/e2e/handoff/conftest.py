"""A server where people can ask a human, and what must hold after each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot_process import BotProcess
from e2e.handoff.houses import House, open_house
from e2e.starting import start  # noqa: F401 - a fixture
from fake_discord import FakeDiscord


@pytest.fixture(autouse=True)
def _nothing_that_discord_refuses(fake: FakeDiscord) -> Iterator[None]:
    """Let nothing ping by itself: whom a message pings is named."""
    began = fake.clock.now()
    yield
    fake.assert_clean()
    bodies = [r.body for r in fake.requests if r.at >= began and isinstance(r.body, dict)]
    inner = [body.get("data") or body.get("message") or body for body in bodies]
    assert [b for b in inner if isinstance(b, dict) and "content" in b and b["allowed_mentions"]["parse"] != []] == []


@pytest_asyncio.fixture(loop_scope="module")
async def house(fake: FakeDiscord, bot: BotProcess) -> AsyncIterator[House]:
    assert bot.pid
    yield await open_house(fake)
