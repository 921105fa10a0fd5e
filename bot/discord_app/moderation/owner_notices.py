"""DM the bot's owner when an edit of the knowledge can't be used."""

from __future__ import annotations

import asyncio
import logging

import discord

from bot.authoring.watching import Kept, Reload
from bot.discord_app.client import CareerBot
from bot.discord_app.moderation.edits import render_refused_edit
from bot.discord_app.moderation.owners import owner_of
from bot.discord_app.sender import say

logger = logging.getLogger(__name__)

PAUSE_BETWEEN_NOTICES = 300.0  # seconds; after several bad edits in a row, the owner hears of the last


class OwnerNotices:
    """Report each refused edit once, at most every few minutes."""

    def __init__(self, bot: CareerBot, *, pause_between_notices: float = PAUSE_BETWEEN_NOTICES) -> None:
        self._bot = bot
        self._pause = pause_between_notices
        self._refusal: Kept | None = None  # now
        self._told: Kept | None = None
        self._telling: asyncio.Task[None] | None = None

    def note(self, outcome: Reload) -> None:
        """Note the result of an edit."""
        if not isinstance(outcome, Kept):
            self._refusal = self._told = None
            return
        self._refusal = outcome
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while self._refusal is not None and self._refusal != self._told:
            self._told = self._refusal
            try:
                await self._send(self._refusal)
            except Exception as error:  # noqa: BLE001 - whatever it is: the log has the reason
                logger.warning("Can't tell the bot's owner about a refused edit: %s.", type(error).__name__)
            await asyncio.sleep(self._pause)

    async def _send(self, refusal: Kept) -> None:
        channel = await self._bot.create_dm(discord.Object(await owner_of(self._bot)))
        await say(channel, [render_refused_edit(refusal)], nonce=discord.utils.time_snowflake(discord.utils.utcnow()))
