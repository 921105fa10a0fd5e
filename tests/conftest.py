"""What several tests start from."""

from __future__ import annotations

import signal
from pathlib import Path

import one_thread  # noqa: F401 - before numpy
import pytest
from command_line import CommandLine
from hypothesis import settings

from bot.answering import Answering
from bot.settings import Settings
from discords import running_discord, server
from fake_discord import Channel, Guild, Member
from lighthouse import answering_from, write_knowledge

# How long an example takes depends on what else the machine does: that is no fault.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure() -> None:
    """Let tests interrupt the bots they start, even where the shell has put pytest in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # which every child would inherit
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go by words alone, which starts quicker, where a test doesn't ask for more."""
    monkeypatch.setenv("ENCODER", "off")


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder, where nothing is set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def tpm_bot(capfd: pytest.CaptureFixture[str]) -> CommandLine:
    """Run commands in this process."""
    return CommandLine(capfd)


@pytest.fixture(scope="session")
def answering() -> Answering:
    """Answer from the shipped knowledge, by words alone."""
    return answering_from()


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    """A folder with a small knowledge base without faults, for the test to edit."""
    return write_knowledge(tmp_path / "knowledge")


fake = running_discord()
guild = server("Product people")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_text_channel("general")


@pytest.fixture
def mia(guild: Guild) -> Member:
    return guild.add_member("mia")
