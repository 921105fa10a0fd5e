"""Faults strike what they were injected for."""

from __future__ import annotations

from typing import Any

import pytest

from fake_discord import (
    Allowance,
    Channel,
    Disconnect,
    FakeDiscord,
    Limited,
    Lost,
    Member,
    RateLimits,
    Reset,
    Status,
)
from fake_discord_tests.bot import MESSAGES, running
from fake_discord_tests.raw import post


class TestBadDays:
    async def test_after_an_outage_the_shard_identifies_anew_by_itself(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            await fake.stop()
            await fake.start()
            # discord.py does not resume once a first attempt to connect was refused.
            await fake.wait_for(lambda: fake.gateway.identifies == 2, timeout=20)
            answer = await fake.reply_to(await mia.asks(channel, "back?"))

        assert answer.content == "pong: back?"

    async def test_discord_py_waits_out_a_429_and_its_reply_arrives(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            limit = fake.faults.on(MESSAGES, Limited(0.05), times=2)
            answer = await fake.reply_to(await mia.asks(channel, "hello"))

        assert limit.hits == 2
        assert answer.content == "pong: hello"
        assert [request.status for request in fake.requests_to(MESSAGES)] == [429, 429, 200]

    async def test_a_bucket_that_is_used_up_answers_429_with_its_headers(self) -> None:
        limits = RateLimits(by_route={MESSAGES: Allowance(2, 60)})
        async with FakeDiscord(rate_limits=limits) as fake:
            path = f"/channels/{fake.add_guild().add_text_channel('a').id}/messages"
            answers = [await post(fake, path, {"content": "x"}) for _ in range(3)]

        assert [status for status, _ in answers] == [200, 200, 429]
        assert fake.requests[-1].response["retry_after"] > 0

    @pytest.mark.parametrize("fault", [Status(503), Reset(), Disconnect()])
    async def test_what_discord_py_does_not_retry_loses_the_reply(
        self, fake: FakeDiscord, channel: Channel, mia: Member, fault: Any
    ) -> None:
        async with running(fake):
            fake.faults.on(MESSAGES, fault, times=1)
            lost = await mia.asks(channel, "lost")
            await fake.request(MESSAGES)
            await fake.reply_to(await mia.asks(channel, "found"))

        assert fake.ledger.unanswered() == [lost.id]

    async def test_a_lost_response_leaves_the_message_made(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            fake.faults.on(MESSAGES, Lost(Status(502)), times=1)
            asked = await mia.asks(channel, "hello")
            await fake.request(MESSAGES, count=2)
            await fake.settled()

        assert [request.status for request in fake.requests_to(MESSAGES)] == [502, 200]
        assert len(fake.ledger.entry(asked).answers) == 1


def test_chance_repeats_with_its_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = FakeDiscord().faults
        faults.on("*", Reset(), probability=0.2, seed=seed)
        return [faults.strike("GET /users/@me") is not None for _ in range(200)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 20 < sum(strikes(1)) < 60
