"""The settings that moderators choose for their server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, delete, select

from bot.storage.database import Database
from bot.storage.schema import server_settings


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

    def __post_init__(self) -> None:
        if self.minimum_confidence is not None and not 0 <= self.minimum_confidence <= 1:
            raise ValueError("minimum_confidence should be from 0 to 1")


class ServerSettingsStore:
    """The settings of all servers, cached in memory so that no answer waits for the database."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._known: dict[int, ServerSettings] = {}
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
        async with self._changing:
            await self._load()

    async def save(self, server_id: int, settings: ServerSettings) -> None:
        """Store a server's settings; they apply once stored.

        Raises:
            StorageUnavailable: The database can't be used now; the previous settings stay.
        """
        values = {
            "mention_channels": "all" if settings.mention_channels == "all" else sorted(settings.mention_channels),
            "forum_channels": sorted(settings.forum_channels),
            "private_by_default": settings.private_by_default,
            "minimum_confidence": settings.minimum_confidence,
            "help_channel": settings.help_channel,
            "taught_items_wait": settings.taught_items_wait,
            "handoff_role": settings.handoff_role,
            "handoff_channel": settings.handoff_channel,
            "handoff_pings": settings.handoff_pings,
            "skipped_tags": sorted(settings.skipped_tags),
        }
        insert = self._database.insert_into(server_settings).values(server_id=server_id, **values)
        async with self._changing:
            await self._load()  # or only this server's would ever be known
            await self._database.execute(insert.on_conflict_do_update(index_elements=["server_id"], set_=values))
            self._known[server_id] = settings

    async def forget_server(self, server_id: int) -> None:
        """Delete a server's settings.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._changing:
            await self._database.execute(delete(server_settings).where(server_settings.c.server_id == server_id))
            self._known.pop(server_id, None)

    async def _load(self) -> None:
        if self._is_loaded:
            return
        rows = await self._database.rows(select(server_settings))
        self._known = {row.server_id: _settings(row) for row in rows}
        self._is_loaded = True


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
    )
