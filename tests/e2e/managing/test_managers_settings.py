"""`/manage settings`: what people with Manage Server choose is saved, shown at once, and used."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest
from faults.asking import EDIT

from bot_process import BotProcess
from e2e.questions import CODING, DISCORDS_PATIENCE, titles
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission, Slow

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def settings_shown(to: Member, channel: Channel) -> Message:
    """Use the command and return its answer, which only that person sees."""
    interaction = await to.slash(channel, "manage settings")
    response = await interaction.response()
    assert response.ephemeral
    assert response.after < DISCORDS_PATIENCE
    return await interaction.answer()


async def test_settings_need_manage_server_and_say_so(moderator: Member, channel: Channel) -> None:
    refused = await settings_shown(moderator, channel)

    assert refused.said == (
        "You need the **Manage Server** permission in this server. "
        "Someone with **Manage Roles** can grant it. Nothing has changed."
    )
    assert refused.selects == []


async def test_settings_are_one_screen_of_menus(manager: Member, channel: Channel) -> None:
    screen = await settings_shown(manager, channel)

    assert [menu["custom_id"] for menu in screen.selects] == [
        "settings:mentions",
        "settings:forums",
        "settings:privacy",
        "settings:confidence",
        "settings:help",
        "settings:handoff-role",
        "settings:handoff-channel",
        "settings:handoff-pings",
        "settings:teaching",
        "settings:language",
    ]
    assert "Mentions answered in: all channels" in screen.text
    assert "Confidence needed: default" in screen.text
    assert "Help channel, for what I can't answer: none" in screen.text


async def test_what_is_chosen_is_stored_and_shown_at_once(
    bakers: Guild, manager: Member, member: Member, channel: Channel
) -> None:
    forum, screen = bakers.add_forum("help"), await settings_shown(manager, channel)

    for custom_id, *values in (
        ("settings:mentions", channel),
        ("settings:forums", forum),
        ("settings:privacy", "public"),
        ("settings:confidence", "0.90"),
        ("settings:help", channel),
        ("settings:teaching", "approved"),
    ):
        await (await manager.selects(screen, custom_id, *values)).answer()

    for shown in (screen, await settings_shown(manager, channel)):
        assert f"Mentions answered in: {channel.mention}" in shown.text
        assert f"New forum posts answered in: {forum.mention}" in shown.text
        assert "Answers to commands: public" in shown.text
        assert "Confidence needed: 90%" in shown.text
        assert "What moderators teach: needs approval from Manage Server" in shown.text
        assert f"Help channel, for what I can't answer: {channel.mention}" in shown.text
        mentions, forums, privacy, confidence, help_, *_ = shown.selects
        assert [int(each["id"]) for each in mentions["default_values"]] == [channel.id]
        assert [int(each["id"]) for each in forums["default_values"]] == [forum.id]
        assert [option["value"] for option in privacy["options"] if option.get("default")] == ["public"]
        assert [option["value"] for option in confidence["options"] if option.get("default")] == ["0.90"]
        assert [int(each["id"]) for each in help_["default_values"]] == [channel.id]

    asked = await member.slash(channel, "ask", question=CODING)
    assert not (await asked.response()).ephemeral
    assert titles(await asked.answer()) == [CODING]


async def test_a_choice_made_before_the_last_one_is_shown_is_saved_after_it(
    fake: FakeDiscord, manager: Member, channel: Channel
) -> None:
    screen = await settings_shown(manager, channel)
    fake.faults.on(EDIT, Slow(1.0), times=1)

    first = await manager.selects(screen, "settings:privacy", "public")
    await first.response()
    second = await manager.selects(screen, "settings:teaching", "approved")

    assert await second.answer() is screen
    assert "Answers to commands: public" in screen.text
    assert "What moderators teach: needs approval from Manage Server" in screen.text


async def test_a_menu_that_shows_only_a_choice_has_a_line_above_that_names_its_purpose(
    bakers: Guild, manager: Member, channel: Channel
) -> None:
    forum, screen = bakers.add_forum("help"), await settings_shown(manager, channel)
    forum.add_tag("off-topic")
    assert screen.said == ""

    for custom_id, chosen in (
        ("settings:mentions", channel),
        ("settings:forums", forum),
        ("settings:tags", "off-topic"),
        ("settings:help", channel),
        ("settings:handoff-role", bakers.add_role("experts")),
        ("settings:handoff-channel", channel),
    ):
        await (await manager.selects(screen, custom_id, chosen)).answer()

    parts = screen.components
    above = {
        below["components"][0]["custom_id"]: part["content"] for part, below in pairwise(parts) if part["type"] == 10
    }
    assert above == {
        "settings:mentions": "-# Answer mentions in:",
        "settings:forums": "-# Answer new posts in:",
        "settings:tags": "-# Also skip posts tagged:",
        "settings:help": "-# Help channel:",
        "settings:handoff-role": "-# Ask a human:",
        "settings:handoff-channel": "-# Ask a human in:",
    }


async def test_no_channel_chosen_means_everywhere_again(manager: Member, channel: Channel) -> None:
    screen = await settings_shown(manager, channel)
    await (await manager.selects(screen, "settings:mentions", channel)).answer()

    await (await manager.selects(screen, "settings:mentions")).answer()

    assert "Mentions answered in: all channels" in screen.text


async def test_a_channel_deleted_since_is_not_shown_as_chosen(bakers: Guild, manager: Member, channel: Channel) -> None:
    doomed = bakers.add_text_channel("doomed")
    screen = await settings_shown(manager, channel)
    await (await manager.selects(screen, "settings:mentions", doomed)).answer()

    doomed.delete()
    again = await settings_shown(manager, channel)

    assert again.selects[0].get("default_values") in (None, [])


async def test_whose_role_lost_manage_server_changes_nothing(bakers: Guild, channel: Channel) -> None:
    role = bakers.add_role("short-lived", Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD)
    manager = bakers.add_member("moe", role)
    screen = await settings_shown(manager, channel)

    bakers.set_role(role, Permission.MANAGE_MESSAGES)
    refused = await (await manager.selects(screen, "settings:privacy", "public")).answer()

    assert refused.ephemeral
    assert "**Manage Server**" in refused.said
    assert "Answers to commands: private" in screen.text


async def test_a_choice_that_is_not_offered_changes_nothing(
    fake: FakeDiscord, manager: Member, channel: Channel
) -> None:
    options = [{"label": "0 %", "value": "0.00"}]
    menu = [{"type": 1, "components": [{"type": 3, "custom_id": "settings:confidence", "options": options}]}]
    old = fake.seed(channel, fake.bot, "old settings", components=menu)

    said = await (await manager.selects(old, "settings:confidence", "0.00")).answer()

    assert said.said == "That's no longer an option. Please use `/manage settings` again."
    assert "Confidence needed: default" in (await settings_shown(manager, channel)).text


@pytest.mark.parametrize(
    ("custom_id", "kind"),
    [
        ("settings:mentions", 8),
        ("settings:forums", 8),
        ("settings:tags", 3),
        ("settings:privacy", 3),
        ("settings:confidence", 3),
        ("settings:help", 8),
        ("settings:handoff-role", 6),
        ("settings:handoff-channel", 8),
        ("settings:handoff-pings", 3),
        ("settings:teaching", 3),
    ],
)
async def test_members_who_forge_a_choice_are_told_what_they_lack(
    fake: FakeDiscord, bakers: Guild, member: Member, channel: Channel, custom_id: str, kind: int
) -> None:
    options = {"options": [{"label": "1", "value": "1"}]} if kind == 3 else {}
    menu = [{"type": 1, "components": [{"type": kind, "custom_id": custom_id, **options}]}]
    screen = fake.seed(channel, fake.bot, "settings", components=menu)

    for values in ([], ["1"], [str(bakers.id)]):  # ids that nothing comes with, as Discord's own clients would send it
        choice = await member.forges_click(screen, custom_id, component_type=kind, values=values)
        refused = await choice.answer()

        assert refused.ephemeral_for == member.id
        assert refused.said.startswith("You need the **Manage Server** permission in this server.")


async def test_a_server_that_the_bot_leaves_is_forgotten(
    fake: FakeDiscord, bakers: Guild, manager: Member, channel: Channel, bot: BotProcess
) -> None:
    screen = await settings_shown(manager, channel)
    await (await manager.selects(screen, "settings:privacy", "public")).answer()
    assert rows_about(bakers.id, bot) == 1

    fake.remove_guild(bakers)
    await bot.logged(f"Left and forgot server {bakers.id}.")

    assert rows_about(bakers.id, bot) == 0


def rows_about(server_id: int, bot: BotProcess) -> int:
    """Count the settings of a server in the database of the bot, which lies below the folder it runs in."""
    with closing(sqlite3.connect(f"/proc/{bot.pid}/cwd/data/bot.db")) as connection:
        query = "SELECT count(*) FROM server_settings WHERE server_id = ?"
        return int(connection.execute(query, (server_id,)).fetchone()[0])
