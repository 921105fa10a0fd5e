"""Whoever clicks or commands is acknowledged in time and answered; where Discord makes that impossible it is noted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from e2e.database import counted, file_of, votes
from e2e.questions import CODING, DEGREE, DISCORDS_PATIENCE, MANAGEMENT, titles
from storage.locking import locked

from bot.storage.resolutions import Resolution
from bot_process import BotProcess
from fake_discord import (
    Channel,
    Disconnect,
    FakeDiscord,
    Guild,
    Hang,
    Limited,
    Lost,
    Member,
    Permission,
    Reset,
    ResponseKind,
    Status,
)
from fake_discord.faults import Action
from faults.accounting import resolutions, settled_as
from faults.asking import CALLBACK, EDIT, requests_for

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("accounted_for")]

FOLLOW_UP = "POST /webhooks/{webhook_id}/{webhook_token}"


async def test_while_the_database_hangs_everybody_is_acknowledged_within_a_second(
    fake: FakeDiscord, guild: Guild, directory: Path, mia: Member, channel: Channel
) -> None:
    moderator = guild.add_member("moderator", guild.add_role("moderators", Permission.MANAGE_MESSAGES))
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    waiting, at_once = [], []
    with locked(file_of(directory)):
        for number in range(10):
            person, place = guild.add_member(f"person {number}"), guild.add_text_channel(f"channel-{number}")
            waiting += [
                await person.clicks(answer, "👍"),
                await mia.slash(channel, "forget-me"),
                await moderator.slash(channel, "manage stats"),
                await moderator.slash(channel, "manage gaps"),
            ]
            at_once.append(await person.slash(channel, "ask", question=CODING))
            await fake.reply_to(await person.asks(place, CODING), timeout=1)
            await asyncio.sleep(1)  # until ten seconds have passed

        responses = [await interaction.response() for interaction in (*waiting, *at_once)]
        assert max(response.after for response in responses) < 1
        assert responses[0].kind is ResponseKind.DEFERRED_MESSAGE
        assert [titles(await interaction.answer()) for interaction in at_once] == [[CODING]] * 10

    for interaction, response in zip(waiting, responses, strict=False):
        assert response.ephemeral
        assert await interaction.answer(timeout=12) is response.message
        assert [request.name for request in requests_for(interaction)] in ([CALLBACK], [CALLBACK, EDIT])
    counted = ["I counted" in (await vote.answer()).said for vote in waiting[::4]]
    assert len(votes(directory, answer.id)) == sum(counted)


async def test_an_interaction_whose_event_comes_twice_is_taken_up_once(
    fake: FakeDiscord, guild: Guild, directory: Path, mia: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    fake.gateway.repeat_events = 5  # of the next five events, one more copy each

    interactions = [
        await mia.slash(channel, "ask", question=MANAGEMENT),
        await mia.clicks(answer, "👍"),
        await mia.clicks(answer, DEGREE),
        await mia.autocomplete(channel, "ask", question="code"),
        await mia.forges_modal(channel, "teach:0:0:0:", question="Mine?", answer="Mine."),
    ]
    for interaction in interactions:
        await interaction.response()
    await (await guild.add_member("max").slash(channel, "help")).answer()  # after all copies

    assert [interaction.refused for interaction in interactions] == [[]] * 5
    assert [len(requests_for(interaction)) for interaction in interactions] == [1] * 5
    await counted(directory, guild.id, "answered", "management")


@pytest.mark.parametrize("failure", [Status(503), Status(500), Reset(), Disconnect(), Hang(3)], ids=repr)
async def test_an_acknowledgement_that_fails_once_is_made_again_in_time(
    fake: FakeDiscord, mia: Member, channel: Channel, failure: Action
) -> None:
    fake.faults.on(CALLBACK, failure, times=1)

    asked = await mia.slash(channel, "ask", question=CODING)

    assert titles(await asked.answer()) == [CODING]
    assert len(requests_for(asked)) == 2


@pytest.mark.parametrize("failure", [Status(502), Status(503), Reset(), Disconnect(), Hang(3)], ids=repr)
async def test_an_acknowledgement_whose_response_is_lost_counts(
    bot: BotProcess, directory: Path, mia: Member, channel: Channel, failure: Status | Reset | Disconnect | Hang
) -> None:
    fake = channel.fake
    fake.faults.on(CALLBACK, Lost(failure), times=1)

    asked = await mia.slash(channel, "ask", question=CODING)
    await fake.request(CALLBACK, count=len(fake.requests_to(CALLBACK)) + 2)
    await fake.settled()

    assert titles(await asked.answer()) == [CODING]
    assert asked.refused == [40060]
    assert [request.name for request in requests_for(asked)] == [CALLBACK] * 2
    assert asked.id not in resolutions(directory)
    assert f"interaction {asked.id}" not in bot.log


async def test_a_lost_acknowledgement_does_not_keep_an_answer_from_being_filled_in(
    fake: FakeDiscord, directory: Path, mia: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    fake.faults.on(CALLBACK, Lost(Status(502)), times=1)
    with locked(file_of(directory)):
        vote = await mia.clicks(answer, "👍")
        assert (await vote.response()).after < DISCORDS_PATIENCE
        await fake.wait_for(lambda: vote.refused, what="the second attempt")

    assert "I counted" in (await vote.answer(timeout=12)).said
    assert set(vote.refused) == {40060}  # a busy machine may hear too late that the second attempt was refused


@pytest.mark.parametrize(
    "failure", [Status(503), Reset(), Disconnect(), Lost(Status(502)), Lost(Reset()), Limited(1.0)], ids=repr
)
async def test_what_takes_the_place_of_thinking_is_sent_again(
    fake: FakeDiscord, directory: Path, mia: Member, channel: Channel, failure: Action
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    fake.faults.on(EDIT, failure, times=1)
    with locked(file_of(directory)):
        vote = await mia.clicks(answer, "👍")
        await vote.response()

    assert "I counted" in (await vote.answer(timeout=12)).said
    await fake.wait_for(lambda: len(requests_for(vote)) == 3, what="both attempts")
    assert [request.name for request in requests_for(vote)] == [CALLBACK, EDIT, EDIT]


async def test_an_unknown_interaction_is_closed_and_not_answered_in_another_way(
    fake: FakeDiscord, bot: BotProcess, directory: Path, mia: Member, channel: Channel
) -> None:
    fake.faults.on(CALLBACK, Status(404, 10062), times=1)

    asked = await mia.slash(channel, "ask", question=CODING)

    await settled_as(directory, asked, Resolution.closed_expired)
    [line] = await bot.logged(f"Can't answer interaction {asked.id}")
    assert "Discord says 404/10062" in line
    assert [request.name for request in requests_for(asked)] == [CALLBACK]
    assert channel.history() == []


@pytest.mark.parametrize("failure", [Status(503), Reset(), Hang(4)], ids=repr)
async def test_what_cannot_be_acknowledged_in_three_seconds_is_closed_for_good(
    fake: FakeDiscord, directory: Path, mia: Member, channel: Channel, failure: Action
) -> None:
    weather = fake.faults.on(CALLBACK, failure)

    asked = await mia.slash(channel, "ask", question=CODING)

    await settled_as(directory, asked, Resolution.closed_expired)
    assert 2 <= weather.hits <= 15
    assert max(request.at for request in requests_for(asked)) - asked.created < 3
    assert {request.name for request in requests_for(asked)} == {CALLBACK}


async def test_a_change_that_discord_says_came_to_nothing_is_not_made(
    fake: FakeDiscord, guild: Guild, directory: Path, mia: Member, channel: Channel
) -> None:
    rights = Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD
    moderator = guild.add_member("moderator", guild.add_role("moderators", rights))
    settings = await (await moderator.slash(channel, "manage settings")).answer()
    fake.faults.on(CALLBACK, Status(404, 10062), times=1)

    expired = await moderator.selects(settings, "settings:privacy", "public")
    await settled_as(directory, expired, Resolution.closed_expired)

    assert (await (await mia.slash(channel, "ask", question=CODING)).response()).ephemeral
    assert fake.requests_to(FOLLOW_UP) == []
