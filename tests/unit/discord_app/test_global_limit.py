"""While Discord limits all requests, they wait, and then don't all go out at once."""

from __future__ import annotations

import asyncio

from bot.discord_app.rest.global_limit import GlobalLimit

WAITING = 20


def now() -> float:
    return asyncio.get_running_loop().time()


async def goes_at(limit: GlobalLimit) -> float:
    await limit.wait()
    return now()


async def test_requests_wait_until_it_ends_and_then_go_one_after_the_other() -> None:
    limit = GlobalLimit()
    begun = now()
    limit.hold(0.4)
    assert not limit.is_set()

    times = await asyncio.gather(*(goes_at(limit) for _ in range(WAITING)))

    assert min(times) - begun >= 0.4
    assert max(times) - min(times) > 0.02
    assert limit.is_set()


async def test_of_two_limits_the_longer_one_counts() -> None:
    limit = GlobalLimit()
    begun = now()
    limit.hold(0.3)
    limit.hold(0.1)
    limit.set()  # as discord.py does when its own wait is over
    assert not limit.is_set()

    assert await goes_at(limit) - begun >= 0.3


async def test_a_limit_that_begins_when_one_has_just_ended_holds_those_that_have_not_gone_yet() -> None:
    limit = GlobalLimit()
    begun = now()
    limit.hold(0.2)
    ended = asyncio.create_task(asyncio.Event.wait(limit))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(goes_at(limit)) for _ in range(WAITING)]

    await ended
    limit.hold(0.2)

    assert min(await asyncio.gather(*waiting)) - begun >= 0.4


async def test_only_what_discord_told_this_process_itself_is_told_on() -> None:
    limit = GlobalLimit()
    limit.hold(60.0)
    assert limit.heard_until == 0.0

    limit.clear()  # as discord.py does when a request reaches the limit
    assert limit.heard_until > now()
