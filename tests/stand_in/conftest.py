"""A stand-in for each test, with a server in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fake_discord import (
    Channel,
    FakeDiscord,
    Guild,
    Member,
    RateLimits,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as stand_in:
        yield stand_in


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_text_channel("general")


@pytest.fixture
def mia(guild: Guild) -> Member:
    return guild.add_member("mia")
