"""Moderators teach the bot from a message: a form, a private preview, and an answer at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.maintainers.lighthouses import NIGHT
from e2e.teaching.lessons import (
    FERRY,
    NINE,
    clicks,
    drafts,
    offered,
    opened,
    right_clicks,
    shown_first,
    stored,
    stored_drafts,
    submits,
    taught,
    teaches,
)
from fake_discord import Channel, FakeDiscord, Guild, Member, Message

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_taught_question_is_answered_at_once_in_other_words_there_and_nowhere_else(
    fake: FakeDiscord, asked: Message, channel: Channel, elsewhere: Channel, max_: Member, mia: Member
) -> None:
    assert elsewhere.guild
    sam = elsewhere.guild.add_member("sam")
    preview = await drafts(max_, asked)
    assert f"“{FERRY}” as a new entry. Nothing is saved yet." in preview.said
    assert (preview.cards[0].title, preview.cards[0].text) == (FERRY, NINE)
    assert preview.labels == ["Save", "Change", "Discard"]
    assert preview.cards[0].source == ""  # the answer doesn't come from the source

    saved = await clicks(max_, preview, "Save")

    assert saved.said.startswith(f"Saved. From now on I answer “{FERRY}” in this server.")
    answer = await fake.reply_to(await mia.asks(channel, "when will the ferry to the island leave"))
    assert answer.cards[0].text == NINE
    for other in (await sam.asks(elsewhere, FERRY), await mia.sends_dm(FERRY)):
        assert NINE not in (await fake.reply_to(other)).text


async def test_the_form_for_a_members_message_has_the_question_without_what_is_private(
    asked: Message, max_: Member
) -> None:
    form = await right_clicks(max_, asked)

    fields = await opened(form)
    assert fields["entry"] == "A new entry"
    assert "when does the ferry leave?" in fields["question"]
    assert "mia@example.com" not in fields["question"]
    assert "@everyone" not in fields["question"]
    assert fields["answer"] == ""
    assert {"A new entry", NIGHT} <= set(offered(form))


@pytest.mark.parametrize(
    ("said", "nearest"),
    [("so is it a job for owls then", NIGHT), ("all day cleaning the lens?", "What are a keeper's duties?")],
)
async def test_the_form_offers_a_new_entry_and_then_the_nearest_ones(
    channel: Channel, mia: Member, max_: Member, said: str, nearest: str
) -> None:
    form = await right_clicks(max_, await mia.says(channel, said))

    assert offered(form)[:2] == ["A new entry", nearest]


async def test_the_form_for_a_moderators_message_has_the_answer(
    fake: FakeDiscord, channel: Channel, asked: Message, max_: Member, moe: Member
) -> None:
    answer = await moe.says(channel, "It leaves at **nine**, see <https://ferry.example>.", reply_to=asked)

    fields = await opened(await right_clicks(max_, answer))

    assert fields["answer"] == "It leaves at **nine**, see <https://ferry.example>."
    assert "when does the ferry leave?" in fields["question"]
    fake.assert_clean()


@pytest.mark.parametrize("who", ["the owner", "another bot", "oneself"])
async def test_what_the_owner_a_bot_or_oneself_wrote_is_an_answer_too(
    guild: Guild, channel: Channel, mia: Member, who: str
) -> None:
    guild.grant_command("Add to FAQ", mia)
    owner = guild.members[guild.owner_id or 0]
    author = {"the owner": owner, "another bot": guild.add_member("faqbot", bot=True), "oneself": mia}[who]

    fields = await opened(await right_clicks(mia, await author.says(channel, NINE)))

    assert (fields["question"], fields["answer"]) == ("", NINE)


async def test_another_way_to_ask_keeps_the_entrys_answer(
    fake: FakeDiscord, asked: Message, channel: Channel, max_: Member, mia: Member
) -> None:
    owls = "are keepers nocturnal creatures"

    preview = await drafts(max_, asked, owls, "", entry=NIGHT)
    assert f"another way to ask “{NIGHT}”" in preview.said
    await clicks(max_, preview, "Save")

    answer = await fake.reply_to(await mia.asks(channel, owls))
    assert answer.cards[0].title == NIGHT
    assert "The lamp is lit at dusk." in answer.cards[0].text


async def test_another_answer_to_an_entry_replaces_its_own(
    fake: FakeDiscord, asked: Message, channel: Channel, max_: Member, mia: Member
) -> None:
    preview = await drafts(max_, asked, "are keepers nocturnal", "Only in winter.", entry=NIGHT)
    assert "The answer replaces the entry's current one." in preview.said
    await clicks(max_, preview, "Save")

    assert "Only in winter." in (await fake.reply_to(await mia.asks(channel, NIGHT))).text


async def test_a_preview_can_be_changed_and_discarded(asked: Message, max_: Member, tmp_path: Path) -> None:
    preview = await drafts(max_, asked)

    form = await max_.clicks(preview, "Change")
    assert await opened(form) == {"entry": "A new entry", "question": FERRY, "answer": NINE}
    changed = await submits(max_, form, answer="At ten.")
    assert changed.id == preview.id
    assert changed.cards[0].text == "At ten."
    discarded = await clicks(max_, changed, "Discard")

    assert discarded.said == "Discarded. I didn't learn anything."
    assert (stored(tmp_path), stored_drafts(tmp_path)) == ([], 0)


async def test_which_question_would_be_taken_is_said_before_it_is(
    fake: FakeDiscord, asked: Message, channel: Channel, max_: Member, mia: Member
) -> None:
    preview = await drafts(max_, asked, "how much do they pay a warden", "Ten shillings.")

    assert "It would take over these questions:\n- “how much do they pay a warden” from “salaries”" in preview.said
    await clicks(max_, preview, "Save")
    assert "Ten shillings." in (await fake.reply_to(await mia.asks(channel, "how much do they pay a warden"))).text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"question": "?!", "answer": NINE}, "I don't see a question there."),
        ({"question": FERRY, "answer": ""}, "A new entry needs an answer."),
        (
            {"question": FERRY, "answer": "x" * 1501},
            "The answer is 1,501 characters long, and the limit is 1,500.",
        ),
        ({"question": "ferry " * 40, "answer": NINE}, "The question is 239 characters long, and the limit"),
        ({"question": FERRY, "answer": "TODO: ask"}, "The answer starts with TODO."),
        ({"question": NIGHT, "answer": "", "entry": NIGHT}, "I already have that question with that answer."),
    ],
)
async def test_what_cant_be_saved_is_said_in_one_sentence_and_can_be_changed(
    asked: Message, max_: Member, tmp_path: Path, fields: dict[str, str], fault: str
) -> None:
    faulty = await submits(max_, await right_clicks(max_, asked), **fields)

    assert faulty.said.startswith(fault), faulty.said
    assert faulty.labels == ["Change", "Discard"]
    preview = await submits(max_, await max_.clicks(faulty, "Change"), question=FERRY, answer=NINE, entry="A new entry")
    assert preview.labels == ["Save", "Change", "Discard"]
    assert stored(tmp_path) == []


async def test_a_question_is_taught_once(asked: Message, max_: Member, moe: Member, tmp_path: Path) -> None:
    await teaches(max_, asked)

    again = await drafts(moe, asked, FERRY.upper(), "At ten.")

    assert again.said.startswith("I've already been taught that question here.")
    assert len(stored(tmp_path)) == 1


async def test_clicking_save_twice_saves_once(asked: Message, max_: Member, tmp_path: Path) -> None:
    preview = await drafts(max_, asked)

    both = [await max_.clicks(preview, "Save") for _ in range(2)]

    said = [(await click.answer()).said for click in both]
    assert "I'm already on it. One moment, please." in said
    assert any(each.startswith("Saved") for each in said)
    assert len(stored(tmp_path)) == 1


async def test_answer_this_ends_with_an_offer_to_teach(channel: Channel, mia: Member, max_: Member) -> None:
    said = await mia.says(channel, "who paints the tower and when do keepers sleep?")

    listed = await (await max_.message_command(channel, "Answer this", said)).answer()
    form = await max_.clicks(listed, "None of these: teach me")

    assert listed.labels[-1] == "None of these: teach me"
    assert (await opened(form))["question"] == "who paints the tower and when do keepers sleep?"


async def test_voting_an_answer_down_offers_moderators_to_teach_a_better_one(
    fake: FakeDiscord, channel: Channel, mia: Member, max_: Member
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, NIGHT))

    of_mia = await (await mia.clicks(answer, "👎")).answer()
    of_max = await (await max_.clicks(answer, "👎")).answer()
    form = await max_.clicks(of_max, "Teach me a better answer")

    assert of_mia.labels == []
    assert await opened(form) == {"entry": NIGHT, "question": NIGHT, "answer": ""}
    await fake.request("GET /channels/{channel_id}/messages/{message_id}", count=3)  # two are the votes'
    await fake.settled()


async def test_the_list_says_who_taught_what_and_undoes_it(
    fake: FakeDiscord, asked: Message, channel: Channel, max_: Member, moe: Member, mia: Member, tmp_path: Path
) -> None:
    assert (await taught(moe, channel)).said.startswith("Nobody has taught me anything here yet.")
    await teaches(max_, asked)

    listed = await taught(moe, channel)
    assert f"1. **“{FERRY}”**: a new entry, by {max_.mention}, <t:" in listed.cards[0].text
    [menu] = listed.selects
    shown = await (await moe.selects(listed, menu["custom_id"], menu["options"][0]["value"])).answer()
    assert shown.cards[0].text == NINE
    undone = await clicks(moe, shown, "Undo")

    assert undone.said.startswith(f"Undone: “{FERRY}”.")
    assert stored(tmp_path) == []
    assert NINE not in (await fake.reply_to(await mia.asks(channel, FERRY))).text


async def test_what_was_taught_can_be_edited(
    fake: FakeDiscord, asked: Message, channel: Channel, max_: Member, moe: Member, mia: Member
) -> None:
    await teaches(max_, asked)
    shown = await shown_first(moe, channel)

    form = await moe.clicks(shown, "Edit")
    assert await opened(form) == {"entry": "A new entry", "question": FERRY, "answer": NINE}
    assert FERRY not in offered(form)
    await clicks(moe, await submits(moe, form, answer="At ten."), "Save")

    assert "At ten." in (await fake.reply_to(await mia.asks(channel, FERRY))).text
    assert f"by {moe.mention}" in (await taught(max_, channel)).cards[0].text


async def test_of_two_moderators_who_edit_the_same_the_second_is_told(
    asked: Message, channel: Channel, max_: Member, moe: Member, tmp_path: Path
) -> None:
    await teaches(max_, asked)
    of_max, of_moe = await shown_first(max_, channel), await shown_first(moe, channel)
    form_of_max, form_of_moe = await max_.clicks(of_max, "Edit"), await moe.clicks(of_moe, "Edit")
    await opened(form_of_max)
    await opened(form_of_moe)
    preview_of_moe = await submits(moe, form_of_moe, answer="At eleven.")
    await clicks(max_, await submits(max_, form_of_max, answer="At ten."), "Save")

    refused = await clicks(moe, preview_of_moe, "Save")

    assert refused.said.startswith("Somebody else changed this") or "has changed" in refused.said
    assert [answer for _, _, answer in stored(tmp_path)] == ["At ten."]
    undone = await clicks(moe, of_moe, "Undo")
    assert undone.said.startswith("Somebody changed this after you opened it, so I left it alone.")
    form = await moe.clicks(refused, "Change")
    assert (await opened(form))["answer"] == "At eleven."
    await clicks(moe, await submits(moe, form), "Save")
    assert [answer for _, _, answer in stored(tmp_path)] == ["At eleven."]


async def test_a_form_for_what_was_changed_meanwhile_says_so_at_once(
    asked: Message, channel: Channel, max_: Member, moe: Member
) -> None:
    await teaches(max_, asked)
    form = await moe.clicks(await shown_first(moe, channel), "Edit")
    await opened(form)
    change = await max_.clicks(await shown_first(max_, channel), "Edit")
    await clicks(max_, await submits(max_, change, answer="At ten."), "Save")

    late = await submits(moe, form, answer="At eleven.")

    assert late.said.startswith("Somebody else changed this while you were editing it.")
    assert late.labels == ["Change", "Discard"]


async def test_whoever_was_granted_the_command_can_teach_without_manage_messages(
    asked: Message, guild: Guild, mia: Member, tmp_path: Path
) -> None:
    guild.grant_command("Add to FAQ", mia)

    await teaches(mia, asked)

    assert len(stored(tmp_path)) == 1


async def test_whoever_was_granted_manage_can_edit_and_undo_without_manage_messages(
    asked: Message, channel: Channel, guild: Guild, max_: Member, mia: Member, tmp_path: Path
) -> None:
    await teaches(max_, asked)
    guild.grant_command("manage", mia)

    shown = await shown_first(mia, channel)
    await clicks(mia, await submits(mia, await mia.clicks(shown, "Edit"), answer="At ten."), "Save")
    assert [answer for _, _, answer in stored(tmp_path)] == ["At ten."]
    await clicks(mia, await shown_first(mia, channel), "Undo")

    assert stored(tmp_path) == []
