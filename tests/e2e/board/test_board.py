"""The FAQ board: posted by a moderator, answering privately, and kept up to date in place."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bot_process import BotProcess
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
from e2e.questions import titles
from e2e.starting import Start
from e2e.teaching.lessons import FERRY, teaches
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission


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
    await fake.wait_for(lambda: len(board.history()) == 2, what="a second message")
    first, second = board.history()
    assert first is message
    assert [len(each.labels) for each in (first, second)] == [17, 4]

    write(knowledge_dir, faq(MEETING, count=16))
    bot.send(signal.SIGHUP)  # a file that lost its end isn't served otherwise
    await fake.wait_for(lambda: len(board.history()) == 1, what="one message less")
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


async def test_a_full_board_says_how_many_are_missing_and_points_to_faq(
    start: Start, moderator: Member, channel: Channel, board: Channel, knowledge_dir: Path
) -> None:
    write(knowledge_dir, faq(count=110))
    await start()
    shown = await screen(moderator, channel, board)
    assert "A board holds 102 questions, and there are 110. Its last message points to `/faq`" in shown.said
    assert shown.said.startswith(f"I'll post 102 questions in {board.mention}, in 6 messages,")

    await (await moderator.clicks(shown, "Post")).answer()

    messages = board.history()
    assert [len(message.labels) for message in messages] == [17] * 6
    assert messages[-1].cards[-1].text == "I can answer 8 more questions. Use `/faq` to see them."


@pytest.mark.usefixtures("bot")
async def test_removing_a_board_deletes_everything_stored_about_it(
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
async def test_deleting_a_channel_deletes_what_is_stored_about_its_board(
    moderator: Member, board: Channel, tmp_path: Path
) -> None:
    await posted(moderator, board)

    board.delete()

    await keeps(tmp_path)


@pytest.mark.usefixtures("bot")
async def test_leaving_a_server_deletes_its_boards(
    fake: FakeDiscord, guild: Guild, moderator: Member, board: Channel, tmp_path: Path
) -> None:
    await posted(moderator, board)

    fake.remove_guild(guild)

    await keeps(tmp_path)


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
