"""What a server has set holds: where mentions are answered, forums, privacy, and how sure an answer has to be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.storage.servers import ServerSettings
from bot_process import BotProcess, answering
from discords import stop_cleanly
from e2e.database import counted, set_beforehand
from e2e.questions import CODING, titles, topics
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


@dataclass(frozen=True)
class Places:
    answering: Channel
    elsewhere: Channel
    forum: Channel
    quiet_forum: Channel


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def places(guild: Guild) -> Places:
    return Places(
        guild.add_text_channel("ask-the-bot"),
        guild.add_text_channel("general"),
        guild.add_forum("help"),
        guild.add_forum("random"),
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(fake: FakeDiscord) -> Guild:
    """A server that wants public answers, and nearly certain ones."""
    return fake.add_guild("Strict people")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    fake: FakeDiscord, guild: Guild, strict: Guild, places: Places, directory: Path
) -> AsyncIterator[BotProcess]:
    here = ServerSettings(
        mention_channels=frozenset({places.answering.id, places.forum.id}), forum_channels=frozenset({places.forum.id})
    )
    there = ServerSettings(private_by_default=False, minimum_confidence=0.999)
    await set_beforehand(directory, {guild.id: here, strict.id: there})
    async with answering(directory, fake) as bot:
        yield bot
        await stop_cleanly(bot)


async def test_mentions_are_answered_in_the_chosen_channel_and_in_its_threads(
    fake: FakeDiscord, mia: Member, places: Places
) -> None:
    thread = await mia.opens_thread(places.answering, "about the role")

    assert titles(await fake.reply_to(await mia.asks(places.answering, CODING))) == [CODING]
    assert titles(await fake.reply_to(await mia.asks(thread, CODING))) == [CODING]


async def test_elsewhere_one_sentence_says_where_and_within_the_minute_a_reaction(
    fake: FakeDiscord, mia: Member, places: Places
) -> None:
    told = await fake.reply_to(await mia.asks(places.elsewhere, CODING))
    again = await mia.asks(places.elsewhere, CODING)

    assert told.said == (
        f"I don't answer messages here, only in <#{places.answering.id}> and <#{places.forum.id}>. "
        "`/ask` works everywhere."
    )
    assert await fake.reaction(again) == "🔇"


async def test_commands_and_direct_messages_are_answered_wherever_they_come_from(
    fake: FakeDiscord, mia: Member, places: Places
) -> None:
    asked = await mia.slash(places.elsewhere, "ask", question=CODING)

    assert (await asked.response()).ephemeral
    assert titles(await asked.answer()) == [CODING]
    assert titles(await fake.reply_to(await mia.sends_dm(CODING))) == [CODING]


async def test_a_server_may_have_answers_to_commands_public(fake: FakeDiscord, strict: Guild, directory: Path) -> None:
    ria, channel = strict.add_member("ria"), strict.add_text_channel("general")

    asked = await ria.slash(channel, "ask", question="coding")
    again = await strict.add_member("max").slash(channel, "ask", question="coding")
    listed = await ria.slash(channel, "faq")

    shown = await asked.answer()
    assert not (await asked.response()).ephemeral
    assert titles(shown) == [CODING]
    assert "Post publicly" not in shown.labels
    told = await again.answer()
    assert told.ephemeral
    assert told.said.endswith(f"/{channel.id}/{shown.id}")
    assert not (await listed.response()).ephemeral
    for message in (shown, await listed.answer()):
        await (await ria.clicks(message, "Delete")).response()
    await fake.wait_for(lambda: shown.deleted, what="the end of the answer")
    await counted(directory, strict.id, "deleted", times=2)


async def test_whoever_asks_for_the_list_too_often_sees_it_alone(strict: Guild) -> None:
    ria, channel = strict.add_member("ria"), strict.add_text_channel("general")

    lists = [await ria.slash(channel, "faq") for _ in range(6)]

    assert [(await each.response()).ephemeral for each in lists] == [False] * 5 + [True]
    assert (await lists[-1].answer()).cards


async def test_what_is_less_sure_than_a_server_wants_is_only_suggested(fake: FakeDiscord, strict: Guild) -> None:
    ria, channel = strict.add_member("ria"), strict.add_text_channel("general")

    answer = await fake.reply_to(await ria.asks(channel, "do i have to write progams"))

    assert "Did you mean" in answer.said
    assert CODING in topics(answer)


async def test_a_forum_post_with_a_clear_title_gets_one_answer_marked_as_automatic(
    fake: FakeDiscord, guild: Guild, mia: Member, places: Places, directory: Path
) -> None:
    post, _ = await mia.opens_post(places.forum, CODING, "I wonder")

    answer = await fake.next_message(post)

    assert answer.said == "-# Automatic answer to this post's title"
    assert titles(answer) == [CODING]
    assert {"👍", "👎"} <= {b["emoji"]["name"] for b in answer.buttons if "emoji" in b}
    assert "Not what I asked" in answer.labels
    await counted(directory, guild.id, "automatic", "coding")
    fake.announce_thread(post)
    follow_up = await fake.reply_to(await mia.asks(places.answering, "and methodologies?"))
    assert follow_up
    assert not post.unheard


@pytest.mark.parametrize(
    ("title", "is_quiet"),
    [("xqzt vlrm wpfk", False), ("what is the salary of a TPM", False), ("Hello everyone!", False), (CODING, True)],
)
async def test_other_posts_and_forums_hear_nothing(
    fake: FakeDiscord, mia: Member, places: Places, title: str, *, is_quiet: bool
) -> None:
    post, _ = await mia.opens_post(places.quiet_forum if is_quiet else places.forum, title, "I wonder")

    await fake.reply_to(await mia.asks(places.answering, "which methodologies are used"))

    assert not post.unheard


async def test_a_thread_below_a_text_channel_is_no_forum_post(fake: FakeDiscord, mia: Member, places: Places) -> None:
    thread = await mia.opens_thread(places.answering, CODING)

    await fake.reply_to(await mia.asks(places.answering, "what is the salary of a TPM"))

    assert not thread.unheard


@pytest.mark.parametrize("attempts", [1, 5])
async def test_a_post_whose_first_message_is_late_is_answered_when_that_has_come(
    fake: FakeDiscord, mia: Member, places: Places, attempts: int
) -> None:
    post, _ = await mia.opens_post(places.forum, CODING)
    await fake.wait_for(
        lambda: (
            sum(str(post.id) in r.path for r in fake.requests_to("POST /channels/{channel_id}/messages")) >= attempts
        ),
        timeout=30,
        what="attempts that come too early",
    )

    await mia.says(post, "I wonder")

    assert titles(await fake.next_message(post, timeout=30)) == [CODING]


async def test_not_what_i_asked_removes_the_answer_for_the_author_of_the_post(
    fake: FakeDiscord, guild: Guild, mia: Member, places: Places, directory: Path
) -> None:
    post, _ = await mia.opens_post(places.forum, "Does a TPM need a degree?", "I wonder")
    answer = await fake.next_message(post)

    refused = await guild.add_member("eve").clicks(answer, "Not what I asked")

    assert (await refused.response()).ephemeral
    assert "Only the post's author" in (await refused.answer()).said
    assert "Manage Messages" in (await refused.answer()).said
    assert not answer.deleted

    await mia.clicks(answer, "Not what I asked")

    await fake.wait_for(lambda: answer.deleted, what="the end of the answer")
    await counted(directory, guild.id, "mistaken", "degree")


async def test_not_what_i_asked_works_for_moderators(
    fake: FakeDiscord, guild: Guild, mia: Member, places: Places
) -> None:
    moderator = guild.add_member("max", guild.add_role("mods", Permission.MANAGE_MESSAGES))
    post, _ = await mia.opens_post(places.forum, CODING, "I wonder")
    answer = await fake.next_message(post)

    await moderator.clicks(answer, "Not what I asked")

    await fake.wait_for(lambda: answer.deleted, what="the end of the answer")


async def test_a_mention_in_a_post_that_was_just_answered_gets_the_link(
    fake: FakeDiscord, mia: Member, places: Places
) -> None:
    post, _ = await mia.opens_post(places.forum, CODING, "I wonder")
    answer = await fake.next_message(post)

    again = await fake.reply_to(await mia.asks(post, CODING))

    assert again.said.endswith(f"/{post.id}/{answer.id}")


async def test_where_the_bot_may_not_answer_a_post_one_line_is_logged(
    fake: FakeDiscord, mia: Member, places: Places, bot: BotProcess
) -> None:
    fake.faults.on("POST /channels/*/messages", Status(403, 50013, "Missing Permissions"), times=1)

    post, _ = await mia.opens_post(places.forum, CODING, "I wonder")

    [line] = await bot.logged(f"post {post.id}")
    assert "Discord says 403/50013" in line
