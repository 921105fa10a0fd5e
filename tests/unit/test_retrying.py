from __future__ import annotations

import itertools

import pytest

from bot.retrying import Retrying


class Passing(Exception):
    """A failure that may pass."""


def retrying_for(told: list[float], **arguments: float) -> Retrying:
    return Retrying(
        passes=lambda error: isinstance(error, Passing),
        tell=lambda _, pause: told.append(pause),
        **{"first_pause": 0.001, **arguments},  # type: ignore[arg-type]
    )


async def test_what_succeeds_is_not_tried_again() -> None:
    told: list[float] = []

    async def attempt() -> str:
        return "done"

    assert await retrying_for(told)(attempt) == "done"
    assert told == []


async def test_what_may_pass_is_tried_until_it_succeeds_after_growing_pauses() -> None:
    told: list[float] = []
    attempts = itertools.count()

    async def attempt() -> str:
        if next(attempts) < 6:
            raise Passing
        return "done"

    assert await retrying_for(told, max_pause=0.008)(attempt) == "done"
    assert len(told) == 6
    assert told[0] <= 0.001
    assert all(0.004 <= pause <= 0.008 for pause in told[3:])


async def test_what_will_not_pass_is_raised_at_once() -> None:
    told: list[float] = []
    attempts = itertools.count()

    async def attempt() -> None:
        raise Passing if next(attempts) == 0 else ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await retrying_for(told)(attempt)
    assert len(told) == 1
