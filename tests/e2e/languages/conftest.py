"""A server of lighthouse keepers, whose knowledge is in English and German."""

from __future__ import annotations

from pathlib import Path

import pytest
from translated import translate

from discords import running_discord, server
from e2e.starting import start  # noqa: F401 - a fixture
from fake_discord import Guild, Member, Permission

fake = running_discord()
guild = server("Lighthouses")


@pytest.fixture
def knowledge_dir(knowledge_dir: Path) -> Path:
    translate(knowledge_dir)
    return knowledge_dir


@pytest.fixture
def manager(guild: Guild) -> Member:
    return guild.add_member("max", guild.add_role("staff", Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES))
