"""Hand a question to humans: one thread or post for each, and one word to the asker when somebody replies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import discord

from bot.discord_app.handoff import texts
from bot.discord_app.languages import Languages
from bot.discord_app.page import Page
from bot.discord_app.permissions import may_ping, missing_to_open_thread, render_missing_permission
from bot.discord_app.privacy.redaction import KeyedHash
from bot.discord_app.recent import RecentIds
from bot.discord_app.sender import (
    NotTaken,
    first_message_of,
    first_messages_in,
    is_thread_there,
    open_post,
    open_thread,
    post,
)
from bot.discord_app.underway import AlreadyRunning, Underway
from bot.language.speech import in_every_language, speaking
from bot.storage.errors import StorageUnavailable
from bot.storage.handoffs import BeingOpened, Claimed, Handoffs, Opened
from bot.storage.persistence import once_available
from bot.storage.secret import SecretKey
from bot.storage.servers import ServerSettings, ServerSettingsStore

logger = logging.getLogger(__name__)

_PURPOSE = "handoffs"
_SLOW_MODE = {20016, 20028}
_TOO_MANY_THREADS = {160006, 160007}
_ARCHIVED = {50083, 160005}  # or locked


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What is handed on.

    Attributes:
        question_id: of the message or forum post, or of the interaction with a command.
        question: in the asker's words; "" if they aren't at hand.
        offered: what the bot had to offer, as a sentence.
        address: of the question, if others can see it.
    """

    question_id: int
    asker_id: int
    question: str
    offered: str
    address: str | None


@dataclass(frozen=True, slots=True)
class _Humans:
    """Whom to ask, and where."""

    role: discord.Role
    channel: discord.TextChannel | discord.ForumChannel


class HandingOn:
    """Open threads for questions, and tell askers of the first reply."""

    def __init__(
        self,
        *,
        client: discord.Client,
        handoffs: Handoffs,
        languages: Languages,
        secret: SecretKey,
        servers: ServerSettingsStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._languages = languages
        self._handoffs = handoffs
        self._secret = secret
        self._servers = servers
        self._now = now
        self._replied = RecentIds()
        self._noting = Underway()
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
        humans = _find_humans(interaction, settings, asker_id=what.asker_id)
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

    async def note_reply(self, message: discord.Message) -> None:
        """Tell the asker once, in the thread, that somebody with the role replied. Ignore any other message."""
        thread, replier = message.channel, message.author
        if not isinstance(thread, discord.Thread) or not self.can_help(thread, replier) or thread.id in self._replied:
            return
        if await self.notes_first_reply(thread, replier):
            try:
                asker_id = texts.asker_in(await first_message_of(thread))
                if asker_id is not None:
                    await self.tell_asker(thread, asker_id=asker_id, replier_id=replier.id)
            except NotTaken as refusal:
                logger.warning("Can't tell of a reply in thread %s: %s.", thread.id, refusal)

    async def notes_first_reply(self, thread: discord.Thread, replier: discord.User | discord.Member) -> bool:
        """Note a reply, as soon as the database can be used; return whether the asker is to be told of it."""
        by = partial(self._note_reply, thread.id, replier.id)
        try:
            with self._noting.only_once(thread.id, replier.id):
                is_first = await once_available(by, otherwise="Can't tell yet who replied to a question.")
        except AlreadyRunning:
            return False
        if is_first:
            self._replied.add((thread.id,))
        return is_first

    async def tell_asker(self, thread: discord.Thread, *, asker_id: int, replier_id: int) -> None:
        """Mention the asker, who stands in the thread's first message: the database has only a hash.

        Raises:
            NotTaken: Discord doesn't take it, or can't be reached.
        """
        with speaking(await self._languages.of_server(thread.guild)):
            page = texts.render_reply(asker_id=asker_id, replier_id=replier_id)
        await post(thread, page, nonce=f"hq{thread.id}", pings=_only(users=[discord.Object(asker_id)]))

    def can_help(self, thread: discord.Thread, replier: discord.User | discord.Member) -> bool:
        """Return whether somebody has the role of the server, in a thread of the bot's own."""
        role = self._servers.of(thread.guild.id).handoff_role
        is_own = self._client.user is not None and thread.owner_id == self._client.user.id
        if role is None or not is_own or replier.bot or not isinstance(replier, discord.Member):
            return False
        return replier.get_role(role) is not None

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
        return await self._handoffs.forget_asker(await self._hash_of(person_id))

    async def _claim(self, what: HandedOn, humans: _Humans, settings: ServerSettings) -> Claimed | BeingOpened | Opened:
        return await self._handoffs.claim(
            what.question_id,
            server_id=humans.channel.guild.id,
            asker=await self._hash_of(what.asker_id),
            at=self._now(),
            pings_an_hour=settings.handoff_pings if may_ping(humans.role, humans.channel) else 0,
        )

    async def _open(self, what: HandedOn, humans: _Humans, claim: Claimed, *, nonce: str) -> Page:
        try:
            found = await _find_opened(what, humans) if claim.is_repeated else None
            with speaking(await self._languages.of_server(humans.channel.guild)):
                thread_id = found.id if found else await _open_thread(what, humans, nonce=nonce)
                await self._record(what.question_id, thread_id)
                await self._introduce(thread_id, what, humans, found=found, calls=claim.may_ping)
        except NotTaken as refusal:
            logger.warning("Can't open a thread in channel %s: %s.", humans.channel.id, refusal)
            if refusal.is_temporary:  # it may be open: the claim keeps a second one from being opened at once
                return texts.render_discord_away()
            with suppress(StorageUnavailable):  # then the claim expires
                await self._handoffs.release(what.question_id)
            return _render_refusal(refusal, humans.channel)
        return texts.render_handed_on(thread_id)

    async def _record(self, question_id: int, thread_id: int) -> None:
        """Store the thread of a question, later if the database is away."""
        record = partial(self._handoffs.record, question_id, thread_id)
        try:
            await record()
        except StorageUnavailable:
            later = asyncio.create_task(once_available(record, otherwise="Can't store yet which thread was opened."))
            self._recording.add(later)
            later.add_done_callback(self._recording.discard)

    async def _introduce(
        self, thread_id: int, what: HandedOn, humans: _Humans, *, found: discord.Thread | None, calls: bool
    ) -> None:
        """Mention the asker, and call the role, unless that was done in the thread found. It's there anyway."""
        thread = self._client.get_partial_messageable(thread_id, guild_id=humans.channel.guild.id)
        try:
            earlier = await first_messages_in(found) if found else []
            said = "\n".join(each.content for each in earlier if each.author.id == humans.channel.guild.me.id)
            if f"<@{what.asker_id}>" not in said:
                asker = _only(users=[discord.Object(what.asker_id)])
                await post(thread, texts.render_here_it_is(what.asker_id), nonce=f"ha{what.question_id}", pings=asker)
            if calls and humans.role.mention not in said:
                role = _only(roles=[humans.role])
                await post(thread, texts.render_call(humans.role), nonce=f"hr{what.question_id}", pings=role)
        except NotTaken as refusal:
            logger.warning("Can't call anybody to thread %s: %s.", thread_id, refusal)

    async def _note_reply(self, thread_id: int, replier_id: int) -> bool:
        return await self._handoffs.note_reply(thread_id, by=await self._hash_of(replier_id), at=self._now())

    async def _hash_of(self, person_id: int) -> str:
        return KeyedHash(await self._secret.read()).of(person_id, _PURPOSE)


def _find_humans(interaction: discord.Interaction[Any], settings: ServerSettings, *, asker_id: int) -> _Humans | Page:
    """Return whom to ask and where, or why that can't be done."""
    guild = interaction.guild
    if guild is None or settings.handoff_role is None or settings.handoff_channel is None:
        return texts.render_switched_off()
    if (role := guild.get_role(settings.handoff_role)) is None:
        return texts.render_role_gone()
    channel = guild.get_channel(settings.handoff_channel)
    if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        return texts.render_channel_gone()
    if missing := missing_to_open_thread(channel):
        return render_missing_permission(missing)
    person = interaction.user
    asker = person if isinstance(person, discord.Member) and person.id == asker_id else None
    if asker is not None and not channel.permissions_for(asker).view_channel:
        return texts.render_channel_hidden()
    return _Humans(role, channel)


async def _open_thread(what: HandedOn, humans: _Humans, *, nonce: str) -> int:
    page = texts.render_opening(
        asker_id=what.asker_id, question=what.question, offered=what.offered, address=what.address
    )
    title = texts.title_of(what.question)
    if isinstance(humans.channel, discord.ForumChannel):
        return await open_post(humans.channel, page, title=title)
    return await open_thread(humans.channel, page, title=title, nonce=nonce)


async def _find_opened(what: HandedOn, humans: _Humans) -> discord.Thread | None:
    """Return the thread that another process, or an attempt that seemed to fail, opened for a question."""
    asked_at = discord.utils.snowflake_time(what.question_id)
    titles = in_every_language(lambda: texts.title_of(what.question))  # each attempt spoke with whoever clicked
    for thread in humans.channel.threads:
        is_own = thread.owner_id == thread.guild.me.id and thread.name in titles
        if is_own and discord.utils.snowflake_time(thread.id) > asked_at:
            with suppress(NotTaken):
                if texts.asker_in(await first_message_of(thread)) == what.asker_id:
                    return thread
    return None


def _only(
    *, users: list[discord.Object] | None = None, roles: list[discord.Role] | None = None
) -> discord.AllowedMentions:
    return discord.AllowedMentions(everyone=False, users=users or False, roles=roles or False, replied_user=False)


def _render_refusal(refusal: NotTaken, channel: discord.abc.GuildChannel) -> Page:
    if refusal.is_gone:
        return texts.render_channel_gone()
    if refusal.code in _TOO_MANY_THREADS:
        return texts.render_too_many_threads()
    if refusal.code in _SLOW_MODE:
        return texts.render_slow_mode(channel.id)
    if refusal.code in _ARCHIVED:
        return texts.render_closed(channel.id)
    return texts.render_refused(channel.id)
