from __future__ import annotations

import asyncio
import weakref
from contextvars import ContextVar, copy_context
from datetime import UTC, datetime, timedelta

import pytest

from bot.discord_app.asking.last_answers import Asker, LastAnswers

pytestmark = pytest.mark.asyncio

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MIA, MAX = 1, 2
GENERAL, OTHER = 10, 20


def asks(person: int, channel: int = GENERAL, *, later: float = 0.0) -> Asker:
    return Asker(channel, person, NOON + timedelta(seconds=later))


async def test_the_last_answer_to_a_person_in_a_channel_is_remembered() -> None:
    answers = LastAnswers()
    answers.remember(asks(MIA), ("coding",))
    answers.remember(asks(MIA), ("degree", "experience"))

    assert answers.before(asks(MIA)) == ("degree", "experience")
    assert answers.before(asks(MAX)) == ()
    assert answers.before(asks(MIA, OTHER)) == ()


@pytest.mark.parametrize(("later", "remembered"), [(-1, ()), (299, ("coding",)), (301, ())])
async def test_only_what_is_asked_within_the_next_five_minutes_refers_to_it(
    later: float, remembered: tuple[str, ...]
) -> None:
    answers = LastAnswers()
    answers.remember(asks(MIA), ("coding",))

    assert answers.before(asks(MIA, later=later)) == remembered


async def test_nothing_is_kept_in_memory_for_longer_than_that() -> None:
    answers = LastAnswers(lifetime=timedelta(0))
    answers.remember(asks(MIA), ("coding",))
    assert answers.before(asks(MIA)) == ("coding",)

    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0.001, later.set)
    await later.wait()
    assert answers.before(asks(MIA)) == ()


async def test_the_later_of_two_answers_is_forgotten_as_well() -> None:
    answers = LastAnswers(lifetime=timedelta(seconds=0.05))
    answers.remember(asks(MIA), ("coding",))
    await asyncio.sleep(0.01)
    answers.remember(asks(MAX), ("degree",))

    async with asyncio.timeout(30):
        while answers.before(asks(MIA)) or answers.before(asks(MAX)):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)


async def test_nothing_else_of_the_moment_is_kept_with_it() -> None:
    class Moment:
        """What belongs to one question."""

    current: ContextVar[Moment] = ContextVar("current")
    moment = Moment()
    here = copy_context()
    here.run(current.set, moment)
    here.run(LastAnswers().remember, asks(MIA), ("coding",))
    is_kept = weakref.ref(moment)

    del moment, here
    assert is_kept() is None


async def test_a_person_is_forgotten_in_all_channels_and_nobody_else() -> None:
    answers = LastAnswers()
    for channel in (GENERAL, OTHER):
        for person in (MIA, MAX):
            answers.remember(asks(person, channel), ("coding",))

    answers.forget_person(MIA)

    assert [answers.before(asks(MIA, channel)) for channel in (GENERAL, OTHER)] == [(), ()]
    assert [answers.before(asks(MAX, channel)) for channel in (GENERAL, OTHER)] == [("coding",), ("coding",)]


async def test_the_oldest_make_room() -> None:
    answers = LastAnswers(capacity=2)
    for person in (MIA, MAX, 3):
        answers.remember(asks(person), ("coding",))

    assert [answers.before(asks(person)) for person in (MIA, MAX, 3)] == [(), ("coding",), ("coding",)]
