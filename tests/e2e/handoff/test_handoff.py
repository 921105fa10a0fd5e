"""Ask a human: one click opens one thread, calls the role, and the asker hears of the reply."""

from __future__ import annotations

import asyncio

import pytest

from e2e.handoff.houses import ASK, UNKNOWN, House, asked_in, open_house, said
from e2e.questions import CODING, suggestion, topics
from e2e.teaching.lessons import clicks, opened, right_clicks, submits
from fake_discord import FakeDiscord, Permission, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def test_without_a_role_there_is_no_button(house: House) -> None:
    await house.choose("handoff-role")

    assert ASK not in (await house.refused()).labels
    assert "no role yet" in house.screen.text


async def test_one_click_opens_a_thread_with_the_question_and_pings_the_role(house: House) -> None:
    refusal = await house.refused(f"{UNKNOWN}\nwpfk xqzt")

    told = await said(house.mia, refusal)

    assert told == f"I passed the question on: {house.thread.mention}"
    here, call = await house.said_in_thread(2)
    assert house.opening.channel is house.desk
    link = f"https://discord.com/channels/{house.guild.id}/{house.channel.id}/{asked_in(refusal)}"
    assert house.opening.content == (
        f"**A question for humans** from {house.mia.mention} ([their message]({link}))\n"
        f"> {UNKNOWN}\n> wpfk xqzt\nI had no answer."
    )
    assert house.thread.name == f"{UNKNOWN} wpfk xqzt"
    assert house.opening.pings == frozenset()
    assert here.content == f"{house.mia.mention}, your question is here. I'll mention you when someone replies."
    assert here.pings == {str(house.mia.id)}
    assert call.content == f"{house.role.mention}, can you help?"
    assert call.pings == {f"&{house.role.id}"}


async def test_a_thread_is_in_the_language_of_its_server(house: House) -> None:
    house.guild.prefer("de")

    await said(house.mia, await house.refused())

    here, call = await house.said_in_thread(2)
    assert house.opening.content.startswith(f"**Eine Frage an Menschen** von {house.mia.mention}")
    assert here.content.startswith(f"{house.mia.mention}, deine Frage ist hier.")
    assert call.content == f"{house.role.mention}, könnt ihr helfen?"

    expert = house.guild.add_member("leo", house.role)
    await expert.says(house.thread, "restart the kiln")
    *_, told = await house.said_in_thread(4)
    assert told.content == f"{house.mia.mention}, {expert.mention} hat geantwortet."


async def test_in_a_forum_it_opens_a_post_with_a_tag_if_needed(fake: FakeDiscord) -> None:
    house = await open_house(fake, is_forum=True)
    house.desk.requires_tag = True
    fake.announce_channel(house.desk, "CHANNEL_UPDATE")

    await said(house.mia, await house.refused())

    _, call = await house.said_in_thread(2)
    assert house.opening.channel is house.thread
    assert f"> {UNKNOWN}" in house.opening.content
    assert call.pings == {f"&{house.role.id}"}


async def test_in_a_forum_where_it_answers_it_leaves_its_own_post_to_humans(fake: FakeDiscord) -> None:
    house = await open_house(fake, is_forum=True)
    await house.choose("forums", house.desk)
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))
    await said(house.mia, await (await house.mia.clicks(answer, "👎")).answer())
    await house.said_in_thread(2)
    own = house.thread

    post, _ = await house.mia.opens_post(house.desk, CODING, "I wonder")

    assert CODING in (await fake.next_message(post)).text
    assert len(own.history()) == 3


async def test_mentions_in_the_question_ping_nobody(house: House) -> None:
    refusal = await house.refused(f"{UNKNOWN} @everyone {house.role.mention} {house.manager.mention}")

    await said(house.mia, refusal)

    assert "@everyone" in house.opening.content
    assert house.opening.pings == frozenset()
    assert house.thread.name == f"{UNKNOWN} @everyone"


async def test_suggestions_are_posted_with_the_question(fake: FakeDiscord, house: House) -> None:
    suggested = await suggestion(fake, house.mia, house.channel)

    await said(house.mia, suggested)

    assert f"I wasn't sure, so I suggested: {' · '.join(topics(suggested))}" in house.opening.content


async def test_a_question_asked_by_command_is_passed_on_in_its_words(house: House) -> None:
    answer = await (await house.mia.slash(house.channel, "ask", question=UNKNOWN)).answer()

    await said(house.mia, answer)

    assert house.opening.content == (
        f"**A question for humans** from {house.mia.mention}\n> {UNKNOWN}\nI had no answer."
    )


async def test_after_a_downvote_the_thanks_offer_a_human(fake: FakeDiscord, house: House) -> None:
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))

    thanks = await (await house.mia.clicks(answer, "👎")).answer()
    await said(house.mia, thanks)

    assert f"> {CODING}" in house.opening.content
    assert house.opening.content.endswith(f"My answer didn't help: {CODING}")
    assert str(asked_in(answer)) in house.opening.content
    assert await said(house.mia, thanks) == f"The question has already been passed on: {house.thread.mention}"


async def test_thanks_that_refer_to_the_answer_offer_a_human_too(fake: FakeDiscord, house: House) -> None:
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))
    thanks = await (await house.mia.clicks(answer, "👎")).answer()
    thanks.reference = {"type": 0, "channel_id": str(answer.channel.id), "message_id": str(answer.id)}
    thanks.replies_to = answer

    await said(house.mia, thanks)

    assert f"> {CODING}" in house.opening.content


async def test_a_moderator_who_downvotes_can_teach_and_ask(fake: FakeDiscord, house: House) -> None:
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))

    thanks = await (await house.manager.clicks(answer, "👎")).answer()

    assert thanks.labels == ["Teach me a better answer", ASK]


async def test_the_post_is_made_even_if_nobody_can_be_pinged(fake: FakeDiscord) -> None:
    house = await open_house(fake, is_forum=True)
    refusal = await house.refused()
    fake.faults.on("POST /channels/*/messages", Status(403, 50013, "Missing Permissions"))

    assert await said(house.mia, refusal) == f"I passed the question on: {house.thread.mention}"
    fake.faults.clear()
    assert await said(house.mia, refusal) == f"The question has already been passed on: {house.thread.mention}"


async def test_downvoting_an_answer_to_a_command_passes_the_question_on(house: House) -> None:
    answer = await (await house.mia.slash(house.channel, "ask", question="must i code")).answer()

    thanks = await (await house.mia.clicks(answer, "👎")).answer()
    await said(house.mia, thanks)

    assert "> must i code" in house.opening.content


async def test_others_votes_and_upvotes_offer_no_human(fake: FakeDiscord, house: House) -> None:
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))

    liked = await (await house.mia.clicks(answer, "👍")).answer()
    disliked = await (await house.guild.add_member("eve").clicks(answer, "👎")).answer()

    assert ASK not in liked.labels
    assert ASK not in disliked.labels
    assert disliked.said == "Thanks, I counted your 👎. Click 👍 to change it."


async def test_an_automatic_answer_offers_a_human_after_a_downvote(fake: FakeDiscord, house: House) -> None:
    forum = house.guild.add_forum("help")
    await house.choose("forums", forum)
    post, _ = await house.mia.opens_post(forum, CODING, "I wonder")
    answer = await fake.next_message(post)

    thanks = await (await house.mia.clicks(answer, "👎")).answer()
    await said(house.mia, thanks)

    assert f"> {CODING}" in house.opening.content
    assert f"/{house.guild.id}/{post.id})" in house.opening.content


async def test_someone_who_cannot_see_the_channel_gets_no_button(house: House) -> None:
    house.desk.set_permissions(house.mia, deny=Permission.VIEW_CHANNEL)

    assert ASK not in (await house.refused()).labels
    assert ASK in (await house.refused(asker=house.manager)).labels


async def test_greetings_and_direct_messages_get_no_button(fake: FakeDiscord, house: House) -> None:
    assert ASK not in (await house.refused("hello!")).labels
    assert ASK not in (await fake.reply_to(await house.mia.sends_dm(UNKNOWN))).labels


async def test_in_a_thread_of_the_channel_there_is_no_button(fake: FakeDiscord, house: House) -> None:
    thread = await house.mia.opens_thread(house.desk, "a talk")

    assert ASK not in (await fake.reply_to(await house.mia.asks(thread, UNKNOWN))).labels
    assert ASK in (await fake.reply_to(await house.mia.asks(house.desk, UNKNOWN))).labels


async def test_only_the_asker_and_moderators_can_click_and_only_once(house: House) -> None:
    refusal = await house.refused()

    assert (await said(house.guild.add_member("eve"), refusal)).startswith("Only the person who asked")
    assert house.threads == []
    assert (await said(house.manager, refusal)).startswith("I passed the question on")
    assert await said(house.mia, refusal) == f"The question has already been passed on: {house.thread.mention}"
    here, _ = await house.said_in_thread(2)
    assert here.pings == {str(house.mia.id)}


async def test_clicks_at_the_same_time_open_one_thread(house: House) -> None:
    refusal = await house.refused()

    clicks = [await house.mia.clicks(refusal, ASK) for _ in range(4)]
    await asyncio.gather(*(click.answer() for click in clicks))

    await house.said_in_thread(2)
    assert len(house.threads) == 1
    assert len([m for m in house.desk.history() if m.author is house.fake.bot]) == 1


async def test_the_role_is_pinged_at_most_so_many_times_an_hour(house: House) -> None:
    await house.choose("handoff-pings", "1")

    await said(house.mia, await house.refused())
    await house.said_in_thread(2)
    await said(house.mia, await house.refused("vlrm wpfk xqzt"))

    later = max(house.threads, key=lambda thread: thread.id)
    [here] = [m for m in later.history() if m.id != later.id]
    assert here.pings == {str(house.mia.id)}
    assert "at most 1 pings an hour" not in house.screen.text
    assert "at most 1 ping an hour" in house.screen.text


async def test_a_role_that_cannot_be_mentioned_is_not_pinged_and_the_settings_say_why(fake: FakeDiscord) -> None:
    house = await open_house(fake, mentionable=False)

    await said(house.mia, await house.refused())

    assert [m.pings for m in await house.said_in_thread(1)] == [{str(house.mia.id)}]
    assert "**Mention @everyone, @here, and All Roles**" in house.screen.text


async def test_the_asker_is_mentioned_once_when_someone_with_the_role_replies(house: House) -> None:
    await said(house.mia, await house.refused())
    await house.said_in_thread(2)
    expert, stranger = house.guild.add_member("eva", house.role), house.guild.add_member("sam")
    other_bot = house.guild.add_member("faqbot", house.role, bot=True)

    for person in (house.mia, stranger, other_bot, expert, expert):
        await person.says(house.thread, "let me see")

    told = (await house.said_in_thread(8))[-1]
    assert told.content == f"{house.mia.mention}, {expert.mention} replied."
    assert told.pings == {str(house.mia.id)}
    await house.refused("vlrm wpfk xqzt")
    assert len([m for m in house.thread.history() if m.author is house.fake.bot and m.id != house.thread.id]) == 3


async def test_a_reply_added_to_the_faq_answers_whoever_asks_next(fake: FakeDiscord, house: House) -> None:
    await said(house.mia, await house.refused(f"{UNKNOWN}\nasks mia"))
    more = await house.mia.says(house.thread, "or vlrm?")
    reply = await house.guild.add_member("eva", house.role).says(house.thread, "Ask at the **desk**.")

    assert (await opened(await right_clicks(house.manager, more)))["question"] == "or vlrm?"
    form = await right_clicks(house.manager, reply)
    fields = await opened(form)
    await clicks(house.manager, await submits(house.manager, form), "Save")

    assert (fields["question"], fields["answer"]) == (f"{UNKNOWN} asks", "Ask at the **desk**.")
    answer = await fake.reply_to(await house.mia.asks(house.channel, UNKNOWN))
    assert answer.cards[0].text == "Ask at the **desk**."


async def test_an_asker_with_the_role_is_not_mentioned_for_their_own_reply(house: House) -> None:
    asker, expert = house.guild.add_member("eva", house.role), house.guild.add_member("max", house.role)
    await said(asker, await house.refused(asker=asker))
    await house.said_in_thread(2)

    await asker.says(house.thread, "to add to that")
    await house.refused()
    assert len(house.thread.history()) == 3
    await expert.says(house.thread, "let me see")

    assert (await house.said_in_thread(5))[-1].pings == {str(asker.id)}


async def test_in_other_threads_nobody_is_mentioned(house: House) -> None:
    expert = house.guild.add_member("eva", house.role)
    thread = await house.mia.opens_thread(house.desk, "a talk")

    await expert.says(thread, "let me see")

    await house.refused()
    assert not thread.unheard


async def test_where_a_user_brought_the_bot_it_offers_no_human(house: House) -> None:
    fake = house.fake
    elsewhere = fake.add_guild("Abroad", has_bot=False)
    visitor = elsewhere.add_member("vic")
    visitor.installs_app()
    asked = await visitor.slash(elsewhere.add_text_channel("general"), "ask", question=UNKNOWN)

    assert ASK not in (await asked.answer()).labels
