"""The FAQ board: posted by a moderator, answering privately, and kept up to date in place."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from bot_process import BotProcess, answering
from discords import running_discord, server, stop_cleanly
from e2e.database import eventually, file_of, rows
from e2e.maintainers.lighthouses import Start
from e2e.questions import DISCORDS_PATIENCE, titles
from fake_discord import Channel, FakeDiscord, Guild, Interaction, Member, Message, Permission, Status

EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
POST = "POST /channels/{channel_id}/messages"
NAME = "Riverside Home Brewers"
MEETING = "When do you meet?"
PAINT = "Which paint do we use?"

fake = running_discord()
guild = server("Home brewers")


def faq(*questions: str, count: int = 0) -> str:
    """Return a faq.yaml with some questions, and so many numbered ones."""
    asked = [*questions, *(f"What is in barrel number {number}?" for number in range(1, count + 1))]
    entries = "".join(
        f"  entry-{number}:\n    question: {question}\n    answer: Answer {number}.\n"
        for number, question in enumerate(asked)
    )
    return f"name: {NAME}\nentries:\n{entries}"


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    directory = tmp_path / "knowledge"
    directory.mkdir()
    write(directory, faq(MEETING, "How much is the fee?"))
    return directory


def write(knowledge_dir: Path, content: str) -> None:
    (knowledge_dir / "faq.yaml").write_text(content, encoding="utf-8")


@pytest.fixture
async def start(fake: FakeDiscord, guild: Guild, knowledge_dir: Path, tmp_path: Path) -> AsyncIterator[Start]:
    assert guild.me
    async with AsyncExitStack() as stack:
        yield Start(fake, knowledge_dir, tmp_path, stack)


@pytest.fixture
async def bot(start: Start) -> AsyncIterator[BotProcess]:
    bot = await start()
    yield bot
    await stop_cleanly(bot)


@pytest.fixture
def board(guild: Guild) -> Channel:
    return guild.add_text_channel("faq")


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
    await fake.wait_for(lambda: label in message.labels, timeout=20, what=f"{label!r} on the board")


def requests_in(fake: FakeDiscord, channel: Channel, name: str) -> int:
    return len([each for each in fake.requests_to(name) if each.params["channel_id"] == str(channel.id)])


def stored(directory: Path) -> list[tuple[int, int | None]]:
    return rows(directory, "SELECT position, message_id FROM board_messages ORDER BY channel_id, position")


@pytest.mark.usefixtures("bot")
async def test_a_board_is_offered_privately_and_posted_on_a_click(
    fake: FakeDiscord, moderator: Member, channel: Channel, board: Channel
) -> None:
    offer = await screen(moderator, channel, board)

    assert offer.said == f"I'll post 2 questions in {board.mention}, in 1 message, and keep them up to date."
    assert offer.labels == ["Post"]
    assert board.history() == []

    await (await moderator.clicks(offer, "Post")).answer()

    [message] = board.history()
    assert message.labels == [MEETING, "How much is the fee?"]
    assert message.said.startswith("## Frequently asked questions\nHere's what I can answer about **Riverside")
    assert offer.said.startswith("The board is here, and I keep it up to date: https://discord.com/channels/")
    assert offer.said.endswith(f"/{board.id}/{message.id}")
    assert offer.labels == ["Remove"]


@pytest.mark.usefixtures("bot")
async def test_a_question_on_the_board_is_answered_privately(moderator: Member, board: Channel, mia: Member) -> None:
    [message] = await posted(moderator, board)

    click = await mia.clicks(message, MEETING)

    assert (await click.response()).ephemeral
    assert titles(await click.answer()) == [MEETING]
    assert board.history() == [message]


@pytest.mark.usefixtures("bot")
async def test_an_edit_of_the_knowledge_edits_the_board_in_place_once(
    fake: FakeDiscord, moderator: Member, board: Channel, knowledge_dir: Path
) -> None:
    [message] = await posted(moderator, board)

    write(knowledge_dir, faq(MEETING, PAINT))
    await shows(fake, message, PAINT)

    assert message.labels == [MEETING, PAINT]
    assert board.history() == [message]
    assert requests_in(fake, board, EDIT) == 1


@pytest.mark.usefixtures("bot")
async def test_a_board_grows_below_and_shrinks_from_its_end(
    fake: FakeDiscord, moderator: Member, board: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    [message] = await posted(moderator, board)

    write(knowledge_dir, faq(MEETING, count=20))
    await fake.wait_for(lambda: len(board.history()) == 2, timeout=20, what="a second message")
    first, second = board.history()
    assert first is message
    assert [len(each.labels) for each in (first, second)] == [15, 6]

    write(knowledge_dir, faq(MEETING))
    await fake.wait_for(lambda: len(board.history()) == 1, timeout=20, what="one message less")
    await shows(fake, message, MEETING)
    await eventually(lambda: stored(tmp_path), [(0, message.id)], "the stored board")
    assert message.labels == [MEETING]


async def test_a_board_is_brought_up_to_date_at_the_start(
    fake: FakeDiscord, start: Start, moderator: Member, board: Channel, knowledge_dir: Path
) -> None:
    bot = await start()
    [message] = await posted(moderator, board)
    assert await bot.stop() == 0, bot.log
    write(knowledge_dir, faq(MEETING, PAINT))

    again = await start()
    await shows(fake, message, PAINT)

    assert board.history() == [message]
    assert await again.stop() == 0, again.log


async def test_a_start_without_changes_edits_nothing(
    fake: FakeDiscord, start: Start, moderator: Member, channel: Channel, board: Channel
) -> None:
    bot = await start()
    await posted(moderator, board)
    assert await bot.stop() == 0, bot.log

    await start()
    shown = await screen(moderator, channel, board)

    assert shown.labels == ["Remove"]
    assert requests_in(fake, board, EDIT) == 0
    assert requests_in(fake, board, POST) == 1
