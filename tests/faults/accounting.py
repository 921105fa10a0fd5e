"""What became of each question: the bot's record, held against the fake Discord's account."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.database import eventually, rows

from bot.storage.resolutions import Resolution
from bot_process import BotProcess
from discords import make_fake
from fake_discord import Channel, FakeDiscord, Interaction, Message


def accounted_discord(make: Callable[[], FakeDiscord] = make_fake) -> Any:
    """Return a fixture: a fake Discord that runs for a test, after which each question must be settled."""

    @pytest.fixture
    async def fake(tmp_path: Path) -> AsyncIterator[FakeDiscord]:
        async with make() as running:
            yield running
            await balanced(running, tmp_path)
            running.assert_clean()

    return fake


def resolutions(directory: Path) -> dict[int, Resolution | None]:
    """Return what the bot has on record by the id of each message, post and interaction; None if it isn't settled."""
    found = rows(directory, "SELECT message_id, fate FROM claims")
    return {id_: Resolution(resolution) if resolution else None for id_, resolution in found}


async def settled_as(directory: Path, asked: Message | Interaction | Channel, resolution: Resolution) -> None:
    """Wait until a resolution is on record for what was asked."""
    expected: Resolution | None = resolution
    await eventually(lambda: resolutions(directory).get(asked.id), expected, f"the resolution of {asked!r}")


async def killed(bot: BotProcess, directory: Path, *asked: Message | Channel) -> None:
    """Kill a bot as soon as its claims on what was asked are in the database."""
    ids = {each.id for each in asked}
    await eventually(lambda: ids <= resolutions(directory).keys(), expected=True, what="claims")
    await bot.abandon()


async def balanced(fake: FakeDiscord, directory: Path, *, since: int = 0) -> None:
    """Wait until each question is settled; nobody is answered twice, and nobody not at all without a reason.

    Only what was asked after the snowflake `since` counts.
    """
    nothing: list[int] = []
    await eventually(lambda: _open(fake, directory, since), nothing, "neither answered nor closed")
    entries = {asked: entry for asked, entry in fake.ledger.entries.items() if asked > since}
    assert [asked for asked, entry in entries.items() if len(entry.answers) > 1] == [], "answered twice"
    on_record = resolutions(directory)
    false = [asked for asked, entry in entries.items() if entry.answers and _is_closed(on_record.get(asked))]
    assert false == [], "answered, though the record says closed"


def _open(fake: FakeDiscord, directory: Path, since: int) -> list[int]:
    on_record = resolutions(directory)
    questions = [asked for asked in fake.ledger.unanswered() if fake.ledger.entries[asked].where != "autocomplete"]
    unexplained = [asked for asked in questions if not _is_explained(on_record.get(asked))]
    unsettled = [asked for asked, resolution in on_record.items() if resolution is None]
    return sorted(asked for asked in {*unexplained, *unsettled} if asked > since)


def _is_closed(resolution: Resolution | None) -> bool:
    return resolution is not None and resolution.is_closed and resolution is not Resolution.closed_unconfirmed


def _is_explained(resolution: Resolution | None) -> bool:
    return resolution is not None and (resolution.is_declined or resolution.is_closed)
