"""Whoever speaks to the bot is answered, or hears honestly why not."""

from __future__ import annotations

import pytest

from e2e.questions import CODING, DEGREE, MANAGEMENT, suggestion, titles, topics
from fake_discord import FakeDiscord, Guild, Member

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def test_a_mention_gets_the_question_the_answer_its_source_and_related_topics(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel = guild.add_text_channel("general")

    asked = await mia.asks(channel, "hey, does a tpm need to code??")
    answer = await fake.reply_to(asked)

    assert answer.replies_to is asked
    assert answer.said == ""
    [card] = answer.cards
    assert card.title == CODING
    assert card.text.startswith("Generally no")
    assert card.source.startswith("-# Source: Wahl+Case, ")
    assert card.source.endswith("FAQ, Does a TPM need to code?")
    assert len(topics(answer)) == 3
    assert DEGREE in topics(answer)


async def test_a_mention_of_the_bots_role_is_answered_where_discord_shows_its_text(
    fake: FakeDiscord, guild: Guild, mia: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "role_mention_reveals_content", True)
    channel = guild.add_text_channel("general")

    answer = await fake.reply_to(await mia.says(channel, CODING, mention=guild.bot_role))

    assert titles(answer) == [CODING]


async def test_a_mention_of_the_bots_role_without_readable_text_gets_one_sentence_of_help(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel = guild.add_text_channel("general")

    answer = await fake.reply_to(await mia.says(channel, CODING, mention=guild.bot_role))

    assert "only read messages that mention me by name" in answer.said
    assert fake.bot.mention in answer.said


async def test_a_direct_message_is_answered_without_a_mention(fake: FakeDiscord, mia: Member) -> None:
    answer = await fake.reply_to(await mia.sends_dm("Is it a management position?"))

    assert titles(answer) == [MANAGEMENT]


async def test_a_direct_message_without_text_gets_one_helpful_sentence(fake: FakeDiscord, mia: Member) -> None:
    picture = {
        "id": "1",
        "filename": "cat.png",
        "size": 1,
        "url": "https://x.example",
        "proxy_url": "https://x.example",
    }

    answer = await fake.reply_to(await mia.sends_dm("", attachments=[picture]))

    assert answer.said.startswith("Ask me a question about the Technical Product Manager role")


async def test_a_reply_to_one_of_its_messages_is_answered_without_a_mention(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel = guild.add_text_channel("general")
    first = await fake.reply_to(await mia.asks(channel, CODING))

    answer = await fake.reply_to(await mia.says(channel, "and does a TPM need a degree?", reply_to=first))

    assert titles(answer) == [DEGREE]


async def test_a_reply_with_the_ping_turned_off_is_met_with_one_sentence_on_how_to_ask(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel = guild.add_text_channel("general")
    first = await fake.reply_to(await mia.asks(channel, CODING))

    await mia.says(channel, "and a degree?", reply_to=first, ping=False)
    assert await fake.next_message(channel) is first
    answer = await fake.next_message(channel)

    assert "only read messages that mention me by name" in answer.said


async def test_two_questions_in_a_message_are_answered_in_one_message_with_an_embed_each(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel = guild.add_text_channel("general")

    asked = await mia.asks(channel, "Does a TPM need to code? And is it a management position?")
    answer = await fake.reply_to(asked)

    assert titles(answer) == [CODING, MANAGEMENT]
    assert len(topics(answer)) <= 3
    assert not {CODING, MANAGEMENT} & set(topics(answer))
    assert await fake.heard_before(await mia.asks(channel, CODING)) == [answer]


async def test_a_question_on_a_known_off_topic_subject_is_declined_by_its_name(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    answer = await fake.reply_to(await mia.asks(guild.add_text_channel("general"), "what is the salary of a TPM"))

    assert answer.said == "I have nothing on salaries yet."
    assert answer.cards == []


async def test_what_is_known_is_answered_and_what_is_not_declined_in_the_same_message(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    asked = await mia.asks(guild.add_text_channel("general"), "Does a TPM need to code? What is the salary of a TPM?")
    answer = await fake.reply_to(asked)

    assert titles(answer) == [CODING]
    assert answer.said == "I have nothing on salaries yet."


async def test_what_is_unknown_is_said_to_be_unknown(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    answer = await fake.reply_to(await mia.asks(guild.add_text_channel("general"), "xqzt vlrm wpfk"))

    assert answer.said == "I don't know the answer to that."


async def test_thanks_are_met_with_a_reaction_and_no_words(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel = guild.add_text_channel("general")

    thanked = await mia.asks(channel, "thank you")

    assert await fake.reaction(thanked) == "💙"
    assert await fake.heard_before(await mia.asks(channel, CODING)) == []


async def test_a_bare_mention_gets_one_helpful_sentence(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    answer = await fake.reply_to(await mia.asks(guild.add_text_channel("general"), ""))

    assert answer.said == (
        "Ask me a question about the Technical Product Manager role, or use `/faq` to see what I can answer."
    )


async def test_a_mention_in_a_reply_to_others_says_the_bot_cannot_see_their_message(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel, max_ = guild.add_text_channel("general"), guild.add_member("max")
    hidden = await max_.says(channel, CODING)

    answer = await fake.reply_to(await mia.asks(channel, "", reply_to=hidden))

    assert answer.said == "I can't read the message you replied to. Please put the question in your own message."


async def test_a_question_in_a_reply_to_somebody_else_is_answered(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel, max_ = guild.add_text_channel("general"), guild.add_member("max")
    remark = await max_.says(channel, "I wonder")

    answer = await fake.reply_to(await mia.asks(channel, CODING, reply_to=remark))

    assert titles(answer) == [CODING]


async def test_an_unclear_question_is_met_with_up_to_three_suggestions(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    answer = await suggestion(fake, mia, guild.add_text_channel("general"))

    assert answer.said == "I'm not sure what you mean. Did you mean one of these?"
    assert 1 <= len(topics(answer)) <= 3
    assert answer.cards == []


async def test_in_a_thread_the_bot_answers_as_in_a_channel(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    thread = await mia.opens_thread(guild.add_text_channel("general"), "about the role")

    answer = await fake.reply_to(await mia.asks(thread, CODING))

    assert answer.channel is thread
    assert titles(answer) == [CODING]


async def test_in_a_forum_post_the_bot_answers_as_in_a_channel(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    post, _ = await mia.opens_post(guild.add_forum("help"), "a post", "I have a question")

    answer = await fake.reply_to(await mia.asks(post, CODING))

    assert answer.channel is post


@pytest.mark.parametrize("question", ["{} does a tpm need to code", "what about {} xqzt"])
async def test_mentions_in_a_question_are_neither_echoed_nor_ping_anybody(
    fake: FakeDiscord, guild: Guild, mia: Member, question: str
) -> None:
    others = f"@everyone @here {guild.add_member('max').mention} {guild.add_role('mods').mention}"

    answer = await fake.reply_to(await mia.asks(guild.add_text_channel("general"), question.format(others)))

    assert answer.pings == frozenset()
    assert "@" not in answer.text


async def test_markup_in_a_question_is_not_echoed(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel = guild.add_text_channel("general")

    for question in (
        "[free nitro](https://evil.example) # xqzt",
        "what is the salary ||spoiler|| [x](https://evil.example)",
    ):
        answer = await fake.reply_to(await mia.asks(channel, question))

        assert not {"evil", "nitro", "spoiler", "xqzt"} & set(answer.text.replace(".", " ").split())
