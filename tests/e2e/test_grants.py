"""Who goes on with a moderators' screen: those with Manage Messages, and those who were granted its command."""

from __future__ import annotations

import asyncio
import re

import pytest

from e2e.questions import CODING, titles
from fake_discord import Channel, FakeDiscord, Guild, Member, Message

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

BUTTONS = {
    "gap-dismiss": "gap-dismiss:{grant}:{message}",
    "point": "point:{message}:{person}:{grant}:coding",
    "board-post": "board-post:{person}:{grant}:{channel}",
    "board-remove": "board-remove:{person}:{grant}:{channel}",
    "jd-refresh": "jd-refresh:{person}:{grant}:0123456789abcdef",
    "jd-post": "jd-post:{person}:{grant}:{channel}:0123456789abcdef",
}
MADE_UP = ("0", "1", "", "0123456789abcdef", "AAAAAAAAAAA")
REFUSAL = "You need the **Manage Messages** permission in this server."
UNANSWERED = "xqzt vlrm wpfk"


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_text_channel("general")


@pytest.fixture
def guide(guild: Guild) -> Member:
    """Somebody without Manage Messages, whom a test grants a command."""
    return guild.add_member("gus")


async def manage(person: Member, channel: Channel, command: str) -> Message:
    return await (await person.slash(channel, f"manage {command}")).answer()


async def answers_for(person: Member, question: Message) -> Message:
    return await (await person.message_command(question.channel, "Answer this", question)).answer()


async def forges(person: Member, channel: Channel, custom_id: str) -> Message:
    """Click a button as if it were below a message of the bot, and return the response."""
    button = {"type": 2, "style": 2, "custom_id": custom_id, "label": "a button"}
    screen = channel.fake.seed(channel, channel.fake.bot, "a screen", components=[{"type": 1, "components": [button]}])
    return await (await person.forges_click(screen, custom_id)).answer()


def grant_in(screen: Message) -> str:
    """Return the grant in the first button of a screen."""
    [grant] = re.findall(r":([\w-]{11})(?=:|$)", screen.buttons[0]["custom_id"])
    return str(grant)


def said_to_everybody(channel: Channel) -> set[str]:
    return {message.text for message in channel.history() if message.author is channel.fake.bot}


@pytest.mark.parametrize("button", BUTTONS)
async def test_members_who_make_up_a_grant_are_told_what_they_lack(mia: Member, channel: Channel, button: str) -> None:
    question = await mia.says(channel, CODING)

    for grant in MADE_UP:
        custom_id = BUTTONS[button].format(channel=channel.id, grant=grant, message=question.id, person=mia.id)
        refused = await forges(mia, channel, custom_id)

        assert refused.ephemeral_for == mia.id, grant
        assert refused.said.startswith(REFUSAL), grant
    assert said_to_everybody(channel) == {"a screen"}


@pytest.mark.parametrize("button", BUTTONS)
async def test_nobody_uses_what_was_granted_to_another_person_or_for_another_command(
    guild: Guild, mia: Member, guide: Member, channel: Channel, button: str
) -> None:
    question = await mia.says(channel, CODING)
    granted = "manage" if button == "point" else "Answer this"  # but not the command that leads to the button
    guild.grant_command(granted, guide)
    shown = await (manage(guide, channel, "board") if button == "point" else answers_for(guide, question))
    names = {"channel": channel.id, "grant": grant_in(shown), "message": question.id}

    for person in (mia, guide):
        refused = await forges(person, channel, BUTTONS[button].format(person=person.id, **names))

        assert refused.said.startswith(REFUSAL)
    assert said_to_everybody(channel) == {"a screen"}


async def test_a_copied_screen_does_nothing_for_another_member(
    guild: Guild, mia: Member, guide: Member, channel: Channel
) -> None:
    guild.grant_command("Answer this", guide)
    shown = await answers_for(guide, await mia.says(channel, CODING))

    refused = await (await mia.forges_click(shown, shown.buttons[0]["custom_id"])).answer()

    assert refused.said.startswith(REFUSAL)
    assert said_to_everybody(channel) == set()


async def test_someone_granted_manage_may_post_and_remove_a_board(
    guild: Guild, guide: Member, channel: Channel
) -> None:
    guild.grant_command("manage", guide)

    shown = await manage(guide, channel, "board")
    await (await guide.clicks(shown, "Post")).answer()
    assert channel.history() != []
    await (await guide.clicks(shown, "Remove")).answer()

    assert channel.history() == []


async def test_someone_granted_manage_may_dismiss_questions(
    fake: FakeDiscord, guild: Guild, mia: Member, guide: Member, channel: Channel
) -> None:
    guild.grant_command("manage", guide)
    await fake.reply_to(await mia.asks(channel, UNANSWERED))
    shown = await manage(guide, channel, "gaps")
    async with asyncio.timeout(20):
        while shown.labels != ["Dismiss 1"]:  # it's stored soon after the reply
            shown = await manage(guide, channel, "gaps")

    await (await guide.clicks(shown, "Dismiss 1")).answer()

    assert (await manage(guide, channel, "gaps")).labels == []


async def test_someone_granted_manage_may_update_posts(guild: Guild, guide: Member, channel: Channel) -> None:
    guild.grant_command("manage", guide)
    grant = grant_in(await manage(guide, channel, "board"))

    said = await forges(guide, channel, f"jd-refresh:{guide.id}:{grant}:0123456789abcdef")

    assert said.said.startswith("My knowledge has changed since this preview.")


async def test_a_grant_is_worth_nothing_in_another_server(
    fake: FakeDiscord, guild: Guild, mia: Member, guide: Member, channel: Channel
) -> None:
    guild.grant_command("Answer this", guide)
    grant = grant_in(await answers_for(guide, await mia.says(channel, CODING)))
    elsewhere = fake.add_guild("Elsewhere")
    same_person = Member(guide.user, fake, elsewhere, [])
    elsewhere.members[same_person.id] = same_person
    there = elsewhere.add_text_channel("general")
    question = await same_person.says(there, CODING)

    refused = await forges(same_person, there, f"point:{question.id}:{guide.id}:{grant}:coding")

    assert refused.said.startswith(REFUSAL)
    assert said_to_everybody(there) == {"a screen"}


async def test_a_moderator_can_use_a_button_of_an_earlier_version(
    mia: Member, moderator: Member, channel: Channel
) -> None:
    for grant in ("0", "1"):
        question = await mia.says(channel, CODING)
        await forges(moderator, channel, f"point:{question.id}:{mia.id}:{grant}:coding")
        [reply] = [message for message in channel.history() if message.replies_to is question]

        assert titles(reply) == [CODING]
