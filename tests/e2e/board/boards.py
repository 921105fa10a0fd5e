"""Boards as moderators post them, and what is stored of them."""

from __future__ import annotations

from pathlib import Path

from e2e.database import eventually, rows
from e2e.questions import DISCORDS_PATIENCE
from fake_discord import Channel, FakeDiscord, Member, Message

EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
POST = "POST /channels/{channel_id}/messages"
NAME = "Riverside Home Brewers"
MEETING = "When do you meet?"
PAINT = "Which paint do we use?"


def faq(*questions: str, count: int = 0) -> str:
    """Return a faq.yaml with some questions, and so many numbered ones."""
    asked = [*questions, *(f"What is in barrel number {number}?" for number in range(1, count + 1))]
    entries = "".join(
        f"  entry-{number}:\n    question: {question}\n    answer: Answer {number}.\n"
        for number, question in enumerate(asked)
    )
    return f"name: {NAME}\nentries:\n{entries}"


def write(knowledge_dir: Path, content: str) -> None:
    (knowledge_dir / "faq.yaml").write_text(content, encoding="utf-8")


async def screen(moderator: Member, channel: Channel, board: Channel | None = None) -> Message:
    """Use `/manage board` and return what only the moderator sees."""
    options = {"channel": board} if board else {}
    command = await moderator.slash(channel, "manage board", **options)
    response = await command.response()
    assert response.ephemeral
    assert response.after < DISCORDS_PATIENCE
    return await command.answer()


async def posted(moderator: Member, channel: Channel) -> list[Message]:
    """Post a board in a channel and return its messages."""
    shown = await screen(moderator, channel)
    await (await moderator.clicks(shown, "Post")).answer()
    return channel.history()


async def shows(fake: FakeDiscord, message: Message, label: str) -> None:
    """Wait until a message of a board has a question."""
    await fake.wait_for(lambda: label in message.labels, what=f"{label!r} on the board")


def requests_in(fake: FakeDiscord, channel: Channel, name: str) -> int:
    return len([each for each in fake.requests_to(name) if each.params["channel_id"] == str(channel.id)])


def stored(directory: Path) -> list[tuple[int, int | None]]:
    """Return the positions and ids of the messages that a bot has stored."""
    return rows(directory, "SELECT position, message_id FROM board_messages ORDER BY channel_id, position")


async def keeps(directory: Path, *expected: tuple[int, int | None]) -> None:
    """Wait until these are stored, and no others."""
    await eventually(lambda: stored(directory), list(expected), "the stored board")
