from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.storage.database import Database
from bot.storage.direct_channels import KEPT_FOR, DirectChannels

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PERSON, OTHER = "xylophone" + "a" * 55, "b" * 64


@pytest.fixture
def channels(database: Database) -> DirectChannels:
    return DirectChannels(database=database)


async def test_the_channels_used_last_come_first(channels: DirectChannels) -> None:
    for minute, channel in enumerate([1, 2**63 - 1, 3, 1]):
        await channels.remember(channel, PERSON, NOON + timedelta(minutes=minute))

    assert await channels.recent(10) == (1, 3, 2**63 - 1)
    assert await channels.recent(2) == (1, 3)


async def test_a_person_who_wants_to_be_forgotten_is_and_nobody_else(channels: DirectChannels) -> None:
    await channels.remember(1, PERSON, NOON)
    await channels.remember(2, PERSON, NOON)
    await channels.remember(3, OTHER, NOON)

    assert await channels.forget_person(PERSON) == 2
    assert await channels.forget_person(PERSON) == 0
    assert await channels.recent(10) == (3,)


async def test_what_is_older_than_a_time_is_forgotten(channels: DirectChannels) -> None:
    await channels.remember(1, PERSON, NOON)
    await channels.remember(2, PERSON, NOON - timedelta(milliseconds=1))

    assert await channels.forget_expired(NOON + KEPT_FOR) == 1
    assert await channels.recent(10) == (1,)


async def test_of_too_many_channels_the_oldest_go(channels: DirectChannels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.direct_channels.MAX_CHANNELS", 3)
    for number in (5, 1, 4, 2, 3):
        await channels.remember(number, PERSON, NOON + timedelta(minutes=number))

    assert await channels.recent(10) == (5, 4, 3)


async def test_a_person_who_is_forgotten_is_in_no_file_any_more(tmp_path: Path) -> None:
    def found() -> set[str]:
        return {file.name for file in tmp_path.iterdir() if b"xylophone" in file.read_bytes()}

    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
        channels = DirectChannels(database=database)
        await channels.remember(1, PERSON, NOON)
        await channels.remember(2, OTHER, NOON)
        assert found()
        await channels.forget_person(PERSON)

        assert found() == set()
