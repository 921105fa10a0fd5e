"""A server that asks about lighthouses, and a channel for its digest."""

from __future__ import annotations

import pytest

from discords import running_discord, server
from e2e.starting import bot, start  # noqa: F401 - fixtures
from fake_discord import Channel, Guild

fake = running_discord()
guild = server("Lighthouses")


@pytest.fixture
def digest(guild: Guild) -> Channel:
    return guild.add_text_channel("digest")
