"""Places differ in what the bot may do there; it does what it may."""

from __future__ import annotations

import pytest

from bot_process import BotProcess
from e2e.questions import CODING, titles
from fake_discord import FakeDiscord, Guild, Member, Permission, Status

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.usefixtures("bot")
async def test_an_answer_looks_the_same_without_embed_links(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel, embedding = guild.add_text_channel("plain"), guild.add_text_channel("general")
    channel.set_permissions(guild.everyone, deny=Permission.EMBED_LINKS)

    full = await fake.reply_to(await mia.asks(embedding, CODING))
    plain = await fake.reply_to(await mia.asks(channel, CODING))

    assert plain.cards == full.cards
    assert plain.labels == full.labels


@pytest.mark.usefixtures("bot")
async def test_an_answer_to_a_command_needs_no_permission_for_what_it_looks_like(guild: Guild, mia: Member) -> None:
    channel = guild.add_text_channel("plain")
    for role in (guild.everyone, guild.bot_role):
        channel.set_permissions(role, deny=Permission.EMBED_LINKS | Permission.SEND_MESSAGES)

    command = await mia.slash(channel, "ask", question="show me the job description")

    assert len(titles(await command.answer())) == 1


async def test_without_send_messages_nothing_is_said_and_one_line_logged(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    channel, elsewhere = guild.add_text_channel("silent"), guild.add_text_channel("general")
    channel.set_permissions(guild.everyone, deny=Permission.SEND_MESSAGES)
    before = len(fake.requests)

    await mia.asks(channel, CODING)
    [line] = await bot.logged(f"channel {channel.id}")

    assert "Send Messages is not allowed" in line
    assert await fake.heard_before(await mia.asks(elsewhere, CODING)) == []
    assert [request.params["channel_id"] for request in list(fake.requests)[before:]] == [str(elsewhere.id)]
    assert len(await bot.logged(f"channel {channel.id}")) == 1


async def test_in_a_thread_the_permission_for_threads_counts(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    open_, closed = guild.add_text_channel("announcements"), guild.add_text_channel("general")
    open_.set_permissions(guild.everyone, deny=Permission.SEND_MESSAGES)
    closed.set_permissions(guild.everyone, deny=Permission.SEND_MESSAGES_IN_THREADS)
    thread_of_open, thread_of_closed = await mia.opens_thread(open_, "a"), await mia.opens_thread(closed, "b")

    await mia.asks(thread_of_closed, CODING)
    answer = await fake.reply_to(await mia.asks(thread_of_open, CODING))

    assert titles(answer) == [CODING]
    await bot.logged(f"channel {thread_of_closed.id}")
    assert not thread_of_closed.unheard


@pytest.mark.usefixtures("bot")
async def test_without_read_message_history_the_answer_is_no_reply(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel = guild.add_text_channel("general")
    channel.set_permissions(guild.everyone, deny=Permission.READ_MESSAGE_HISTORY)

    answer = await fake.reply_to(await mia.asks(channel, CODING))

    assert answer.replies_to is None
    assert titles(answer) == [CODING]


async def test_thanks_where_reactions_are_forbidden_get_silence_and_one_log_line(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    channel = guild.add_text_channel("general")
    channel.set_permissions(guild.everyone, deny=Permission.ADD_REACTIONS)

    thanked = await mia.asks(channel, "thank you")

    assert await fake.heard_before(await mia.asks(channel, CODING)) == []
    assert thanked.reactions == {}
    assert len(await bot.logged(f"in channel {channel.id}: Add Reactions")) == 1


async def test_a_right_lost_meanwhile_costs_one_attempt_and_one_line(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    channel = guild.add_text_channel("general")
    fake.faults.on("POST /channels/*/messages", Status(403, 50013, "Missing Permissions"), times=1)

    asked = await mia.asks(channel, CODING)
    [line] = await bot.logged(str(asked.id))

    assert "Discord says 403/50013" in line
    assert await fake.heard_before(await mia.asks(channel, CODING)) == []
