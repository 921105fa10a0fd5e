"""The weekly digest: what it tells, where and when, and what its buttons do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from e2e.database import counted
from e2e.digest.digests import (
    GULLS,
    SUBMARINE,
    asks,
    chooses,
    keeps,
    looked,
    passes,
    planned,
    planned_with_a_question,
    posted,
    screen,
    settles,
    staff_channel,
)
from e2e.maintainers.lighthouses import NIGHT
from e2e.starting import Start
from e2e.teaching.lessons import FERRY, NOT_SURE, opened, submits, teaches
from fake_discord import Channel, FakeDiscord, Guild, Member, NotOffered

WEEK = timedelta(days=7)


@pytest.mark.usefixtures("bot")
async def test_a_digest_counts_questions_and_lists_unanswered_ones_most_asked_first(
    fake: FakeDiscord, guild: Guild, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    due_at = await planned(fake, moderator, channel, digest)
    await asks(fake, mia, channel, GULLS, f"{GULLS}?", SUBMARINE)
    await keeps(tmp_path, 3)
    await counted(tmp_path, guild.id, "refused", times=3)

    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)

    counts, unanswered = message.cards
    assert counts.title == "Weekly digest"
    assert counts.text.splitlines()[1:] == ["- Questions: 3", "- Unanswered: 3"]
    assert unanswered.title == "Unanswered questions"
    assert unanswered.text.index(GULLS) < unanswered.text.index(SUBMARINE)
    assert "Asked 2 times, last <t:" in unanswered.text
    assert "Asked once, <t:" in unanswered.text
    assert message.labels == ["Write an answer", "Write an answer"]
    assert not message.pings


@pytest.mark.usefixtures("bot")
async def test_a_digest_says_what_was_voted_down_and_what_was_taught(
    fake: FakeDiscord, guild: Guild, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    due_at = await planned(fake, moderator, channel, digest)
    answer = await fake.reply_to(await mia.asks(channel, NIGHT))
    await (await mia.clicks(answer, "👎")).answer()
    await teaches(moderator, await mia.says(channel, FERRY))
    await counted(tmp_path, guild.id, "answered", "night-shift")
    await counted(tmp_path, guild.id, "unhelpful", "night-shift")

    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)

    told = {card.title: card.text for card in message.cards}
    assert told["Answers that were voted down"] == f"- {NIGHT} (1 👎, 0 👍)"
    assert told["Taught this week"] == f"- “{FERRY}”"
    told_first = f"- Votes against an answer: 1\n- Taught by moderators: 1\nAsked most:\n- {NIGHT} (1)"
    assert told["Weekly digest"].endswith(told_first)
    assert "Unanswered questions" not in told


@pytest.mark.usefixtures("bot")
async def test_a_week_without_news_has_no_digest(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    due_at = await planned(fake, moderator, channel, digest)

    await passes(fake, mia, channel, due_at)

    await settles(tmp_path, None)
    assert digest.history() == []


@pytest.mark.usefixtures("bot")
async def test_there_is_no_digest_before_moderators_turn_it_on_or_after_they_turn_it_off(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    assert "Channel: none, so there is no digest" in (await screen(moderator, channel)).text
    due_at = await planned(fake, moderator, channel, digest)
    await asks(fake, mia, channel, GULLS)
    off = await chooses(moderator, await screen(moderator, channel), "channel")
    await passes(fake, mia, channel, due_at)
    await looked(fake, tmp_path)
    unposted = digest.history()

    again = await planned(fake, moderator, channel, digest)
    await passes(fake, mia, channel, again)

    assert "Channel: none, so there is no digest" in off.text
    assert unposted == []
    assert len(await posted(fake, digest)) == 1


@pytest.mark.usefixtures("bot")
async def test_a_digest_due_before_it_was_turned_on_is_not_posted(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    await asks(fake, mia, channel, GULLS)
    await keeps(tmp_path, 1)
    due_at = await planned(fake, moderator, channel, digest)
    await chooses(moderator, await screen(moderator, channel), "channel")
    await passes(fake, mia, channel, due_at)
    await chooses(moderator, await screen(moderator, channel), "channel", digest)

    await looked(fake, tmp_path)
    unposted = digest.history()
    await asks(fake, mia, channel, GULLS)  # in the week of the next one, also around midnight
    await keeps(tmp_path, 3)
    await passes(fake, mia, channel, due_at + WEEK)

    assert unposted == []
    assert len(await posted(fake, digest)) == 1


@pytest.mark.usefixtures("bot")
async def test_the_next_digest_leaves_out_what_the_last_one_said(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    await passes(fake, mia, channel, due_at)
    await posted(fake, digest)
    await asks(fake, mia, channel, SUBMARINE)
    await keeps(tmp_path, 2)

    await passes(fake, mia, channel, due_at + WEEK)
    _, second = await posted(fake, digest, 2)

    assert SUBMARINE in second.text
    assert GULLS not in second.text


async def test_write_an_answer_opens_the_form_with_the_question_even_after_a_restart(
    fake: FakeDiscord,
    start: Start,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
) -> None:
    former = await start()
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)
    await settles(tmp_path, message.id)
    assert await former.stop() == 0, former.log
    await start()

    refused = await (await mia.clicks(message, "Write an answer")).answer()
    form = await moderator.clicks(message, "Write an answer")
    fields = await opened(form)
    preview = await submits(moderator, form, answer="Fish.")

    assert refused.said.startswith("You need the **Manage Messages** permission")
    assert fields["question"] == GULLS
    assert "Nothing is saved yet." in preview.said
    await (await moderator.clicks(preview, "Save")).answer()
    answer = await fake.reply_to(await mia.asks(channel, GULLS))
    assert NOT_SURE not in answer.said
    assert answer.cards[0].text == "Fish."


@pytest.mark.usefixtures("bot")
async def test_a_question_that_is_deleted_leaves_the_digest_and_its_button_says_so(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    due_at = await planned(fake, moderator, channel, digest)
    first, _, other = await asks(fake, mia, channel, GULLS, f"{GULLS}?", SUBMARINE)
    await keeps(tmp_path, 3)
    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)
    await settles(tmp_path, message.id)
    old = fake.seed(digest, fake.bot, "an old digest", components=[{"type": 1, "components": [message.buttons[1]]}])

    await mia.deletes(first)
    await mia.deletes(other)
    await fake.wait_for(lambda: SUBMARINE not in message.text, what="the digest without the question")
    gone = await (await moderator.clicks(old, "Write an answer")).answer()

    assert gone.said == "That question is gone: it was deleted or dismissed, or it's older than 30 days."
    assert "Asked once, <t:" in message.text
    assert message.labels == ["Write an answer"]
    assert "- Questions: 3" in message.text


@pytest.mark.usefixtures("bot")
async def test_forget_me_removes_questions_from_the_digests(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)

    await (await mia.slash(channel, "forget-me")).answer()
    await fake.wait_for(lambda: GULLS not in message.text, what="the digest without the question")

    assert [card.title for card in message.cards] == ["Weekly digest"]
    assert message.buttons == []


async def test_turning_off_question_text_removes_questions_from_the_digest(
    fake: FakeDiscord,
    start: Start,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
) -> None:
    former = await start()
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)
    await settles(tmp_path, message.id)
    assert await former.stop() == 0, former.log

    await start(QUESTION_TEXT="off")
    await fake.wait_for(lambda: GULLS not in message.text, what="the digest without the question")

    assert "- Questions: 1" in message.text


async def test_without_question_text_a_digest_only_has_counts(
    fake: FakeDiscord,
    guild: Guild,
    start: Start,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
) -> None:
    await start(QUESTION_TEXT="off")
    due_at = await planned(fake, moderator, channel, digest)
    assert "It only shows counts" in (await screen(moderator, channel)).text
    await asks(fake, mia, channel, GULLS)
    answer = await fake.reply_to(await mia.asks(channel, NIGHT))
    await (await mia.clicks(answer, "👎")).answer()
    await teaches(moderator, await mia.says(channel, FERRY))
    await counted(tmp_path, guild.id, "unhelpful", "night-shift")
    await counted(tmp_path, guild.id, "refused")

    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)

    [card] = message.cards
    assert card.text.splitlines()[1:] == [
        "- Questions: 2",
        "- Answers given: 1",
        "- Unanswered: 1",
        "- Votes against an answer: 1",
        "- Taught by moderators: 1",
    ]
    assert message.buttons == []


@pytest.mark.usefixtures("bot")
async def test_a_question_from_a_hidden_channel_is_counted_but_not_quoted_in_a_public_one(
    fake: FakeDiscord,
    guild: Guild,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
) -> None:
    staff = staff_channel(guild, moderator)
    due_at = await planned(fake, moderator, channel, digest)
    await asks(fake, moderator, staff, SUBMARINE)
    await asks(fake, mia, channel, GULLS)
    await keeps(tmp_path, 2)

    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)

    assert GULLS in message.text
    assert SUBMARINE not in message.text
    assert "One more was asked in a channel that not everyone here can see." in message.text
    assert "- Questions: 2" in message.text


@pytest.mark.usefixtures("bot")
async def test_a_question_from_a_hidden_channel_is_quoted_in_that_channel(
    fake: FakeDiscord, guild: Guild, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    staff = staff_channel(guild, moderator)
    due_at = await planned(fake, moderator, channel, staff)
    await asks(fake, moderator, staff, SUBMARINE)
    await asks(fake, moderator, channel, GULLS)
    await keeps(tmp_path, 2)

    await passes(fake, moderator, channel, due_at)
    await fake.wait_for(lambda: SUBMARINE in staff.history()[-1].text, what="the digest")

    assert GULLS in staff.history()[-1].text


@pytest.mark.usefixtures("bot")
async def test_any_time_zone_can_be_typed_and_an_unknown_one_is_named(
    moderator: Member, mia: Member, channel: Channel
) -> None:
    typed = await (await moderator.autocomplete(channel, "manage digest", time_zone="kathm")).response()
    chosen = await screen(moderator, channel, time_zone="Asia/Kathmandu")
    wrong = await screen(moderator, channel, time_zone="Asia/Atlantis")
    later = await chooses(moderator, chosen, "time-zone", "Asia/Tokyo")

    assert [choice["value"] for choice in typed.choices or []] == ["Asia/Kathmandu"]
    assert wrong.said.startswith("I don't know the time zone “Asia/Atlantis”.")
    assert "- Time zone: Asia/Tokyo" in later.text
    with pytest.raises(NotOffered):
        await mia.slash(channel, "manage digest")


async def test_the_plan_survives_a_restart(start: Start, moderator: Member, channel: Channel, digest: Channel) -> None:
    former = await start()
    shown = await screen(moderator, channel, time_zone="America/Sao_Paulo")
    await chooses(moderator, shown, "weekday", "4")
    await chooses(moderator, shown, "hour", "17")
    await chooses(moderator, shown, "channel", digest)
    assert await former.stop() == 0, former.log

    await start()
    again = await screen(moderator, channel)

    assert f"- Channel: {digest.mention}\n- Day and hour: Friday, 17:00\n- Time zone: America/Sao_Paulo" in again.text
    assert "\n-# Channel:" in again.text  # above the menu, which shows only the channel
    assert "- Next digest: <t:" in again.text
