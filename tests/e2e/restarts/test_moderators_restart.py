"""What moderators find again after a restart, and what they hear while the database can't be used."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from faults.asking import A_WHILE, EDIT, SEND, forbid

from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot.storage.servers import ServerSettings
from bot_process import answering
from e2e.database import eventually, file_of, rows, set_beforehand
from e2e.questions import DISCORDS_PATIENCE
from fake_discord import Channel, FakeDiscord, Guild, Hang, Lost, Member, Message, Permission, ResponseKind, Status

FORMER, PRESENT = "A Technical Product Manager (TPM) is a product manager", "A TPM is a product manager"


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_text_channel("jobs")


@pytest.fixture
def moderator(guild: Guild) -> Member:
    rights = Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD
    return guild.add_member("max", guild.add_role("mods", rights))


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A copy of the shipped knowledge, to be edited."""
    return Path(shutil.copytree(SHIPPED_KNOWLEDGE, tmp_path / "ours"))


def edit_role(knowledge: Path) -> None:
    role = knowledge / "role.yaml"
    text = role.read_text(encoding="utf-8")
    assert FORMER in text
    role.write_text(text.replace(FORMER, PRESENT), encoding="utf-8")


async def posted(moderator: Member, channel: Channel, **options: str) -> Message:
    """Post the job description and return the post."""
    preview = await (await moderator.slash(channel, "jd", **options)).answer()
    await (await moderator.clicks(preview, "Post")).answer()
    return channel.history()[-1]


async def manage(moderator: Member, channel: Channel, command: str) -> Message:
    return await (await moderator.slash(channel, f"manage {command}")).answer()


async def test_posts_are_brought_up_to_date_in_place_when_the_role_has_changed(
    fake: FakeDiscord, moderator: Member, channel: Channel, knowledge: Path, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(knowledge)) as bot:
        plain = await posted(moderator, channel)
        acme = await posted(moderator, channel, company="Acme", leave_out="requirements")
        doomed = await posted(moderator, channel, company="Doomed")
        assert await bot.stop() == 0, bot.log
    edit_role(knowledge)

    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(knowledge)):
        await moderator.deletes(doomed)
        listed = await manage(moderator, channel, "jd-posts")
        preview = await manage(moderator, channel, "jd-refresh")

        assert "**out of date**" in listed.text
        assert preview.said.startswith("I'll update 2 posts; the newest will look like this.")
        assert "I removed 1 deleted post from my list." in preview.said
        assert "Company: Acme" in preview.cards[0].text
        assert FORMER in plain.cards[0].text

        edits = [
            await moderator.clicks(preview, "Update posts"),
            await moderator.clicks(preview, "Update posts"),
        ]
        await asyncio.gather(*(click.answer() for click in edits))
        await fake.wait_for(lambda: not preview.buttons, what="the outcome")

        assert preview.said == "Updated 2 posts."
        for post in (plain, acme):
            assert PRESENT in post.cards[0].text
        assert "Company: Acme" in acme.cards[0].text
        assert "**Requirements**" not in acme.cards[0].text
        assert [message.id for message in channel.history()] == [plain.id, acme.id]
        assert (await manage(moderator, channel, "jd-refresh")).said == "All 2 posts are up to date."


async def test_a_post_of_an_earlier_version_takes_the_new_form(
    fake: FakeDiscord, moderator: Member, channel: Channel, knowledge: Path, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(knowledge)) as bot:
        post = await posted(moderator, channel)
        assert await bot.stop() == 0, bot.log
    post.flags, post.components = 0, []
    post.content, post.embeds = "We're hiring", [{"type": "rich", "title": "Role", "description": FORMER}]
    edit_role(knowledge)

    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(knowledge)):
        preview = await manage(moderator, channel, "jd-refresh")
        await (await moderator.clicks(preview, "Update posts")).answer()

    assert (post.content, post.embeds) == ("", [])
    assert PRESENT in post.cards[0].text
    fake.assert_clean()


async def test_a_preview_is_posted_after_a_restart(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    options = {"company": "Acme *GmbH*", "location": "Tokyo", "link": "https://acme.example/jobs?id=1"}
    async with answering(tmp_path, fake) as bot:
        preview = await (await moderator.slash(channel, "jd", **options, leave_out="requirements, contact")).answer()
        shown = list(preview.cards)
        assert await bot.stop() == 0, bot.log

    async with answering(tmp_path, fake):
        await (await moderator.clicks(preview, "Post")).answer()

        assert preview.said.startswith("Posted: ")
        assert [message.cards for message in channel.history()] == [shown]
        assert "Acme \\*GmbH\\* · Tokyo · up to date" in (await manage(moderator, channel, "jd-posts")).text


async def test_a_post_whose_bot_was_killed_before_it_could_say_so_is_not_posted_again(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        preview = await (await moderator.slash(channel, "jd")).answer()
        fake.faults.on(EDIT, Hang())
        await moderator.clicks(preview, "Post")
        [posted] = await fake.wait_for(channel.history, what="a post")
        await bot.abandon()
    fake.faults.clear()

    async with answering(tmp_path, fake):
        await (await moderator.clicks(preview, "Post")).answer()

        assert preview.said.endswith(f"/{posted.id}")
        assert channel.history() == [posted]


async def test_a_post_that_seemed_to_fail_is_not_posted_again_much_later(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        other = await posted(moderator, channel, company="Acme")
        preview = await (await moderator.slash(channel, "jd")).answer()
        fake.faults.on(SEND, Lost(Status(400, 20028)), times=1)
        await (await moderator.clicks(preview, "Post")).answer()
        assert preview.said.startswith("Discord rejected the post.")
        fake.clock.advance(A_WHILE)

        await (await moderator.clicks(preview, "Post")).answer()

        first, second = channel.history()
        assert first is other
        assert preview.said.endswith(f"/{second.id}")
        assert str(second.id) in (await manage(moderator, channel, "jd-posts")).text
        assert await bot.stop() == 0, bot.log


async def test_a_post_is_made_late_where_the_history_cannot_be_read(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    forbid(channel, Permission.READ_MESSAGE_HISTORY)
    async with answering(tmp_path, fake):
        preview = await (await moderator.slash(channel, "jd")).answer()
        fake.clock.advance(A_WHILE)

        await (await moderator.clicks(preview, "Post")).answer()

        assert preview.said.startswith("Posted: ")
        assert len(channel.history()) == 1


async def test_a_preview_that_has_become_outdated_is_shown_anew_and_then_posted(
    fake: FakeDiscord, moderator: Member, channel: Channel, knowledge: Path, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(knowledge)) as bot:
        preview = await (await moderator.slash(channel, "jd", company="Acme", leave_out="requirements")).answer()
        assert await bot.stop() == 0, bot.log
    edit_role(knowledge)

    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(knowledge)):
        await (await moderator.clicks(preview, "Post")).answer()

        head, *rest = preview.said.splitlines()
        text = preview.cards[0].text
        assert head == "The job description has changed since this preview, so I didn't post it. Here's the new one."
        assert rest == [f"Preview of the post in {channel.mention}. Only you can see it.", "Left out: `requirements`"]
        assert PRESENT in text
        assert "Company: Acme" in text
        assert "**Requirements**" not in text
        assert preview.labels == ["Post", "Cancel"]
        assert channel.history() == []

        await (await moderator.clicks(preview, "Post")).answer()

        assert preview.said.startswith("Posted: ")
        assert [message.cards[0].text for message in channel.history()] == [text]


async def test_a_post_that_may_not_be_changed_is_named_with_what_is_missing(
    fake: FakeDiscord, guild: Guild, moderator: Member, knowledge: Path, tmp_path: Path
) -> None:
    channel, jobs = guild.add_text_channel("general"), guild.add_text_channel("jobs")
    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(knowledge)) as bot:
        await posted(moderator, jobs)
        assert await bot.stop() == 0, bot.log
    edit_role(knowledge)

    async with answering(tmp_path, fake, KNOWLEDGE_DIR=str(knowledge)):
        preview = await manage(moderator, channel, "jd-refresh")
        jobs.set_permissions(guild.me, deny=Permission.VIEW_CHANNEL)
        await (await moderator.clicks(preview, "Update posts")).answer()

        assert f"I couldn't update the post in {jobs.mention}: I need the **View Channel** permission" in preview.said


async def test_what_needs_a_slow_database_is_acknowledged_in_time_and_done_later(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake):
        screen = await manage(moderator, channel, "settings")
        preview = await (await moderator.slash(channel, "jd")).answer()
        with closing(sqlite3.connect(tmp_path / "data" / "bot.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            chosen = await moderator.selects(screen, "settings:privacy", "public")
            click = await moderator.clicks(preview, "Post")
            first_responses = [await chosen.response(), await click.response()]
            await asyncio.sleep(1)  # the database takes its time
            other.execute("ROLLBACK")
        await asyncio.gather(chosen.answer(), click.answer())

        assert all(response.after < DISCORDS_PATIENCE for response in first_responses)
        assert {response.kind for response in first_responses} == {ResponseKind.DEFERRED_UPDATE}
        assert "Answers to commands: public" in screen.text
        assert preview.said.startswith("Posted: ")
        assert "I can't reach my records" not in preview.said


async def test_what_cannot_be_stored_is_said_and_changes_nothing(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake):
        screen = await manage(moderator, channel, "settings")
        before = list(screen.selects)
        with closing(sqlite3.connect(tmp_path / "data" / "bot.db")) as other:
            for table in ("server_settings", "job_posts", "statistics"):
                other.execute(f"DROP TABLE {table}")
        preview = await (await moderator.slash(channel, "jd")).answer()
        await (await moderator.selects(screen, "settings:privacy", "public")).answer()
        await (await moderator.clicks(preview, "Post")).answer()
        refused = await manage(moderator, channel, "stats")

        assert screen.said.startswith("I can't reach my database right now")
        assert "Answers to commands: private" in screen.text
        assert screen.selects == before
        assert preview.said.endswith(
            "I can't reach my database right now, so `/manage jd-refresh` may not update this post."
        )
        assert len(channel.history()) == 1
        assert refused.said.startswith("I can't reach my database right now")


async def test_a_grant_still_works_after_a_restart(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path
) -> None:
    guide = guild.add_member("gus")
    guild.grant_command("manage", guide)
    await set_beforehand(tmp_path, {guild.id: ServerSettings()})
    async with answering(tmp_path, fake) as bot:
        await eventually(lambda: rows(tmp_path, "SELECT count(*) FROM secret_key"), [(1,)], "keys")
        shown = await manage(guide, channel, "board")
        assert await bot.stop() == 0, bot.log

    async with answering(tmp_path, fake), asyncio.timeout(20):
        while channel.history() == []:  # the key is read in the background
            await (await guide.clicks(shown, "Post")).answer()


async def test_without_a_database_a_grant_works_until_a_restart(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path
) -> None:
    guide, mia = guild.add_member("gus"), guild.add_member("mia")
    guild.grant_command("Answer this", guide)
    question = await mia.says(channel, "Do TPMs code?")
    in_the_way = file_of(tmp_path)
    in_the_way.mkdir(parents=True)
    async with answering(tmp_path, fake) as bot:
        screens = [await (await guide.message_command(channel, "Answer this", question)).answer() for _ in range(2)]
        await (await guide.clicks(screens[0], screens[0].labels[0])).answer()
        assert await bot.stop() == 0, bot.log

    in_the_way.rmdir()
    async with answering(tmp_path, fake):
        refused = await (await guide.clicks(screens[1], screens[1].labels[0])).answer()

    assert "**Manage Messages**" in refused.said
    assert len(channel.history()) == 2
