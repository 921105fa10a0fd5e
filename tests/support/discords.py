"""Fixtures that start a fake Discord, with a server in it: for each test or for all the tests of a module."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

import pytest_asyncio

from bot_process import BotProcess
from fake_discord import FakeDiscord, Guild, RateLimits

Scope = Literal["function", "module"]


def make_fake() -> FakeDiscord:
    """Make a fake Discord whose rate limits are in nobody's way."""
    return FakeDiscord(rate_limits=RateLimits.generous())


def running_discord(scope: Scope = "function", make: Callable[[], FakeDiscord] = make_fake) -> Any:
    """Return a fixture: a fake Discord that runs, and that was sent nothing it would refuse for its form."""

    @pytest_asyncio.fixture(scope=scope, loop_scope=scope)
    async def fake() -> AsyncIterator[FakeDiscord]:
        async with make() as running:
            yield running
            running.assert_clean()

    return fake


def server(name: str, scope: Scope = "function") -> Any:
    """Return a fixture: a server that the bot is in."""

    @pytest_asyncio.fixture(scope=scope, loop_scope=scope)
    async def guild(fake: FakeDiscord) -> Guild:
        return fake.add_guild(name)

    return guild


async def stop_cleanly(bot: BotProcess) -> None:
    """Stop a bot as an operator does; it must end well and have logged no error."""
    assert await bot.stop() == 0, bot.log
    assert not [line for line in bot.lines if " ERROR " in line or "Traceback" in line], bot.log
