"""A Discord for each test, and an account of every question after it: the test starts bots, one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_discord import FakeDiscord, Guild, RateLimits
from faults.accounting import balanced


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as fake:
        yield fake
        await balanced(fake, tmp_path)
        fake.assert_clean()


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")
