"""How much is too much: within a minute, by person and by channel, with a clock that the test turns."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.asking.flood import RateLimit, RecentAnswers


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


class Speaker:
    """Says things, and remembers how often."""

    def __init__(self, address: str | None = "https://a.example/1/2/3") -> None:
        self.address = address
        self.times = 0

    async def __call__(self) -> str | None:
        self.times += 1
        await asyncio.sleep(0)
        return self.address


def test_five_questions_a_minute_are_admitted_and_a_sixth_must_wait() -> None:
    clock = Clock()
    limit = RateLimit(5)

    assert [limit.admits("mia", clock.now) for _ in range(7)] == [True] * 5 + [False] * 2
    clock.seconds += 59.9
    assert not limit.admits("mia", clock.now)
    clock.seconds += 0.1
    assert limit.admits("mia", clock.now)


def test_what_was_not_admitted_does_not_make_the_wait_longer() -> None:
    clock = Clock()
    limit = RateLimit(1)
    limit.admits("mia", clock.now)
    clock.seconds += 59
    limit.admits("mia", clock.now)

    clock.seconds += 1

    assert limit.admits("mia", clock.now)


def test_one_person_who_asks_too_much_is_no_burden_to_another() -> None:
    clock = Clock()
    limit = RateLimit(1)
    limit.admits("mia", clock.now)

    assert not limit.admits("mia", clock.now)
    assert limit.admits("max", clock.now)


def test_of_too_many_people_those_are_forgotten_who_asked_longest_ago() -> None:
    clock = Clock()
    limit = RateLimit(1, capacity=2)
    for person in ("mia", "max", "eve"):
        limit.admits(person, clock.now)

    assert limit.admits("mia", clock.now)
    assert not limit.admits("eve", clock.now)


@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 30)), max_size=60))
def test_never_are_more_than_five_admitted_within_any_minute(steps: list[tuple[str, float]]) -> None:
    clock = Clock()
    limit = RateLimit(5)
    admitted: dict[str, list[float]] = {person: [] for person in "abc"}
    for person, pause in steps:
        clock.seconds += pause
        recent = [time for time in admitted[person] if clock.seconds - time < 60]
        is_admitted = limit.admits(person, clock.now)
        if is_admitted:
            admitted[person].append(clock.seconds)

        assert is_admitted == (len(recent) < 5)


def test_missed_questions_count_by_when_they_were_asked() -> None:
    clock = Clock()
    limit = RateLimit(1)
    assert limit.admits("mia", clock.now)

    assert not limit.admits("mia", clock.now - timedelta(seconds=30))
    assert limit.admits("mia", clock.now - timedelta(seconds=90))


def test_a_missed_question_makes_no_room_for_more_new_ones() -> None:
    clock = Clock()
    limit = RateLimit(1)
    assert limit.admits("mia", clock.now)
    assert limit.admits("mia", clock.now - timedelta(minutes=10))

    assert not limit.admits("mia", clock.now)


async def test_an_answer_repeated_within_a_minute_becomes_a_link() -> None:
    clock, say = Clock(), Speaker()
    recent = RecentAnswers(now=clock)

    assert await recent.once(1, ("coding", "degree"), say, patience=None) is None
    clock.seconds += 59.9
    assert await recent.once(1, ("degree", "coding"), say, patience=None) == say.address
    clock.seconds += 0.1
    assert await recent.once(1, ("coding", "degree"), say, patience=None) is None
    assert say.times == 2


async def test_something_else_or_elsewhere_is_said() -> None:
    say = Speaker()
    recent = RecentAnswers(now=Clock())
    await recent.once(1, ("coding",), say, patience=None)

    assert await recent.once(2, ("coding",), say, patience=None) is None
    assert await recent.once(1, ("coding", "degree"), say, patience=None) is None
    assert say.times == 3


async def test_what_is_no_answer_may_be_said_again_and_again() -> None:
    say = Speaker()
    recent = RecentAnswers(now=Clock())

    assert [await recent.once(1, (), say, patience=None) for _ in range(3)] == [None] * 3
    assert say.times == 3


async def test_what_many_want_said_at_once_is_said_once() -> None:
    say = Speaker()
    recent = RecentAnswers(now=Clock())

    earlier = await asyncio.gather(*(recent.once(1, ("coding",), say, patience=None) for _ in range(20)))

    assert say.times == 1
    assert earlier == [None] + [say.address] * 19


async def test_what_could_not_be_said_is_tried_again() -> None:
    unheard, say = Speaker(address=None), Speaker()
    recent = RecentAnswers(now=Clock())

    await recent.once(1, ("coding",), unheard, patience=None)

    assert await recent.once(1, ("coding",), say, patience=None) is None
    assert say.times == 1


async def test_what_was_deleted_is_said_again() -> None:
    say = Speaker("https://a.example/1/2/33")
    recent = RecentAnswers(now=Clock())
    await recent.once(1, ("coding",), say, patience=None)

    recent.forget(3)
    assert await recent.once(1, ("coding",), say, patience=None) == say.address
    recent.forget(33)
    assert await recent.once(1, ("coding",), say, patience=None) is None


async def test_what_was_said_in_another_way_is_known_too() -> None:
    say = Speaker()
    recent = RecentAnswers(now=Clock())

    recent.remember(1, ("coding",), "https://a.example/1/2/4")

    assert await recent.once(1, ("coding",), say, patience=None) == "https://a.example/1/2/4"


async def test_of_too_many_answers_the_oldest_are_forgotten() -> None:
    say = Speaker()
    recent = RecentAnswers(now=Clock(), capacity=2)
    for channel in (1, 2, 3):
        await recent.once(channel, ("coding",), say, patience=None)

    assert await recent.once(3, ("coding",), say, patience=None) == say.address
    assert await recent.once(1, ("coding",), say, patience=None) is None
