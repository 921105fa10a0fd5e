"""Post FAQ boards, edit them in place when the knowledge changes, and remove them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby

import discord

from bot.discord_app.faq_board.texts import BoardState, render_board, version_of
from bot.discord_app.languages import Languages
from bot.discord_app.page import Page
from bot.discord_app.permissions import (
    MissingPermission,
    Place,
    find_place,
    missing_to_edit,
    missing_to_send,
    sees,
)
from bot.discord_app.posts import Edit, Posts, Whereabouts
from bot.discord_app.scope import scope_in
from bot.discord_app.sender import NotTaken
from bot.discord_app.turns import Turns
from bot.knowledge.combining import restricted_to
from bot.knowledge.model import KnowledgeBase
from bot.language.speech import speaking
from bot.library import Library
from bot.storage.board_messages import BoardMessage, BoardMessages
from bot.storage.errors import StorageUnavailable
from bot.storage.persistence import once_available
from bot.storage.taught import TaughtItems

logger = logging.getLogger(__name__)

PAUSE_FOR_MORE_CHANGES = 0.5  # seconds until a change is shown, for those that come with it
PAUSE_BETWEEN_BOARDS = 0.2  # seconds
PAUSE_BETWEEN_ATTEMPTS = 60.0  # seconds, at boards that can't be brought up to date now
_ALL = 0  # no server's id

Progress = Edit | MissingPermission
Board = Sequence[BoardMessage]


class Boards:
    """The FAQ boards of all servers this process serves.

    A message that somebody deletes stays deleted until a moderator posts it again: nothing is posted twice.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        languages: Languages,
        library: Library,
        messages: BoardMessages,
        posts: Posts,
        taught: TaughtItems,
    ) -> None:
        self._client = client
        self._languages = languages
        self._library = library
        self._messages = messages
        self._posts = posts
        self._taught = taught
        self._due: set[int] = set()
        self._waiting: set[int] = set()
        self._news = asyncio.Event()
        self._turns = Turns()
        taught.tell(self.note_change)

    def note_change(self, server_id: int = _ALL) -> None:
        """Note that what is known in a server may have changed, or in all of them."""
        self._due.add(server_id)
        self._news.set()

    def note_permissions(self, server_id: int) -> None:
        """Note that the bot's permissions in a server may have changed, for boards that wait for that."""
        if server_id in self._waiting:
            self.note_change(server_id)

    async def keep_up(self) -> None:
        """Bring boards up to date after each change, until canceled."""
        # Without what was taught, boards would lose questions and get them back.
        await once_available(self._taught.load_all, otherwise="The FAQ boards wait: what was taught can't be read yet.")
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_BETWEEN_ATTEMPTS if self._waiting else None):
                    await self._news.wait()
            await asyncio.sleep(PAUSE_FOR_MORE_CHANGES)
            self._news.clear()
            due, self._due, self._waiting = self._due | self._waiting, set(), set()
            messages = await once_available(self._messages.all, otherwise="The FAQ boards can't be read yet.")
            for _, board in groupby(messages, key=lambda message: message.channel_id):
                first, *others = board
                if _ALL in due or first.server_id in due:
                    await self._keep_up(first, *others)

    async def state(self, place: Place) -> BoardState:
        """Return how a channel's board is doing, or what it would be like; notice what was deleted in between.

        Raises:
            StorageUnavailable: The database can't be used now.
            NotTaken: Discord can't be reached.
        """
        if missing_to_edit(place) is None:
            await self._look_for_deleted(await self._messages.of_channel(place.id))
        board = await self._messages.of_channel(place.id)
        return self._state(place, board, (await self._library.of_server(place.guild.id)).knowledge)

    async def states(self, reader: discord.Member, *, besides: int) -> tuple[BoardState, ...]:
        """Return how the other boards of a server are doing, in the channels that a moderator can see.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        knowledge = (await self._library.of_server(reader.guild.id)).knowledge
        messages = await self._messages.of_server(reader.guild.id)
        boards = {id_: [*board] for id_, board in groupby(messages, key=lambda message: message.channel_id)}
        places = (find_place(reader.guild, id_) for id_ in boards if id_ != besides and sees(reader, id_))
        return tuple(self._state(place, boards[place.id], knowledge) for place in places if place)

    async def post(self, place: Place, *, nonce: str, maybe_since: int | None) -> Progress:
        """Post a channel's board, or bring the one there up to date, with the messages that somebody deleted.

        `nonce` and `maybe_since` keep a message from being posted twice, as in `Posts.post`.

        Raises:
            StorageUnavailable: The database can't be used now; what isn't stored isn't posted either.
        """
        async with self._turns.of(place.id):
            await self._messages.close_gaps(place.id)
            board = await self._messages.of_channel(place.id)
            progress = await self._bring_up_to_date(place, board, nonce=nonce, maybe_since=maybe_since)
            board = await self._messages.of_channel(place.id)
        if not _is_current(board, await self._pages(place)):  # the knowledge may have changed since
            self.note_change(place.guild.id)
        return progress

    async def remove(self, server_id: int, channel_id: int) -> Progress:
        """Delete the messages of a channel's board.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._turns.of(channel_id):
            board = [each for each in await self._messages.of_channel(channel_id) if each.server_id == server_id]
            return await self._delete(board)

    async def forget_messages(self, message_ids: Iterable[int]) -> None:
        """Note that messages were deleted. If the database is away, an edit finds out later."""
        with suppress(StorageUnavailable):
            await self._messages.note_deleted([*message_ids])

    async def forget_channel(self, channel_id: int) -> None:
        """Forget the board of a deleted channel or thread. If the database is away, an edit finds out later."""
        with suppress(StorageUnavailable):
            await self._messages.forget(channel_id)

    async def _keep_up(self, *board: BoardMessage) -> None:
        """Bring a board up to date unless another process does, and remember to try again if that fails."""
        first = board[0]
        try:
            if not await self._refresh(board):
                self._waiting.add(first.server_id)
        except (StorageUnavailable, NotTaken) as error:
            logger.warning("The FAQ board in channel %s can't be brought up to date yet: %s", first.channel_id, error)
            self._waiting.add(first.server_id)
        except Exception:
            logger.exception("Failed to bring the FAQ board in channel %s up to date.", first.channel_id)

    async def _refresh(self, board: Board) -> bool:
        """Return whether there is nothing left to do."""
        server_id, channel_id = board[0].server_id, board[0].channel_id
        guild = self._client.get_guild(server_id)
        if guild is None or guild.unavailable:  # it is another process's, or will be announced
            return True
        place = find_place(guild, channel_id)
        if place is None:  # deleted while the bot was away, or archived
            await self._look_for_deleted(board)
            return True
        await self._library.learned(server_id)
        if _is_current(board, await self._pages(place)):
            return True
        async with self._turns.of(channel_id):
            now = datetime.now(UTC)
            if not await self._messages.claim(channel_id, now=now):
                return False
            try:
                board = await self._messages.of_channel(channel_id)
                newest = max((each.message_id or 0 for each in board), default=channel_id)
                seed = hashlib.sha256(f"{channel_id} {now.timestamp()}".encode()).hexdigest()[:20]
                progress = await self._bring_up_to_date(place, board, nonce=f"b{seed}", maybe_since=newest)
            finally:
                await self._messages.release(channel_id)
        await asyncio.sleep(PAUSE_BETWEEN_BOARDS)
        return progress is Edit.done

    async def _bring_up_to_date(self, place: Place, board: Board, *, nonce: str, maybe_since: int | None) -> Progress:
        """Edit what says something else, post what is new below, and delete what is too much."""
        pages = await self._pages(place)
        progress: Progress = Edit.done
        for message, page in zip(board, pages, strict=False):
            step = await self._edit(message, page)
            progress = progress if step is Edit.done else step
            if isinstance(step, MissingPermission):
                break
        was_given_up = bool(board) and not await self._messages.of_channel(place.id)
        if progress is not Edit.done or was_given_up:
            return progress
        for position in range(len(board), len(pages)):
            page = pages[position]
            step = await self._append(place, position, page, nonce=f"{nonce}.{position}", maybe_since=maybe_since)
            if step is not Edit.done:
                return step
        return await self._delete(board[len(pages) :])

    async def _append(
        self, place: Place, position: int, page: Page, *, nonce: str, maybe_since: int | None
    ) -> Progress:
        if missing := missing_to_send(place):
            return missing
        try:
            message = await self._posts.post(place, page, nonce=nonce, maybe_since=maybe_since)
        except NotTaken as refusal:
            logger.warning("Can't post a part of the FAQ board in channel %s: %s.", place.id, refusal)
            return Edit.failed
        posted = BoardMessage(place.guild.id, place.id, position, message.id, version_of(page))
        stored: int | None = None
        try:
            stored = await self._messages.remember(posted)
        finally:
            if stored != message.id:  # it isn't stored, or another process was quicker
                await self._posts.delete(_whereabouts(posted))
        return Edit.done

    async def _edit(self, message: BoardMessage, page: Page) -> Progress:
        version = version_of(page)
        if message.message_id is None or message.version == version:
            return Edit.done
        result = await self._posts.edit(_whereabouts(message), page)
        if result is Edit.done:
            await self._messages.update_version(message, version)
        elif result is Edit.gone:
            await self._messages.note_deleted((message.message_id,))
            return Edit.done
        return result

    async def _delete(self, board: Board) -> Progress:
        """Delete messages from the last on, and forget each."""
        for message in sorted(board, key=lambda each: -each.position):
            if message.message_id is not None:
                result = await self._posts.delete(_whereabouts(message))
                if result is not Edit.done:
                    return result
            await self._messages.forget(message.channel_id, beyond=message.position)
        return Edit.done

    async def _look_for_deleted(self, board: Board) -> None:
        for message in board:
            if message.message_id is not None and not await self._posts.is_there(_whereabouts(message)):
                await self._messages.note_deleted((message.message_id,))

    async def _pages(self, place: Place) -> tuple[Page, ...]:
        return self._rendered(place, (await self._library.of_server(place.guild.id)).knowledge)

    def _rendered(self, place: Place, knowledge: KnowledgeBase) -> tuple[Page, ...]:
        """Return a board in the language of its server: nobody asked for it."""
        language = self._languages.of_public(place.guild, knowledge)
        with speaking(language):
            return render_board(_known_in(place, knowledge).in_language(language))

    def _state(self, place: Place, board: Board, knowledge: KnowledgeBase) -> BoardState:
        pages = self._rendered(place, knowledge)
        there = [_whereabouts(message) for message in board if message.message_id is not None]
        is_current = _is_current(board, pages)
        missing = missing_to_send(place) if len(board) < len(pages) else missing_to_edit(place)
        return BoardState(
            channel_id=place.id,
            where=there[0] if there else None,
            questions=len(_known_in(place, knowledge).entries),
            messages=len(pages),
            deleted=len(board) - len(there),
            is_current=is_current,
            missing=None if is_current else missing,
        )


def _known_in(place: Place, knowledge: KnowledgeBase) -> KnowledgeBase:
    return restricted_to(knowledge, scope_in(place.guild.id, place).channel_ids)


def _is_current(board: Board, pages: Sequence[Page]) -> bool:
    """Return whether the messages say what they should, and none is missing or left over."""
    versions: Mapping[int, str] = {position: version_of(page) for position, page in enumerate(pages)}
    shown = [message for message in board if message.message_id is not None]
    return len(board) == len(pages) and all(versions[message.position] == message.version for message in shown)


def _whereabouts(message: BoardMessage) -> Whereabouts:
    return Whereabouts(message.server_id, message.channel_id, message.message_id or 0)
