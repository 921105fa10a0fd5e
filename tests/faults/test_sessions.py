"""Connections to the gateway that break, in all the ways there are: nothing is missed, nothing answered twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from discord.state import ConnectionState
from e2e.questions import CODING, titles

from bot_process import BotProcess
from fake_discord import Channel, FakeDiscord, Guild, Member, RateLimits
from faults.accounting import balanced
from faults.asking import HISTORY, SEND, ask_somewhere
from faults.in_process import answering_here

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("accounted_for")]

WHILE_CATCHING_UP = 15.0  # seconds, two of which discord.py waits for further servers


async def test_questions_asked_while_the_socket_is_cut_are_answered_by_resuming(
    fake: FakeDiscord, guild: Guild, bot: BotProcess
) -> None:
    identifies, resumes = fake.gateway.identifies, fake.gateway.resumes
    asked = []

    for cut in range(1, 6):
        fake.gateway.cut()
        asked += [await ask_somewhere(guild) for _ in range(2)]
        await fake.wait_for(lambda: fake.gateway.resumes >= resumes + cut, what="a RESUME")  # noqa: B023 - awaited here
        asked += [await ask_somewhere(guild) for _ in range(2)]
    answers = [await fake.reply_to(each) for each in asked]

    assert [titles(answer) for answer in answers] == [[CODING]] * len(asked), bot.log
    assert fake.gateway.identifies == identifies


async def test_when_discord_asks_to_reconnect_questions_meanwhile_are_answered_by_resuming(
    fake: FakeDiscord, guild: Guild, bot: BotProcess
) -> None:
    identifies, resumes = fake.gateway.identifies, fake.gateway.resumes

    fake.gateway.ask_to_reconnect()
    asked = [await ask_somewhere(guild) for _ in range(3)]
    await fake.wait_for(lambda: fake.gateway.resumes > resumes, what="a RESUME")

    assert [titles(await fake.reply_to(each)) for each in asked] == [[CODING]] * 3, bot.log
    assert fake.gateway.identifies == identifies


async def test_after_a_dropped_session_missed_questions_are_answered(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    first, second = guild.add_text_channel("first"), guild.add_text_channel("second")
    thread = await mia.opens_thread(first, "thread")
    for place in (first, second, thread):
        await mia.says(place, "not for the bot")
    quiet = await ask_somewhere(guild)
    await fake.reply_to(quiet)  # so the bot has seen those, too
    identifies, searches = fake.gateway.identifies, len(fake.requests_to(HISTORY))

    fake.gateway.invalidate()
    asked = []
    for place in (second, thread, first):
        await mia.says(place, "nor is this")
        asked.append(await mia.asks(place, CODING))
    assert not fake.gateway.connected
    answers = [await fake.reply_to(each, WHILE_CATCHING_UP) for each in asked]

    assert [titles(answer) for answer in answers] == [[CODING]] * 3, bot.log
    assert fake.gateway.identifies == identifies + 1
    looked_through = {request.params["channel_id"] for request in fake.requests_to(HISTORY)[searches:]}
    assert looked_through.issuperset(str(place.id) for place in (first, second, thread))
    assert str(quiet.channel.id) not in looked_through


async def test_after_a_refused_resume_what_was_asked_is_found_in_the_history(
    fake: FakeDiscord, guild: Guild, bot: BotProcess
) -> None:
    invalidated = fake.gateway.invalidated

    fake.gateway.forget_sessions()
    asked = [await ask_somewhere(guild) for _ in range(3)]
    fake.gateway.cut()
    answers = [await fake.reply_to(each, WHILE_CATCHING_UP) for each in asked]

    assert [titles(answer) for answer in answers] == [[CODING]] * 3, bot.log
    assert fake.gateway.invalidated == invalidated + 1


async def test_events_that_come_twice_are_answered_once(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    fake.gateway.repeat_events = 2
    asked, other = await mia.asks(channel, CODING), await ask_somewhere(guild)
    await fake.reply_to(asked)
    await fake.reply_to(other)

    await fake.reply_to(await ask_somewhere(guild))  # had there been a second answer, it would have come by now
    assert fake.gateway.repeat_events == 0
    assert [len(fake.ledger.entry(each).answers) for each in (asked, other)] == [1, 1]
    nonces = [request.body["nonce"] for request in fake.requests_to(SEND)]
    assert [nonces.count(str(each.id)) for each in (asked, other)] == [1, 1]  # it isn't left to Discord to see that


async def test_a_second_ready_changes_nothing(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, bot: BotProcess
) -> None:
    asked, ready = await mia.asks(channel, CODING), len([line for line in bot.lines if "Ready as" in line])
    await fake.reply_to(asked)

    fake.gateway.repeat_ready()
    meanwhile = await ask_somewhere(guild)
    await fake.reply_to(meanwhile)
    await bot.logged("Ready as", times=ready + 1)

    await fake.reply_to(await ask_somewhere(guild))
    assert [len(fake.ledger.entry(each).answers) for each in (asked, meanwhile)] == [1, 1]


async def test_a_connection_that_goes_silent_is_given_up_after_a_minute_and_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []  # seconds, by discord.py; the test waits for less
    in_less = property(lambda _: 3.0, lambda _, seconds: given.append(seconds))
    monkeypatch.setattr(ConnectionState, "heartbeat_timeout", in_less, raising=False)
    async with FakeDiscord(rate_limits=RateLimits.generous(), heartbeat_interval=1.0) as fake:
        guild = fake.add_guild("Product people")
        async with answering_here(tmp_path, fake):
            fake.gateway.acknowledging = False
            for session in fake.gateway.connected:
                session.connection = None  # it stays open, but no event gets through
            asked = [await ask_somewhere(guild) for _ in range(3)]

            answers = [await fake.reply_to(each) for each in asked]

            assert [titles(answer) for answer in answers] == [[CODING]] * 3
            assert (fake.gateway.identifies, fake.gateway.resumes) == (1, 1)
            assert given == [60.0]
            await balanced(fake, tmp_path)
            fake.assert_clean()
