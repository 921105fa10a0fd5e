"""How asking a human handles missing permissions, deletions, forged clicks, and a database that is away."""

from __future__ import annotations

from pathlib import Path

import pytest
from storage.locking import locked

from e2e.database import file_of, rows
from e2e.handoff.houses import ASK, PROMPT, UNKNOWN, House, gone, said
from fake_discord import FakeDiscord, Permission, ResponseKind, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (Status(400, 160006, "Maximum number of active threads reached"), "the most open threads Discord allows"),
        (Status(400, 20016, "slowmode"), "Slow mode in"),
        (Status(403, 50013, "Missing Permissions"), "Discord doesn't let me open a thread in"),
        (Status(400, 50083, "Thread is archived"), "is archived"),
        (Status(404, 10003, "Unknown Channel"), "was deleted, or I can't see it"),
    ],
)
async def test_a_thread_that_cannot_be_opened_is_reported_and_leaves_nothing_behind(
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


async def test_a_click_after_the_role_was_deleted_says_so_and_then_the_button_is_gone(house: House) -> None:
    refusal = await house.refused()

    house.guild.remove_role(house.role)

    assert (await said(house.mia, refusal)).startswith("The role I'd ask was deleted.")
    assert ASK not in (await house.refused("vlrm wpfk xqzt")).labels


async def test_a_click_after_the_channel_was_deleted_says_so_and_then_the_button_is_gone(house: House) -> None:
    refusal = await house.refused()

    house.desk.delete()

    assert (await said(house.mia, refusal)).startswith("The channel where I'd ask was deleted")
    assert ASK not in (await house.refused("vlrm wpfk xqzt")).labels
    await house.choose("handoff-pings", "2")
    assert "the channel was deleted" in house.screen.text


async def test_a_click_after_it_was_turned_off_says_so(house: House) -> None:
    refusal = await house.refused()

    await house.choose("handoff-channel")

    assert await said(house.mia, refusal) == "This server no longer passes questions on."


async def test_a_click_by_someone_who_lost_the_channel_says_so(house: House) -> None:
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
async def test_a_choice_from_another_server_is_refused(fake: FakeDiscord, house: House, setting: str) -> None:
    elsewhere = fake.add_guild("Elsewhere")
    theirs = elsewhere.add_role("experts") if setting == "role" else elsewhere.add_text_channel("desk")
    refusal = await house.refused()

    await house.choose(f"handoff-{setting}", theirs)

    assert "was deleted" in await said(house.mia, refusal)
    assert ASK not in (await house.refused("vlrm wpfk xqzt")).labels
    assert elsewhere.threads == {}


async def test_everyone_cannot_be_the_role_to_ask(house: House) -> None:
    refused = await (await house.manager.selects(house.screen, "settings:handoff-role", house.guild.everyone)).answer()

    assert refused.said.startswith("Choose a role for the people who help")
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
