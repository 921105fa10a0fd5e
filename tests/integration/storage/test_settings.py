from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import ConfigurationError, read_settings


@pytest.fixture(autouse=True)
def no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///data/bot.db",
        "sqlite:////data/bot.db",
        "sqlite:///C:/my bot/bot.db",
        "postgresql://user:password@host:5432/database?sslmode=require",
        "postgresql+asyncpg://user@/database?host=/run/postgresql",
        "postgres://user:password@host/database",
    ],
)
def test_the_address_of_a_database_is_taken_as_it_is_and_never_shown(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)

    settings = read_settings()

    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == address
    assert address not in repr(settings)


@pytest.mark.parametrize(
    "address", ["elsewhere/bot.db", "sqlite://elsewhere", "mysql://elsewhere/b", "postgres://elsewhere"]
)
def test_another_address_is_refused_without_repeating_it(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address)

    with pytest.raises(ConfigurationError) as refusal:
        read_settings()

    assert "DATABASE_URL should look like sqlite:///data/bot.db or postgresql://" in str(refusal.value)
    assert "elsewhere" not in str(refusal.value)


def test_without_an_address_it_is_left_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert read_settings().database_url is None
