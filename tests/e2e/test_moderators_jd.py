"""The job description: previewed privately, posted where it may be, remembered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.knowledge.loading import load_knowledge
from bot_process import BotProcess
from e2e.questions import DISCORDS_PATIENCE
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, NotOffered, Permission, Slow, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

ROLE = load_knowledge().role
SECTIONS = ROLE.sections if ROLE else ()
MESSAGES = "POST /channels/{channel_id}/messages"
GONE_PREVIEW = "This preview has expired. Please use `/jd` again."


@pytest.fixture
def jobs(guild: Guild) -> Channel:
    return guild.add_text_channel("jobs")


async def posted_in(fake: FakeDiscord, channel: Channel) -> Message:
    """Wait for the one message that everybody sees in a channel."""
    [message] = await fake.wait_for(channel.history, what="a post")
    return message


def posts_in(fake: FakeDiscord, channel: Channel) -> list[Any]:
    return [r for r in fake.requests_to(MESSAGES) if r.params["channel_id"] == str(channel.id)]


async def test_a_post_is_in_the_language_that_is_chosen(fake: FakeDiscord, moderator: Member, jobs: Channel) -> None:
    command = await moderator.slash(jobs, "jd", company="Acme", language="de")
    preview = await command.answer()
    assert preview.said.endswith("\nLanguage: Deutsch")

    click = await moderator.clicks(preview, "Post")
    posted = await posted_in(fake, jobs)
    await click.answer()

    assert posted.cards[0].text.startswith("**Technical Product Manager**\nUnternehmen: Acme\n\n**Über die Rolle**\n")
    assert posted.cards[0].source.startswith("-# Quelle: ")
    listed = await (await moderator.slash(jobs, "manage jd-posts")).answer()
    assert "up to date" in listed.text
    assert "out of date" not in listed.text


async def test_a_language_without_a_job_description_is_refused_with_those_that_have_one(
    moderator: Member, jobs: Channel
) -> None:
    answer = await (await moderator.slash(jobs, "jd", language="Klingon")).answer()

    assert answer.said.startswith("I have the job description in these languages: English, Deutsch, Español, ")


async def test_jd_is_previewed_privately_and_posted_on_a_click(
    fake: FakeDiscord, moderator: Member, channel: Channel
) -> None:
    command = await moderator.slash(channel, "jd")
    response = await command.response()
    preview = await command.answer()

    assert response.ephemeral
    assert response.after < DISCORDS_PATIENCE
    assert preview.labels == ["Post", "Cancel"]
    assert posts_in(fake, channel) == []

    click = await moderator.clicks(preview, "Post")
    posted = await posted_in(fake, channel)
    await click.answer()

    assert posted.said == ""
    assert posted.cards[0].text.startswith("**Technical Product Manager**")
    for section in SECTIONS:
        assert f"**{section.heading}**" in posted.cards[0].text
    assert posted.cards[0].source.startswith("-# Source: ")
    assert preview.said.startswith("Posted: https://discord.com/channels/")
    assert preview.said.endswith(f"/{channel.id}/{posted.id}")
    assert preview.cards == preview.buttons == []


async def test_the_preview_has_the_same_embed_as_the_post(
    fake: FakeDiscord, moderator: Member, channel: Channel
) -> None:
    command = await moderator.slash(channel, "jd", company="Acme")
    shown = list((preview := await command.answer()).cards)

    await (await moderator.clicks(preview, "Post")).answer()

    assert (await posted_in(fake, channel)).cards == shown


async def test_company_location_and_link_are_shown_and_sections_left_out(
    fake: FakeDiscord, moderator: Member, channel: Channel
) -> None:
    options = {"company": "Acme *GmbH*", "location": "Tokyo", "link": "https://acme.example/jobs?id=1"}
    command = await moderator.slash(channel, "jd", **options, leave_out="requirements, Interested?")
    preview = await command.answer()
    assert preview.said.endswith("\nLeft out: `contact`, `requirements`")
    await moderator.clicks(preview, "Post")
    text = (await posted_in(fake, channel)).cards[0].text

    assert "\nCompany: Acme \\*GmbH\\*\nLocation: Tokyo\n" in text
    assert text.endswith("**Apply here**\n<https://acme.example/jobs?id=1>")
    assert "**Responsibilities**" in text
    assert "**Requirements**" not in text
    assert "**Interested?**" not in text


async def test_cancel_posts_nothing_and_says_so(fake: FakeDiscord, moderator: Member, channel: Channel) -> None:
    preview = await (await moderator.slash(channel, "jd")).answer()

    cancel, post = await asyncio.gather(moderator.clicks(preview, "Cancel"), moderator.clicks(preview, "Post"))
    late = await post.answer()
    await cancel.answer()

    assert preview.said == "Canceled. I didn't post anything."
    assert preview.cards == preview.buttons == []
    assert late.said in {GONE_PREVIEW, "I'm already on it. One moment, please."}
    assert posts_in(fake, channel) == []


async def test_sections_are_suggested_by_their_headings_and_sent_as_ids(moderator: Member, channel: Channel) -> None:
    typed = await moderator.autocomplete(channel, "jd", leave_out="")
    first = await typed.choices()
    more = await (await moderator.autocomplete(channel, "jd", leave_out="requirements, inter")).choices()

    assert {"name": "Requirements", "value": "requirements"} in first
    assert len(first) == len(SECTIONS)
    assert more == [{"name": "Requirements, Interested?", "value": "requirements,contact"}]


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"link": "acme.example/jobs"}, "The link must be a URL"),
        ({"link": "https://acme.example/a b"}, "The link must be a URL"),
        ({"leave_out": "salary"}, "There's no section “salary”"),
        (
            {"leave_out": ",".join(section.id for section in SECTIONS)},
            "That leaves out every section",
        ),
    ],
)
async def test_an_option_that_makes_no_sense_is_named_privately(
    fake: FakeDiscord, moderator: Member, channel: Channel, options: dict[str, str], refusal: str
) -> None:
    command = await moderator.slash(channel, "jd", **options)

    assert (await command.response()).ephemeral
    assert (await command.answer()).said.startswith(refusal)
    assert (await command.answer()).buttons == []
    assert posts_in(fake, channel) == []


@pytest.mark.parametrize("permission", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
@pytest.mark.parametrize("whose", ["You", "I"])
async def test_posting_to_another_channel_names_the_missing_permission_and_posts_nothing(
    fake: FakeDiscord, channel: Channel, jobs: Channel, permission: Permission, whose: str
) -> None:
    assert channel.guild is not None
    moderator = channel.guild.add_member("mo", channel.guild.add_role("mods", Permission.MANAGE_MESSAGES))
    jobs.set_permissions(moderator if whose == "You" else channel.guild.me, deny=permission)
    name = str(permission.name).replace("_", " ").title()

    refused = await (await moderator.slash(channel, "jd", channel=jobs)).answer()

    assert refused.said.startswith(f"{whose} need the **{name}** permission in {jobs.mention}")
    assert "Someone with **Manage Roles** can grant it." in refused.said
    assert refused.buttons == []
    assert posts_in(fake, jobs) == []


async def test_it_is_posted_in_the_channel_that_was_chosen(
    fake: FakeDiscord, moderator: Member, channel: Channel, jobs: Channel
) -> None:
    preview = await (await moderator.slash(channel, "jd", channel=jobs)).answer()
    assert preview.said == f"Preview of the post in {jobs.mention}. Only you can see it."

    await (await moderator.clicks(preview, "Post")).answer()

    assert (await posted_in(fake, jobs)).cards
    assert posts_in(fake, channel) == []


async def test_a_right_lost_after_the_preview_is_named_and_the_preview_stays(
    fake: FakeDiscord, guild: Guild, moderator: Member, channel: Channel, jobs: Channel
) -> None:
    preview = await (await moderator.slash(channel, "jd", channel=jobs)).answer()
    jobs.set_permissions(guild.me, deny=Permission.SEND_MESSAGES)

    refused = await (await moderator.clicks(preview, "Post")).answer()

    assert "I need the **Send Messages** permission" in refused.said
    assert posts_in(fake, jobs) == []

    jobs.set_permissions(guild.me, allow=Permission.SEND_MESSAGES)
    await (await moderator.clicks(preview, "Post")).answer()

    assert (await posted_in(fake, jobs)).cards


async def test_a_moderator_whose_role_lost_manage_messages_posts_nothing(
    fake: FakeDiscord, guild: Guild, channel: Channel
) -> None:
    role = guild.add_role("short-lived", Permission.MANAGE_MESSAGES)
    moderator = guild.add_member("moe", role)
    preview = await (await moderator.slash(channel, "jd")).answer()

    guild.set_role(role, 0)
    click = await moderator.clicks(preview, "Post")

    assert (await click.response()).ephemeral
    assert "You need the **Manage Messages** permission" in (await click.answer()).said
    assert posts_in(fake, channel) == []


async def test_someone_granted_jd_may_post_without_manage_messages(
    fake: FakeDiscord, guild: Guild, channel: Channel
) -> None:
    recruiters = guild.add_role("recruiters")
    recruiter = guild.add_member("ria", recruiters)
    guild.grant_command("jd", recruiters)

    preview = await (await recruiter.slash(channel, "jd")).answer()
    await (await recruiter.clicks(preview, "Post")).answer()

    assert (await posted_in(fake, channel)).cards


async def test_a_channel_deleted_after_the_preview_is_said_to_be_gone(
    moderator: Member, channel: Channel, jobs: Channel
) -> None:
    preview = await (await moderator.slash(channel, "jd", channel=jobs)).answer()

    jobs.delete()
    await (await moderator.clicks(preview, "Post")).answer()

    assert preview.said.startswith("I can't see that channel, or it was deleted.")
    assert preview.buttons == []


async def test_a_second_click_while_the_first_runs_posts_nothing_more(
    fake: FakeDiscord, moderator: Member, channel: Channel
) -> None:
    fake.faults.on("POST /channels/*/messages", Slow(1.0), times=1)
    preview = await (await moderator.slash(channel, "jd")).answer()

    first, second = await asyncio.gather(moderator.clicks(preview, "Post"), moderator.clicks(preview, "Post"))
    said = await second.answer()
    await first.answer()

    assert said.ephemeral
    assert said.said == "I'm already on it. One moment, please."
    assert len(posts_in(fake, channel)) == 1


async def test_a_post_that_discord_does_not_take_leaves_the_preview_to_be_tried_again(
    fake: FakeDiscord, moderator: Member, channel: Channel
) -> None:
    fake.faults.on("POST /channels/*/messages", Status(400, 20028, "Too much was written here"), times=1)
    preview = await (await moderator.slash(channel, "jd")).answer()

    await (await moderator.clicks(preview, "Post")).answer()

    assert preview.said.startswith("Discord rejected the post")
    assert preview.labels == ["Post", "Cancel"]
    await (await moderator.clicks(preview, "Post")).answer()
    assert preview.said.startswith("Posted: ")


async def test_a_click_that_discord_has_given_up_waiting_for_posts_nothing(
    fake: FakeDiscord, moderator: Member, channel: Channel, bot: BotProcess
) -> None:
    preview = await (await moderator.slash(channel, "jd")).answer()
    fake.faults.on("POST /interactions/*", Status(404, 10062, "Unknown interaction"), times=1)

    click = await moderator.clicks(preview, "Post")
    [line] = await bot.logged(str(click.id))

    assert "Discord says 404/10062" in line
    assert posts_in(fake, channel) == []
    assert preview.labels == ["Post", "Cancel"]


@pytest.mark.parametrize(("label", "custom_id"), [("Post", "jd-post:3q-_bZ9KdQ2w"), ("Cancel", "jd-cancel:1234567890")])
async def test_the_buttons_of_a_preview_by_an_earlier_version_say_that_it_has_expired(
    fake: FakeDiscord, moderator: Member, channel: Channel, label: str, custom_id: str
) -> None:
    row = [{"type": 1, "components": [{"type": 2, "style": 3, "custom_id": custom_id, "label": label}]}]
    old = fake.seed(channel, fake.bot, "an old preview", components=row, ago=1000)

    click = await moderator.clicks(old, label)

    assert (await click.response()).ephemeral
    assert (await click.answer()).said == GONE_PREVIEW


async def test_nobody_else_can_post_or_cancel_somebodys_preview(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel
) -> None:
    preview = await (await moderator.slash(channel, "jd")).answer()

    for button in preview.buttons:
        click = await mia.forges_click(preview, button["custom_id"])
        assert (await click.answer()).said == GONE_PREVIEW

    assert preview.labels == ["Post", "Cancel"]
    assert posts_in(fake, channel) == []


async def test_a_button_that_is_not_below_the_preview_posts_nothing(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel
) -> None:
    preview = await (await moderator.slash(channel, "jd")).answer()
    forged = preview.buttons[0]["custom_id"].replace(str(moderator.id), str(mia.id))

    click = await mia.forges_click(preview, forged)

    assert (await click.answer()).said.startswith("I don't know this button anymore.")
    assert posts_in(fake, channel) == []


async def test_a_preview_of_another_servers_channel_posts_nothing(
    fake: FakeDiscord, moderator: Member, channel: Channel
) -> None:
    theirs = fake.add_guild("Others").add_text_channel("jobs")
    forged = f"jd-post:{moderator.id}::{theirs.id}:0123456789abcdef"
    row = [{"type": 1, "components": [{"type": 2, "style": 3, "custom_id": forged, "label": "Post"}]}]
    preview = fake.seed(channel, fake.bot, "a preview", components=row)

    await (await moderator.clicks(preview, "Post")).answer()

    assert preview.said.startswith("I can't see that channel")
    assert posts_in(fake, theirs) == []


async def test_jd_is_offered_neither_to_ordinary_members_nor_in_direct_messages(
    mia: Member, moderator: Member, channel: Channel
) -> None:
    with pytest.raises(NotOffered):
        await mia.slash(channel, "jd")
    with pytest.raises(NotOffered):
        await moderator.slash(moderator.dm, "jd")


async def test_in_a_thread_it_takes_the_permission_for_threads(
    fake: FakeDiscord, guild: Guild, moderator: Member, channel: Channel, jobs: Channel
) -> None:
    thread = await moderator.opens_thread(jobs, "open positions")
    jobs.set_permissions(guild.me, deny=Permission.SEND_MESSAGES_IN_THREADS)
    refused = await (await moderator.slash(channel, "jd", channel=thread)).answer()

    assert f"I need the **Send Messages in Threads** permission in {thread.mention}" in refused.said

    jobs.set_permissions(guild.me, allow=Permission.SEND_MESSAGES_IN_THREADS)
    preview = await (await moderator.slash(channel, "jd", channel=thread)).answer()
    await (await moderator.clicks(preview, "Post")).answer()

    assert (await posted_in(fake, thread)).cards


async def test_of_a_channel_that_nobody_can_see_the_bot_is_said_to_lack_the_permission(
    guild: Guild, moderator: Member, channel: Channel
) -> None:
    hidden = guild.add_text_channel("hidden")
    hidden.set_permissions(guild.everyone, deny=Permission.VIEW_CHANNEL)

    refused = await (await moderator.slash(channel, "jd", channel=hidden)).answer()

    assert f"I need the **View Channel** permission in {hidden.mention}" in refused.said
