"""Who may plan a digest, and how it handles choices and buttons that a hostile client made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.database import rows
from e2e.digest.digests import (
    GULLS,
    SUBMARINE,
    asks,
    chooses,
    keeps,
    passes,
    planned,
    posted,
    screen,
    staff_channel,
)
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission

CHANNEL_MENU, TEXT_MENU = 8, 3


def plan(directory: Path) -> object:
    return rows(directory, "SELECT channel_id, weekday, hour, time_zone FROM digest_plans")


@pytest.mark.usefixtures("bot")
async def test_a_moderator_cannot_choose_a_channel_they_cannot_write_in(
    moderator: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    digest.set_permissions(moderator, deny=Permission.SEND_MESSAGES)
    shown = await screen(moderator, channel)

    refused = await chooses(moderator, shown, "channel", digest)

    assert refused.said.startswith(f"You need the **Send Messages** permission in {digest.mention}.")
    assert plan(tmp_path) == []


@pytest.mark.usefixtures("bot")
async def test_nobody_without_the_permission_changes_the_plan(
    guild: Guild, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    shown = await chooses(moderator, await screen(moderator, channel), "channel", digest)
    before = plan(tmp_path)
    role = guild.add_role("short-lived", Permission.MANAGE_MESSAGES)
    moe = guild.add_member("moe", role)
    theirs = await screen(moe, channel)
    guild.set_role(role, 0)

    values = {"channel": str(channel.id), "weekday": "3", "hour": "3", "time-zone": "Asia/Tokyo"}
    for person, message in ((mia, shown), (moe, theirs)):
        for menu, value in values.items():
            kind = CHANNEL_MENU if menu == "channel" else TEXT_MENU
            click = await person.forges_click(message, f"digest:{menu}", component_type=kind, values=[value])
            answer = await click.answer()
            assert answer.said.startswith("You need the **Manage Messages** permission")

    assert plan(tmp_path) == before


@pytest.mark.parametrize(
    ("menu", "value"),
    [
        ("weekday", "7"),
        ("weekday", "-1"),
        ("weekday", "٣"),
        ("hour", "24"),
        ("hour", "9999999999"),
        ("hour", "nine"),
        ("hour", ""),
        ("time-zone", "Asia/Atlantis"),
        ("time-zone", "../../etc/localtime"),
        ("time-zone", "A" * 100),
        ("time-zone", ""),
    ],
)
@pytest.mark.usefixtures("bot")
async def test_a_forged_choice_is_refused(
    moderator: Member, channel: Channel, tmp_path: Path, menu: str, value: str
) -> None:
    shown = await screen(moderator, channel)

    click = await moderator.forges_click(shown, f"digest:{menu}", component_type=TEXT_MENU, values=[value])

    assert (await click.answer()).said == "That's no longer an option. Please use `/manage digest` again."
    assert plan(tmp_path) == []


@pytest.mark.usefixtures("bot")
async def test_a_forged_channel_is_refused(
    fake: FakeDiscord, guild: Guild, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    shown = await screen(moderator, channel)
    theirs = fake.add_guild("Others").add_text_channel("theirs")
    for other in (theirs, guild.add_forum("forum")):
        refused = await chooses(moderator, shown, "channel", other)
        assert refused.said == "That's no longer an option. Please use `/manage digest` again."
    assert plan(tmp_path) == []


@pytest.mark.usefixtures("bot")
async def test_a_forged_button_shows_only_questions_that_the_digest_quotes(
    fake: FakeDiscord,
    guild: Guild,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
) -> None:
    staff = staff_channel(guild, mia)
    due_at = await planned(fake, moderator, channel, digest)
    [secret] = await asks(fake, mia, staff, SUBMARINE)
    [asked] = await asks(fake, mia, channel, GULLS)
    await keeps(tmp_path, 2)
    await passes(fake, mia, channel, due_at)
    await posted(fake, digest)

    for where, question in ((digest, secret), (channel, asked)):
        old = _with_button(where, f"digest-answer:{question.id}")
        click = await moderator.clicks(old, "Write an answer")
        assert (await click.answer()).said.startswith("That question is gone:")
    for custom_id in ("digest-answer:", f"digest-answer:{asked.id}x", f"digest-answer:{'9' * 21}"):
        old = _with_button(digest, custom_id)
        click = await moderator.clicks(old, "Write an answer")
        assert (await click.answer()).said.startswith("I don't know this button anymore.")
    refused = await (await mia.clicks(_with_button(digest, f"digest-answer:{asked.id}"), "Write an answer")).answer()
    assert refused.said.startswith("You need the **Manage Messages** permission")


def _with_button(channel: Channel, custom_id: str) -> Message:
    """Return a message of the bot's with a button to write an answer, as a hostile client may make one up."""
    button = {"type": 2, "style": 2, "custom_id": custom_id, "label": "Write an answer"}
    return channel.fake.seed(channel, channel.fake.bot, "a digest", components=[{"type": 1, "components": [button]}])
