from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.secret import SecretKey


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where a bot has run."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    asyncio.run(key_at("sqlite:///data/bot.db"))
    return tmp_path


async def key_at(address: str) -> bytes:
    async with Database.open(address) as database:
        return await SecretKey(database=database).read()


def tpm_bot(*arguments: str) -> int:
    """Run a command and return its exit code."""
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_a_backup_brings_back_what_was_lost(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = asyncio.run(key_at("sqlite:///data/bot.db"))

    assert tpm_bot("storage", "backup", "backup.db") == 0
    assert "backup.db is complete" in capsys.readouterr().out
    (folder / "data" / "bot.db").unlink()

    assert tpm_bot("storage", "restore", "backup.db") == 0
    assert capsys.readouterr().out == "backup.db is restored. Start the bot.\n"
    assert asyncio.run(key_at("sqlite:///data/bot.db")) == key


def test_database_url_names_what_is_backed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    key = asyncio.run(key_at("sqlite:///other.db"))
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")

    assert tpm_bot("storage", "backup", "backup.db") == 0
    assert asyncio.run(key_at("sqlite:///backup.db")) == key


def test_a_copy_says_what_it_copied_and_what_to_do_now(capsys: pytest.CaptureFixture[str]) -> None:
    assert tpm_bot("storage", "copy", "sqlite:///data/bot.db", "sqlite:///new/bot.db") == 0

    row, *rest = capsys.readouterr().out.splitlines()
    assert row.split() == ["secret_key", "1"]
    assert rest == [
        "Copied 1 row, and read them back: counts and checksums are the same.",
        "Now set DATABASE_URL to the new database, and start the bot.",
    ]


def test_what_stands_in_the_way_is_said_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "backup.db").touch()

    assert tpm_bot("storage", "backup", "backup.db") == 2
    assert tpm_bot("storage", "restore", "nothing.db") == 2
    assert tpm_bot("storage", "copy", "sqlite:///data/bot.db", "new.db") == 2

    assert capsys.readouterr().err.splitlines() == [
        "tpm-bot: backup.db exists already. Choose another name, or delete it.",
        "tpm-bot: There's no file nothing.db.",
        "tpm-bot: TO should look like sqlite:///data/bot.db or postgresql://user:password@host/database.",
    ]


def test_damage_is_a_fault_that_was_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "data" / "bot.db").write_text("Dear diary, " * 100, encoding="utf-8")

    assert tpm_bot("storage", "backup", "backup.db") == 1

    assert "is damaged, or isn't an SQLite database" in capsys.readouterr().err
