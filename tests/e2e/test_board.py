"""The FAQ board: posted by a moderator, answering privately, and kept up to date in place."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
from faults.asking import A_WHILE

from bot_process import BotProcess, answering
from discords import running_discord, server, stop_cleanly
from e2e.database import eventually, file_of, rows
from e2e.maintainers.lighthouses import Start
from e2e.questions import DISCORDS_PATIENCE, titles
from e2e.teaching.lessons import FERRY, teaches
from fake_discord import Channel, FakeDiscord, Guild, Hang, Lost, Member, Message, Permission, Status

EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
POST = "POST /channels/{channel_id}/messages"
NAME = "Riverside Home Brewers"
MEETING = "When do you meet?"
PAINT = "Which paint do we use?"

fake = running_discord()
guild = server("Home brewers")


def faq(*questions: str, count: int = 0) -> str:
    """Return a faq.yaml with some questions, and so many numbered ones."""
    asked = [*questions, *(f"What is in barrel number {number}?" for number in range(1, count + 1))]
    entries = "".join(
        f"  entry-{number}:\n    question: {question}\n    answer: Answer {number}.\n"
        for number, question in enumerate(asked)
    )
    return f"name: {NAME}\nentries:\n{entries}"


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    directory = tmp_path / "knowledge"
    directory.mkdir()
    write(directory, faq(MEETING, "How much is the fee?"))
    return directory


def write(knowledge_dir: Path, content: str) -> None:
    (knowledge_dir / "faq.yaml").write_text(content, encoding="utf-8")


@pytest.fixture
async def start(fake: FakeDiscord, guild: Guild, knowledge_dir: Path, tmp_path: Path) -> AsyncIterator[Start]:
    assert guild.me
    async with AsyncExitStack() as stack:
        yield Start(fake, knowledge_dir, tmp_path, stack)


@pytest.fixture
async def bot(start: Start) -> AsyncIterator[BotProcess]:
    bot = await start()
    yield bot
    await stop_cleanly(bot)


@pytest.fixture
def board(guild: Guild) -> Channel:
    return guild.add_text_channel("faq")


async def screen(moderator: Member, channel: Channel, board: Channel | None = None) -> Message:
    """Use `/manage board` and return what only the moderator sees."""
    options = {"channel": board} if board else {}
    command = await moderator.slash(channel, "manage board", **options)
    response = await command.response()
    assert response.ephemeral
    assert response.after < DISCORDS_PATIENCE
    return await command.answer()


async def posted(moderator: Member, channel: Channel) -> list[Message]:
    """Post a board in a channel and return its messages."""
    shown = await screen(moderator, channel)
    await (await moderator.clicks(shown, "Post")).answer()
    return channel.history()


async def shows(fake: FakeDiscord, message: Message, label: str) -> None:
    """Wait until a message of a board has a question."""
    await fake.wait_for(lambda: label in message.labels, timeout=20, what=f"{label!r} on the board")


def requests_in(fake: FakeDiscord, channel: Channel, name: str) -> int:
    return len([each for each in fake.requests_to(name) if each.params["channel_id"] == str(channel.id)])


def stored(directory: Path) -> list[tuple[int, int | None]]:
    """Return the positions and ids of the messages that a bot has stored."""
    return rows(directory, "SELECT position, message_id FROM board_messages ORDER BY channel_id, position")


async def keeps(directory: Path, *expected: tuple[int, int | None]) -> None:
    """Wait until these are stored, and no others."""
    await eventually(lambda: stored(directory), list(expected), "the stored board")


@pytest.mark.usefixtures("bot")
async def test_a_board_is_offered_privately_and_posted_on_a_click(
    moderator: Member, channel: Channel, board: Channel
) -> None:
    offer = await screen(moderator, channel, board)

    assert offer.said == f"I'll post 2 questions in {board.mention}, in 1 message, and keep them up to date."
    assert offer.labels == ["Post"]
    assert board.history() == []

    await (await moderator.clicks(offer, "Post")).answer()

    [message] = board.history()
    assert message.labels == [MEETING, "How much is the fee?"]
    assert message.said.startswith("### Frequently asked questions\nHere's what I can answer about **Riverside")
    assert offer.said.startswith("The board is here, and I keep it up to date: https://discord.com/channels/")
    assert offer.said.endswith(f"/{board.id}/{message.id}")
    assert offer.labels == ["Remove"]


@pytest.mark.usefixtures("bot")
async def test_a_question_on_the_board_is_answered_privately(moderator: Member, board: Channel, mia: Member) -> None:
    [message] = await posted(moderator, board)

    click = await mia.clicks(message, MEETING)

    assert (await click.response()).ephemeral
    assert titles(await click.answer()) == [MEETING]
    assert board.history() == [message]


@pytest.mark.usefixtures("bot")
async def test_an_edit_of_the_knowledge_edits_the_board_in_place_once(
    fake: FakeDiscord, moderator: Member, board: Channel, knowledge_dir: Path
) -> None:
    [message] = await posted(moderator, board)

    write(knowledge_dir, faq(MEETING, PAINT))
    await shows(fake, message, PAINT)

    assert message.labels == [MEETING, PAINT]
    assert board.history() == [message]
    assert requests_in(fake, board, EDIT) == 1


async def test_a_board_grows_below_and_shrinks_from_its_end(
    fake: FakeDiscord, bot: BotProcess, moderator: Member, board: Channel, knowledge_dir: Path, tmp_path: Path
) -> None:
    [message] = await posted(moderator, board)

    write(knowledge_dir, faq(MEETING, count=20))
    await fake.wait_for(lambda: len(board.history()) == 2, timeout=20, what="a second message")
    first, second = board.history()
    assert first is message
    assert [len(each.labels) for each in (first, second)] == [17, 4]

    write(knowledge_dir, faq(MEETING, count=16))
    bot.send(signal.SIGHUP)  # a file that lost its end isn't served otherwise
    await fake.wait_for(lambda: len(board.history()) == 1, timeout=20, what="one message less")
    await keeps(tmp_path, (0, message.id))
    assert len(message.labels) == 17


async def test_a_board_is_brought_up_to_date_at_the_start(
    fake: FakeDiscord, start: Start, moderator: Member, board: Channel, knowledge_dir: Path
) -> None:
    bot = await start()
    [message] = await posted(moderator, board)
    assert await bot.stop() == 0, bot.log
    write(knowledge_dir, faq(MEETING, PAINT))

    again = await start()
    await shows(fake, message, PAINT)

    assert board.history() == [message]
    assert await again.stop() == 0, again.log


async def test_a_start_without_changes_edits_nothing(
    fake: FakeDiscord, start: Start, moderator: Member, channel: Channel, board: Channel
) -> None:
    bot = await start()
    await posted(moderator, board)
    assert await bot.stop() == 0, bot.log

    await start()
    shown = await screen(moderator, channel, board)

    assert shown.labels == ["Remove"]
    assert requests_in(fake, board, EDIT) == 0
    assert requests_in(fake, board, POST) == 1


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
    await fake.wait_for(lambda: len(second.labels) == 5, timeout=20, what="the other message up to date")
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


async def test_what_a_board_has_no_room_for_is_said_and_left_to_faq(
    start: Start, moderator: Member, channel: Channel, board: Channel, knowledge_dir: Path
) -> None:
    write(knowledge_dir, faq(count=110))
    await start()
    shown = await screen(moderator, channel, board)
    assert "A board holds 102 questions, and there are 110: its last message points to `/faq`" in shown.said
    assert shown.said.startswith(f"I'll post 102 questions in {board.mention}, in 6 messages,")

    await (await moderator.clicks(shown, "Post")).answer()

    messages = board.history()
    assert [len(message.labels) for message in messages] == [17] * 6
    assert messages[-1].cards[-1].text == "I can answer 8 more questions. Use `/faq` to see them."


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
async def test_a_moderator_posts_no_board_in_a_channel_that_they_cannot_see(
    moderator: Member, channel: Channel, board: Channel
) -> None:
    board.set_permissions(moderator, deny=Permission.VIEW_CHANNEL)

    refused = await screen(moderator, channel, board)

    assert refused.said.startswith(f"You need the **View Channel** permission in {board.mention}.")
    assert refused.buttons == []


@pytest.mark.usefixtures("bot")
async def test_a_board_is_removed_with_all_that_is_stored_of_it(
    moderator: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    await posted(moderator, board)
    shown = await screen(moderator, channel, board)

    await (await moderator.clicks(shown, "Remove")).answer()

    assert shown.said == f"The board in {board.mention} is gone. Use `/manage board` to post it again."
    assert shown.buttons == []
    assert board.history() == []
    assert stored(tmp_path) == []


@pytest.mark.usefixtures("bot")
async def test_a_channel_that_is_deleted_takes_what_is_stored_of_its_board_along(
    moderator: Member, board: Channel, tmp_path: Path
) -> None:
    await posted(moderator, board)

    board.delete()

    await keeps(tmp_path)


@pytest.mark.usefixtures("bot")
async def test_a_server_that_the_bot_leaves_takes_its_boards_along(
    fake: FakeDiscord, guild: Guild, moderator: Member, board: Channel, tmp_path: Path
) -> None:
    await posted(moderator, board)

    fake.remove_guild(guild)

    await keeps(tmp_path)


@pytest.mark.usefixtures("bot")
async def test_nobody_else_uses_a_moderators_buttons_and_nobody_another_servers_channel(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    [message] = await posted(moderator, board)
    theirs = fake.add_guild("Others").add_text_channel("faq")
    forged = [f"{name}:{moderator.id}:0:{theirs.id}" for name in ("board-post", "board-remove")]
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
    unknown = await moderator.forges_click(shown, f"board-remove:{moderator.id}:0:{board.id}x")

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
async def test_a_slow_database_holds_up_no_first_response(
    moderator: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    offer = await screen(moderator, channel, board)
    with closing(sqlite3.connect(file_of(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        click = await moderator.clicks(offer, "Post")
        response = await click.response()
        await asyncio.sleep(1)  # the database takes its time
        other.execute("ROLLBACK")
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
async def test_a_part_that_discord_does_not_take_is_posted_on_the_next_click(
    fake: FakeDiscord, moderator: Member, channel: Channel, board: Channel
) -> None:
    fake.faults.on("POST /channels/*/messages", Status(400, 20028, "Too much was written here"), times=1)
    offer = await screen(moderator, channel, board)

    await (await moderator.clicks(offer, "Post")).answer()
    assert offer.said.startswith("Discord rejected a part of the board. Please try again in a moment.\nI'll post 2")
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

        write(knowledge_dir, faq(MEETING, PAINT))
        for bot in (first, second):
            await bot.logged("The knowledge is now version")
        await shows(fake, message, PAINT)
        await fake.settled()
        for bot in (first, second):
            await stop_cleanly(bot)

    assert board.history() == [message]
    assert requests_in(fake, board, EDIT) == 1


@pytest.mark.usefixtures("bot")
async def test_what_moderators_teach_in_place_appears_on_their_servers_board_alone(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, board: Channel
) -> None:
    others = fake.add_guild("Others")
    theirs = others.add_text_channel("faq")
    their_moderator = others.add_member("sam", others.add_role("mods", Permission.MANAGE_MESSAGES))
    [message] = await posted(moderator, board)
    [elsewhere] = await posted(their_moderator, theirs)

    await teaches(moderator, await mia.says(channel, FERRY))
    await shows(fake, message, FERRY)
    click = await mia.clicks(message, FERRY)

    assert titles(await click.answer()) == [FERRY]
    assert message.labels == [MEETING, "How much is the fee?", FERRY]
    assert FERRY not in elsewhere.labels


async def test_a_servers_own_folder_and_entries_for_a_channel_decide_what_is_on_its_board(
    fake: FakeDiscord, guild: Guild, start: Start, moderator: Member, board: Channel, knowledge_dir: Path
) -> None:
    cellar = guild.add_text_channel("cellar")
    own = knowledge_dir / "servers" / "north"
    own.mkdir(parents=True)
    (own / "server.yaml").write_text(f'servers: ["{guild.id}"]\n', encoding="utf-8")
    entry = "  own:\n    question: {}\n    answer: Yes.\n    channels: ['{}']\n"
    faq_file = own / "faq.yaml"
    faq_file.write_text("entries:\n" + entry.format("Who has the key?", cellar.id), encoding="utf-8")
    await start()
    [above], [below] = await posted(moderator, board), await posted(moderator, cellar)

    assert above.labels == [MEETING, "How much is the fee?"]
    assert below.labels == [MEETING, "How much is the fee?", "Who has the key?"]

    faq_file.write_text("entries:\n" + entry.format(PAINT, cellar.id), encoding="utf-8")
    await shows(fake, below, PAINT)
    assert below.labels == [MEETING, "How much is the fee?", PAINT]
    assert requests_in(fake, board, EDIT) == 0


async def test_a_board_that_seemed_to_fail_is_not_posted_again_much_later(
    fake: FakeDiscord, start: Start, moderator: Member, channel: Channel, board: Channel, tmp_path: Path
) -> None:
    await start()
    offer = await screen(moderator, channel, board)
    fake.faults.on(POST, Lost(Status(400, 20028)), times=1)
    await (await moderator.clicks(offer, "Post")).answer()
    assert offer.said.startswith("Discord rejected a part of the board.")
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
    await fake.wait_for(lambda: len(board.history()) == 2, timeout=20, what="a second message")
    await bot.abandon()
    fake.faults.clear()
    with closing(sqlite3.connect(file_of(tmp_path))) as other, other:
        other.execute("UPDATE board_messages SET claimed_until = 0")  # two minutes have passed
    fake.clock.advance(A_WHILE)

    await start()
    second = board.history()[1]
    await keeps(tmp_path, (0, message.id), (1, second.id))

    assert board.history() == [message, second]
