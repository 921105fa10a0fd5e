from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.storage.board_messages import CLAIMED_FOR, BoardMessage, BoardMessages
from bot.storage.database import Database

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOP, MIDDLE, BOTTOM = (BoardMessage(7, 2, position, 100 + position, "a" * 64) for position in range(3))
ELSEWHERE = BoardMessage(8, 1, 0, 200, "b")


async def boards(database: Database, *messages: BoardMessage) -> BoardMessages:
    kept = BoardMessages(database=database)
    for message in messages:
        assert await kept.remember(message) == message.message_id
    return kept


async def test_messages_are_remembered_in_the_order_of_their_board(database: Database) -> None:
    kept = await boards(database, BOTTOM, TOP, ELSEWHERE, MIDDLE)

    assert await kept.of_channel(2) == (TOP, MIDDLE, BOTTOM)
    assert await kept.of_server(8) == (ELSEWHERE,)
    assert await kept.all() == (ELSEWHERE, TOP, MIDDLE, BOTTOM)


async def test_of_two_messages_at_a_position_the_first_stays(database: Database) -> None:
    kept = await boards(database, TOP)

    assert await kept.remember(replace(TOP, message_id=300)) == TOP.message_id
    assert await kept.of_channel(2) == (TOP,)


async def test_a_message_brought_up_to_date_has_another_version(database: Database) -> None:
    kept = await boards(database, TOP, MIDDLE)

    await kept.update_version(MIDDLE, "b")

    assert await kept.of_channel(2) == (TOP, replace(MIDDLE, version="b"))


async def test_a_deleted_message_leaves_a_gap_until_it_is_closed(database: Database) -> None:
    kept = await boards(database, TOP, MIDDLE, BOTTOM)

    await kept.note_deleted([MIDDLE.message_id or 0, 999])
    assert await kept.of_channel(2) == (TOP, replace(MIDDLE, message_id=None), BOTTOM)

    await kept.close_gaps(2)
    assert await kept.of_channel(2) == (TOP, replace(BOTTOM, position=1))


async def test_a_board_of_which_nothing_is_left_is_forgotten(database: Database) -> None:
    kept = await boards(database, TOP, MIDDLE, ELSEWHERE)

    await kept.note_deleted([100])
    await kept.note_deleted([101])

    assert await kept.all() == (ELSEWHERE,)


async def test_a_board_is_forgotten_from_a_position_on_or_as_a_whole(database: Database) -> None:
    kept = await boards(database, TOP, MIDDLE, BOTTOM, ELSEWHERE)

    await kept.forget(2, beyond=1)
    assert await kept.of_channel(2) == (TOP,)

    await kept.forget(2)
    assert await kept.all() == (ELSEWHERE,)


async def test_one_process_at_a_time_edits_a_board(database: Database) -> None:
    kept = await boards(database, TOP, MIDDLE, ELSEWHERE)

    assert await kept.claim(2, now=NOON)
    assert not await kept.claim(2, now=NOON)
    assert await kept.claim(1, now=NOON)

    await kept.release(2)
    assert await kept.claim(2, now=NOON)


async def test_a_process_that_died_leaves_its_board_to_another_after_a_while(database: Database) -> None:
    kept = await boards(database, TOP)
    assert await kept.claim(2, now=NOON)

    assert await kept.claim(2, now=NOON + CLAIMED_FOR)


async def test_a_channel_without_a_board_cannot_be_claimed(database: Database) -> None:
    assert not await BoardMessages(database=database).claim(2, now=NOON)
