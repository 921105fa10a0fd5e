"""The messages of FAQ boards, so that they can be kept up to date."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, or_, select, update

from bot.storage.database import Database
from bot.storage.schema import board_messages

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

CLAIMED_FOR = timedelta(minutes=2)  # longer than a board's messages take, one after the other


@dataclass(frozen=True, slots=True)
class BoardMessage:
    """A message of a channel's board.

    Attributes:
        position: from 0; the first message is the topmost.
        message_id: None if somebody deleted the message: it isn't posted again by itself.
        version: identifies the content it shows, in at most 64 characters, such as a hash.
    """

    server_id: int
    channel_id: int
    position: int
    message_id: int | None
    version: str


class BoardMessages:
    """The boards of all servers: at most one in a channel."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def remember(self, message: BoardMessage) -> int | None:
        """Store a message unless there is one at its position; return the id of the one that is stored.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        insert = self._database.insert_into(board_messages).values(**asdict(message))
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_nothing(index_elements=["channel_id", "position"]))
            at_position = _in(message.channel_id) & (board_messages.c.position == message.position)
            stored = select(board_messages.c.message_id).where(at_position)
            kept: int | None = (await connection.execute(stored)).scalar_one()
            return kept

    async def all(self) -> tuple[BoardMessage, ...]:
        """Return the messages of all boards, those of a board together and in order.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self._read(select(board_messages))

    async def of_server(self, server_id: int) -> tuple[BoardMessage, ...]:
        """Return the messages of a server's boards, those of a board together and in order.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self._read(select(board_messages).where(board_messages.c.server_id == server_id))

    async def of_channel(self, channel_id: int) -> tuple[BoardMessage, ...]:
        """Return the messages of a channel's board in order.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self._read(select(board_messages).where(_in(channel_id)))

    async def claim(self, channel_id: int, *, now: datetime) -> bool:
        """Return whether this process may edit a board now: no other one is working on it, or that one has died.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        claimed_until = board_messages.c.claimed_until
        is_free = or_(claimed_until.is_(None), claimed_until <= now)
        first = _in(channel_id) & (board_messages.c.position == 0)
        claim = update(board_messages).where(first & is_free).values(claimed_until=now + CLAIMED_FOR)
        return await self._database.execute(claim) > 0

    async def release(self, channel_id: int) -> None:
        """Let other processes edit a board again.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._database.execute(update(board_messages).where(_in(channel_id)).values(claimed_until=None))

    async def update_version(self, message: BoardMessage, version: str) -> None:
        """Store which content a message shows now.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        same = _in(message.channel_id) & (board_messages.c.message_id == message.message_id)
        await self._database.execute(update(board_messages).where(same).values(version=version))

    async def note_deleted(self, message_ids: Collection[int]) -> None:
        """Note that messages no longer exist. A board of which none is left is forgotten.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        deleted = board_messages.c.message_id.in_(sorted(message_ids))
        found = await self._database.rows(select(board_messages.c.channel_id).where(deleted).distinct())
        channels = [row.channel_id for row in found]
        if not channels:  # hardly any message that is deleted is one of a board
            return
        async with self._database.writing() as connection:
            await connection.execute(update(board_messages).where(deleted).values(message_id=None))
            for channel_id in channels:
                if all(message.message_id is None for message in await _read(connection, channel_id)):
                    await connection.execute(delete(board_messages).where(_in(channel_id)))

    async def close_gaps(self, channel_id: int) -> None:
        """Forget which messages of a board were deleted; the others move up.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            left = [each for each in await _read(connection, channel_id) if each.message_id is not None]
            await connection.execute(
                delete(board_messages).where(_in(channel_id) & board_messages.c.message_id.is_(None))
            )
            for position, message in enumerate(left):
                at_position = _in(channel_id) & (board_messages.c.position == message.position)
                await connection.execute(update(board_messages).where(at_position).values(position=position))

    async def forget(self, channel_id: int, *, beyond: int = 0) -> None:
        """Delete a board, or only its messages at this position and beyond.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._database.execute(
            delete(board_messages).where(_in(channel_id) & (board_messages.c.position >= beyond))
        )

    async def _read(self, query: Any) -> tuple[BoardMessage, ...]:
        in_order = query.order_by(board_messages.c.channel_id, board_messages.c.position)
        return tuple(map(_message, await self._database.rows(in_order)))


async def _read(connection: AsyncConnection, channel_id: int) -> tuple[BoardMessage, ...]:
    query = select(board_messages).where(_in(channel_id)).order_by(board_messages.c.position)
    return tuple(map(_message, await connection.execute(query)))


def _in(channel_id: int) -> Any:
    return board_messages.c.channel_id == channel_id


def _message(row: Row[Any]) -> BoardMessage:
    return BoardMessage(row.server_id, row.channel_id, row.position, row.message_id, row.version)
