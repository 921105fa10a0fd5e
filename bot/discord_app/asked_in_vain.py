"""Hand what members asked in vain to its keeper, and take it back when they do."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable

import aiohttp
import discord

from bot.answering import Answering, Outcome, Suggested, Unanswered
from bot.discord_app.addressing import Asked as Addressed
from bot.discord_app.addressing import read_address
from bot.discord_app.connection import growing_pauses
from bot.storage.errors import StorageUnavailable
from bot.storage.unanswered import Reason
from bot.unanswered import Asked, QuestionKeeper

logger = logging.getLogger(__name__)

max_deleted = 1000  # messages that are remembered to have been deleted


class AskedInVain:
    """The unanswered questions of servers, as their messages come and go. Nothing here ever fails."""

    def __init__(self, *, keeper: QuestionKeeper, answering: Answering) -> None:
        self._keeper = keeper
        self._answering = answering
        self._deleted: OrderedDict[int, None] = OrderedDict()
        self._to_forget: set[int] = set()
        self._is_forgetting = False

    async def keep(self, asked: Asked, outcome: Outcome) -> None:
        """Keep a question that was refused, or had entries suggested of which none is chosen yet."""
        if isinstance(outcome, Suggested):
            await self._keep(asked, Reason.not_taken, outcome)
        elif isinstance(outcome, Unanswered) and outcome.rankings and not _is_courtesy(outcome):
            await self._keep(asked, Reason.refused, outcome)

    async def keep_voted_down(self, answer: discord.Message, bot_user: discord.ClientUser) -> None:
        """Keep the question that an answer replies to, if it was put to the bot in a server."""
        if answer.guild is None:
            return
        try:
            question = await _question_of(answer)
            address = read_address(question, bot_user) if question else None
            if question is None or not isinstance(address, Addressed):
                return
            asked = asked_by_message(question, address.text, await _nick(answer.guild, question.author))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            logger.warning("The question to answer %s can't be read: %s.", answer.id, type(error).__name__)
            return
        await self._keep(asked, Reason.voted_down, self._answering.answer(asked.text))

    async def forget_deleted(self, message_ids: Iterable[int]) -> None:
        """Forget the questions of messages that are gone, as soon as the database lets it."""
        ids = tuple(message_ids)
        self._deleted.update(dict.fromkeys(ids))
        while len(self._deleted) > max_deleted:
            self._deleted.popitem(last=False)
        await self.forget(ids)

    async def forget(self, message_ids: Iterable[int]) -> None:
        """Forget the questions of messages, as soon as the database lets it."""
        self._to_forget.update(message_ids)
        if self._is_forgetting:  # whoever is at it takes these along
            return
        self._is_forgetting = True
        try:
            for pause in growing_pauses():
                ids = frozenset(self._to_forget)
                try:
                    await self._keeper.forget_messages(ids)
                except StorageUnavailable as error:
                    logger.warning("Questions taken back can't be deleted yet. %s", error)
                    await asyncio.sleep(pause)
                else:
                    self._to_forget -= ids
                    if not self._to_forget:
                        return
        finally:
            self._is_forgetting = False

    async def _keep(self, asked: Asked, reason: Reason, outcome: Outcome) -> None:
        if asked.message_id in self._deleted:
            return
        await self._keeper.keep(asked, reason, outcome)
        if asked.message_id in self._deleted:  # while it was being stored
            await self.forget((asked.message_id,))


def asked_by_message(message: discord.Message, text: str, nick: str | None = None) -> Asked:
    """Return a question that stands in a message."""
    return Asked(
        text=text,
        message_id=message.id,
        channel_id=message.channel.id,
        server_id=message.guild.id if message.guild else None,
        asker_id=message.author.id,
        names=_names(message.author, nick),
    )


def asked_by_command(interaction: discord.Interaction[discord.Client], text: str, reply_id: int) -> Asked:
    """Return a question that was asked by command; it goes with the bot's reply."""
    return Asked(
        text=text,
        message_id=reply_id,
        channel_id=interaction.channel_id or 0,
        server_id=interaction.guild_id,
        asker_id=interaction.user.id,
        names=_names(interaction.user),
    )


def question_ids(answer: discord.Message) -> tuple[int, ...]:
    """Return under which messages the question to an answer may be kept: the answer itself, and what it replies to."""
    replied_to = answer.reference.message_id if answer.reference else None
    return (answer.id,) if replied_to is None else (answer.id, replied_to)


def _is_courtesy(outcome: Unanswered) -> bool:
    return outcome.off_topic is not None and outcome.off_topic.reaction is not None


def _names(person: discord.User | discord.Member, nick: str | None = None) -> tuple[str, ...]:
    found = (person.name, person.global_name, getattr(person, "nick", None), nick)
    return tuple(filter(None, found))


async def _question_of(answer: discord.Message) -> discord.Message | None:
    """Return the message that an answer replies to; None if it replies to none or that is gone."""
    if answer.reference is None or answer.reference.message_id is None:
        return None
    try:
        return await answer.channel.fetch_message(answer.reference.message_id)
    except discord.NotFound:
        return None


async def _nick(guild: discord.Guild, person: discord.User | discord.Member) -> str | None:
    """Return by which name a server knows somebody: Discord doesn't tell it along with a message that is looked up."""
    if isinstance(person, discord.Member):
        return person.nick
    try:
        return (await guild.fetch_member(person.id)).nick
    except discord.NotFound:  # who has left goes by no other name there
        return None
