"""Where the bot has no answer, it says so in a sentence and offers a click. "Tell me more" refers to an answer."""

from __future__ import annotations

import pytest

from e2e.questions import CODING, DEGREE, suggestion, titles, topics
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

UNKNOWN = "xqzt vlrm wpfk"
TOPICS_BUTTON = "What I can answer"


@pytest.fixture
def admin(guild: Guild) -> Member:
    return guild.add_member("ada", guild.add_role("admins", Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES))


async def choose_help(admin: Member, channel: Channel, *chosen: Channel) -> None:
    settings = await (await admin.slash(channel, "manage settings")).answer()
    await (await admin.selects(settings, "settings:help", *chosen)).answer()


async def by_command(member: Member, channel: Channel, question: str) -> Message:
    return await (await member.slash(channel, "ask", question=question)).answer()


async def test_what_is_unknown_gets_a_sentence_and_a_button_that_lists_the_topics(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, UNKNOWN))
    listed = await (await mia.clicks(answer, TOPICS_BUTTON)).answer()

    assert answer.said == "I don't know the answer to that."
    assert answer.labels == [TOPICS_BUTTON]
    assert listed.ephemeral
    assert CODING in listed.cards[0].text
    assert len(listed.selects) == 1


async def test_it_is_the_same_in_a_direct_message(fake: FakeDiscord, mia: Member) -> None:
    answer = await fake.reply_to(await mia.sends_dm(UNKNOWN))
    listed = await (await mia.clicks(answer, TOPICS_BUTTON)).answer()

    assert answer.said == "I don't know the answer to that."
    assert CODING in listed.cards[0].text


async def test_it_is_the_same_for_a_command(mia: Member, channel: Channel) -> None:
    answer = await by_command(mia, channel, UNKNOWN)

    assert answer.said == "I don't know the answer to that."
    assert TOPICS_BUTTON in answer.labels


async def test_an_off_topic_subject_is_named_and_the_topics_are_a_click_away(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, "what is the salary of a TPM"))

    assert answer.said == "I have nothing on salaries yet."
    assert answer.labels == [TOPICS_BUTTON]


async def test_what_is_near_is_offered_as_two_or_three_questions(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    assert len(topics(await suggestion(fake, mia, channel))) in {2, 3}


async def test_a_refusal_points_to_the_help_channel(
    fake: FakeDiscord, guild: Guild, admin: Member, mia: Member, channel: Channel
) -> None:
    help_ = guild.add_text_channel("help")
    await choose_help(admin, channel, help_)

    elsewhere = f"I don't know the answer to that. Try {help_.mention}."
    assert (await fake.reply_to(await mia.asks(channel, UNKNOWN))).said == elsewhere
    assert (await by_command(mia, channel, UNKNOWN)).said == elsewhere
    assert (await fake.reply_to(await mia.asks(help_, UNKNOWN))).said == "I don't know the answer to that."
    assert (await fake.reply_to(await mia.sends_dm(UNKNOWN))).said == "I don't know the answer to that."

    help_.delete()
    assert (await by_command(mia, channel, UNKNOWN)).said == "I don't know the answer to that."


async def test_a_help_channel_that_the_asker_cannot_see_is_not_shown(
    fake: FakeDiscord, guild: Guild, admin: Member, mia: Member, channel: Channel
) -> None:
    staff = guild.add_text_channel("staff")
    staff.set_permissions(guild.bot_role, allow=Permission.VIEW_CHANNEL)
    staff.set_permissions(guild.everyone, deny=Permission.VIEW_CHANNEL)
    await choose_help(admin, channel, staff)

    assert (await fake.reply_to(await mia.asks(channel, UNKNOWN))).said == "I don't know the answer to that."

    await choose_help(admin, channel)


async def test_who_asks_for_more_gets_what_is_related_to_the_last_answer(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    more = await fake.reply_to(await mia.asks(channel, "tell me more"))

    assert more.said == "Maybe one of these?"
    assert topics(more) == topics(answer)


async def test_who_asks_for_more_in_a_direct_message_gets_it_too(fake: FakeDiscord, mia: Member) -> None:
    answer = await fake.reply_to(await mia.sends_dm(CODING))
    more = await fake.reply_to(await mia.sends_dm("tell me more please"))

    assert topics(more) == topics(answer)


async def test_who_asks_for_more_by_command_gets_it_too(mia: Member, channel: Channel) -> None:
    answer = await by_command(mia, channel, CODING)
    more = await by_command(mia, channel, "and for that?")

    assert more.said == "Maybe one of these?"
    assert topics(more) == topics(answer)


async def test_a_reply_refers_to_the_answer_it_replies_to(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    about_coding = await fake.reply_to(await mia.asks(channel, CODING))
    await fake.reply_to(await mia.asks(channel, DEGREE))

    max_ = guild.add_member("max")
    more = await fake.reply_to(await max_.says(channel, "tell me more", reply_to=about_coding))

    assert topics(more) == topics(about_coding)


async def test_an_answer_to_somebody_else_is_no_answer_to_refer_to(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    await fake.reply_to(await mia.asks(channel, CODING))

    more = await fake.reply_to(await guild.add_member("max").asks(channel, "tell me more"))

    assert more.said.startswith("More about what?")


async def test_who_asks_for_more_after_five_minutes_is_asked_about_what(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    fake.clock.advance(290)
    assert topics(await fake.reply_to(await mia.asks(channel, "tell me more"))) == topics(answer)

    fake.clock.advance(20)
    more = await fake.reply_to(await mia.asks(channel, "tell me more"))

    assert more.said.startswith("More about what?")
    by_reply = await fake.reply_to(await mia.says(channel, "tell me more", reply_to=answer))
    assert topics(by_reply) == topics(answer)


async def test_an_answer_in_another_channel_is_no_answer_to_refer_to(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    await fake.reply_to(await mia.asks(channel, CODING))

    more = await fake.reply_to(await mia.asks(guild.add_text_channel("other"), "tell me more"))

    assert more.said.startswith("More about what?")


async def test_who_picks_a_question_from_a_list_can_ask_for_more_on_it(mia: Member, channel: Channel) -> None:
    listed = await (await mia.clicks(await by_command(mia, channel, UNKNOWN), TOPICS_BUTTON)).answer()
    answer = await (await mia.selects(listed, "topics:0", "coding")).answer()

    more = await by_command(mia, channel, "and for that?")

    assert titles(answer) == [CODING]
    assert topics(more) == topics(answer)


async def test_forget_me_forgets_the_last_answers(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    await fake.reply_to(await mia.asks(channel, CODING))
    await (await mia.slash(channel, "forget-me")).answer()

    more = await fake.reply_to(await mia.asks(channel, "tell me more"))

    assert more.said.startswith("More about what?")
