"""Keep unanswered questions, and forget them when members delete or settle them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import aiohttp
import discord

from bot.discord_app.asking.addressing import Asked, read_address
from bot.discord_app.recent import RecentIds
from bot.discord_app.scope import scope_of, server_of
from bot.discord_app.turns import Turns
from bot.discord_app.unanswered.keeper import QuestionKeeper, RawQuestion
from bot.discord_app.unanswered.recent_questions import RecentQuestions
from bot.discord_app.voting.votes import Voting
from bot.library import Library
from bot.outcomes import Outcome, Suggested, Unanswered
from bot.storage.errors import StorageUnavailable
from bot.storage.persistence import once_available
from bot.storage.unanswered import Reason

logger = logging.getLogger(__name__)

MAX_TO_FORGET = 10_000  # messages, or channels, while the database is away


class UnansweredTracker:
    """Follow what happens to the messages of unanswered questions.

    Only `forget_asker` raises, because somebody waits for it.
    """

    def __init__(self, *, keeper: QuestionKeeper, library: Library) -> None:
        self._keeper = keeper
        self._library = library
        self._by_command = RecentQuestions()
        self._gone_messages = RecentIds()
        self._gone_channels = RecentIds()  # apart: a thread has the id of the message that it began with
        self._messages_to_forget: set[int] = set()
        self._channels_to_forget: set[int] = set()
        self._is_forgetting = False
        self._voting = Turns()

    async def keep(self, asked: RawQuestion, outcome: Outcome) -> None:
        """Keep a question that was refused, or that got suggestions of which none is chosen yet."""
        if isinstance(outcome, Suggested):
            await self._keep(asked, Reason.not_taken, outcome)
        elif isinstance(outcome, Unanswered) and outcome.decisions and not _is_courtesy(outcome):
            await self._keep(asked, Reason.refused, outcome)

    async def keep_by_command(self, asked: RawQuestion, outcome: Outcome) -> None:
        """Keep a question, and remember an answered one for a while: a vote on its answer doesn't repeat its text."""
        has_answer = not isinstance(outcome, Unanswered) and outcome.decisions  # the id of a topic isn't ranked
        if has_answer and self._keeper.admits(asked) and not self._is_gone(asked):
            self._by_command.remember(asked)
        await self.keep(asked, outcome)

    async def follow_vote(
        self, answer: discord.Message, bot_user: discord.ClientUser, *, helpful: bool, voting: Voting
    ) -> None:
        """Keep the question of an answer that is voted down, and forget it once nobody votes it down.

        Handle one vote on an answer at a time, by the votes at that time: fetching the question takes time, in
        which people may change their minds.
        """
        async with self._voting.of(answer.id):
            try:
                if not await voting.is_voted_down(answer.id):
                    await self._keeper.questions.forget_messages(question_ids(answer), reason=Reason.voted_down)
                elif not helpful:
                    await self._keep_voted_down(answer, bot_user)
            except StorageUnavailable as error:
                logger.warning("A vote on answer %s could not be handled. %s", answer.id, error)

    async def question_behind(
        self, interaction: discord.Interaction[Any], answer_id: int, question_id: int | None
    ) -> RawQuestion | None:
        """Return the question of an answer in the channel of a click; `question_id` is the message that holds it."""
        ids = (answer_id,) if question_id is None else (answer_id, question_id)
        found = self._by_command.find(ids)
        if found is not None:
            return found if found.server_id == interaction.guild_id else None
        client: discord.Client = interaction.client
        if question_id is None or interaction.guild_id is None or client.user is None:
            return None
        place = client.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)
        return await _read_question(place, question_id, client.user)

    def recall(self, answer: discord.Message) -> str:
        """Return what somebody asked by command and got this answer to; "" if that isn't remembered."""
        asked = self._by_command.find(question_ids(answer))
        return asked.text if asked else ""

    async def forget_deleted(self, message_ids: Iterable[int]) -> None:
        """Forget the questions of deleted messages, as soon as the database is there."""
        ids = tuple(message_ids)
        self._gone_messages.add(ids)
        self._by_command.forget(ids)
        await self.forget(ids)

    async def forget_channel(self, channel_id: int) -> None:
        """Forget the questions of a deleted channel or thread, as soon as the database is there."""
        self._gone_channels.add((channel_id,))
        self._by_command.forget_where(lambda asked: asked.channel_id == channel_id)
        self._channels_to_forget.add(channel_id)
        _limit(self._channels_to_forget)
        await self._forget_all_due()

    async def forget(self, message_ids: Iterable[int]) -> None:
        """Forget the questions of messages, as soon as the database is there."""
        self._messages_to_forget.update(message_ids)
        _limit(self._messages_to_forget)
        await self._forget_all_due()

    async def forget_asker(self, person_id: int) -> int:
        """Forget what a person asked, and return the number of stored questions.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        self._by_command.forget_where(lambda asked: asked.asker_id == person_id)
        return await self._keeper.forget_asker(person_id)

    def forget_server(self, server_id: int) -> None:
        """Forget what is in memory about a server. The store forgets servers by itself."""
        self._by_command.forget_where(lambda asked: asked.server_id == server_id)

    async def _forget_all_due(self) -> None:
        if self._is_forgetting:  # the running call includes these
            return
        self._is_forgetting = True
        try:
            while self._messages_to_forget or self._channels_to_forget:
                await once_available(self._forget_due, otherwise="Can't delete questions yet.")
        finally:
            self._is_forgetting = False

    async def _forget_due(self) -> None:
        messages, channels = frozenset(self._messages_to_forget), frozenset(self._channels_to_forget)
        await self._keeper.questions.forget_messages(messages)
        await self._keeper.questions.forget_channels(channels)
        self._messages_to_forget -= messages
        self._channels_to_forget -= channels

    async def _keep_voted_down(self, answer: discord.Message, bot_user: discord.ClientUser) -> None:
        asked = self._by_command.find(question_ids(answer))
        reference = answer.reference
        if asked is None and answer.guild and reference and reference.message_id:
            asked = await _read_question(answer.channel, reference.message_id, bot_user, guild=answer.guild)
        if asked is not None:
            answering = await self._library.at(scope_of(answer))
            await self._keep(asked, Reason.voted_down, await answering.read(asked.text).answer_beside())

    async def _keep(self, asked: RawQuestion, reason: Reason, outcome: Outcome) -> None:
        if self._is_gone(asked):
            return
        await self._keeper.keep(asked, reason, outcome)
        if self._is_gone(asked):  # while it was being stored
            await self.forget((asked.message_id,))

    def _is_gone(self, asked: RawQuestion) -> bool:
        return asked.message_id in self._gone_messages or asked.channel_id in self._gone_channels


def _limit(to_forget: set[int]) -> None:
    """Bound the memory. What is dropped here expires with the retention period."""
    while len(to_forget) > MAX_TO_FORGET:
        to_forget.pop()


def asked_by_message(message: discord.Message, text: str, nick: str | None = None) -> RawQuestion:
    """Return the question in a message."""
    return RawQuestion(
        text=text,
        message_id=message.id,
        channel_id=message.channel.id,
        server_id=message.guild.id if message.guild else None,
        asker_id=message.author.id,
        names=names_of(message.author, nick),
        asked_at=message.created_at,
    )


def asked_by_command(interaction: discord.Interaction[discord.Client], text: str, reply_id: int) -> RawQuestion:
    """Return a question asked by command. It is deleted with the bot's reply."""
    return RawQuestion(
        text=text,
        message_id=reply_id,
        channel_id=interaction.channel_id or 0,
        server_id=server_of(interaction),
        asker_id=interaction.user.id,
        names=names_of(interaction.user),
        asked_at=interaction.created_at,
    )


def question_ids(answer: discord.Message) -> tuple[int, ...]:
    """Return the messages that the question of an answer may be kept by: the answer, and the message it replies to.

    Without Read Message History, replies carry no reference, and in a long answer only the first message has one. A
    suggestion chosen there leaves its question to expire.
    """
    replied_to = answer.reference.message_id if answer.reference else None
    return (answer.id,) if replied_to is None else (answer.id, replied_to)


def _is_courtesy(outcome: Unanswered) -> bool:
    return outcome.off_topic is not None and outcome.off_topic.reaction is not None


def names_of(person: discord.User | discord.Member, nick: str | None = None) -> tuple[str, ...]:
    """Return a person's user name, display name, and nickname. A fetched message knows none: pass it as `nick`."""
    found = (person.name, person.global_name, getattr(person, "nick", None), nick)
    return tuple(filter(None, found))


async def _read_question(
    place: discord.abc.Messageable, message_id: int, bot_user: discord.ClientUser, *, guild: discord.Guild | None = None
) -> RawQuestion | None:
    """Return the question in a message, with its asker's nickname in a server.

    None if it isn't for the bot, was deleted, or can't be read.
    """
    try:
        question = await place.fetch_message(message_id)
        address = read_address(question, bot_user)
        if not isinstance(address, Asked):
            return None
        return asked_by_message(question, address.text, await _nick(guild, question.author) if guild else None)
    except discord.NotFound:
        return None
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        logger.warning("Can't read question %s: %s.", message_id, type(error).__name__)
        return None


async def _nick(guild: discord.Guild, person: discord.User | discord.Member) -> str | None:
    """Return somebody's nickname. A fetched message doesn't include it."""
    if isinstance(person, discord.Member):
        return person.nick
    try:
        return (await guild.fetch_member(person.id)).nick
    except discord.NotFound:  # they have left
        return None
