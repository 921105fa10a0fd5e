"""Nothing is done twice at once."""

from __future__ import annotations

import pytest

from bot.discord_app.turns import Turns


async def test_the_same_thing_is_done_once_at_a_time_and_may_be_done_again_afterwards() -> None:
    turns = Turns()

    async with turns.of("post", 1):
        async with turns.of("post", 2):
            assert turns.of("post", 1).locked()
        assert not turns.of("post", 2).locked()
    assert not turns.of("post", 1).locked()


async def test_what_fails_is_no_longer_being_done() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError):
        async with turns.of("post"):
            raise ZeroDivisionError

    assert not turns.of("post").locked()
