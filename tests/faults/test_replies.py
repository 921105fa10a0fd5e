"""A reply reaches its question once, whatever happens to the request that brings it, or it is closed with a reason."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from e2e.questions import CODING, DEGREE, MANAGEMENT, titles

from bot.storage.resolutions import Resolution
from bot_process import BotProcess
from fake_discord import (
    WEATHER,
    Channel,
    Disconnect,
    FakeDiscord,
    Guild,
    Hang,
    Limited,
    Lost,
    Member,
    Permission,
    Request,
    Reset,
    Slow,
    Status,
)
from fake_discord.faults import Action
from faults.accounting import settled_as
from faults.asking import SEND, said_in

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("accounted_for")]

REACT = "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"


def sent_to(fake: FakeDiscord, channel: Channel) -> list[Request]:
    """Return the attempts to write in a channel."""
    return [request for request in fake.requests_to(SEND) if request.params["channel_id"] == str(channel.id)]


@pytest.mark.parametrize("failure", [Status(500), Status(502), Status(503), Reset(), Disconnect()], ids=repr)
async def test_a_reply_that_fails_is_sent_again_with_the_same_nonce(
    fake: FakeDiscord, mia: Member, channel: Channel, failure: Action
) -> None:
    fake.faults.on(SEND, failure, times=1)

    asked = await mia.asks(channel, CODING)
    answer = await fake.reply_to(asked)

    assert titles(answer) == [CODING]
    assert said_in(channel) == [answer]
    assert [str(attempt.body["nonce"]) for attempt in sent_to(fake, channel)] == [str(asked.id)] * 2


@pytest.mark.parametrize("failure", [Status(502), Status(503), Reset(), Disconnect()], ids=repr)
async def test_a_reply_whose_response_is_lost_stands_there_once(
    fake: FakeDiscord, mia: Member, channel: Channel, failure: Status | Reset | Disconnect
) -> None:
    fake.faults.on(SEND, Lost(failure), times=1)

    asked = await mia.asks(channel, CODING)
    attempt = await fake.request(SEND, count=len(fake.requests_to(SEND)) + 2)

    assert str(attempt.body["nonce"]) == str(asked.id)
    assert said_in(channel) == [await fake.reply_to(asked)]


async def test_a_reply_unacknowledged_for_eight_seconds_is_sent_again_and_appears_once(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    other = guild.add_text_channel("other")
    fake.faults.on(SEND, Hang(), times=1)
    never_arrived = await mia.asks(channel, CODING)
    await fake.wait_for(lambda: sent_to(fake, channel), what="the first attempt")
    fake.faults.on(SEND, Lost(Hang()), times=1)
    arrived = await mia.asks(other, CODING)

    for asked in (never_arrived, arrived):
        await fake.wait_for(lambda: len(sent_to(fake, asked.channel)) == 2, timeout=12, what="the second attempt")  # noqa: B023
        first, second = sent_to(fake, asked.channel)
        assert 7.9 < second.at - first.at < 15
        assert said_in(asked.channel) == [await fake.reply_to(asked)]


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_discords_own_rate_limits_are_waited_out(
    fake: FakeDiscord, mia: Member, channel: Channel, scope: str
) -> None:
    fake.faults.on(SEND, Limited(retry_after=1.0, scope=scope), times=1)

    await fake.reply_to(await mia.asks(channel, CODING))

    first, second = sent_to(fake, channel)
    assert 0.95 < second.at - first.at < 6


async def test_while_all_routes_are_limited_nobody_else_is_answered_and_then_everybody(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    other = guild.add_text_channel("other")
    fake.faults.on(SEND, Limited(retry_after=1.0, scope="global"), times=1)
    asked = await mia.asks(channel, CODING)
    refused = await fake.request(SEND, count=len(fake.requests_to(SEND)) + 1)
    await fake.wait_for(lambda: refused.status == 429, what="the refusal")

    meanwhile = await mia.asks(other, CODING)
    await asyncio.gather(fake.reply_to(asked), fake.reply_to(meanwhile))

    [first] = sent_to(fake, other)
    assert first.at - refused.at > 0.9


async def test_as_long_as_a_refusal_asks_for_nothing_is_tried(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    fake.faults.on(SEND, Status(503, retry_after=3), times=1)

    await fake.reply_to(await mia.asks(channel, CODING))

    first, second = sent_to(fake, channel)
    assert 2.9 < second.at - first.at < 8


@pytest.mark.parametrize(
    "case",
    [
        (Status(403, 50013), Resolution.closed_not_allowed),
        (Status(403, 50001), Resolution.closed_not_allowed),
        (Status(404, 10003), Resolution.closed_gone),
        (Status(400, 50035), Resolution.closed_refused),
        (Status(400, 50083), Resolution.closed_refused),
    ],
    ids=repr,
)
async def test_what_discord_refuses_for_good_is_tried_once_and_closed_with_the_reason(
    bot: BotProcess, directory: Path, mia: Member, channel: Channel, case: tuple[Status, Resolution]
) -> None:
    fake, (refusal, resolution) = channel.fake, case
    fake.faults.on(SEND, refusal)

    asked = await mia.asks(channel, CODING)

    await settled_as(directory, asked, resolution)
    assert len(sent_to(fake, channel)) == 1
    [line] = await bot.logged(f"Can't answer message {asked.id}")
    assert f"Discord says {refusal.status}/{refusal.code}" in line


async def test_where_the_bot_may_not_write_it_does_not_try(
    fake: FakeDiscord, guild: Guild, directory: Path, mia: Member, channel: Channel
) -> None:
    channel.set_permissions(guild.me, deny=Permission.SEND_MESSAGES)

    asked = await mia.asks(channel, CODING)

    await settled_as(directory, asked, Resolution.closed_not_allowed)
    assert sent_to(fake, channel) == []


async def test_a_question_that_is_deleted_meanwhile_is_closed(
    fake: FakeDiscord, directory: Path, mia: Member, channel: Channel
) -> None:
    fake.faults.on(SEND, Slow(0.3), times=1)
    asked = await mia.asks(channel, CODING)
    await fake.wait_for(lambda: sent_to(fake, channel), what="the reply")

    await mia.deletes(asked)

    await settled_as(directory, asked, Resolution.closed_gone)
    assert len(sent_to(fake, channel)) == 1
    assert said_in(channel) == []


async def test_a_thank_you_that_is_deleted_meanwhile_is_closed(
    fake: FakeDiscord, directory: Path, mia: Member, channel: Channel
) -> None:
    fake.faults.on(REACT, Slow(0.3), times=1)
    thanks = await mia.asks(channel, "thank you")
    attempt = await fake.request(REACT)

    await mia.deletes(thanks)

    await settled_as(directory, thanks, Resolution.closed_gone)
    assert fake.requests_to(REACT) == [attempt]


async def test_a_question_whose_channel_is_deleted_meanwhile_is_closed(
    fake: FakeDiscord, directory: Path, mia: Member, channel: Channel
) -> None:
    fake.faults.on(SEND, Slow(0.3), times=1)
    asked = await mia.asks(channel, CODING)
    await fake.wait_for(lambda: sent_to(fake, channel), what="the reply")

    channel.delete()

    await settled_as(directory, asked, Resolution.closed_gone)
    assert len(sent_to(fake, channel)) == 1


async def test_while_a_fifth_of_all_requests_fails_everybody_is_answered_once(fake: FakeDiscord, guild: Guild) -> None:
    people = [(guild.add_member(f"person {n}"), guild.add_text_channel(f"channel-{n}")) for n in range(25)]
    weather = fake.faults.on("*", *WEATHER, probability=0.2)

    asked = []
    for question in (CODING, DEGREE, MANAGEMENT, "What is a TPM?"):
        for person, place in people:
            asked.append((question, await person.asks(place, question)))
            await asyncio.sleep(0.1)  # the pace of the questions
    replies = await asyncio.gather(*(fake.reply_to(message, timeout=60) for _, message in asked))

    assert weather.hits > 15
    assert [reply.replies_to for reply in replies] == [message for _, message in asked]
    assert [titles(reply) for reply in replies[:75]] == [[question] for question, _ in asked[:75]]
