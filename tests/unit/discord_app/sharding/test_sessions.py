"""How fast new sessions may begin: Discord allows 1,000 a day and resets the token of whoever needs more."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.discord_app.sharding.sessions import IdentifyPace

PAUSE = 0.5


async def seconds_to_keep(pace: IdentifyPace) -> float:
    begun = time.monotonic()
    await pace.keep()
    return time.monotonic() - begun


async def test_a_few_sessions_begin_at_once_and_each_further_one_after_a_pause() -> None:
    pace = IdentifyPace(most=3, pause=PAUSE)

    waited = [await seconds_to_keep(pace) for _ in range(5)]

    assert sum(waited[:3]) < min(waited[3:])
    assert min(waited[3:]) > PAUSE * 0.9


async def test_every_shard_of_many_begins_at_once() -> None:
    pace = IdentifyPace(most=3, pause=60.0)

    async with asyncio.timeout(30):
        for _ in range(40):
            await pace.keep(shards=40)


async def test_whoever_gives_up_waiting_and_comes_again_waits_for_the_rest_only() -> None:
    pace = IdentifyPace(most=1, pause=PAUSE)
    await pace.keep()
    begun = time.monotonic()

    for _ in range(3):  # discord.py gives up after 60 s and begins anew
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(PAUSE / 4):
                await pace.keep()
    await pace.keep()

    assert PAUSE * 0.9 < time.monotonic() - begun < PAUSE * 2  # not as long as three waits from the start


async def test_sessions_of_more_than_an_hour_ago_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord_app.sharding.sessions._HOUR", PAUSE / 4)
    pace = IdentifyPace(most=1, pause=PAUSE)
    await pace.keep()
    await asyncio.sleep(PAUSE / 3)

    assert await seconds_to_keep(pace) < PAUSE / 2


async def test_whoever_comes_after_the_pause_neither_waits_nor_is_warned(caplog: pytest.LogCaptureFixture) -> None:
    pace = IdentifyPace(most=1, pause=0.01)
    await pace.keep()
    await asyncio.sleep(0.02)

    await pace.keep()

    assert not caplog.records


def test_a_day_has_far_fewer_sessions_than_discord_allows() -> None:
    pace = IdentifyPace()

    a_day = 86_400 / pace._pause + pace._most * 24
    assert a_day < 1000
