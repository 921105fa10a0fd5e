"""Hand a question to humans: one thread or post for each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import discord

from bot.discord_app.handoff import texts
from bot.discord_app.handoff.threads import (
    PURPOSE,
    HandedOn,
    Humans,
    explain,
    find_humans,
    find_opened,
    open_for,
    pinging,
)
from bot.discord_app.languages import Languages
from bot.discord_app.page import Page
from bot.discord_app.permissions import may_ping
from bot.discord_app.sender import (
    NotTaken,
    first_messages_in,
    is_thread_there,
    post,
)
from bot.language.speech import speaking
from bot.storage.errors import StorageUnavailable
from bot.storage.handoffs import BeingOpened, Claimed, Handoffs, Opened
from bot.storage.persistence import once_available
from bot.storage.secret import SecretKey
from bot.storage.servers import ServerSettings, ServerSettingsStore

logger = logging.getLogger(__name__)


class HandingOn:
    """Open threads for questions."""

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
        self._languages = languages
        self._handoffs = handoffs
        self._secret = secret
        self._servers = servers
        self._recording: set[asyncio.Task[None]] = set()

    async def hand_on(self, interaction: discord.Interaction[Any], what: HandedOn) -> Page:
        """Open the one thread for a question, and return what to tell whoever clicked.

        Raises:
            StorageUnavailable: The database can't be used now; nothing was opened.
        """
        if interaction.guild is None:
            raise AssertionError("the button exists in servers only")
        await self._servers.load_all()  # or the server would seem to have chosen nobody
        settings = self._servers.of(interaction.guild.id)
        humans = find_humans(interaction, settings, asker_id=what.asker_id)
        if isinstance(humans, Page):
            return humans
        claim = await self._claim(what, humans, settings)
        if isinstance(claim, Opened) and not await is_thread_there(interaction.guild, claim.thread_id):
            await self._handoffs.forget_thread(claim.thread_id)  # deleted while the bot was away
            claim = await self._claim(what, humans, settings)
        match claim:
            case Opened(thread_id):
                return texts.render_handed_on_before(thread_id)
            case BeingOpened():
                return texts.render_being_handed_on()
        return await self._open(what, humans, claim, nonce=f"h{interaction.id}")

    async def forget_questions(self, message_ids: Collection[int]) -> None:
        """Forget questions that were deleted. If the database is away, they expire."""
        with suppress(StorageUnavailable):
            await self._handoffs.forget_questions(message_ids)

    async def forget_thread(self, thread_id: int) -> None:
        """Forget a thread that was deleted, so that its question can be handed on again."""
        with suppress(StorageUnavailable):
            await self._handoffs.forget_thread(thread_id)

    async def forget_asker(self, person_id: int) -> int:
        """Forget which of a person's questions were handed on, and return how many they were.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self._handoffs.forget_asker(await self._secret.hash_of(person_id, PURPOSE))

    async def _claim(self, what: HandedOn, humans: Humans, settings: ServerSettings) -> Claimed | BeingOpened | Opened:
        return await self._handoffs.claim(
            what.question_id,
            server_id=humans.channel.guild.id,
            asker=await self._secret.hash_of(what.asker_id, PURPOSE),
            at=datetime.now(UTC),
            pings_an_hour=settings.handoff_pings if may_ping(humans.role, humans.channel) else 0,
        )

    async def _open(self, what: HandedOn, humans: Humans, claim: Claimed, *, nonce: str) -> Page:
        try:
            found = await find_opened(what, humans, recorded=claim.thread_id) if claim.is_repeated else None
            with speaking(await self._languages.of_server(humans.channel.guild)):
                thread_id = found.id if found else await open_for(what, humans, nonce=nonce)
                await self._store(partial(self._handoffs.record, what.question_id, thread_id))
                if await self._introduce(thread_id, what, humans, found=found, calls=claim.may_ping):
                    await self._store(partial(self._handoffs.record_introduced, what.question_id, datetime.now(UTC)))
        except NotTaken as refusal:
            logger.warning("Can't open a thread in channel %s: %s.", humans.channel.id, refusal)
            if refusal.is_temporary:  # it may be open: the claim keeps a second one from being opened at once
                return texts.render_discord_away()
            with suppress(StorageUnavailable):  # then the claim expires
                await self._handoffs.release(what.question_id)
            return explain(refusal, humans.channel)
        return texts.render_handed_on(thread_id)

    async def _store(self, record: Callable[[], Awaitable[None]]) -> None:
        """Store how far a question has come, later if the database is away."""
        try:
            await record()
        except StorageUnavailable:
            later = asyncio.create_task(once_available(record, otherwise="Can't store yet which thread was opened."))
            self._recording.add(later)
            later.add_done_callback(self._recording.discard)

    async def _introduce(
        self, thread_id: int, what: HandedOn, humans: Humans, *, found: discord.Thread | None, calls: bool
    ) -> bool:
        """Mention the asker, and ping the role, unless the thread found shows that this was done.

        Return whether that's finished. What Discord will never take doesn't count as unfinished.
        """
        thread = self._client.get_partial_messageable(thread_id, guild_id=humans.channel.guild.id)
        try:
            earlier = await first_messages_in(found) if found else []
            said = "\n".join(each.content for each in earlier if each.author.id == humans.channel.guild.me.id)
            if f"<@{what.asker_id}>" not in said:
                asker = pinging(users=[discord.Object(what.asker_id)])
                await post(thread, texts.render_here_it_is(what.asker_id), nonce=f"ha{what.question_id}", pings=asker)
            if calls and humans.role.mention not in said:
                role = pinging(roles=[humans.role])
                await post(thread, texts.render_call(humans.role), nonce=f"hr{what.question_id}", pings=role)
        except NotTaken as refusal:
            logger.warning("Can't call anybody to thread %s: %s.", thread_id, refusal)
            return not refusal.is_temporary
        return True
