"""How a board handles deletions, lost permissions, a database that is away, forged clicks, and crashes."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from faults.asking import A_WHILE
from storage.locking import locked

from bot_process import BotProcess, answering
from discords import stop_cleanly
from e2e.board.boards import (
    EDIT,
    MEETING,
    PAINT,
    POST,
    faq,
    keeps,
    posted,
    requests_in,
    screen,
    shows,
    stored,
    write,
)
from e2e.database import file_of
from e2e.starting import Start
from fake_discord import Channel, FakeDiscord, Guild, Hang, Lost, Member, Permission, Slow, Status


async def test_a_message_deleted_by_hand_is_not_posted_again_until_a_moderator_says_so(
    fake: FakeDiscord,
    start: Start,
    moderator: Member,
    channel: Channel,
    board: Channel,
    knowledge_dir: Path,
    tmp_path: Path,
) -> None:
    write(knowledge_dir, faq(MEETING, count=20))
    await start()
    first, second = await posted(moderator, board)

    await moderator.deletes(first)
    await keeps(tmp_path, (0, None), (1, second.id))
    write(knowledge_dir, faq(MEETING, PAINT, count=20))
    await fake.wait_for(lambda: len(second.labels) == 5, what="the other message up to date")
    shown = await screen(moderator, channel, board)

    assert board.history() == [second]
    assert "Somebody deleted one of its messages, so some questions are missing." in shown.said
    assert shown.labels == ["Update", "Remove"]

    await (await moderator.clicks(shown, "Update")).answer()

    upper, lower = board.history()
    assert upper is second
    assert [*upper.labels, *lower.labels][:3] == [MEETING, PAINT, "What is in barrel number 1?"]
    assert len(upper.labels) + len(lower.labels) == 22
    assert shown.labels == ["Remove"]
    await keeps(tmp_path, (0, upper.id), (1, lower.id))


async def test_a_message_deleted_while_the_bot_was_away_is_noticed(
    start: Start, moderator: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    bot = await start()
    [message] = await posted(moderator, board)
    assert await bot.stop() == 0, bot.log
    await moderator.deletes(message)

    await start()
    shown = await screen(moderator, channel, board)

    assert shown.said.startswith("I'll post 2 questions")
    assert stored(tmp_path) == []
    assert board.history() == []


async def test_a_board_waits_for_a_permission_and_goes_on_with_it(
    fake: FakeDiscord,
    bot: BotProcess,
    guild: Guild,
    moderator: Member,
    channel: Channel,
    board: Channel,
    knowledge_dir: Path,
) -> None:
    [message] = await posted(moderator, board)
    board.set_permissions(guild.me, deny=Permission.VIEW_CHANNEL)
    write(knowledge_dir, faq(MEETING, PAINT))
    await bot.logged("The knowledge is now version")

    shown = await screen(moderator, channel, board)
    elsewhere = await screen(moderator, channel)

    assert f"To update it, I need the **View Channel** permission in {board.mention}." in shown.said
    assert "· **out of date**: I need the **View Channel** permission there" in elsewhere.said
    assert PAINT not in message.labels

    board.set_permissions(guild.me, allow=Permission.VIEW_CHANNEL)
    await shows(fake, message, PAINT)


@pytest.mark.parametrize("permission", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
@pytest.mark.usefixtures("bot")
async def test_where_the_bot_may_not_post_it_names_what_is_missing(
    guild: Guild, moderator: Member, channel: Channel, board: Channel, permission: Permission
) -> None:
    board.set_permissions(guild.me, deny=permission)

    refused = await screen(moderator, channel, board)

    assert refused.said.startswith(f"I need the **{str(permission.name).replace('_', ' ').title()}** permission in")
    assert refused.buttons == []


@pytest.mark.usefixtures("bot")
async def test_a_moderator_neither_posts_nor_sees_a_board_in_a_channel_that_they_cannot_see(
    guild: Guild, moderator: Member, channel: Channel, board: Channel
) -> None:
    board.set_permissions(moderator, deny=Permission.VIEW_CHANNEL)

    before = await screen(moderator, channel, board)
    await posted(guild.add_member("ada", *moderator.roles), board)
    after = await screen(moderator, channel, board)

    for refused in (before, after):
        assert refused.said.startswith(f"You need the **View Channel** permission in {board.mention}.")
        assert refused.buttons == []


@pytest.mark.usefixtures("bot")
async def test_nobody_else_uses_a_moderators_buttons_or_another_servers_channel(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    [message] = await posted(moderator, board)
    theirs = fake.add_guild("Others").add_text_channel("faq")
    forged = [f"{name}:{moderator.id}::{theirs.id}" for name in ("board-post", "board-remove")]
    buttons = [{"type": 2, "style": 3, "custom_id": each, "label": each.split(":")[0]} for each in forged]
    screens = [
        fake.seed(channel, fake.bot, "a screen", components=[{"type": 1, "components": [button]}]) for button in buttons
    ]
    shown = await screen(moderator, channel, board)

    for button in shown.buttons:
        click = await mia.forges_click(shown, button["custom_id"])
        assert (await click.answer()).said == "This has expired. Please use `/manage board` again."
    for each in screens:
        await (await moderator.clicks(each, each.labels[0])).answer()
        assert each.said == "I can't see that channel, or it was deleted. Nothing has changed."
    unknown = await moderator.forges_click(shown, f"board-remove:{moderator.id}::{board.id}x")

    assert (await unknown.answer()).said.startswith("I don't know this button anymore.")
    assert board.history() == [message]
    assert theirs.history() == []
    assert stored(tmp_path) == [(0, message.id)]


@pytest.mark.usefixtures("bot")
async def test_a_moderator_who_lost_the_permission_changes_nothing(
    guild: Guild, channel: Channel, board: Channel
) -> None:
    role = guild.add_role("short-lived", Permission.MANAGE_MESSAGES)
    moe = guild.add_member("moe", role)
    offer = await screen(moe, channel, board)

    guild.set_role(role, 0)
    refused = await (await moe.clicks(offer, "Post")).answer()

    assert refused.said.startswith("You need the **Manage Messages** permission")
    assert board.history() == []


@pytest.mark.usefixtures("bot")
async def test_a_slow_database_does_not_delay_the_first_response(
    moderator: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    offer = await screen(moderator, channel, board)
    with locked(file_of(tmp_path)):
        click = await moderator.clicks(offer, "Post")
        response = await click.response()
        await asyncio.sleep(1)  # the database takes its time
    await click.answer()

    assert response.after < 1
    assert len(board.history()) == 1
    assert offer.labels == ["Remove"]


@pytest.mark.usefixtures("bot")
async def test_what_cannot_be_stored_is_not_posted(
    moderator: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    offer = await screen(moderator, channel, board)
    with closing(sqlite3.connect(file_of(tmp_path))) as other:
        other.execute("DROP TABLE board_messages")

    await (await moderator.clicks(offer, "Post")).answer()

    assert offer.said.startswith("I can't reach my database right now, so nothing has changed.")
    assert board.history() == []


@pytest.mark.usefixtures("bot")
async def test_a_part_that_discord_refused_is_posted_on_the_next_click(
    fake: FakeDiscord, moderator: Member, channel: Channel, board: Channel
) -> None:
    fake.faults.on("POST /channels/*/messages", Status(400, 20028, "Too much was written here"), times=1)
    offer = await screen(moderator, channel, board)

    await (await moderator.clicks(offer, "Post")).answer()
    assert offer.said.startswith("Discord rejected part of the board. Please try again in a moment.\nI'll post 2")
    await (await moderator.clicks(offer, "Post")).answer()

    assert len(board.history()) == 1
    assert offer.labels == ["Remove"]


@pytest.mark.usefixtures("bot")
async def test_two_clicks_post_one_board(moderator: Member, channel: Channel, board: Channel, tmp_path: Path) -> None:
    first, second = await screen(moderator, channel, board), await screen(moderator, channel, board)

    clicks = await asyncio.gather(*(moderator.clicks(each, "Post") for each in (first, second)))
    await asyncio.gather(*(click.answer() for click in clicks))

    [message] = board.history()
    await keeps(tmp_path, (0, message.id))


async def test_two_processes_edit_a_board_once(
    fake: FakeDiscord, moderator: Member, board: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    settings = {"KNOWLEDGE_DIR": str(knowledge_dir), "DATABASE_URL": f"sqlite:///{tmp_path / 'shared.db'}"}
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    async with (
        answering(tmp_path / "first", fake, **settings) as first,
        answering(tmp_path / "second", fake, **settings) as second,
    ):
        for bot in (first, second):
            await bot.logged("Ready as")
        [message] = await posted(moderator, board)

        fake.faults.on(EDIT, Slow(3))  # so that the second process begins while the first isn't done
        write(knowledge_dir, faq(MEETING, PAINT))
        for bot in (first, second):
            await bot.logged("The knowledge is now version")
        await shows(fake, message, PAINT)
        await fake.settled()
        for bot in (first, second):
            await stop_cleanly(bot)

    assert board.history() == [message]
    assert requests_in(fake, board, EDIT) == 1


async def test_a_board_that_seemed_to_fail_is_not_posted_again_much_later(
    fake: FakeDiscord, start: Start, moderator: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    await start()
    offer = await screen(moderator, channel, board)
    fake.faults.on(POST, Lost(Status(400, 20028)), times=1)
    await (await moderator.clicks(offer, "Post")).answer()
    assert offer.said.startswith("Discord rejected part of the board.")
    [message] = board.history()
    fake.clock.advance(A_WHILE)

    await (await moderator.clicks(offer, "Post")).answer()

    assert board.history() == [message]
    assert stored(tmp_path) == [(0, message.id)]
    assert offer.labels == ["Remove"]


async def test_a_bot_that_is_killed_while_a_board_grows_posts_no_part_twice(
    fake: FakeDiscord, start: Start, moderator: Member, board: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    bot = await start()
    [message] = await posted(moderator, board)
    fake.faults.on(POST, Lost(Hang()))
    write(knowledge_dir, faq(MEETING, count=20))
    await fake.wait_for(lambda: len(board.history()) == 2, what="a second message")
    await bot.abandon()
    fake.faults.clear()
    with closing(sqlite3.connect(file_of(tmp_path))) as other, other:
        other.execute("UPDATE board_messages SET claimed_until = 0")  # two minutes have passed
    fake.clock.advance(A_WHILE)

    await start()
    second = board.history()[1]
    await keeps(tmp_path, (0, message.id), (1, second.id))

    assert board.history() == [message, second]
