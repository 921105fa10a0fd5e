"""What people can do with an answer: vote on it, post it publicly, delete it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from e2e.database import counted, eventually, rows, unvoted, votes
from e2e.questions import CODING, DEGREE, MANAGEMENT, suggestion, titles, topics
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission, ResponseKind

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


def row(custom_id: str) -> list[dict[str, Any]]:
    """Return the components of a message with one button."""
    return [{"type": 1, "components": [{"type": 2, "style": 2, "custom_id": custom_id, "label": "a button"}]}]


async def test_the_person_who_asked_deletes_the_answer(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, directory: Path
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))

    await (await mia.clicks(answer, "Delete")).response()
    await fake.wait_for(lambda: answer.deleted, what="the end of the answer")

    await counted(directory, guild.id, "deleted")


async def test_a_moderator_deletes_an_answer_to_somebody_else(
    fake: FakeDiscord, mia: Member, moderator: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))

    await moderator.clicks(answer, "Delete")

    await fake.wait_for(lambda: answer.deleted, what="the end of the answer")


async def test_nobody_else_deletes_an_answer_and_the_missing_permission_is_named(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))

    click = await guild.add_member("eve").clicks(answer, "Delete")

    assert (await click.response()).ephemeral
    assert (
        "someone with **Manage Messages**. Someone with **Manage Roles** can grant it." in (await click.answer()).said
    )
    assert not answer.deleted


async def test_an_answer_in_a_direct_message_can_be_deleted(fake: FakeDiscord, mia: Member) -> None:
    answer = await fake.reply_to(await mia.sends_dm(CODING))

    await mia.clicks(answer, "Delete")

    await fake.wait_for(lambda: answer.deleted, what="the end of the answer")


async def test_whose_answer_it_is_stands_in_the_button(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    of_another_life = fake.seed(channel, fake.bot, "an answer", components=row(f"delete:{mia.id}"), ago=1e6)

    await mia.clicks(of_another_life, "a button")

    await fake.wait_for(lambda: of_another_life.deleted, what="the end of the answer")


async def test_an_answer_in_several_messages_from_an_earlier_version_is_deleted_as_a_whole(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    first = fake.seed(channel, fake.bot, "A long")
    buttons = [{"type": 2, "style": 2, "label": "Delete", "custom_id": f"delete:{mia.id}:{first.id}"}]
    second = fake.seed(channel, fake.bot, "answer", components=[{"type": 1, "components": buttons}])

    await mia.clicks(second, "Delete")

    await fake.wait_for(lambda: first.deleted and second.deleted, what="the end of both")


async def test_a_second_click_on_delete_says_that_it_is_done(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    delete = next(b["custom_id"] for b in answer.buttons if b.get("label") == "Delete")

    channel.unheard.clear()
    first, second = await asyncio.gather(mia.forges_click(answer, delete), mia.forges_click(answer, delete))

    told = await second.answer()
    await fake.wait_for(lambda: answer.deleted, what="the end of the answer")
    assert told.ephemeral
    assert told.said == "This answer has already been deleted."
    assert first.followups == second.followups == []


async def test_a_vote_is_counted_without_storing_who_cast_it(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, directory: Path
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))

    click = await mia.clicks(answer, "👍")

    assert (await click.response()).ephemeral
    assert (await click.answer()).said.startswith("Thanks, I counted your 👍.")
    assert votes(directory, answer.id) == [('["coding"]', 1)]
    assert str(mia.id) not in str(rows(directory, "SELECT * FROM votes"))
    await counted(directory, guild.id, "helpful", "coding")


async def test_a_person_has_one_vote_on_an_answer_and_can_change_it(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, directory: Path
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))

    for emoji in ("👍", "👍", "👎"):
        assert f"I counted your {emoji}" in (await (await mia.clicks(answer, emoji)).answer()).said
    await (await guild.add_member("max").clicks(answer, "👍")).answer()

    assert sorted(votes(directory, answer.id)) == [('["coding"]', 0), ('["coding"]', 1)]


async def test_whoever_asks_again_and_again_has_one_vote_on_an_entry(
    guild: Guild, mia: Member, channel: Channel, directory: Path
) -> None:
    for _ in range(3):
        answer = await (await mia.slash(channel, "ask", question=DEGREE)).answer()
        assert answer.ephemeral
        await (await mia.clicks(answer, "👎")).answer()

    await counted(directory, guild.id, "unhelpful", "degree")
    await (await mia.clicks(answer, "👍")).answer()
    await counted(directory, guild.id, "unhelpful", "degree", times=0)
    await counted(directory, guild.id, "helpful", "degree")


async def test_a_message_with_two_answers_has_one_pair_of_votes_for_both(
    fake: FakeDiscord, mia: Member, channel: Channel, directory: Path
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, f"{CODING} And is it a management position?"))
    assert titles(answer) == [CODING, MANAGEMENT]

    await (await mia.clicks(answer, "👎")).answer()

    assert [b["emoji"]["name"] for b in answer.buttons if b["custom_id"].startswith("vote:")] == ["👍", "👎"]
    assert votes(directory, answer.id) == [('["coding", "management"]', 0)]


async def test_a_vote_on_a_deleted_answer_says_so_and_none_is_left(
    fake: FakeDiscord, mia: Member, channel: Channel, directory: Path
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))
    await (await mia.clicks(answer, "👍")).answer()
    await mia.clicks(answer, "Delete")
    await fake.wait_for(lambda: answer.deleted, what="the end of the answer")

    late = await mia.forges_click(answer, "vote:up:coding")

    assert (await late.answer()).said == "This answer has already been deleted."
    await unvoted(directory, answer.id)


@pytest.mark.parametrize("custom_id", ["vote:up:phlogiston", "vote:down:", "publish:phlogiston"])
async def test_an_old_button_on_a_topic_that_is_gone_says_so(
    fake: FakeDiscord, mia: Member, channel: Channel, directory: Path, custom_id: str
) -> None:
    old = fake.seed(channel, fake.bot, "an old answer", components=row(custom_id), ago=1e6)

    click = await mia.clicks(old, "a button")

    assert (await click.response()).ephemeral
    assert (await click.answer()).said.startswith("I no longer have an answer for that.")
    assert votes(directory, old.id) == []


async def test_a_private_answer_is_posted_publicly_once(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    private = await (await mia.slash(channel, "ask", question=CODING)).answer()
    assert private.ephemeral
    assert "Delete" not in private.labels

    channel.unheard.clear()
    await (await mia.clicks(private, "Post publicly")).response()
    public = await fake.next_message(channel)

    assert not public.ephemeral
    assert titles(public) == [CODING]
    assert public.said == f"-# Posted for {mia.mention}"
    assert "Post publicly" not in private.labels
    assert titles(private) == [CODING]
    await (await mia.clicks(public, "Delete")).response()
    await fake.wait_for(lambda: public.deleted, what="the end of the answer")


async def test_a_second_click_on_post_publicly_links_what_was_posted(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    private = await (await mia.slash(channel, "ask", question=CODING)).answer()
    publish = next(b["custom_id"] for b in private.buttons if b.get("label") == "Post publicly")

    channel.unheard.clear()
    first, second = await asyncio.gather(mia.forges_click(private, publish), mia.forges_click(private, publish))

    await first.response()
    told = await second.answer()
    public = await fake.next_message(channel)
    assert told.ephemeral
    assert told.said.endswith(f"/{channel.id}/{public.id}")
    assert second.followups == []


async def test_who_may_not_write_in_a_channel_cannot_post_there_through_the_bot(
    guild: Guild, mia: Member, channel: Channel
) -> None:
    private = await (await mia.slash(channel, "ask", question=CODING)).answer()
    channel.set_permissions(guild.everyone, deny=Permission.SEND_MESSAGES)

    click = await mia.clicks(private, "Post publicly")

    assert (
        "You need the **Send Messages** permission to post here. Someone with **Manage Roles** can grant it."
        in (await click.answer()).said
    )
    assert click.followups == []


async def test_an_answer_stays_private_where_the_bot_may_not_write_and_it_says_why(
    guild: Guild, mia: Member, channel: Channel
) -> None:
    channel.set_permissions(guild.me, deny=Permission.SEND_MESSAGES)
    private = await (await mia.slash(channel, "ask", question=CODING)).answer()

    click = await mia.clicks(private, "Post publicly")

    assert f"I need the **Send Messages** permission in {channel.mention}" in (await click.answer()).said
    assert click.followups == []
    assert "Post publicly" in private.labels


async def test_a_private_answer_in_a_direct_message_has_nowhere_to_be_posted(mia: Member) -> None:
    private = await (await mia.slash(mia.dm, "ask", question=CODING)).answer()

    assert "Post publicly" not in private.labels


async def test_a_suggestion_chosen_by_a_moderator_is_counted_and_its_answer_belongs_to_who_asked(
    fake: FakeDiscord, guild: Guild, mia: Member, moderator: Member, channel: Channel, directory: Path
) -> None:
    suggested = await suggestion(fake, mia, channel)
    chosen = next(b["custom_id"] for b in suggested.buttons if b["custom_id"].startswith("suggestion:"))
    topic = chosen.rpartition("~")[2]

    click = await moderator.clicks(suggested, chosen)

    assert (await click.response()).kind is ResponseKind.UPDATE
    await counted(directory, guild.id, "chosen", topic)
    assert {"👍", "👎", "🗑️"} <= {b["emoji"]["name"] for b in suggested.buttons if "emoji" in b}
    await mia.clicks(suggested, "Delete")
    await fake.wait_for(lambda: suggested.deleted, what="the end of the answer")


async def test_a_stranger_who_clicks_a_suggestion_gets_the_answer_and_leaves_the_asker_the_choice(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, directory: Path
) -> None:
    suggested = await suggestion(fake, mia, channel)
    asked = suggested.replies_to
    assert asked is not None
    chosen, other = topics(suggested)[:2]

    click = await guild.add_member("eve").clicks(suggested, chosen)

    assert (await click.response()).ephemeral
    assert titles(await click.answer()) == [chosen]
    assert topics(suggested)[:2] == [chosen, other]
    kept = "SELECT reason FROM unanswered WHERE message_id = ?"
    await eventually(lambda: rows(directory, kept, asked.id), [("not_taken",)], "the question")
    await (await mia.clicks(suggested, other)).response()
    assert titles(suggested) == [other]


async def test_a_suggestion_in_private_turns_into_a_private_answer_that_can_be_posted(
    fake: FakeDiscord, mia: Member, guild: Guild, channel: Channel
) -> None:
    vague = (await suggestion(fake, guild.add_member("max"), guild.add_text_channel("other"))).replies_to
    assert vague
    question = vague.said.partition("> ")[2]
    private = await (await mia.slash(channel, "ask", question=question)).answer()

    click = await mia.clicks(private, topics(private)[0])

    assert (await click.response()).kind is ResponseKind.UPDATE
    assert private.ephemeral
    assert len(titles(private)) == 1
    assert "Post publicly" in private.labels


async def test_what_is_asked_and_what_becomes_of_it_is_counted_by_topic(fake: FakeDiscord, directory: Path) -> None:
    elsewhere = fake.add_guild("Elsewhere")
    ria, place = elsewhere.add_member("ria"), elsewhere.add_text_channel("general")
    for question in (f"{CODING} {DEGREE}", "xqzt vlrm", "what is the salary of a TPM"):
        await fake.reply_to(await ria.asks(place, question))
    await (await ria.slash(place, "ask", question="coding")).answer()

    await counted(directory, elsewhere.id, "asked", times=4)
    await counted(directory, elsewhere.id, "answered", "coding", times=2)
    await counted(directory, elsewhere.id, "answered", "degree")
    await counted(directory, elsewhere.id, "refused")
    await counted(directory, elsewhere.id, "off_topic", "salary")


async def test_autocomplete_lists_what_would_be_answered_first_and_omits_the_rest(
    mia: Member, channel: Channel
) -> None:
    for typed in ("does a tpm code?", "do i need a degree", "is it a management position"):
        choices = await (await mia.autocomplete(channel, "ask", question=typed)).choices()
        answer = await (await mia.slash(channel, "ask", question=typed)).answer()

        assert choices[0]["name"] == titles(answer)[0]

    assert await (await mia.autocomplete(channel, "ask", question="xqzt vlrm wpfk")).choices() == []
