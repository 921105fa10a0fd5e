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

    def begin(self, features: Sequence[Feature]) -> None:
        """Have the commands of all features in the tree; `keep_up` registers them."""
        self._features = features
        self._update()

    def note_reload(self) -> None:
        """Note that the knowledge was reloaded."""
        self._reloaded.set()

    async def keep_up(self) -> None:
        """Register the commands, and again after each reload if any came or went.

        Discord may refuse them, or have the bot wait for hours: it limits how many commands are created in a day.
        Meanwhile the bot answers mentions, and the commands that Discord knows.
        """
        await self._register()
        while True:
            await self._reloaded.wait()
            self._reloaded.clear()
            if self._update() and await self._register():
                logger.info("The commands have changed with the knowledge.")

    async def _register(self) -> bool:
        """Tell Discord which commands there are; return whether it takes them."""
        try:
            await self._tree.sync()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            logger.warning(
                "Can't register the commands, so Discord keeps those it knows. Everything else works. Restart the "
                "bot to try again. %s",
                error,
            )
            return False
        return True

    def _update(self) -> bool:
        changed = [feature.update_commands() for feature in self._features]
        return any(changed)
