"""Remember who has sent the bot direct messages: Discord doesn't tell a bot that was offline."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime

import discord

from bot.bounded import BoundedMap
from bot.storage.direct_channels import DirectChannels
from bot.storage.errors import StorageUnavailable
from bot.storage.secret import SecretKey

logger = logging.getLogger(__name__)

_PURPOSE = "direct"
STAYS_NOTED = 3600.0  # seconds; until then a channel isn't stored again
MAX_NOTED = 10_000  # channels
MAX_WAITING = 100  # channels to be stored; while the database is away, further ones are let go until their next message


class DirectMessages:
    """The channels of direct messages, stored in the background so that no reply waits for that."""

    def __init__(self, *, channels: DirectChannels, secret: SecretKey) -> None:
        self._channels = channels
        self._secret = secret
        self._noted: BoundedMap[int, float] = BoundedMap(MAX_NOTED)
        self._storing: set[asyncio.Task[None]] = set()

    def note(self, message: discord.Message) -> None:
        """Remember the channel of a message, if it is a direct one."""
        channel_id, now = message.channel.id, time.monotonic()
        is_noted = now - self._noted.get(channel_id, float("-inf")) < STAYS_NOTED
        if message.guild is not None or is_noted or len(self._storing) >= MAX_WAITING:
            return
        self._noted[channel_id] = now
        task = asyncio.create_task(self._store(channel_id, message.author.id))
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def forget_person(self, person_id: int) -> None:
        """Forget where somebody wrote, until they write again.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        if self._storing:
            await asyncio.wait(self._storing)
        self._noted.clear()  # it isn't known here whose they are
        await self._channels.forget_person(await self._secret.hash_of(person_id, _PURPOSE))

    async def _store(self, channel_id: int, person_id: int) -> None:
        try:
            person = await self._secret.hash_of(person_id, _PURPOSE)
            await self._channels.remember(channel_id, person, datetime.now(UTC))
        except StorageUnavailable as error:
            self._noted.pop(channel_id, None)
            logger.debug("The channel of a direct message can't be stored. %s", error)
