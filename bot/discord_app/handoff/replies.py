"""Tell the asker, in the thread of a hand-off, that somebody replied."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import discord

from bot.discord_app.handoff import texts
from bot.discord_app.handoff.threads import PURPOSE, pinging
from bot.discord_app.languages import Languages
from bot.discord_app.recent import RecentIds
from bot.discord_app.sender import NotTaken, find_thread, first_message_of, first_messages_in, post, refusals_raised
from bot.discord_app.turns import Turns
from bot.language.speech import speaking
from bot.storage.handoffs import Handoffs, Untold
from bot.storage.persistence import once_available
from bot.storage.secret import SecretKey
from bot.storage.servers import ServerSettingsStore

logger = logging.getLogger(__name__)

MAX_THREADS = 200  # of a server; older ones are left to the people in them
MAY_BE_UNTOLD = timedelta(minutes=10)  # after a reply was noted


class Replies:
    """Tell each asker of the first reply, once, also if it came while the bot was away."""

    def __init__(
        self,
        *,
        client: discord.Client,
        handoffs: Handoffs,
        languages: Languages,
        secret: SecretKey,
        servers: ServerSettingsStore,
    ) -> None:
        self._client = client
        self._handoffs = handoffs
        self._languages = languages
        self._secret = secret
        self._servers = servers
        self._replied = RecentIds()
        self._noting = Turns()
        self._looking = asyncio.Lock()  # through one thread at a time: who asks now comes first

    async def note(self, message: discord.Message) -> None:
        """Tell the asker once, in the thread, that somebody with the role replied. Ignore any other message."""
        thread, replier = message.channel, message.author
        if not isinstance(thread, discord.Thread) or not self._can_help(thread, replier) or thread.id in self._replied:
            return
        if await self._is_first(thread, replier):
            try:
                asker_id = texts.asker_in(await first_message_of(thread))
                if asker_id is not None:
                    await self._tell(thread, asker_id=asker_id, replier_id=replier.id)
            except NotTaken as refusal:
                logger.warning("Can't tell the asker about a reply in thread %s: %s.", thread.id, refusal)

    async def tell_of_missed(self, guild: discord.Guild) -> None:
        """Do so for replies that came while the bot was away, as soon as the database can be used."""
        otherwise = "Can't look yet for replies that came while the bot was away."
        await once_available(self._servers.load_all, otherwise=otherwise)
        if self._servers.of(guild.id).handoff_role is None:
            return
        lately = datetime.now(UTC) - MAY_BE_UNTOLD
        find = partial(self._handoffs.untold, guild.id, noted_since=lately, limit=MAX_THREADS)
        for each in await once_available(find, otherwise=otherwise):
            async with self._looking:
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
            if replier is None or not self._can_help(thread, replier):
                continue
            if untold.is_noted or await self._is_first(thread, replier):
                await self._tell(thread, asker_id=asker_id, replier_id=author_id)
            return

    async def _is_first(self, thread: discord.Thread, replier: discord.User | discord.Member) -> bool:
        """Note a reply, as soon as the database can be used; return whether the asker is to be told of it."""
        by = partial(self._note_reply, thread.id, replier.id)
        turn = self._noting.of(thread.id, replier.id)
        if turn.locked():
            return False
        async with turn:
            is_first = await once_available(by, otherwise="Can't tell yet who replied to a question.")
        if is_first:
            self._replied.add((thread.id,))
        return is_first

    async def _tell(self, thread: discord.Thread, *, asker_id: int, replier_id: int) -> None:
        """Mention the asker. The thread's first message says who that is; the database has only a hash.

        Raises:
            NotTaken: Discord doesn't take it, or can't be reached.
        """
        with speaking(await self._languages.of_server(thread.guild)):
            page = texts.render_reply(asker_id=asker_id, replier_id=replier_id)
        await post(thread, page, nonce=f"hq{thread.id}", pings=pinging(users=[discord.Object(asker_id)]))

    def _can_help(self, thread: discord.Thread, replier: discord.User | discord.Member) -> bool:
        """Return whether somebody has the role of the server, in a thread of the bot's own."""
        role = self._servers.of(thread.guild.id).handoff_role
        is_own = self._client.user is not None and thread.owner_id == self._client.user.id
        if role is None or not is_own or replier.bot or not isinstance(replier, discord.Member):
            return False
        return replier.get_role(role) is not None

    async def _note_reply(self, thread_id: int, replier_id: int) -> bool:
        by = await self._secret.hash_of(replier_id, PURPOSE)
        return await self._handoffs.note_reply(thread_id, by=by, at=datetime.now(UTC))


async def _member(guild: discord.Guild, person_id: int) -> discord.Member | None:
    with refusals_raised(), suppress(discord.NotFound):  # they left
        return await guild.fetch_member(person_id)
    return None
