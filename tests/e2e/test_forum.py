"""Manners in forums: whom the bot leaves a post to, what it links, and how a post is marked as solved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.storage.servers import ServerSettings
from bot_process import BotProcess, answering
from discords import stop_cleanly
from e2e.database import set_beforehand
from e2e.questions import CODING, DEGREE, titles
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

READ = "GET /channels/{channel_id}/messages"


@dataclass(frozen=True)
class Forum:
    """A forum with tags, and one where the bot lacks Manage Threads and posts can't be tagged as solved."""

    help: Channel
    plain: Channel
    solved: int
    announcement: int
    bug: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forum(guild: Guild) -> Forum:
    help_, plain = guild.add_forum("help"), guild.add_forum("plain")
    help_.set_permissions(guild.me, allow=Permission.MANAGE_THREADS)
    solved, announcement = help_.add_tag("✅ Solved"), help_.add_tag("Announcement")
    return Forum(help_, plain, solved, announcement, help_.add_tag("Bug"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(fake: FakeDiscord, guild: Guild, forum: Forum, directory: Path) -> AsyncIterator[BotProcess]:
    chosen = frozenset({forum.help.id, forum.plain.id})
    settings = ServerSettings(forum_channels=chosen, skipped_tags=frozenset({"Announcement"}))
    await set_beforehand(directory, {guild.id: settings})
    async with answering(directory, fake) as bot:
        yield bot
        await stop_cleanly(bot)


def earlier_post(forum: Channel, author: Member, *replies: Member) -> Channel:
    """Let people talk in a post that the bot isn't told of yet."""
    assert forum.guild is not None
    post = forum.guild.add_thread(forum, CODING, author)
    for person in (author, *replies):
        forum.fake.seed(post, person, "Let me see")
    return post


async def said_in(fake: FakeDiscord, post: Channel, person: Member) -> list[Message]:
    """Return what the bot said in a post by when it has answered another."""
    assert post.parent is not None
    other, _ = await person.opens_post(post.parent, DEGREE, "I wonder")
    await fake.next_message(other)
    return [message for message in post.history() if message.author is fake.bot]


def read_in(fake: FakeDiscord, post: Channel) -> bool:
    """Return whether the bot has looked for replies in a post."""
    return any(each.params["channel_id"] == str(post.id) for each in fake.requests_to(READ))


async def marked(person: Member, answer: Message) -> str:
    return (await (await person.clicks(answer, "Solved")).answer()).said


async def test_a_post_that_staff_replied_to_is_left_to_them(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia")
    for permission in (Permission.MANAGE_MESSAGES, Permission.MANAGE_THREADS):
        post = earlier_post(forum.help, mia, guild.add_member("max", guild.add_role("staff", permission)))

        fake.announce_thread(post)

        assert await said_in(fake, post, mia) == []


async def test_a_post_that_only_members_talked_in_is_answered(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia", guild.add_role("staff who asks", Permission.MANAGE_MESSAGES))
    post = earlier_post(forum.help, mia, guild.add_member("eve"), mia)

    fake.announce_thread(post)

    assert titles(await fake.next_message(post)) == [CODING]


async def test_a_post_that_many_people_talk_in_is_left_to_them(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia")
    post = earlier_post(forum.help, mia, *(guild.add_member(f"member{number}") for number in range(6)))

    fake.announce_thread(post)

    assert await said_in(fake, post, mia) == []


@pytest.mark.parametrize("refused", ["GET /channels/*/messages", "GET /guilds/*/members/*"])
async def test_a_post_that_staff_may_have_replied_to_is_left_to_them(
    fake: FakeDiscord, guild: Guild, forum: Forum, refused: str
) -> None:
    mia = guild.add_member("mia")
    post = earlier_post(forum.help, mia, guild.add_member("eve"))
    injected = fake.faults.on(refused, Status(403, 50001, "Missing Access"))

    fake.announce_thread(post)
    await fake.wait_for(lambda: injected.hits, what="a look for staff")
    fake.faults.clear()

    assert await said_in(fake, post, mia) == []


async def test_a_post_whose_replies_are_hidden_is_left_to_people(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia")
    post = earlier_post(forum.help, mia, guild.add_member("eve"))
    forum.help.set_permissions(guild.me, allow=Permission.MANAGE_THREADS, deny=Permission.READ_MESSAGE_HISTORY)

    fake.announce_thread(post)
    await fake.wait_for(lambda: read_in(fake, post), what="a look for staff")
    forum.help.set_permissions(guild.me, allow=Permission.MANAGE_THREADS)

    assert await said_in(fake, post, mia) == []


async def test_a_post_that_someone_replied_to_who_left_is_answered(
    fake: FakeDiscord, guild: Guild, forum: Forum
) -> None:
    mia, eve = guild.add_member("mia"), guild.add_member("eve")
    post = earlier_post(forum.help, mia, eve)
    del guild.members[eve.id]

    fake.announce_thread(post)

    assert titles(await fake.next_message(post)) == [CODING]


async def test_posts_tagged_as_solved_or_with_a_chosen_tag_are_left_alone(
    fake: FakeDiscord, guild: Guild, forum: Forum
) -> None:
    mia = guild.add_member("mia")
    for tag in (forum.solved, forum.announcement):
        post, _ = await mia.opens_post(forum.help, CODING, "I wonder", tags=[forum.bug, tag])

        assert await said_in(fake, post, mia) == []


async def test_a_post_with_another_tag_is_answered(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    post, _ = await guild.add_member("mia").opens_post(forum.help, CODING, "I wonder", tags=[forum.bug])

    assert titles(await fake.next_message(post)) == [CODING]


async def test_an_archived_post_stays_archived(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia")
    post = earlier_post(forum.help, mia)
    post.archived = True

    fake.announce_thread(post)

    assert await said_in(fake, post, mia) == []
    assert post.archived


async def test_the_answer_links_the_last_post_with_the_same_question(
    fake: FakeDiscord, guild: Guild, forum: Forum
) -> None:
    question = "Is Technical Product Manager a management position?"
    mia, eve = guild.add_member("mia"), guild.add_member("eve")
    first, _ = await mia.opens_post(forum.help, question, "I wonder")
    answer = await fake.next_message(first)
    link = f"https://discord.com/channels/{guild.id}/{first.id}/{answer.id}"
    await said_in(fake, first, mia)  # by then, the bot has heard that its answer was posted

    second, _ = await eve.opens_post(forum.help, question, "Me too")
    elsewhere, _ = await eve.opens_post(forum.plain, question, "Here as well")

    assert answer.said == "-# Automatic answer to this post's title"
    assert (await fake.next_message(second)).said == f"-# Automatic answer to this post's title. Asked before: {link}"
    assert "Asked before" not in (await fake.next_message(elsewhere)).said


async def test_a_post_or_an_answer_that_is_gone_is_not_linked(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    question = "Which methodologies does a TPM use?"
    mia = guild.add_member("mia")
    first, _ = await mia.opens_post(forum.help, question, "I wonder")
    await fake.next_message(first)
    first.delete()

    second, _ = await mia.opens_post(forum.help, question, "I wonder")
    answer = await fake.next_message(second)
    await mia.clicks(answer, "Not what I asked")
    await fake.wait_for(lambda: answer.deleted, what="the end of the answer")
    third, _ = await mia.opens_post(forum.help, question, "I wonder")

    assert "Asked before" not in answer.said
    assert "Asked before" not in (await fake.next_message(third)).said


@pytest.mark.parametrize("who", ["author", "Manage Messages", "Manage Threads"])
async def test_the_author_and_moderators_mark_a_post_as_solved(
    fake: FakeDiscord, guild: Guild, forum: Forum, who: str
) -> None:
    mia = guild.add_member("mia")
    post, _ = await mia.opens_post(forum.help, CODING, "I wonder", tags=[forum.bug])
    answer = await fake.next_message(post)
    powers = {"Manage Messages": Permission.MANAGE_MESSAGES, "Manage Threads": Permission.MANAGE_THREADS}
    person = mia if who == "author" else guild.add_member("max", guild.add_role(who, powers[who]))

    said = await marked(person, answer)

    assert said == "This post is now tagged **✅ Solved**."
    assert post.applied_tags == [forum.bug, forum.solved]
    assert await marked(person, answer) == said
    assert post.applied_tags == [forum.bug, forum.solved]


async def test_nobody_else_marks_a_post_as_solved(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    post, _ = await guild.add_member("mia").opens_post(forum.help, CODING, "I wonder")
    answer = await fake.next_message(post)

    said = await marked(guild.add_member("eve"), answer)

    assert said.startswith("Only the post's author can mark it as solved")
    assert post.applied_tags == []


async def test_a_forged_button_marks_nothing_as_solved(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia, eve = guild.add_member("mia"), guild.add_member("eve")
    post, _ = await mia.opens_post(forum.help, CODING, "I wonder")
    answer = await fake.next_message(post)

    for custom_id in (f"solved:{eve.id}", "solved"):
        forged = await eve.forges_click(answer, custom_id)
        assert (await forged.response()).ephemeral

    channel = guild.add_text_channel("general")
    assert await marked(eve, seeded_button(fake, channel)) == "This forum has no tag for solved posts that you can set."
    assert post.applied_tags == []


async def test_a_closed_post_is_not_reopened_to_mark_it(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia")
    post, _ = await mia.opens_post(forum.help, CODING, "I wonder")
    answer = await fake.next_message(post)
    post.archived = True

    assert (await marked(mia, answer)).startswith("This post is closed")
    assert post.archived
    assert post.applied_tags == []


async def test_a_full_post_keeps_its_tags(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia")
    many = [forum.help.add_tag(f"tag {number}") for number in range(5)]
    post, _ = await mia.opens_post(forum.help, CODING, "I wonder", tags=many)

    assert (await marked(mia, await fake.next_message(post))).startswith("This post has 5 tags")
    assert post.applied_tags == many


async def test_a_tag_for_moderators_is_not_offered_to_the_author(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia")
    forum.plain.set_permissions(guild.me, allow=Permission.MANAGE_THREADS)
    forum.plain.add_tag("Resolved", moderated=True)
    post, _ = await mia.opens_post(forum.plain, CODING, "I wonder")

    assert "Solved" not in (await fake.next_message(post)).labels


async def test_without_manage_threads_the_settings_name_it_and_no_button_is_offered(
    fake: FakeDiscord, guild: Guild, forum: Forum
) -> None:
    mia = guild.add_member("mia")
    boss = guild.add_member("boss", guild.add_role("bosses", Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES))
    before, _ = await mia.opens_post(forum.help, CODING, "I wonder")
    answer = await fake.next_message(before)
    forum.help.set_permissions(guild.me)
    try:
        post, _ = await mia.opens_post(forum.help, CODING, "I wonder")
        assert "Solved" not in (await fake.next_message(post)).labels
        screen = await (await boss.slash(before, "manage settings")).answer()
        assert f"I need **Manage Threads** in <#{forum.help.id}>." in screen.text
        assert (await marked(mia, answer)).startswith(f"I need the **Manage Threads** permission in <#{forum.help.id}>")
    finally:
        forum.help.set_permissions(guild.me, allow=Permission.MANAGE_THREADS)
    assert "Manage Threads" not in (await (await boss.slash(before, "manage settings")).answer()).text


async def test_a_moderator_chooses_the_tags(fake: FakeDiscord, guild: Guild, forum: Forum) -> None:
    mia = guild.add_member("mia")
    boss = guild.add_member("boss", guild.add_role("bosses", Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES))
    screen = await (await boss.slash(guild.add_text_channel("general"), "manage settings")).answer()
    [menu] = [menu for menu in screen.selects if menu["custom_id"] == "settings:tags"]
    assert {"Announcement", "Bug"} <= {option["value"] for option in menu["options"]}
    assert "✅ Solved" not in {option["value"] for option in menu["options"]}

    changed = await (await boss.selects(screen, "settings:tags", "Bug")).answer()

    assert "- Forum posts skipped if tagged: solved, Bug" in changed.text
    post, _ = await mia.opens_post(forum.help, CODING, "I wonder", tags=[forum.bug])
    assert await said_in(fake, post, mia) == []
    forged = await forged_tags(fake, boss, changed, ["Not a tag"])
    assert "no longer an option" in forged.said
    refused = await forged_tags(fake, mia, changed, ["Announcement"])
    assert "You need the **Manage Server** permission" in refused.said
    await (await boss.selects(changed, "settings:tags", "Announcement")).answer()


def seeded_button(fake: FakeDiscord, channel: Channel) -> Message:
    button = {"type": 2, "style": 2, "label": "Solved", "custom_id": "solved", "id": 2}
    return fake.seed(channel, fake.bot, "An answer", components=[{"type": 1, "id": 1, "components": [button]}])


async def forged_tags(fake: FakeDiscord, person: Member, screen: Message, values: list[str]) -> Message:
    """Choose tags that the menu may not offer, or that the person doesn't see."""
    data: dict[str, Any] = {"custom_id": "settings:tags", "component_type": 3, "id": 1, "values": values}
    kind = (await person.forges_click(screen, "nothing")).kind
    return await fake.interactions.begin(kind, person, screen.channel, data, screen).answer()
