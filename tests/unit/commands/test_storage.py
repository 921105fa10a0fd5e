from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from command_line import CommandLine

from bot.storage.database import Database
from bot.storage.secret import SecretKey


@pytest.fixture(autouse=True)
def folder(empty_folder: Path) -> Path:
    """A folder where a bot has run."""
    asyncio.run(key_at("sqlite:///data/bot.db"))
    return empty_folder


async def key_at(address: str) -> bytes:
    async with Database.open(address) as database:
        return await SecretKey(database=database).read()


def test_a_backup_brings_back_what_was_lost(tpm_bot: CommandLine, folder: Path) -> None:
    key = asyncio.run(key_at("sqlite:///data/bot.db"))

    assert "backup.db is complete" in tpm_bot("storage", "backup", "backup.db").out
    (folder / "data" / "bot.db").unlink()

    assert tpm_bot("storage", "restore", "backup.db") == (0, "backup.db is restored. Start the bot.\n", "")
    assert asyncio.run(key_at("sqlite:///data/bot.db")) == key


def test_database_url_names_what_is_backed_up(tpm_bot: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    key = asyncio.run(key_at("sqlite:///other.db"))
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")

    assert tpm_bot("storage", "backup", "backup.db").exit_code == 0
    assert asyncio.run(key_at("sqlite:///backup.db")) == key


def test_a_copy_says_what_it_copied_and_what_to_do_next(tpm_bot: CommandLine) -> None:
    result = tpm_bot("storage", "copy", "sqlite:///data/bot.db", "sqlite:///new/bot.db")

    assert result.exit_code == 0
    row, *rest = result.out.splitlines()
    assert row.split() == ["secret_key", "1"]
    assert rest == [
        "Copied 1 row, and read them back: counts and checksums are the same.",
        "Now set DATABASE_URL to the new database, and start the bot.",
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("backup", "backup.db"), "backup.db exists already. Choose another name, or delete it."),
        (("restore", "nothing.db"), "There's no file nothing.db."),
        (
            ("copy", "sqlite:///data/bot.db", "new.db"),
            "TO should look like sqlite:///data/bot.db or postgresql://user:password@host/database.",
        ),
    ],
)
def test_what_prevents_it_is_reported_in_one_line(
    tpm_bot: CommandLine, folder: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    (folder / "backup.db").touch()

    assert tpm_bot("storage", *arguments) == (2, "", f"tpm-bot: {complaint}\n")


def test_damage_ends_with_1(tpm_bot: CommandLine, folder: Path) -> None:
    (folder / "data" / "bot.db").write_text("Dear diary, " * 100, encoding="utf-8")

    result = tpm_bot("storage", "backup", "backup.db")

    assert result.exit_code == 1
    assert "is damaged, or isn't an SQLite database" in result.err
