"""A server of home brewers, and a channel for its board."""

from __future__ import annotations

from pathlib import Path

import pytest

from discords import running_discord, server
from e2e.board.boards import (
    MEETING,
    faq,
    write,
)
from e2e.starting import Start, bot, start  # noqa: F401 - fixtures
from fake_discord import Channel, Guild

fake = running_discord()
guild = server("Home brewers")


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    directory = tmp_path / "knowledge"
    directory.mkdir()
    write(directory, faq(MEETING, "How much is the fee?"))
    return directory


@pytest.fixture
def board(guild: Guild) -> Channel:
    return guild.add_text_channel("faq")
