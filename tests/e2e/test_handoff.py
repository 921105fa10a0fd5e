"""Ask a human: one click opens one thread, calls the role, and the asker hears of the reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from storage.locking import locked

from bot_process import BotProcess
from e2e.database import eventually, file_of, rows
from e2e.questions import CODING, suggestion, topics
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission, ResponseKind, Role, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

ASK = "Ask a human"
UNKNOWN = "xqzt vlrm wpfk"
PROMPT = 1.0  # seconds


@dataclass
class House:
    """A server where people can ask a human."""

    fake: FakeDiscord
    guild: Guild
    channel: Channel
    desk: Channel
    role: Role
    manager: Member
    mia: Member
    screen: Message

    @property
    def threads(self) -> list[Channel]:
        """The threads in the channel for questions."""
        return [thread for thread in self.guild.threads.values() if thread.parent is self.desk]

    @property
    def thread(self) -> Channel:
        [only] = self.threads
        return only

    @property
    def opening(self) -> Message:
        """The message that the only thread begins with."""
        return self.fake.messages[self.thread.id]

    async def refused(self, text: str = UNKNOWN, asker: Member | None = None) -> Message:
        """Ask what the bot doesn't know."""
        return await self.fake.reply_to(await (asker or self.mia).asks(self.channel, text))

    async def choose(self, menu: str, *values: Any) -> None:
        """Change a setting."""
        await (await self.manager.selects(self.screen, f"settings:{menu}", *values)).answer()

    async def said_in_thread(self, count: int) -> list[Message]:
        """Wait for so many messages in the only thread besides the one that it begins with."""

        def found() -> list[Message] | None:
            later = [m for m in self.thread.history() if m.id != self.thread.id] if self.threads else []
            return later if len(later) >= count else None

        return await self.fake.wait_for(found, what="messages in the thread")


@pytest.fixture(autouse=True)
def _nothing_that_discord_refuses(fake: FakeDiscord) -> Iterator[None]:
    """Let nothing ping by itself: whom a message pings is named."""
    began = fake.clock.now()
    yield
    fake.assert_clean()
    bodies = [r.body for r in fake.requests if r.at >= began and isinstance(r.body, dict)]
    inner = [body.get("data") or body.get("message") or body for body in bodies]
    assert [b for b in inner if isinstance(b, dict) and "content" in b and b["allowed_mentions"]["parse"] != []] == []


async def open_house(fake: FakeDiscord, *, is_forum: bool = False, mentionable: bool = True) -> House:
    guild = fake.add_guild("Bakers")
    role = guild.add_role("experts", mentionable=mentionable)
    manager = guild.add_member("ada", guild.add_role("managers", Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD))
    channel = guild.add_text_channel("general")
    desk = guild.add_forum("desk") if is_forum else guild.add_text_channel("desk")
    screen = await (await manager.slash(channel, "manage settings")).answer()
    house = House(fake, guild, channel, desk, role, manager, guild.add_member("mia"), screen)
    await house.choose("handoff-role", role)
    await house.choose("handoff-channel", desk)
    return house


@pytest_asyncio.fixture(loop_scope="module")
async def house(fake: FakeDiscord, bot: BotProcess) -> AsyncIterator[House]:
    assert bot.pid
    yield await open_house(fake)


def asked_in(reply: Message) -> int:
    """Return the id of the message that the bot replied to."""
    assert reply.replies_to is not None
    return reply.replies_to.id


async def said(clicker: Member, message: Message, button: str = ASK) -> str:
    """Click and return the private response."""
    click = await clicker.clicks(message, button)
    response = await click.response()
    assert response.ephemeral
    assert response.after < PROMPT
    return (await click.answer()).said


async def test_without_a_role_there_is_no_button(house: House) -> None:
    await house.choose("handoff-role")

    assert ASK not in (await house.refused()).labels
    assert "no role yet" in house.screen.text


async def test_one_click_opens_a_thread_with_the_question_and_calls_the_role(house: House) -> None:
    refusal = await house.refused(f"{UNKNOWN}\nwpfk xqzt")

    told = await said(house.mia, refusal)

    assert told == f"I passed the question on: {house.thread.mention}"
    here, call = await house.said_in_thread(2)
    assert house.opening.channel is house.desk
    link = f"https://discord.com/channels/{house.guild.id}/{house.channel.id}/{asked_in(refusal)}"
    assert house.opening.content == (
        f"**A question for humans** from {house.mia.mention} ([their message]({link}))\n"
        f"> {UNKNOWN}\n> wpfk xqzt\nI had no answer."
    )
    assert house.thread.name == f"{UNKNOWN} wpfk xqzt"
    assert house.opening.pings == frozenset()
    assert here.content == f"{house.mia.mention}, your question is here. I'll mention you when someone replies."
    assert here.pings == {str(house.mia.id)}
    assert call.content == f"{house.role.mention}, can you help?"
    assert call.pings == {f"&{house.role.id}"}


async def test_in_a_forum_it_opens_a_post_with_a_tag_if_needed(fake: FakeDiscord) -> None:
    house = await open_house(fake, is_forum=True)
    house.desk.requires_tag = True
    fake.announce_channel(house.desk, "CHANNEL_UPDATE")

    await said(house.mia, await house.refused())

    _, call = await house.said_in_thread(2)
    assert house.opening.channel is house.thread
    assert f"> {UNKNOWN}" in house.opening.content
    assert call.pings == {f"&{house.role.id}"}


async def test_mentions_in_the_question_ping_nobody(house: House) -> None:
    refusal = await house.refused(f"{UNKNOWN} @everyone {house.role.mention} {house.manager.mention}")

    await said(house.mia, refusal)

    assert "@everyone" in house.opening.content
    assert house.opening.pings == frozenset()
    assert house.thread.name == f"{UNKNOWN} @everyone"


async def test_suggestions_are_passed_on_with_the_question(fake: FakeDiscord, house: House) -> None:
    suggested = await suggestion(fake, house.mia, house.channel)

    await said(house.mia, suggested)

    assert f"I wasn't sure, and suggested: {' · '.join(topics(suggested))}" in house.opening.content


async def test_a_question_asked_by_command_is_passed_on_in_its_words(house: House) -> None:
    answer = await (await house.mia.slash(house.channel, "ask", question=UNKNOWN)).answer()

    await said(house.mia, answer)

    assert house.opening.content == (
        f"**A question for humans** from {house.mia.mention}\n> {UNKNOWN}\nI had no answer."
    )


async def test_after_a_vote_against_an_answer_the_thanks_lead_to_a_human(fake: FakeDiscord, house: House) -> None:
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))

    thanks = await (await house.mia.clicks(answer, "👎")).answer()
    await said(house.mia, thanks)

    assert f"> {CODING}" in house.opening.content
    assert house.opening.content.endswith(f"My answer didn't help: {CODING}")
    assert str(asked_in(answer)) in house.opening.content
    assert await said(house.mia, thanks) == f"The question has already been passed on: {house.thread.mention}"


async def test_thanks_that_refer_to_the_answer_lead_to_a_human_all_the_same(fake: FakeDiscord, house: House) -> None:
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))
    thanks = await (await house.mia.clicks(answer, "👎")).answer()
    thanks.reference = {"type": 0, "channel_id": str(answer.channel.id), "message_id": str(answer.id)}
    thanks.replies_to = answer

    await said(house.mia, thanks)

    assert f"> {CODING}" in house.opening.content


async def test_a_moderator_who_votes_against_an_answer_can_teach_and_ask(fake: FakeDiscord, house: House) -> None:
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))

    thanks = await (await house.manager.clicks(answer, "👎")).answer()

    assert thanks.labels == ["Teach me a better answer", ASK]


async def test_where_nobody_can_be_called_the_post_is_there_all_the_same(fake: FakeDiscord) -> None:
    house = await open_house(fake, is_forum=True)
    refusal = await house.refused()
    fake.faults.on("POST /channels/*/messages", Status(403, 50013, "Missing Permissions"))

    assert await said(house.mia, refusal) == f"I passed the question on: {house.thread.mention}"
    fake.faults.clear()
    assert await said(house.mia, refusal) == f"The question has already been passed on: {house.thread.mention}"


async def test_a_vote_against_an_answer_to_a_command_passes_the_question_on(house: House) -> None:
    answer = await (await house.mia.slash(house.channel, "ask", question="must i code")).answer()

    thanks = await (await house.mia.clicks(answer, "👎")).answer()
    await said(house.mia, thanks)

    assert "> must i code" in house.opening.content


async def test_votes_of_others_and_votes_for_an_answer_lead_to_nobody(fake: FakeDiscord, house: House) -> None:
    answer = await fake.reply_to(await house.mia.asks(house.channel, CODING))

    liked = await (await house.mia.clicks(answer, "👍")).answer()
    disliked = await (await house.guild.add_member("eve").clicks(answer, "👎")).answer()

    assert ASK not in liked.labels
    assert ASK not in disliked.labels
    assert disliked.said == "Thanks, I counted your 👎. Click 👍 to change it."


async def test_an_automatic_answer_leads_to_a_human_after_a_vote_against_it(fake: FakeDiscord, house: House) -> None:
    forum = house.guild.add_forum("help")
    await house.choose("forums", forum)
    post, _ = await house.mia.opens_post(forum, CODING, "I wonder")
    answer = await fake.next_message(post)

    thanks = await (await house.mia.clicks(answer, "👎")).answer()
    await said(house.mia, thanks)

    assert f"> {CODING}" in house.opening.content
    assert f"/{house.guild.id}/{post.id})" in house.opening.content


async def test_who_cannot_see_the_channel_gets_no_button(house: House) -> None:
    house.desk.set_permissions(house.mia, deny=Permission.VIEW_CHANNEL)

    assert ASK not in (await house.refused()).labels
    assert ASK in (await house.refused(asker=house.manager)).labels


async def test_greetings_get_no_button_and_neither_do_direct_messages(fake: FakeDiscord, house: House) -> None:
    assert ASK not in (await house.refused("hello!")).labels
    assert ASK not in (await fake.reply_to(await house.mia.sends_dm(UNKNOWN))).labels


async def test_in_a_thread_of_the_channel_there_is_no_button(fake: FakeDiscord, house: House) -> None:
    thread = await house.mia.opens_thread(house.desk, "a talk")

    assert ASK not in (await fake.reply_to(await house.mia.asks(thread, UNKNOWN))).labels
    assert ASK in (await fake.reply_to(await house.mia.asks(house.desk, UNKNOWN))).labels


async def test_only_the_asker_and_moderators_can_click_and_only_once(house: House) -> None:
    refusal = await house.refused()

    assert (await said(house.guild.add_member("eve"), refusal)).startswith("Only the person who asked")
    assert house.threads == []
    assert (await said(house.manager, refusal)).startswith("I passed the question on")
    assert await said(house.mia, refusal) == f"The question has already been passed on: {house.thread.mention}"
    here, _ = await house.said_in_thread(2)
    assert here.pings == {str(house.mia.id)}


async def test_clicks_at_the_same_time_open_one_thread(house: House) -> None:
    refusal = await house.refused()

    clicks = [await house.mia.clicks(refusal, ASK) for _ in range(4)]
    await asyncio.gather(*(click.answer() for click in clicks))

    await house.said_in_thread(2)
    assert len(house.threads) == 1
    assert len([m for m in house.desk.history() if m.author is house.fake.bot]) == 1


async def test_the_role_is_pinged_so_often_an_hour(house: House) -> None:
    await house.choose("handoff-pings", "1")

    await said(house.mia, await house.refused())
    await house.said_in_thread(2)
    await said(house.mia, await house.refused("vlrm wpfk xqzt"))

    later = max(house.threads, key=lambda thread: thread.id)
    [here] = [m for m in later.history() if m.id != later.id]
    assert here.pings == {str(house.mia.id)}
    assert "at most 1 pings an hour" not in house.screen.text
    assert "at most 1 ping an hour" in house.screen.text


async def test_a_role_that_cannot_be_mentioned_is_not_called_and_the_settings_say_why(fake: FakeDiscord) -> None:
    house = await open_house(fake, mentionable=False)

    await said(house.mia, await house.refused())

    assert [m.pings for m in await house.said_in_thread(1)] == [{str(house.mia.id)}]
    assert "**Mention @everyone, @here, and All Roles**" in house.screen.text


async def test_the_asker_hears_once_when_someone_with_the_role_replies(house: House) -> None:
    await said(house.mia, await house.refused())
    await house.said_in_thread(2)
    expert, stranger = house.guild.add_member("eva", house.role), house.guild.add_member("sam")

    for person in (house.mia, stranger, expert, expert):
        await person.says(house.thread, "let me see")

    told = (await house.said_in_thread(7))[-1]
    assert told.content == f"{house.mia.mention}, {expert.mention} replied."
    assert told.pings == {str(house.mia.id)}
    await house.refused("vlrm wpfk xqzt")
    assert len([m for m in house.thread.history() if m.author is house.fake.bot and m.id != house.thread.id]) == 3


async def test_an_asker_with_the_role_does_not_hear_of_their_own_reply(house: House) -> None:
    asker, expert = house.guild.add_member("eva", house.role), house.guild.add_member("max", house.role)
    await said(asker, await house.refused(asker=asker))
    await house.said_in_thread(2)

    await asker.says(house.thread, "to add to that")
    await house.refused()
    assert len(house.thread.history()) == 3
    await expert.says(house.thread, "let me see")

    assert (await house.said_in_thread(5))[-1].pings == {str(asker.id)}


async def test_in_other_threads_of_the_role_nobody_is_told(house: House) -> None:
    expert = house.guild.add_member("eva", house.role)
    thread = await house.mia.opens_thread(house.desk, "a talk")

    await expert.says(thread, "let me see")

    await house.refused()
    assert not thread.unheard


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (Status(400, 160006, "Maximum number of active threads reached"), "as many open threads as Discord allows"),
        (Status(400, 20016, "slowmode"), "Slow mode in"),
        (Status(403, 50013, "Missing Permissions"), "Discord doesn't let me open a thread in"),
        (Status(400, 50083, "Thread is archived"), "is archived"),
        (Status(404, 10003, "Unknown Channel"), "was deleted, or I can't see it"),
    ],
)
async def test_a_thread_that_cannot_be_opened_gets_one_sentence_and_leaves_nothing(
    house: House, refusal: Status, expected: str
) -> None:
    message = await house.refused()
    house.fake.faults.on("POST /channels/*/messages/*/threads", refusal)

    assert expected in await said(house.mia, message)

    house.fake.faults.clear()
    assert house.threads == []
    assert house.desk.history() == []
    assert (await said(house.mia, message)).startswith("I passed the question on")


async def test_a_missing_permission_is_named_before_anything_is_posted(house: House) -> None:
    house.desk.set_permissions(house.guild.bot_role, deny=Permission.CREATE_PUBLIC_THREADS)

    assert "I need the **Create Public Threads** permission" in await said(house.mia, await house.refused())
    assert house.desk.history() == []
    await house.choose("handoff-pings", "2")
    assert "I need the **Create Public Threads** permission" in house.screen.text


async def test_a_role_deleted_since_is_told_and_then_there_is_no_button(house: House) -> None:
    refusal = await house.refused()

    house.guild.remove_role(house.role)

    assert (await said(house.mia, refusal)).startswith("The role that I would ask was deleted.")
    assert ASK not in (await house.refused("vlrm wpfk xqzt")).labels


async def test_a_channel_deleted_since_is_told_and_then_there_is_no_button(house: House) -> None:
    refusal = await house.refused()

    house.desk.delete()

    assert (await said(house.mia, refusal)).startswith("The channel where I would ask was deleted")
    assert ASK not in (await house.refused("vlrm wpfk xqzt")).labels
    await house.choose("handoff-pings", "2")
    assert "the channel was deleted" in house.screen.text


async def test_what_was_switched_off_since_is_told(house: House) -> None:
    refusal = await house.refused()

    await house.choose("handoff-channel")

    assert await said(house.mia, refusal) == "This server no longer passes questions on."


async def test_who_can_no_longer_see_the_channel_is_told(house: House) -> None:
    refusal = await house.refused()
    house.desk.set_permissions(house.mia, deny=Permission.VIEW_CHANNEL)

    assert (await said(house.mia, refusal)).startswith("You can't see the channel")
    assert house.threads == []


@pytest.mark.parametrize("forged", ["server", "question", "asker", "too large"])
async def test_a_forged_button_opens_nothing(house: House, forged: str) -> None:
    reply_to, eve = await house.mia.says(house.channel, "hello"), house.guild.add_member("eve")
    server, question, asker = house.guild.id, reply_to.id, eve.id
    custom_id = {
        "server": f"ask-human:m:{server + 1}:{question}:{asker}",
        "question": f"ask-human:m:{server}:{question + 1}:{asker}",
        "asker": f"ask-human:m:{server}:{question}:{house.mia.id}",
        "too large": f"ask-human:c:{server}:{2**63}:{asker}",
    }[forged]
    button = {"type": 2, "style": 2, "custom_id": custom_id, "label": ASK}
    row = [{"type": 1, "components": [button]}]
    message = house.fake.seed(house.channel, house.fake.bot, "I don't know", components=row, reply_to=reply_to)

    told = await said(eve, message)

    assert told.startswith(("I don't know this button anymore.", "Only the person who asked"))
    assert house.threads == []


async def test_a_button_that_is_not_below_the_message_opens_nothing(house: House) -> None:
    refusal, other = await house.refused(), await house.mia.says(house.channel, "hello")

    forged = await house.mia.forges_click(refusal, f"ask-human:m:{house.guild.id}:{other.id}:{house.mia.id}")

    assert (await forged.answer()).said.startswith("I don't know this button anymore.")
    assert house.threads == []


@pytest.mark.parametrize(
    ("custom_id", "kind"),
    [("settings:handoff-role", 6), ("settings:handoff-channel", 8), ("settings:handoff-pings", 3)],
)
async def test_a_forged_choice_of_settings_changes_nothing(house: House, custom_id: str, kind: int) -> None:
    options = {"options": [{"label": "1000", "value": "1000"}]} if kind == 3 else {}
    menu = [{"type": 1, "components": [{"type": kind, "custom_id": custom_id, "min_values": 0, **options}]}]
    old = house.fake.seed(house.channel, house.fake.bot, "settings", components=menu)

    refused = await (await house.mia.selects(old, custom_id)).answer()

    assert "You need the **Manage Server** permission" in refused.said or "no longer an option" in refused.said
    assert ASK in (await house.refused()).labels


@pytest.mark.parametrize("setting", ["role", "channel"])
async def test_a_choice_from_another_server_leads_nowhere(fake: FakeDiscord, house: House, setting: str) -> None:
    elsewhere = fake.add_guild("Elsewhere")
    theirs = elsewhere.add_role("experts") if setting == "role" else elsewhere.add_text_channel("desk")
    refusal = await house.refused()

    await house.choose(f"handoff-{setting}", theirs)

    assert "was deleted" in await said(house.mia, refusal)
    assert ASK not in (await house.refused("vlrm wpfk xqzt")).labels
    assert elsewhere.threads == {}


async def test_everyone_is_no_role_to_ask(house: House) -> None:
    refused = await (await house.manager.selects(house.screen, "settings:handoff-role", house.guild.everyone)).answer()

    assert refused.said.startswith("Choose a role of the people who help")
    assert house.role.mention in house.screen.text


async def test_while_the_database_is_locked_the_click_is_acknowledged_and_opens_nothing(
    house: House, directory: Path
) -> None:
    refusal = await house.refused()

    with locked(file_of(directory)):
        click = await house.mia.clicks(refusal, ASK)
        response = await click.response()
        assert response.after < PROMPT
        assert response.kind is ResponseKind.DEFERRED_MESSAGE
        assert "I can't reach my database right now" in (await click.answer()).said
        assert house.threads == []

    assert (await said(house.mia, refusal)).startswith("I passed the question on")


async def test_a_thread_deleted_since_can_be_opened_again(house: House, directory: Path) -> None:
    refusal = await house.refused()
    await said(house.mia, refusal)
    first = house.thread

    first.delete()
    await gone(directory, first.id)

    assert (await said(house.mia, refusal)).startswith("I passed the question on")


async def test_forget_me_and_deleting_the_message_forget_the_hand_off(house: House, directory: Path) -> None:
    for text in (UNKNOWN, "vlrm wpfk xqzt"):
        await said(house.mia, await house.refused(text))
    first, second = sorted(house.threads, key=lambda thread: thread.id)
    asked = next(m for m in house.channel.history() if UNKNOWN in m.content and m.author is house.mia.user)

    await house.mia.deletes(asked)
    await gone(directory, first.id)
    assert len(rows(directory, "SELECT 1 FROM handoffs WHERE thread_id = ?", second.id)) == 1
    await (await house.mia.slash(house.channel, "forget-me")).answer()

    await gone(directory, second.id)


async def gone(directory: Path, thread_id: int) -> None:
    """Wait until nothing is stored about a thread."""
    await eventually(lambda: rows(directory, "SELECT 1 FROM handoffs WHERE thread_id = ?", thread_id), [], "hand-offs")


async def test_who_brings_the_bot_along_is_not_led_to_a_human(house: House) -> None:
    fake = house.fake
    elsewhere = fake.add_guild("Abroad", has_bot=False)
    visitor = elsewhere.add_member("vic")
    visitor.installs_app()
    asked = await visitor.slash(elsewhere.add_text_channel("general"), "ask", question=UNKNOWN)

    assert ASK not in (await asked.answer()).labels
