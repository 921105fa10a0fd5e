"""What is held in memory for a while: neither for longer nor more of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.discord_app.unanswered.keeper import RawQuestion
from bot.discord_app.unanswered.recent_questions import HELD_FOR, RecentQuestions

ASKED = RawQuestion(
    "how high is the tower?",
    message_id=1,
    channel_id=2,
    server_id=3,
    asker_id=4,
    names=("mia",),
    asked_at=datetime.now(UTC),
)


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be put forward."""

    skipped = 0.0

    def time(self) -> float:
        return super().time() + self.skipped

    async def skip(self, seconds: float) -> None:
        """Put the clock forward, and let run what is due then."""
        self.skipped += seconds
        for _ in range(2):
            await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, None], loop: HurriedLoop) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(work)


def test_a_question_is_held_for_as_long_as_discord_takes_answers_and_no_longer() -> None:
    loop = HurriedLoop()

    async def hold() -> None:
        lately = RecentQuestions()
        lately.remember(ASKED)
        await loop.skip(HELD_FOR - 1)
        assert lately.find([7, 1]) == ASKED
        await loop.skip(1.1)
        assert lately.find([7, 1]) is None

    run(hold(), loop)


def test_a_question_that_is_remembered_anew_is_held_from_then_on() -> None:
    loop = HurriedLoop()

    async def hold() -> None:
        lately = RecentQuestions()
        lately.remember(ASKED)
        await loop.skip(HELD_FOR - 1)
        lately.remember(replace(ASKED, text="and the lamp?"))
        await loop.skip(2)
        found = lately.find([1])
        assert found is not None
        assert found.text == "and the lamp?"

    run(hold(), loop)


async def test_of_too_many_questions_the_oldest_go() -> None:
    lately = RecentQuestions(capacity=3)
    for number in range(5):
        lately.remember(replace(ASKED, message_id=number))

    assert [number for number in range(5) if lately.find([number])] == [2, 3, 4]


async def test_questions_are_forgotten_by_message_and_by_whatever_else_holds_for_them() -> None:
    lately = RecentQuestions()
    for number in range(6):
        lately.remember(replace(ASKED, message_id=number, asker_id=number % 2))
    lately.forget([0, 1, 77])
    lately.forget_where(lambda asked: asked.asker_id == 1)

    assert [number for number in range(6) if lately.find([number])] == [2, 4]
