"""The settings that moderators choose for their server."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.language.languages import Language
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.schema import server_settings, settings_changes

PAUSE_BETWEEN_LOOKS = 2.0  # seconds until other processes notice a change
_STAMPS = 2**62


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings of one server, with the defaults for a server that never changed any.

    Attributes:
        mention_channels: ids of the channels where mentions are answered, or "all".
        forum_channels: ids of the forum channels where new posts are answered.
        private_by_default: whether `/ask` answers privately.
        minimum_confidence: from 0 to 1; None means the bot's own.
        help_channel: id of the channel that refusals point to, if any.
        taught_items_wait: whether what moderators teach waits for someone with Manage Server.
        handoff_role: id of the role that people can ask instead of the bot, if any.
        handoff_channel: id of the channel or forum where they are asked, if any.
        handoff_pings: how many times an hour the role is pinged at most.
        language: what to speak there; None for the question's own.
        skipped_tags: names of tags whose forum posts aren't answered, besides those that mean solved.

    Raises:
        ValueError: The minimum confidence is out of range.
    """

    mention_channels: frozenset[int] | Literal["all"] = "all"
    forum_channels: frozenset[int] = frozenset()
    private_by_default: bool = True
    minimum_confidence: float | None = None
    help_channel: int | None = None
    taught_items_wait: bool = False
    handoff_role: int | None = None
    handoff_channel: int | None = None
    handoff_pings: int = 5
    skipped_tags: frozenset[str] = frozenset()
    language: Language | None = None

    def __post_init__(self) -> None:
        if self.minimum_confidence is not None and not 0 <= self.minimum_confidence <= 1:
            raise ValueError("minimum_confidence should be from 0 to 1")


class ServerSettingsStore:
    """The settings of all servers, cached in memory so that no answer waits for the database."""

    def __init__(self, *, database: Database, pause: float = PAUSE_BETWEEN_LOOKS) -> None:
        self._database = database
        self._pause = pause
        self._known: dict[int, ServerSettings] = {}
        self._stamp: int | None = None
        self._is_loaded = False
        self._changing = asyncio.Lock()

    @property
    def is_loaded(self) -> bool:
        """Whether the settings have been read; until then, every server has the defaults."""
        return self._is_loaded

    def of(self, server_id: int) -> ServerSettings:
        """Return a server's settings from memory."""
        return self._known.get(server_id, ServerSettings())

    async def load_all(self) -> None:
        """Read the settings of all servers, unless they have been read.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        if not self._is_loaded:
            await self.refresh()

    async def refresh(self) -> None:
        """Read the settings of all servers if any of them changed.

        Raises:
            StorageUnavailable: The database can't be used now; what is in memory stays.
        """
        async with self._changing, self._database.reading() as connection:
            # The stamp first: if somebody changes settings between the two, they are read again.
            stamp = (await connection.execute(select(settings_changes.c.stamp))).scalar_one_or_none()
            if self._is_loaded and stamp == self._stamp:
                return
            rows = (await connection.execute(select(server_settings))).all()
            self._known = {row.server_id: _settings(row) for row in rows}
            self._stamp = stamp
            self._is_loaded = True

    async def watch(self) -> None:
        """Follow what other processes change, until canceled."""
        while True:
            await asyncio.sleep(self._pause)
            with suppress(StorageUnavailable):  # whoever needs the database says so
                await self.refresh()

    async def save(self, server_id: int, settings: ServerSettings) -> None:
        """Store a server's settings; they apply once stored.

        Raises:
            StorageUnavailable: The database can't be used now; the previous settings stay.
        """
        await self.change(server_id, **asdict(settings))

    async def change(self, server_id: int, **changes: Any) -> None:
        """Store some of a server's settings; the others stay, also those that another process has just changed.

        Raises:
            StorageUnavailable: The database can't be used now; the previous settings stay.
        """
        await self.load_all()  # or only this server's would ever be known
        query = select(server_settings).where(server_settings.c.server_id == server_id)
        async with self._changing:
            async with self._database.writing() as connection:
                await self._note_change(connection)  # and let others wait until this is done
                row = (await connection.execute(query)).one_or_none()
                settings = replace(_settings(row) if row else ServerSettings(), **changes)
                values = _values(settings)
                insert = self._database.insert_into(server_settings).values(server_id=server_id, **values)
                await connection.execute(insert.on_conflict_do_update(index_elements=["server_id"], set_=values))
            self._known[server_id] = settings

    async def forget_server(self, server_id: int) -> None:
        """Delete a server's settings.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._changing:
            async with self._database.writing() as connection:
                await self._note_change(connection)
                await connection.execute(delete(server_settings).where(server_settings.c.server_id == server_id))
            self._known.pop(server_id, None)

    async def _note_change(self, connection: AsyncConnection) -> None:
        stamp = {"stamp": secrets.randbelow(_STAMPS)}
        insert = self._database.insert_into(settings_changes).values(id=1, **stamp)
        await connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=stamp))


def _values(settings: ServerSettings) -> dict[str, Any]:
    return asdict(settings) | {
        "mention_channels": "all" if settings.mention_channels == "all" else sorted(settings.mention_channels),
        "forum_channels": sorted(settings.forum_channels),
        "skipped_tags": sorted(settings.skipped_tags),
    }


def _settings(row: Row[Any]) -> ServerSettings:
    return ServerSettings(
        mention_channels="all" if row.mention_channels == "all" else frozenset(row.mention_channels),
        forum_channels=frozenset(row.forum_channels),
        private_by_default=row.private_by_default,
        minimum_confidence=row.minimum_confidence,
        help_channel=row.help_channel,
        taught_items_wait=row.taught_items_wait,
        handoff_role=row.handoff_role,
        handoff_channel=row.handoff_channel,
        handoff_pings=row.handoff_pings,
        skipped_tags=frozenset(row.skipped_tags or ()),
        language=Language(row.language) if row.language else None,
    )
