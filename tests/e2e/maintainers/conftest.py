"""One bot, one Discord and one folder of knowledge for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from discords import running_discord, server
from e2e.maintainers.lighthouses import Ask
from e2e.starting import bot, start  # noqa: F401 - fixtures
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission
from lighthouse import name_subject

BIRDS = """\
  birds:
    name: birds
    reply: I have nothing on birds yet.
    phrasings:
      - what do seagulls eat
      - which birds fly by
      - do birds nest in the tower
      - feeding the seagulls
"""


@pytest.fixture
def knowledge_dir(knowledge_dir: Path) -> Path:
    """The same knowledge, which also knows what it is asked in vain, and what it is about."""
    return name_subject(knowledge_dir, more=BIRDS)


fake = running_discord()
guild = server("Lighthouses")


@pytest.fixture
def ask(fake: FakeDiscord, mia: Member) -> Ask:
    """Let mia ask something in a channel and wait for the reply."""

    async def ask(channel: Channel, text: str) -> Message:
        asked = await mia.asks(channel, text)
        await fake.reply_to(asked)
        return asked

    return ask


@pytest.fixture
def owner(fake: FakeDiscord, guild: Guild) -> Member:
    """The person whom the application belongs to, as a moderator of the server."""
    person = Member(fake.stranger.user, fake, guild, [guild.add_role("owners", Permission.MANAGE_MESSAGES)])
    guild.members[person.id] = person
    return person
