"""Neither does the bot flood a channel, nor do people flood the bot. Its clock is tested by itself, without Discord."""

from __future__ import annotations

import asyncio

import pytest

from bot_process import BotProcess
from e2e.questions import CODING, DEGREE, MANAGEMENT, titles
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def test_the_same_answer_again_in_a_channel_becomes_a_link_to_the_earlier_one(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    first = await fake.reply_to(await mia.asks(channel, CODING))

    second = await fake.reply_to(await guild.add_member("max").asks(channel, "do i have to write code"))

    address = f"https://discord.com/channels/{guild.id}/{channel.id}/{first.id}"
    assert second.said == f"I just answered that here: {address}"
    assert second.cards == []
    assert second.components == []


async def test_what_else_the_message_asks_is_still_declined_beside_the_link(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    await fake.reply_to(await mia.asks(channel, CODING))

    second = await fake.reply_to(await mia.asks(channel, f"{CODING} What is the salary of a TPM?"))

    assert second.said.startswith("I have nothing on salaries yet.\nI just answered that here: ")


async def test_when_many_ask_the_same_at_once_one_is_answered_and_the_rest_get_a_link(
    fake: FakeDiscord, guild: Guild, channel: Channel
) -> None:
    people = [guild.add_member(f"person {number}") for number in range(8)]

    asked = [await person.asks(channel, CODING) for person in people]
    replies = await asyncio.gather(*map(fake.reply_to, asked))

    assert sorted(len(reply.cards) for reply in replies) == [0] * 7 + [1]
    [answer] = [reply for reply in replies if reply.cards]
    assert all(reply is answer or str(answer.id) in reply.said for reply in replies)


async def test_another_answer_or_the_same_one_in_another_channel_is_given_in_full(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    await fake.reply_to(await mia.asks(channel, CODING))

    assert titles(await fake.reply_to(await mia.asks(channel, DEGREE))) == [DEGREE]
    assert titles(await fake.reply_to(await mia.asks(guild.add_text_channel("other"), CODING))) == [CODING]


async def test_private_answers_are_never_links(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    await fake.reply_to(await mia.asks(channel, CODING))

    for _ in range(2):
        assert titles(await (await mia.slash(channel, "ask", question=CODING)).answer()) == [CODING]
    for _ in range(2):
        assert titles(await fake.reply_to(await mia.sends_dm(CODING))) == [CODING]


async def test_an_answer_that_was_deleted_is_given_again(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    first = await fake.reply_to(await mia.asks(channel, CODING))
    await mia.clicks(first, "Delete")
    await fake.wait_for(lambda: first.deleted, what="the end of the answer")

    again = await fake.reply_to(await guild.add_member("max").asks(channel, CODING))

    assert titles(again) == [CODING]


async def test_an_answer_that_could_not_be_given_is_no_earlier_one(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    fake.faults.on("POST /channels/*/messages", Status(403, 50013, "Missing Permissions"), times=1)
    await mia.asks(channel, CODING)

    answer = await fake.reply_to(await guild.add_member("max").asks(channel, CODING))

    assert titles(answer) == [CODING]


async def test_more_than_five_questions_in_a_minute_are_met_with_a_reaction(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    for number in range(5):
        await fake.reply_to(await mia.asks(guild.add_text_channel(f"channel {number}"), CODING))
    channel = guild.add_text_channel("general")

    sixth = await mia.asks(channel, CODING)

    assert await fake.reaction(sixth) == "⏳"
    answer = await fake.reply_to(await guild.add_member("max").asks(channel, CODING))
    assert list(channel.unheard) == [answer]


async def test_a_flood_of_questions_is_met_with_one_reaction_and_then_with_silence(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, bot: BotProcess
) -> None:
    flood = [await mia.asks(channel, CODING) for _ in range(12)]

    for asked in flood:
        await bot.logged(f"[{asked.id}] Question settled.")
    answer = await fake.reply_to(await guild.add_member("max").asks(channel, DEGREE))
    assert titles(answer) == [DEGREE]
    assert [sorted(fake.ledger.entry(asked).emojis) for asked in flood[5:]] == [["⏳"], *[[]] * 6]


async def test_more_than_five_questions_by_command_are_met_with_one_private_sentence(
    mia: Member, channel: Channel
) -> None:
    for _ in range(5):
        assert (await (await mia.slash(channel, "ask", question=CODING)).answer()).cards

    sixth = await mia.slash(channel, "ask", question=CODING)

    assert (await sixth.response()).ephemeral
    assert (await sixth.answer()).said.startswith("That's a lot of questions. Try again in a minute.")


async def test_what_becomes_of_a_suggestion_counts_as_said_in_the_channel(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    components = [
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "custom_id": f"suggestion:{mia.id}:management", "label": MANAGEMENT}
            ],
        }
    ]
    suggested = fake.seed(channel, fake.bot, "Did you mean …", components=components)
    await (await mia.clicks(suggested, MANAGEMENT)).response()

    again = await fake.reply_to(await guild.add_member("max").asks(channel, MANAGEMENT))

    assert again.said.endswith(f"/{suggested.id}")


async def test_without_add_reactions_whoever_asks_too_much_is_met_with_silence(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    channel.set_permissions(guild.everyone, deny=Permission.ADD_REACTIONS)
    for _ in range(5):
        await fake.reply_to(await mia.asks(channel, CODING))
    channel.unheard.clear()

    await mia.asks(channel, CODING)

    assert await fake.heard_before(await guild.add_member("max").asks(channel, CODING)) == []


async def test_what_is_posted_publicly_counts_toward_the_limit(mia: Member, channel: Channel) -> None:
    private = [await (await mia.slash(channel, "ask", question=CODING)).answer() for _ in range(5)][-1]

    said = await (await mia.clicks(private, "Post publicly")).answer()

    assert said.said == "That's a lot of questions. Try again in a minute."
    assert channel.history() == []
