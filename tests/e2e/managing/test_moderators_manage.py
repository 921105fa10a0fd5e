"""The group /manage: where the job description stands, why, and how often."""

from __future__ import annotations

import asyncio

import pytest

from bot.knowledge.loading import SHIPPED_KNOWLEDGE, load_knowledge
from bot.language.formats import percentage
from bot.matching.matcher import Matcher
from e2e.questions import CODING, DISCORDS_PATIENCE
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, NotOffered, Permission

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


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
