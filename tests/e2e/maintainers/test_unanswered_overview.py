"""Unanswered questions, as moderators see and dismiss them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from e2e.database import eventually, file_of
from e2e.maintainers.lighthouses import VAIN, Ask, by_command, keeps, kept
from e2e.starting import Start
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, NotOffered, Permission


@pytest.mark.usefixtures("bot")
async def test_unanswered_questions_are_grouped_the_newest_first(
    fake: FakeDiscord, channel: Channel, moderator: Member, tmp_path: Path, mia: Member
) -> None:
    assert (await by_command(moderator, channel, "manage gaps")).said.startswith(
        "No unanswered questions in the last 30 days"
    )
    once = "who sells submarines around here"
    for text in (VAIN, once, f"{VAIN}?"):
        await fake.reply_to(await mia.asks(channel, text))
    await eventually(lambda: len(kept(tmp_path)), 3, "unanswered questions")

    shown = await by_command(moderator, channel, "manage gaps")

    first, second = shown.text.index(f"1. **“{VAIN}"), shown.text.index(f"2. **“{once}”** once")
    assert first < second
    assert "2 times, last <t:" in shown.text
    assert "closest entry: " in shown.text
    assert shown.labels == ["Dismiss 1", "Dismiss 2"]
    with pytest.raises(NotOffered):
        await mia.slash(channel, "manage gaps")


async def test_a_group_is_dismissed_after_a_restart_too_with_what_was_shown_of_it(
    start: Start, ask: Ask, channel: Channel, moderator: Member, tmp_path: Path
) -> None:
    former = await start()
    for text in (VAIN, f"{VAIN}?"):
        await ask(channel, text)
    await eventually(lambda: len(kept(tmp_path)), 2, "unanswered questions")
    shown = await by_command(moderator, channel, "manage gaps")
    await former.stop()
    await start()
    since = await ask(channel, f"{VAIN}!")
    await eventually(lambda: len(kept(tmp_path)), 3, "unanswered questions")

    anew = await (await moderator.clicks(shown, "Dismiss 1")).answer()

    assert kept(tmp_path) == [(since.id, "refused")]
    assert "once, <t:" in anew.text
    again = await (await moderator.clicks(old_list(channel, since.id - 1), "Dismiss 1")).answer()
    assert again.said.startswith("That one is already gone")


@pytest.mark.usefixtures("bot")
async def test_a_group_is_dismissed_though_somebody_reads_the_database_all_the_while(
    ask: Ask, channel: Channel, moderator: Member, tmp_path: Path
) -> None:
    await ask(channel, VAIN)
    await eventually(lambda: len(kept(tmp_path)), 1, "unanswered questions")
    shown = await by_command(moderator, channel, "manage gaps")

    with closing(connect(file_of(tmp_path), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM unanswered").fetchall()
        await moderator.clicks(shown, "Dismiss 1")
        await eventually(lambda: len(kept(tmp_path)), 0, "unanswered questions")
        await channel.fake.wait_for(lambda: not shown.labels, timeout=15, what="the list without the group")

    assert shown.said.startswith("No unanswered questions in the last 30 days")


@pytest.mark.usefixtures("bot")
async def test_of_too_many_questions_the_newest_are_read_and_by_one_command_at_a_time(
    guild: Guild, ask: Ask, channel: Channel, moderator: Member, tmp_path: Path
) -> None:
    await ask(channel, VAIN)
    await eventually(lambda: len(kept(tmp_path)), 1, "unanswered questions")
    copy = (
        "INSERT INTO unanswered SELECT ?, server_id, channel_id, asker, ?, reason, nearest, asked_at - ? "
        "FROM unanswered ORDER BY asked_at DESC LIMIT 1"
    )
    with closing(connect(file_of(tmp_path))) as database, database:
        database.executemany(copy, [(number, f"zq{number}x " * 60, number) for number in range(1, 700)])

    first = await moderator.slash(channel, "manage gaps")
    second = await guild.add_member("sam", *moderator.roles).slash(channel, "manage gaps")

    assert (await second.answer()).said.startswith("I'm already going through this server's questions.")
    shown = await first.answer()
    assert shown.text.index(VAIN) < shown.text.index("zq1x")
    assert "-# 490 more." in shown.text


@pytest.mark.usefixtures("bot")
async def test_unanswered_questions_from_a_hidden_channel_are_not_shown(
    guild: Guild, ask: Ask, channel: Channel, moderator: Member, tmp_path: Path
) -> None:
    secret = guild.add_text_channel("secret")
    secret.set_permissions(moderator.roles[0], deny=Permission.VIEW_CHANNEL)
    asked = await ask(secret, VAIN)
    await keeps(tmp_path, (asked.id, "refused"))

    shown = await by_command(moderator, channel, "manage gaps")
    said = await (await moderator.clicks(old_list(channel, asked.id), "Dismiss 1")).answer()

    assert said.said.startswith("That one is already gone")
    assert VAIN not in said.text
    assert shown.said.startswith("No unanswered questions in the last 30 days")
    assert kept(tmp_path) == [(asked.id, "refused")]


@pytest.mark.usefixtures("bot")
async def test_whose_role_lost_manage_messages_dismisses_nothing(
    guild: Guild, ask: Ask, channel: Channel, moderator: Member, tmp_path: Path
) -> None:
    asked = await ask(channel, VAIN)
    await keeps(tmp_path, (asked.id, "refused"))
    shown = await by_command(moderator, channel, "manage gaps")

    guild.set_role(moderator.roles[0], 0)
    said = await (await moderator.clicks(shown, "Dismiss 1")).answer()

    assert "**Manage Messages**" in said.said
    assert kept(tmp_path) == [(asked.id, "refused")]


def old_list(channel: Channel, newest_id: int) -> Message:
    """Return a list as it stood there with a button to dismiss a group."""
    button = {"type": 2, "style": 2, "custom_id": f"gap-dismiss:1:{newest_id}", "label": "Dismiss 1"}
    fake = channel.fake
    return fake.seed(channel, fake.bot, "a list", components=[{"type": 1, "components": [button]}])
