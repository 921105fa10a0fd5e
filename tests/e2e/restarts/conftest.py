"""A Discord for each test: it starts bots, one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from fake_discord import FakeDiscord, Guild, RateLimits


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as fake:
        yield fake


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")
