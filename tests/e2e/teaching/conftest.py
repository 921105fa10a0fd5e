"""One bot that answers about lighthouses, one Discord, and two moderators for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from discords import running_discord, server
from e2e.starting import bot, start  # noqa: F401 - fixtures
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission
from lighthouse import name_subject

fake = running_discord()
guild = server("Lighthouses")


@pytest.fixture
def knowledge_dir(knowledge_dir: Path) -> Path:
    return name_subject(knowledge_dir)


@pytest.fixture(autouse=True)
def elsewhere(fake: FakeDiscord) -> Channel:
    """A channel of another server, which is there before the bot starts."""
    return fake.add_guild("Elsewhere").add_text_channel("general")


@pytest.fixture
def max_(guild: Guild) -> Member:
    return guild.add_member("max", guild.add_role("mods", Permission.MANAGE_MESSAGES))


@pytest.fixture
def moe(guild: Guild) -> Member:
    return guild.add_member("moe", guild.add_role("more mods", Permission.MANAGE_MESSAGES))


@pytest.fixture
def admin(guild: Guild) -> Member:
    return guild.add_member("ada", guild.add_role("admins", Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD))


@pytest.fixture
async def asked(channel: Channel, mia: Member) -> Message:
    """A member's question to the others."""
    return await mia.says(channel, "hey @everyone, when does the ferry leave? I'm at mia@example.com")
