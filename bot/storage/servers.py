"""The settings that moderators choose for their server."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sqlalchemy import Row, delete, select

from bot.language.languages import Language
from bot.storage.cached import PAUSE_BETWEEN_LOOKS, CachedStore
from bot.storage.database import Database
from bot.storage.schema import server_settings, settings_changes


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


NOTHING_CHOSEN = ServerSettings()


class ServerSettingsStore(CachedStore):
    """The settings of all servers, in memory."""

    def __init__(self, *, database: Database, pause: float = PAUSE_BETWEEN_LOOKS) -> None:
        super().__init__(database=database, pause=pause)
        self._known: dict[int, ServerSettings] = {}
        self._stamp: int | None = None
        self._changing = asyncio.Lock()

    def of(self, server_id: int) -> ServerSettings:
        """Return a server's settings from memory."""
        return self._known.get(server_id, NOTHING_CHOSEN)

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
                await self._stamp_change(connection, settings_changes, id=1)
                row = (await connection.execute(query)).one_or_none()
                settings = replace(_settings(row) if row else NOTHING_CHOSEN, **changes)
                upsert = self._database.upsert(server_settings, server_id=server_id, **_values(settings))
                await connection.execute(upsert)
            self._known[server_id] = settings

    async def forget_server(self, server_id: int) -> None:
        """Delete a server's settings.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._changing:
            async with self._database.writing() as connection:
                await self._stamp_change(connection, settings_changes, id=1)
                await connection.execute(delete(server_settings).where(server_settings.c.server_id == server_id))
            self._known.pop(server_id, None)


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
