"""What is being answered: waited for, not begun twice, given up in the end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from bot.discord_app.delivery import Delivery, Done
from bot.discord_app.in_flight import InFlight
from bot.operations.metrics import Metrics
from bot.storage.claims import Claims
from bot.storage.claims_table import Claim
from bot.storage.database import Database
from bot.storage.resolutions import QuestionSource, Resolution


async def hold(in_flight: InFlight, key: str, until: asyncio.Event) -> None:
    with in_flight.doing(key):
        await until.wait()


async def test_what_is_being_answered_is_known_until_it_is_done() -> None:
    in_flight = InFlight(capacity=2)

    with in_flight.doing("first"):
        assert "first" in in_flight
        assert not in_flight.is_full
        with in_flight.doing("second"):
            assert len(in_flight) == 2
            assert in_flight.is_full

    assert "first" not in in_flight
    assert len(in_flight) == 0


async def test_what_is_done_within_itself_is_done_when_the_outer_one_is() -> None:
    in_flight = InFlight()

    with in_flight.doing("click"):
        with in_flight.doing("click"):
            assert len(in_flight) == 1
        assert "click" in in_flight
        assert not await in_flight.ended(within=0)

    assert await in_flight.ended(within=0)


async def test_a_failure_is_an_end_too() -> None:
    in_flight = InFlight()

    with pytest.raises(ValueError, match="no"), in_flight.doing("question"):
        raise ValueError("no")

    assert await in_flight.ended(within=0)


async def test_the_end_is_waited_for_no_longer_than_told() -> None:
    in_flight, done = InFlight(), asyncio.Event()
    answering = asyncio.create_task(hold(in_flight, "question", done))
    await asyncio.sleep(0)

    assert not await in_flight.ended(within=0.01)

    done.set()
    assert await in_flight.ended(within=10)
    await answering


async def test_what_is_abandoned_is_cancelled_and_nothing_else() -> None:
    in_flight, done = InFlight(), asyncio.Event()
    answered = asyncio.create_task(hold(in_flight, "answered", done))
    await asyncio.sleep(0)
    done.set()
    await answered
    stuck = [asyncio.create_task(hold(in_flight, key, asyncio.Event())) for key in ("one", "other")]
    await asyncio.sleep(0)

    in_flight.abandon()

    assert await in_flight.ended(within=10)
    await asyncio.gather(*stuck, return_exceptions=True)
    assert [task.cancelled() for task in stuck] == [True, True]


async def test_it_is_quiet_until_something_is_begun_and_again_a_moment_later(monkeypatch: pytest.MonkeyPatch) -> None:
    in_flight = InFlight()
    quiet_at_first = in_flight.is_quiet

    with in_flight.doing("a"):
        quiet_meanwhile = in_flight.is_quiet
    quiet_at_once = in_flight.is_quiet
    monkeypatch.setattr("bot.discord_app.in_flight.QUIET_AFTER", 0.0)

    assert (quiet_at_first, quiet_meanwhile, quiet_at_once, in_flight.is_quiet) == (True, False, False, True)


async def test_a_question_beyond_the_limit_is_claimed_and_left_for_catch_up(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first, second = (
        Claim(message_id=id_, channel_id=70, server_id=7, source=QuestionSource.mention, claimed_at=now)
        for id_ in (1, 2)
    )
    in_flight, done = InFlight(capacity=1), asyncio.Event()
    answered: list[int] = []

    async def answer_slowly() -> Done:
        await done.wait()
        return Done(Resolution.answered)

    async def answer() -> Done:
        answered.append(second.message_id)
        return Done(Resolution.answered)

    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database, Claims(database=database) as claims:
        delivery = Delivery(claims=claims, in_flight=in_flight, metrics=Metrics(CollectorRegistry()))
        answering = asyncio.create_task(delivery.once(first, answer_slowly))
        await asyncio.sleep(0)
        assert await delivery.once(second, answer)
        assert not await delivery.once(second, answer)
        done.set()
        await answering

        assert answered == []
        assert await claims.left_open(since=now) == (second,)
        await delivery.again(second, answer)
        assert answered == [second.message_id]
