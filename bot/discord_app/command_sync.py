"""Keep the commands that Discord shows in line with the knowledge."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.discord_app.clicks import Feature

logger = logging.getLogger(__name__)


class CommandSync:
    """Tell Discord which commands there are: at the start, and when a reload of the knowledge changes them."""

    def __init__(self, *, tree: app_commands.CommandTree[Any]) -> None:
        self._tree = tree
        self._features: Sequence[Feature] = ()
        self._reloaded = asyncio.Event()

    async def begin(self, features: Sequence[Feature]) -> None:
        """Register the commands of all features."""
        self._features = features
        self._update()
        await self._tree.sync()

    def note_reload(self) -> None:
        """Note that the knowledge was reloaded."""
        self._reloaded.set()

    async def keep_up(self) -> None:
        """After each reload, register the commands again if any came or went."""
        while True:
            await self._reloaded.wait()
            self._reloaded.clear()
            if not self._update():
                continue
            try:
                await self._tree.sync()
            except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
                logger.warning("Can't register the commands; restart the bot to try again. %s", error)
            else:
                logger.info("The commands have changed with the knowledge.")

    def _update(self) -> bool:
        changed = [feature.update_commands() for feature in self._features]
        return any(changed)
