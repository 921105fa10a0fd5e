"""What a click or a command says or changes, it says or changes once, whatever happens to the requests for that."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e.database import file_of
from e2e.questions import CODING, DEGREE, titles
from storage.locking import locked

from bot.storage.resolutions import Resolution
from bot_process import BotProcess
from fake_discord import (
    Channel,
    FakeDiscord,
    Guild,
    Hang,
    Limited,
    Lost,
    Member,
    Reset,
    ResponseKind,
    Slow,
    Status,
)
from fake_discord.faults import Action
from faults.accounting import resolutions, settled_as
from faults.asking import CALLBACK, EDIT, LONG, SEND, requests_for, said_in

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("accounted_for")]

DELETE = "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original"
VAGUE = "show job"
JOB_DESCRIPTION = "Is there a job description for a TPM?"


async def answered_since(member: Member, channel: Channel) -> None:
    """Wait until something is answered that was asked now, which comes after what is still on its way."""
    await (await member.slash(channel, "help")).answer()


def times_held_back(bot: BotProcess) -> int:
    """Return how often requests have begun to be held back."""
    return len([line for line in bot.lines if "Cloudflare blocks requests" in line])


@pytest.mark.parametrize("failure", [Status(503), Lost(Status(502)), Lost(Reset())], ids=repr)
async def test_a_publicly_posted_answer_appears_once_even_if_its_first_attempt_fails(
    fake: FakeDiscord, mia: Member, channel: Channel, failure: Action
) -> None:
    private = await (await mia.slash(channel, "ask", question=CODING)).answer()
    weather = fake.faults.on("POST /channels/*/messages", failure, times=1)

    await (await mia.clicks(private, "Post publicly")).response()
    await fake.wait_for(channel.history, what="the public answer")

    answer = await fake.reply_to(await mia.asks(channel, DEGREE))  # only after all repetitions: one way leads there
    public = [message for message in channel.history() if message.author is fake.bot and message is not answer]
    assert [titles(message) for message in public] == [[CODING]]
    assert weather.hits == 1


async def test_posting_publicly_does_not_wait_for_a_stuck_reply_with_the_same_answer(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    private = await (await mia.slash(channel, "ask", question=CODING)).answer()
    held_up = fake.faults.on(SEND, Hang(5), times=1)
    asked = await guild.add_member("max").asks(channel, CODING)
    await fake.wait_for(lambda: held_up.hits, what="a reply on its way")

    clicked = await mia.clicks(private, "Post publicly")

    assert (await clicked.response()).after < 3
    await fake.reply_to(asked, timeout=20)


@pytest.mark.parametrize("failure", [Status(503), Lost(Status(502)), Lost(Reset()), Hang(3)], ids=repr)
async def test_a_long_private_answer_is_one_message_whatever_happens_to_the_request(
    fake: FakeDiscord, mia: Member, channel: Channel, failure: Action
) -> None:
    fake.faults.on("POST *", failure, times=1)

    asked = await mia.slash(channel, "ask", question=LONG)
    answer = await asked.answer()
    clicked = await mia.clicks(answer, "👍")  # answered after all that could follow
    await clicked.answer()

    assert titles(answer) == [JOB_DESCRIPTION]
    assert {request.name for request in requests_for(asked)} == {CALLBACK}
    assert asked.followups == []


async def test_of_two_clicks_at_once_on_a_suggestion_one_is_answered(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    suggested = await fake.reply_to(await mia.asks(channel, VAGUE))
    fake.faults.on(CALLBACK, Slow(0.3), times=2)

    first = await mia.clicks(suggested, JOB_DESCRIPTION)
    second = await mia.clicks(suggested, JOB_DESCRIPTION)
    told = await second.answer()

    assert (await first.response()).kind is ResponseKind.UPDATE
    assert told.ephemeral
    assert told.said == "I'm already answering this."
    await answered_since(mia, channel)
    assert titles(suggested) == [JOB_DESCRIPTION]
    assert said_in(channel) == [suggested]


async def test_a_suggestion_that_could_not_be_turned_into_an_answer_is_not_linked_as_one(
    fake: FakeDiscord, guild: Guild, directory: Path, mia: Member, channel: Channel
) -> None:
    suggested = await fake.reply_to(await mia.asks(channel, VAGUE))
    fake.faults.on(CALLBACK, Status(404, 10062), times=1)

    await settled_as(directory, await mia.clicks(suggested, JOB_DESCRIPTION), Resolution.closed_expired)
    answer = await fake.reply_to(await guild.add_member("max").asks(channel, LONG))

    assert titles(answer) == [JOB_DESCRIPTION]


@pytest.mark.parametrize("failure", [Status(503), Lost(Status(502)), Reset(), Lost(Reset()), Hang(9)], ids=repr)
async def test_an_answer_is_deleted_though_the_request_failed_or_seemed_to(
    fake: FakeDiscord, directory: Path, mia: Member, channel: Channel, failure: Action
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    weather = fake.faults.on(DELETE, failure, times=1)

    clicked = await mia.clicks(answer, "Delete")
    await fake.wait_for(lambda: answer.deleted, timeout=15, what="the end of the answer")
    await fake.wait_for(lambda: len(requests_for(clicked)) == 3, timeout=15, what="the second attempt")
    await answered_since(mia, channel)

    assert weather.hits == 1
    assert clicked.followups == []
    assert clicked.id not in resolutions(directory)


async def test_an_earlier_versions_long_answer_is_deleted_even_if_a_part_is_gone(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    first = fake.seed(channel, fake.bot, "A long")
    buttons = [{"type": 2, "style": 2, "label": "Delete", "custom_id": f"delete:{mia.id}:{first.id}"}]
    last = fake.seed(channel, fake.bot, "answer", components=[{"type": 1, "components": buttons}])
    fake.faults.on("DELETE /channels/*/messages/*", Lost(Status(503)), times=1)

    await mia.clicks(last, "Delete")

    await fake.wait_for(lambda: first.deleted and last.deleted, what="the end of the answer")


async def test_cloudflare_is_left_alone_when_it_blocks_what_takes_the_place_of_thinking(
    bot: BotProcess, directory: Path, mia: Member, channel: Channel
) -> None:
    answer = await channel.fake.reply_to(await mia.asks(channel, CODING))
    held_back = times_held_back(bot)
    channel.fake.faults.on(EDIT, Limited(retry_after=1.0, via=False), times=1)

    with locked(file_of(directory)):
        vote = await mia.clicks(answer, "👍")
        await vote.response()

    assert "I counted" in (await vote.answer(timeout=12)).said
    assert times_held_back(bot) == held_back + 1


async def test_cloudflare_is_left_alone_when_it_blocks_the_end_of_an_answer(
    bot: BotProcess, mia: Member, channel: Channel
) -> None:
    answer = await channel.fake.reply_to(await mia.asks(channel, CODING))
    held_back = times_held_back(bot)
    channel.fake.faults.on(DELETE, Limited(retry_after=1.0, via=False), times=1)

    await mia.clicks(answer, "Delete")

    await channel.fake.wait_for(lambda: answer.deleted, timeout=12, what="the end of the answer")
    assert times_held_back(bot) == held_back + 1
