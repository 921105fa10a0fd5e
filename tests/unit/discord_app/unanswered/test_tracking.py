"""What is deleted while its question is being stored takes the question along all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from storage.locking import locked

from bot.answering import Answering
from bot.discord_app.unanswered.keeper import QuestionKeeper, RawQuestion
from bot.discord_app.unanswered.tracking import MAX_TO_FORGET, UnansweredTracker
from bot.library import Library
from bot.outcomes import Answered
from bot.storage.database import Database
from bot.storage.secret import SecretKey
from bot.storage.unanswered import UnansweredQuestion, UnansweredQuestions
from lighthouse import answering_from

QUESTION = RawQuestion(
    "what do seagulls eat for breakfast",
    message_id=1,
    channel_id=2,
    server_id=3,
    asker_id=4,
    names=("mia",),
    asked_at=datetime.now(UTC),
)


class SlowQuestions(UnansweredQuestions):
    """The real store, on a day when it takes its time to store."""

    def __init__(self, *, database: Database) -> None:
        super().__init__(database=database)
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def remember(self, question: UnansweredQuestion) -> None:
        self.begun.set()
        await self.may_go_on.wait()
        await super().remember(question)

    async def texts(self) -> list[str]:
        return [question.text for question in await self.asked_since(datetime.now(UTC) - timedelta(days=1))]


@pytest.fixture
def answering(knowledge_dir: Path) -> Answering:
    return answering_from(knowledge_dir)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
        yield database


@pytest.fixture
def questions(database: Database) -> SlowQuestions:
    return SlowQuestions(database=database)


@pytest.fixture
def tracker(database: Database, questions: SlowQuestions, answering: Answering, tmp_path: Path) -> UnansweredTracker:
    keeper = QuestionKeeper(questions=questions, secret=SecretKey(database=database), keeps_text=True)
    return UnansweredTracker(keeper=keeper, library=Library(shared=answering, directory=tmp_path))


DELETIONS: dict[str, Callable[[UnansweredTracker], Awaitable[None]]] = {
    "message": lambda tracker: tracker.forget_deleted([QUESTION.message_id]),
    "channel": lambda tracker: tracker.forget_channel(QUESTION.channel_id),
}


@pytest.mark.parametrize("delete", DELETIONS.values(), ids=DELETIONS)
async def test_a_deletion_that_overtakes_the_storing_leaves_nothing(
    tracker: UnansweredTracker,
    questions: SlowQuestions,
    answering: Answering,
    delete: Callable[[UnansweredTracker], Awaitable[None]],
) -> None:
    outcome = answering.answer(QUESTION.text)
    assert not isinstance(outcome, Answered)
    keeping = asyncio.create_task(tracker.keep(QUESTION, outcome))
    await questions.begun.wait()

    await delete(tracker)
    questions.may_go_on.set()
    await keeping

    assert await questions.texts() == []


@pytest.mark.parametrize("delete", DELETIONS.values(), ids=DELETIONS)
async def test_what_is_gone_already_is_not_stored_and_all_else_is(
    tracker: UnansweredTracker,
    questions: SlowQuestions,
    answering: Answering,
    delete: Callable[[UnansweredTracker], Awaitable[None]],
) -> None:
    questions.may_go_on.set()
    await delete(tracker)
    await tracker.keep(QUESTION, answering.answer(QUESTION.text))
    assert not questions.begun.is_set()

    other = replace(
        QUESTION, text="how tall is a seagull", message_id=QUESTION.channel_id, channel_id=QUESTION.message_id
    )
    await tracker.keep(other, answering.answer(other.text))

    assert await questions.texts() == [other.text]


async def test_deletions_wait_for_the_database_within_bounds(
    tracker: UnansweredTracker, questions: SlowQuestions, tmp_path: Path
) -> None:
    assert await questions.texts() == []  # so there is a database

    with locked(tmp_path / "bot.db"):
        forgetting = asyncio.create_task(tracker.forget_deleted([QUESTION.message_id]))
        await asyncio.sleep(0)  # so that it has begun, and waits
        for first in range(0, 2 * MAX_TO_FORGET, 100):
            await tracker.forget_deleted(range(first, first + 100))
        for channel_id in range(MAX_TO_FORGET + 100):
            await tracker.forget_channel(channel_id)
        held = len(tracker._messages_to_forget), len(tracker._channels_to_forget)
    await forgetting

    assert held == (MAX_TO_FORGET, MAX_TO_FORGET)
    assert not tracker._messages_to_forget
    assert not tracker._channels_to_forget
