"""Teaching when things go wrong: killed processes, a database that's away, forged clicks, too many items."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from storage.locking import locked

from bot.storage.servers import ServerSettings
from bot.storage.stores import Stores
from bot_process import TIMEOUT, BotProcess
from e2e.database import file_of, rows, set_beforehand
from e2e.starting import Start
from e2e.teaching.lessons import (
    FERRY,
    NINE,
    clicks,
    drafts,
    opened,
    right_clicks,
    shown_first,
    stored,
    stored_drafts,
    submits,
    taught,
    teaches,
)
from fake_discord import Channel, FakeDiscord, Guild, Hang, Member, Message, Permission

SOON = 4.0  # seconds: one is meant, and a busy machine needs more; a locked database takes 5
AWAY = "I can't reach my database right now"
GONE = "isn't taught here anymore"
UNKNOWN = "I don't know this button anymore"


async def test_a_draft_outlives_kill_9_and_what_is_saved_does_too(
    fake: FakeDiscord, start: Start, asked: Message, channel: Channel, max_: Member, mia: Member, tmp_path: Path
) -> None:
    bot = await start()
    preview = await drafts(max_, asked)
    form = await right_clicks(max_, asked)
    bot.send(signal.SIGKILL)
    await bot.ended()

    bot = await start()
    late = await submits(max_, form, question="Where is the ferry?", answer="At the pier.")
    assert late.cards[0].text == "At the pier."
    await clicks(max_, preview, "Save")
    bot.send(signal.SIGKILL)
    await bot.ended()

    await start()
    assert NINE in (await fake.reply_to(await mia.asks(channel, FERRY))).text
    assert stored_drafts(tmp_path) == 1


async def test_another_process_answers_within_seconds(
    fake: FakeDiscord, bot: BotProcess, asked: Message, channel: Channel, max_: Member, mia: Member, tmp_path: Path
) -> None:
    await teaches(max_, asked)
    async with Stores.open(f"sqlite:///{file_of(tmp_path)}") as another:
        [item] = another.taught.of(asked.channel.guild.id)  # type: ignore[union-attr]
        await another.taught.remove(item)

    async with asyncio.timeout(30):
        while NINE in (await fake.reply_to(await mia.asks(channel, FERRY))).text:
            await fake.settled()
    assert bot.pid


async def test_a_database_that_is_away_delays_no_form_and_loses_nothing(
    bot: BotProcess, asked: Message, max_: Member, tmp_path: Path
) -> None:
    preview = await drafts(max_, asked)
    with locked(file_of(tmp_path)):
        form = await right_clicks(max_, asked)
        changing = await max_.clicks(preview, "Change")
        assert (await opened(changing))["answer"] == NINE
        submission = await max_.submits_modal(form, question="Where is the pier?", answer="By the river.")
        assert (await submission.response()).after < SOON
        lost = await submission.answer(timeout=TIMEOUT)
        saving = await max_.clicks(preview, "Save")
        assert (await saving.response()).after < SOON
        kept = await saving.answer(timeout=TIMEOUT)

    assert lost.said.startswith("I can't reach my database right now, so nothing has changed.")
    assert "By the river." in lost.said
    assert kept.said.startswith("I can't reach my database right now"), bot.log
    assert kept.labels == ["Save", "Change", "Discard"]
    assert stored(tmp_path) == []
    assert (await clicks(max_, kept, "Save")).said.startswith("Saved")


@pytest.mark.usefixtures("bot")
async def test_a_discord_that_tells_nothing_of_the_author_delays_no_form(
    fake: FakeDiscord, channel: Channel, max_: Member, moe: Member
) -> None:
    answer = await moe.says(channel, NINE)
    fake.faults.on("GET /guilds/*/members/*", Hang())

    fields = await opened(await right_clicks(max_, answer))

    assert (fields["question"], fields["answer"]) == (NINE, "")


async def test_what_breaks_an_example_is_said_and_can_be_saved_anyway(
    fake: FakeDiscord,
    start: Start,
    asked: Message,
    channel: Channel,
    knowledge_dir: Path,
    max_: Member,
    mia: Member,
) -> None:
    sleep = "when do the keepers go to sleep"
    faq = knowledge_dir / "faq.yaml"
    example = f"    examples:\n      - {sleep}\noff_topic:"
    faq.write_text(faq.read_text(encoding="utf-8").replace("off_topic:", example), encoding="utf-8")
    await start()

    preview = await drafts(max_, asked, sleep, "At noon.")

    assert f'It would break these examples:\n- "{sleep}" should be answered with night-shift' in preview.said
    assert preview.labels == ["Save anyway", "Change", "Discard"]
    assert (await clicks(max_, preview, "Save anyway")).said.startswith("Saved")
    assert "At noon." in (await fake.reply_to(await mia.asks(channel, sleep))).text


@pytest.fixture
async def waiting(start: Start, guild: Guild, tmp_path: Path) -> BotProcess:
    """A bot in a server where what moderators teach waits for approval."""
    await set_beforehand(tmp_path, {guild.id: ServerSettings(taught_items_wait=True)})
    return await start()


@pytest.mark.usefixtures("waiting")
async def test_where_items_wait_someone_with_manage_server_approves_them(
    fake: FakeDiscord, asked: Message, channel: Channel, max_: Member, admin: Member, mia: Member
) -> None:
    saved = await teaches(max_, asked)
    assert "once someone with **Manage Server** approves it" in saved.said
    assert NINE not in (await fake.reply_to(await mia.asks(channel, FERRY))).text
    of_max, of_admin = await shown_first(max_, channel), await shown_first(admin, channel)
    assert "**waits for approval**" in of_max.said

    refused = await clicks(max_, of_max, "Approve")
    approved = await clicks(admin, of_admin, "Approve")

    assert "Manage Server" in refused.said
    assert approved.said.startswith(f"Approved: “{FERRY}”.")
    assert NINE in (await fake.reply_to(await mia.asks(channel, f"{FERRY} Now?"))).text


async def test_items_wait_even_if_the_database_was_away_as_the_bot_started(
    start: Start, waiting: BotProcess, asked: Message, max_: Member, tmp_path: Path
) -> None:
    preview = await drafts(max_, asked)
    assert await waiting.stop() == 0, waiting.log
    file = file_of(tmp_path)
    away = file.rename(file.with_name("elsewhere.db"))
    file.write_text("This is no database.", encoding="utf-8")
    bot = await start()
    await bot.logged("The servers' settings can't be read yet.")

    away.replace(file)  # at once: the bot makes a new file where there is none
    saved = await clicks(max_, preview, "Save")
    async with asyncio.timeout(TIMEOUT):
        while saved.said.startswith(AWAY):  # until a new connection is made
            saved = await clicks(max_, saved, "Save")

    assert "once someone with **Manage Server** approves it" in saved.said


@pytest.mark.usefixtures("waiting")
async def test_what_someone_with_manage_server_teaches_waits_for_nobody(
    fake: FakeDiscord, asked: Message, channel: Channel, admin: Member, mia: Member
) -> None:
    await teaches(admin, asked)

    assert NINE in (await fake.reply_to(await mia.asks(channel, FERRY))).text


@pytest.mark.usefixtures("bot")
async def test_forged_clicks_on_another_persons_draft_do_nothing(
    asked: Message, max_: Member, moe: Member, mia: Member, tmp_path: Path
) -> None:
    preview = await drafts(max_, asked)

    for person in (moe, mia):
        for button in preview.buttons:
            answer = await (await person.forges_click(preview, button["custom_id"])).answer()
            assert answer.said.startswith("That draft is gone"), button["label"]
    change = await (await max_.clicks(preview, "Change")).response()
    assert change.modal
    stolen = await moe.forges_modal(asked.channel, change.modal["custom_id"], question="Mine?", answer="Mine.")

    assert (await stolen.answer()).said.startswith("That draft is gone")
    assert rows(tmp_path, "SELECT person_id, answer FROM drafts") == [(max_.id, NINE)]
    assert stored(tmp_path) == []


@pytest.mark.usefixtures("bot")
async def test_forged_clicks_on_another_servers_item_do_nothing(
    asked: Message, channel: Channel, elsewhere: Channel, max_: Member, tmp_path: Path
) -> None:
    await teaches(max_, asked)
    shown, listed = await shown_first(max_, channel), await taught(max_, channel)
    guild = elsewhere.guild
    assert guild
    sam = guild.add_member("sam", guild.add_role("mods", Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD))
    own = await taught(sam, elsewhere)

    for button in ("edit", "undo", "approve"):
        [custom_id] = {re.sub("undo", button, each["custom_id"]) for each in shown.buttons if each["label"] == "Undo"}
        assert UNKNOWN in (await (await sam.forges_click(own, custom_id)).answer()).said
    [menu] = listed.selects
    item = menu["options"][0]["value"]
    picked = await sam.forges_click(own, menu["custom_id"], component_type=3, values=[item])
    assert UNKNOWN in (await picked.answer()).said
    edited = await sam.forges_modal(elsewhere, f"teach:0:{item}:1:", question=FERRY, answer="Never.")
    assert GONE in (await edited.answer()).said

    assert [answer for _, _, answer in stored(tmp_path)] == [NINE]


@pytest.mark.usefixtures("bot")
async def test_members_who_forge_clicks_and_forms_are_told_what_they_lack(
    asked: Message, channel: Channel, max_: Member, mia: Member, tmp_path: Path
) -> None:
    await teaches(max_, asked)
    shown, listed = await shown_first(max_, channel), await taught(max_, channel)
    [menu] = listed.selects
    forged = [
        await mia.forges_click(shown, f"{button['custom_id']}{grant}")
        for button in shown.buttons
        for grant in ("", "0123456789abcdef")
    ]
    forged += [
        await mia.forges_click(listed, menu["custom_id"], component_type=3, values=[menu["options"][0]["value"]]),
        await mia.forges_click(asked, "teach-none"),
        await mia.forges_click(asked, "teach-better:1:2:night-shift"),
        await mia.forges_modal(channel, "teach:0:0:0:", question="Mine?", answer="Mine."),
        await mia.forges_modal(channel, "teach:0:0:0:0123456789abcdef", question="Mine?", answer="Mine."),
    ]

    for each in forged:
        answer = await each.answer()
        assert answer.ephemeral_for == mia.id
        assert "**Manage Messages**" in answer.said or "I don't know this button" in answer.said, each
    unknown = await (await mia.forges_modal(channel, "teach:nonsense", question="x")).answer()
    assert unknown.said.startswith("I don't know this form anymore")
    assert (len(stored(tmp_path)), stored_drafts(tmp_path)) == (1, 0)


@pytest.mark.usefixtures("bot")
async def test_a_moderator_who_lost_the_permission_can_no_longer_save_or_change(
    asked: Message, max_: Member, tmp_path: Path
) -> None:
    preview, other = await drafts(max_, asked), await drafts(max_, asked)
    change = await max_.clicks(other, "Change")
    await opened(change)
    max_.roles.clear()

    assert "**Manage Messages**" in (await submits(max_, change, answer="Never.")).said
    assert rows(tmp_path, "SELECT answer FROM drafts") == [(NINE,), (NINE,)]
    assert "**Manage Messages**" in (await clicks(max_, preview, "Save")).said
    assert stored(tmp_path) == []


@pytest.mark.usefixtures("bot")
async def test_forget_me_keeps_the_servers_knowledge_without_the_name(
    fake: FakeDiscord,
    asked: Message,
    channel: Channel,
    max_: Member,
    moe: Member,
    mia: Member,
    tmp_path: Path,
) -> None:
    await teaches(max_, asked)
    await drafts(max_, asked, "Where is the pier?", "By the river.")

    forgotten = await (await max_.slash(channel, "forget-me")).answer()

    assert "servers keep it without your name" in forgotten.said
    assert rows(tmp_path, "SELECT taught_by FROM taught") == [(None,)]
    assert stored_drafts(tmp_path) == 0
    assert "by someone who asked to be forgotten" in (await taught(moe, channel)).text
    assert NINE in (await fake.reply_to(await mia.asks(channel, FERRY))).text


async def test_five_hundred_items_are_listed_in_parts_answered_and_no_more_are_taken(
    fake: FakeDiscord,
    start: Start,
    guild: Guild,
    asked: Message,
    channel: Channel,
    max_: Member,
    mia: Member,
    tmp_path: Path,
) -> None:
    await _teach_beforehand(tmp_path, guild.id, 500)
    await start()

    listed = await taught(max_, channel)
    assert "Page 1 of 50, 500 in all" in listed.text
    second = await clicks(max_, listed, "▶")
    assert "Page 2 of 50" in second.text
    refused = await clicks(max_, await drafts(max_, asked), "Save")
    assert refused.said.startswith("This server has taught me 500 things")
    answer = await fake.reply_to(await mia.asks(channel, "which color has the buoy number 17"))
    assert "Color 17." in answer.text


async def _teach_beforehand(directory: Path, server_id: int, count: int) -> None:
    async with Stores.open(f"sqlite:///{file_of(directory)}"):
        pass
    with closing(sqlite3.connect(file_of(directory))) as connection, connection:
        connection.executemany(
            "INSERT INTO taught VALUES (?, ?, ?, ?, ?, 1, 0, 0, 1)",
            [
                (n, server_id, f"buoy-{n}", f"which color has the buoy number {n}", f"Color {n}.")
                for n in range(1, count + 1)
            ],
        )
        connection.execute("INSERT INTO taught_changes VALUES (?, 1)", (server_id,))
