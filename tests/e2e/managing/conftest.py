"""A server of its own for each test, and those who manage it."""

from __future__ import annotations

import pytest

from fake_discord import Channel, FakeDiscord, Guild, Member, Permission


@pytest.fixture
def bakers(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Bakers")


@pytest.fixture
def channel(bakers: Guild) -> Channel:
    return bakers.add_text_channel("general")


@pytest.fixture
def moderator(bakers: Guild) -> Member:
    return bakers.add_member("max", bakers.add_role("mods", Permission.MANAGE_MESSAGES))


@pytest.fixture
def manager(bakers: Guild) -> Member:
    rights = Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD
    return bakers.add_member("ada", bakers.add_role("managers", rights))


@pytest.fixture
def member(bakers: Guild) -> Member:
    return bakers.add_member("mia")
