"""The group /manage: where the job description stands, why, how often, and the settings of a server."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from itertools import pairwise

import pytest

from bot.knowledge.loading import SHIPPED_KNOWLEDGE, load_knowledge
from bot.language.formats import percentage
from bot.matching.matcher import Matcher
from bot_process import BotProcess
from e2e.questions import CODING, DISCORDS_PATIENCE, titles
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, NotOffered, Permission

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


@pytest.fixture
def bakers(fake: FakeDiscord) -> Guild:
    """A server of its own for each test."""
    return fake.add_guild("Bakers")


@pytest.fixture
def channel(bakers: Guild) -> Channel:
    return bakers.add_text_channel("general")


@pytest.fixture
def moderator(bakers: Guild) -> Member:
    return bakers.add_member("max", bakers.add_role("mods", Permission.MANAGE_MESSAGES))


@pytest.fixture
def manager(bakers: Guild) -> Member:
    rights = Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD
    return bakers.add_member("ada", bakers.add_role("managers", rights))


@pytest.fixture
def member(bakers: Guild) -> Member:
    return bakers.add_member("mia")


async def posted(fake: FakeDiscord, moderator: Member, channel: Channel, **options: str) -> Message:
    """Post the job description and return the post."""
    before = len(channel.history())
    preview = await (await moderator.slash(channel, "jd", **options)).answer()
    await (await moderator.clicks(preview, "Post")).answer()
    await fake.wait_for(lambda: len(channel.history()) > before, what="the post")
    return channel.history()[-1]


async def manage(moderator: Member, channel: Channel, command: str, **options: object) -> Message:
    """Use a command below /manage and return its answer, which only the moderator sees."""
    interaction = await moderator.slash(channel, f"manage {command}", **options)
    response = await interaction.response()
    assert response.ephemeral
    assert response.after < DISCORDS_PATIENCE
    return await interaction.answer()


async def test_manage_is_for_moderators_in_servers(
    fake: FakeDiscord, member: Member, moderator: Member, channel: Channel
) -> None:
    [command] = [each for each in fake.commands[None] if each["name"] == "manage"]

    names = {option["name"] for option in command["options"]}
    assert names == {
        "jd-posts",
        "jd-refresh",
        "why",
        "stats",
        "settings",
        "gaps",
        "reload",
        "taught",
        "board",
        "digest",
    }
    assert command["default_member_permissions"] == str(int(Permission.MANAGE_MESSAGES))
    with pytest.raises(NotOffered):
        await member.slash(channel, "manage stats")
    with pytest.raises(NotOffered):
        await moderator.slash(moderator.dm, "manage stats")


async def test_jd_posts_says_where_the_job_description_stands(
    fake: FakeDiscord, moderator: Member, channel: Channel
) -> None:
    assert (await manage(moderator, channel, "jd-posts")).said.startswith(
        "There are no posts of the job description in this server."
    )

    first = await posted(fake, moderator, channel, company="Acme")
    second = await posted(fake, moderator, channel)
    listed = await manage(moderator, channel, "jd-posts")

    lines = listed.text.splitlines()
    assert f"/{channel.id}/{second.id} " in lines[1]
    assert f"/{channel.id}/{first.id} " in lines[2]
    assert "Acme" in lines[2]
    assert all("up to date" in line for line in lines[1:3])


async def test_posts_in_channels_that_a_moderator_cannot_see_are_not_listed(
    fake: FakeDiscord, bakers: Guild, moderator: Member, channel: Channel
) -> None:
    hidden = bakers.add_text_channel("hidden")
    await posted(fake, moderator, hidden)
    hidden.set_permissions(bakers.bot_role, allow=Permission.VIEW_CHANNEL)
    hidden.set_permissions(bakers.everyone, deny=Permission.VIEW_CHANNEL)

    for command in ("jd-posts", "jd-refresh"):
        listed = await manage(moderator, channel, command)
        assert listed.said.startswith("There are no posts of the job description in this server.")


async def test_jd_refresh_has_nothing_to_do_while_nothing_has_changed(
    fake: FakeDiscord, moderator: Member, channel: Channel
) -> None:
    assert (
        await manage(moderator, channel, "jd-refresh")
    ).said == "There are no posts of the job description in this server."

    await posted(fake, moderator, channel)

    assert (await manage(moderator, channel, "jd-refresh")).said == "The only post is up to date."


async def test_a_post_deleted_by_hand_is_forgotten(fake: FakeDiscord, moderator: Member, channel: Channel) -> None:
    post = await posted(fake, moderator, channel)
    await moderator.deletes(post)

    said = await manage(moderator, channel, "jd-refresh")
    listed = await manage(moderator, channel, "jd-posts")

    assert said.said.startswith("There are no posts of the job description in this server.")
    assert listed.said.startswith("There are no posts of the job description in this server.")


@pytest.mark.parametrize(
    ("owner", "refusal"),
    [
        ("theirs", "My knowledge has changed since this preview."),
        ("another's", "This preview has expired"),
    ],
)
async def test_an_old_or_foreign_preview_of_a_refresh_changes_nothing(
    fake: FakeDiscord, moderator: Member, channel: Channel, owner: str, refusal: str
) -> None:
    owner_id = moderator.id if owner == "theirs" else moderator.id + 1
    button = {
        "type": 2,
        "style": 3,
        "custom_id": f"jd-refresh:{owner_id}:1:0123456789abcdef",
        "label": "Update posts",
    }
    old = fake.seed(channel, fake.bot, "a preview", components=[{"type": 1, "components": [button]}])

    said = await (await moderator.clicks(old, "Update posts")).answer()

    assert said.said.startswith(refusal)


async def test_whose_role_lost_manage_messages_refreshes_nothing(
    fake: FakeDiscord, bakers: Guild, channel: Channel
) -> None:
    role = bakers.add_role("short-lived", Permission.MANAGE_MESSAGES)
    moderator = bakers.add_member("moe", role)
    button = {"type": 2, "style": 3, "custom_id": f"jd-refresh:{moderator.id}:1:abc", "label": "Update posts"}
    old = fake.seed(channel, fake.bot, "a preview", components=[{"type": 1, "components": [button]}])

    bakers.set_role(role, 0)
    said = await (await moderator.clicks(old, "Update posts")).answer()

    assert said.ephemeral
    assert "**Manage Messages**" in said.said


async def test_why_shows_scores_phrasing_words_and_the_runner_up(moderator: Member, channel: Channel) -> None:
    threshold = Matcher(load_knowledge(SHIPPED_KNOWLEDGE)).rank_by_words("does a tpm code?").threshold

    shown = await manage(moderator, channel, "why", question="does a tpm code?")

    assert f"answered: an answer needs {percentage(threshold)}" in shown.text
    assert "`coding`, closest phrasing “" in shown.text
    assert "\n2. **" in shown.text
    assert "shared: " in shown.text


async def test_why_says_when_there_is_no_question(moderator: Member, channel: Channel) -> None:
    assert (await manage(moderator, channel, "why", question="🎉")).said == "I don't see a question in that message."


async def test_stats_count_what_was_asked_on_this_server_with_bars(
    moderator: Member, member: Member, channel: Channel
) -> None:
    assert "Nobody asked me anything" in (await manage(moderator, channel, "stats")).said

    for question in (CODING, CODING.upper(), "xqzt vlrm wpfk"):
        await (await member.slash(channel, "ask", question=question)).answer()

    async with asyncio.timeout(10):
        # The counts are written once a second, and nothing on the wire tells of it.
        while "3 Questions" not in (shown := await manage(moderator, channel, "stats")).text:  # noqa: ASYNC110
            await asyncio.sleep(0.2)

    assert shown.cards[0].title == "The last 30 days"
    assert "██████ 3 Questions" in shown.text
    assert "██     1 Unanswered" in shown.text
    assert f"██████ 2 {CODING}" in shown.text
    assert (await manage(moderator, channel, "stats", days=7)).cards[0].title == "The last 7 days"


async def test_settings_need_manage_server_and_say_so(moderator: Member, channel: Channel) -> None:
    refused = await manage(moderator, channel, "settings")

    assert refused.said == (
        "You need the **Manage Server** permission in this server. "
        "Someone with **Manage Roles** can grant it. Nothing has changed."
    )
    assert refused.selects == []


async def test_settings_are_one_screen_of_menus(manager: Member, channel: Channel) -> None:
    screen = await manage(manager, channel, "settings")

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
    forum, screen = bakers.add_forum("help"), await manage(manager, channel, "settings")

    for custom_id, *values in (
        ("settings:mentions", channel),
        ("settings:forums", forum),
        ("settings:privacy", "public"),
        ("settings:confidence", "0.90"),
        ("settings:help", channel),
        ("settings:teaching", "approved"),
    ):
        await (await manager.selects(screen, custom_id, *values)).answer()

    for shown in (screen, await manage(manager, channel, "settings")):
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


async def test_a_menu_that_shows_only_a_choice_has_a_line_above_that_says_what_for(
    bakers: Guild, manager: Member, channel: Channel
) -> None:
    forum, screen = bakers.add_forum("help"), await manage(manager, channel, "settings")
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
    screen = await manage(manager, channel, "settings")
    await (await manager.selects(screen, "settings:mentions", channel)).answer()

    await (await manager.selects(screen, "settings:mentions")).answer()

    assert "Mentions answered in: all channels" in screen.text


async def test_a_channel_deleted_since_is_not_shown_as_chosen(bakers: Guild, manager: Member, channel: Channel) -> None:
    doomed = bakers.add_text_channel("doomed")
    screen = await manage(manager, channel, "settings")
    await (await manager.selects(screen, "settings:mentions", doomed)).answer()

    doomed.delete()
    again = await manage(manager, channel, "settings")

    assert again.selects[0].get("default_values") in (None, [])


async def test_whose_role_lost_manage_server_changes_nothing(bakers: Guild, channel: Channel) -> None:
    role = bakers.add_role("short-lived", Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD)
    manager = bakers.add_member("moe", role)
    screen = await manage(manager, channel, "settings")

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
    assert "Confidence needed: default" in (await manage(manager, channel, "settings")).text


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
    screen = await manage(manager, channel, "settings")
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
