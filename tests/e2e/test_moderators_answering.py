"""Right-click a message → Apps → Answer this."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from bot_process import BotProcess
from e2e.questions import CODING, DISCORDS_PATIENCE, titles
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, NotOffered, Permission, Slow, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

ANSWER_THIS = "Answer this"


async def offered(moderator: Member, message: Message) -> Message:
    """Return the list that a moderator gets for a message."""
    return await (await moderator.message_command(message.channel, ANSWER_THIS, message)).answer()


async def answered(fake: FakeDiscord, message: Message) -> Message:
    """Wait for the reply to a message that everybody sees."""

    def replies() -> list[Message]:
        return [each for each in message.channel.history() if each.replies_to is message]

    [reply] = await fake.wait_for(replies, what="a reply")
    return reply


def row(custom_id: str, label: str) -> list[dict[str, Any]]:
    return [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": custom_id, "label": label}]}]


async def test_the_three_likeliest_answers_are_offered_privately_with_their_confidence(
    mia: Member, moderator: Member, channel: Channel
) -> None:
    question = await mia.says(channel, "do you have to write code as a tpm?")

    command = await moderator.message_command(channel, ANSWER_THIS, question)
    response = await command.response()
    shown = await command.answer()

    assert response.ephemeral
    assert response.after < DISCORDS_PATIENCE
    assert re.findall(r"^(\d)\. \d+% · (.+)$", shown.said, re.MULTILINE)[0] == ("1", CODING)
    assert len(re.findall(r"^\d\. \d+% · ", shown.said, re.MULTILINE)) == 3
    shares = [int(share) for share in re.findall(r"(\d+)% ·", shown.said)]
    assert shares == sorted(shares, reverse=True)
    assert len(shown.labels) == 4
    assert shown.labels[0] == f"1. {CODING}"
    assert shown.labels[-1] == "None of these: teach me"


async def test_one_click_posts_the_answer_as_a_reply_that_says_who_asked_for_it(
    fake: FakeDiscord, mia: Member, moderator: Member, channel: Channel
) -> None:
    question = await mia.says(channel, "do you have to write code as a tpm?")
    shown = await offered(moderator, question)

    click = await moderator.clicks(shown, shown.labels[0])
    reply = await answered(fake, question)
    await click.answer()

    assert titles(reply) == [CODING]
    assert f"<@{moderator.id}>" in reply.said
    assert reply.pings == frozenset()
    assert shown.said.startswith("Posted: https://discord.com/channels/")
    assert shown.buttons == []


async def test_the_author_of_the_message_may_delete_the_answer_and_vote_on_it(
    fake: FakeDiscord, mia: Member, moderator: Member, channel: Channel
) -> None:
    question = await mia.says(channel, "do you have to write code as a tpm?")
    shown = await offered(moderator, question)
    await (await moderator.clicks(shown, shown.labels[0])).answer()
    reply = await answered(fake, question)

    assert "👍" in [(button.get("emoji") or {}).get("name") for button in reply.buttons]
    await mia.clicks(reply, "Delete")
    await fake.wait_for(lambda: reply.deleted, what="the end of the answer")


async def test_a_message_without_a_question_is_said_to_have_none(
    mia: Member, moderator: Member, channel: Channel
) -> None:
    shown = await offered(moderator, await mia.says(channel, "🎉🎉"))

    assert shown.ephemeral
    assert shown.said == "I don't see a question in that message."
    assert shown.buttons == []


async def test_it_is_offered_neither_to_members_nor_in_direct_messages(
    mia: Member, moderator: Member, channel: Channel
) -> None:
    question = await mia.says(channel, CODING)
    with pytest.raises(NotOffered):
        await mia.message_command(channel, ANSWER_THIS, question)
    private = await moderator.sends_dm(CODING)
    with pytest.raises(NotOffered):
        await moderator.message_command(moderator.dm, ANSWER_THIS, private)


async def test_whose_role_lost_manage_messages_is_refused_by_its_name(
    guild: Guild, mia: Member, channel: Channel
) -> None:
    role = guild.add_role("short-lived", Permission.MANAGE_MESSAGES)
    moderator = guild.add_member("moe", role)
    question = await mia.says(channel, CODING)
    shown = await offered(moderator, question)

    guild.set_role(role, 0)
    refused = await (await moderator.clicks(shown, shown.labels[0])).answer()

    assert refused.ephemeral
    assert "You need the **Manage Messages** permission in this server" in refused.said
    assert "Someone with **Manage Roles** can grant it." in refused.said
    assert [each for each in channel.history() if each.replies_to is question] == []


@pytest.mark.parametrize("permission", [Permission.SEND_MESSAGES, Permission.READ_MESSAGE_HISTORY])
async def test_what_the_bot_lacks_to_reply_is_named(
    guild: Guild, mia: Member, moderator: Member, channel: Channel, permission: Permission
) -> None:
    question = await mia.says(channel, CODING)
    shown = await offered(moderator, question)

    channel.set_permissions(guild.me, deny=permission)
    refused = await (await moderator.clicks(shown, shown.labels[0])).answer()

    name = str(permission.name).replace("_", " ").title()
    assert f"I need the **{name}** permission in {channel.mention}" in refused.said


async def test_a_message_deleted_meanwhile_is_said_to_be_gone(mia: Member, moderator: Member, channel: Channel) -> None:
    question = await mia.says(channel, CODING)
    shown = await offered(moderator, question)

    await mia.deletes(question)
    await (await moderator.clicks(shown, shown.labels[0])).answer()

    assert shown.said == "That message was deleted, so I didn't post anything."
    assert channel.history() == []


async def test_an_old_button_whose_topic_is_gone_says_so(
    fake: FakeDiscord, mia: Member, moderator: Member, channel: Channel
) -> None:
    question = await mia.says(channel, CODING)
    old = fake.seed(
        channel, fake.bot, "old", components=row(f"point:{question.id}:{mia.id}:1:phlogiston", "1."), ago=1e6
    )

    click = await moderator.clicks(old, "1.")

    assert (await click.response()).ephemeral
    assert (await click.answer()).said.startswith("I no longer have an answer for that.")


async def test_a_second_click_while_the_first_runs_posts_nothing_more(
    fake: FakeDiscord, mia: Member, moderator: Member, channel: Channel
) -> None:
    question = await mia.says(channel, CODING)
    shown = await offered(moderator, question)
    fake.faults.on("POST /channels/*/messages", Slow(1.0), times=1)

    first, second = await asyncio.gather(
        moderator.clicks(shown, shown.labels[0]), moderator.clicks(shown, shown.labels[1])
    )
    said = await second.answer()
    await first.answer()

    assert said.ephemeral
    assert said.said == "I'm already on it. One moment, please."
    assert titles(await answered(fake, question)) == [CODING]


async def test_a_click_that_discord_has_given_up_waiting_for_posts_nothing(
    fake: FakeDiscord, mia: Member, moderator: Member, channel: Channel, bot: BotProcess
) -> None:
    question = await mia.says(channel, CODING)
    shown = await offered(moderator, question)
    fake.faults.on("POST /interactions/*", Status(404, 10062, "Unknown interaction"), times=1)

    click = await moderator.clicks(shown, shown.labels[0])
    await bot.logged(str(click.id))

    assert [each for each in channel.history() if each.replies_to is question] == []
    assert len(shown.labels) == 4


async def test_someone_granted_the_command_may_post_an_answer(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    guides = guild.add_role("guides")
    guide = guild.add_member("gus", guides)
    guild.grant_command(ANSWER_THIS, guides)
    question = await mia.says(channel, CODING)
    shown = await offered(guide, question)

    await (await guide.clicks(shown, shown.labels[0])).answer()

    assert titles(await answered(fake, question)) == [CODING]
