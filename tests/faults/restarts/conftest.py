"""A Discord for each test, and an account of every question after it: the test starts bots, one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_discord import FakeDiscord, Guild, RateLimits
from faults.accounting import balanced


@pytest.fixture
def stand_in() -> FakeDiscord:
    """The stand-in that `fake` starts; a module may have another one."""
    return FakeDiscord(rate_limits=RateLimits.generous())


@pytest.fixture
async def fake(stand_in: FakeDiscord, tmp_path: Path) -> AsyncIterator[FakeDiscord]:
    async with stand_in:
        yield stand_in
        await balanced(stand_in, tmp_path)
        stand_in.assert_clean()


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")
