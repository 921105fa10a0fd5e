"""A bot that answers about lighthouses, from a folder that a test may edit, and what it has kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from e2e.database import eventually, file_of, rows
from e2e.questions import DISCORDS_PATIENCE
from fake_discord import Channel, Member, Message

Ask = Callable[[Channel, str], Awaitable[Message]]

NIGHT = "Does a keeper work at night?"
VAIN = "what do seagulls eat for breakfast"


async def by_command(person: Member, channel: Channel, command: str) -> Message:
    """Use a command and return its answer, which only that person sees."""
    interaction = await person.slash(channel, command)
    response = await interaction.response()
    assert response.ephemeral
    assert response.after < DISCORDS_PATIENCE
    return await interaction.answer()


def kept(directory: Path) -> list[tuple[int, str]]:
    return rows(directory, "SELECT message_id, reason FROM unanswered ORDER BY asked_at")


async def keeps(directory: Path, *expected: tuple[int, str]) -> None:
    await eventually(lambda: kept(directory), list(expected), "unanswered questions")


async def leaves_the_file(directory: Path, word: str) -> None:
    """Wait until a word is in neither the database file nor what belongs to it: it goes once nobody reads anymore."""

    def stands_there() -> bool:
        return any(word.encode() in file.read_bytes() for file in file_of(directory).parent.glob("bot.db*"))

    await eventually(stands_there, expected=False, what=f"{word!r} in the database file")
