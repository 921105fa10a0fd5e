"""Tell askers of the replies that came while the bot was away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import discord

from bot.discord_app.handoff import texts
from bot.discord_app.handoff.handing_on import HandingOn
from bot.discord_app.sender import NotTaken, find_thread, first_message_of, first_messages_in, refusals_raised
from bot.storage.handoffs import Handoffs, Untold
from bot.storage.persistence import once_available
from bot.storage.servers import ServerSettingsStore

logger = logging.getLogger(__name__)

MAX_THREADS = 200  # of a server; older ones are left to the people in them
MAY_BE_UNTOLD = timedelta(minutes=10)  # after a reply was noted


class MissedReplies:
    """Look through the threads of hand-offs whose askers haven't heard of a reply."""

    def __init__(
        self,
        *,
        handing_on: HandingOn,
        handoffs: Handoffs,
        servers: ServerSettingsStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._handing_on = handing_on
        self._handoffs = handoffs
        self._servers = servers
        self._now = now
        self._turn = asyncio.Lock()  # one thread at a time: who asks now comes first

    async def tell_of(self, guild: discord.Guild) -> None:
        """Tell the askers of a server, as soon as the database can be used."""
        otherwise = "Can't look yet for replies that came while the bot was away."
        await once_available(self._servers.load_all, otherwise=otherwise)
        if self._servers.of(guild.id).handoff_role is None:
            return
        lately = self._now() - MAY_BE_UNTOLD
        find = partial(self._handoffs.untold, guild.id, noted_since=lately, limit=MAX_THREADS)
        for each in await once_available(find, otherwise=otherwise):
            async with self._turn:
                try:
                    await self._look_at(guild, each)
                except NotTaken as refusal:
                    logger.warning("Can't look for a reply in thread %s: %s.", each.thread_id, refusal)

    async def _look_at(self, guild: discord.Guild, untold: Untold) -> None:
        thread = await find_thread(guild, untold.thread_id)
        if thread is None:
            return
        messages = await first_messages_in(thread)
        authors = list(dict.fromkeys(message.author.id for message in messages if not message.author.bot))
        own = (message.content for message in messages if message.author.id == guild.me.id)
        if not authors or any(map(texts.tells_of_reply, own)):
            return
        asker_id = texts.asker_in(await first_message_of(thread))
        for author_id in authors:
            if asker_id is None or author_id == asker_id:
                continue
            replier = await _member(guild, author_id)
            if replier is None or not self._handing_on.can_help(thread, replier):
                continue
            if untold.is_noted or await self._handing_on.notes_first_reply(thread, replier):
                await self._handing_on.tell_asker(thread, asker_id=asker_id, replier_id=author_id)
            return


async def _member(guild: discord.Guild, person_id: int) -> discord.Member | None:
    with refusals_raised(), suppress(discord.NotFound):  # they left
        return await guild.fetch_member(person_id)
    return None
