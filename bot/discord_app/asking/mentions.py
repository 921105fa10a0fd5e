"""Answer messages to the bot: mentions, replies, and DMs."""

from __future__ import annotations

import logging
from functools import partial

import discord

from bot.answering import ReadMessage
from bot.discord_app.asking.addressing import (
    Addressed,
    Asked,
    BareCall,
    HiddenQuote,
    HiddenText,
    NotAddressed,
    read_address,
)
from bot.discord_app.asking.buttons import for_everybody
from bot.discord_app.asking.flood import FloodLimits
from bot.discord_app.asking.last_answers import asker_of
from bot.discord_app.asking.questions import Questions
from bot.discord_app.asking.replies import reply_for
from bot.discord_app.asking.texts import (
    ANSWERS_ELSEWHERE,
    TOO_MANY_QUESTIONS,
    render_bare_call,
    render_elsewhere,
    render_hidden_quote,
    render_hidden_text,
    render_said_already,
)
from bot.discord_app.catch_up.direct_messages import DirectMessages
from bot.discord_app.delivery import Delivery, Done, claim_on, source_of
from bot.discord_app.languages import Languages
from bot.discord_app.page import Page, Reply, render_failure
from bot.discord_app.scope import scope_of
from bot.discord_app.sender import reply_to
from bot.discord_app.unanswered.tracking import UnansweredTracker, asked_by_message
from bot.discord_app.voting.vote_button import topics_below
from bot.language.languages import Language
from bot.language.speech import speaking
from bot.storage.claims_table import Claim
from bot.storage.resolutions import Resolution
from bot.storage.servers import ServerSettingsStore

logger = logging.getLogger(__name__)

Heard = ReadMessage | BareCall | HiddenText | HiddenQuote
"""What addresses the bot, with what it asks read."""


class Mentions:
    """Read a message, answer, render, and reply."""

    def __init__(
        self,
        *,
        bot_user: discord.ClientUser,
        delivery: Delivery,
        languages: Languages,
        direct_messages: DirectMessages,
        limits: FloodLimits,
        questions: Questions,
        servers: ServerSettingsStore,
        unanswered: UnansweredTracker,
    ) -> None:
        self._bot_user = bot_user
        self._delivery = delivery
        self._languages = languages
        self._direct_messages = direct_messages
        self._limits = limits
        self._questions = questions
        self._servers = servers
        self._unanswered = unanswered

    async def read(self, message: discord.Message) -> None:
        """Reply once to a message that addresses the bot. Ignore any other."""
        address = read_address(message, self._bot_user)
        if not isinstance(address, NotAddressed):
            self._direct_messages.note(message)
            await self._delivery.once(claim_on(message), partial(self._answer, message, address, limited=True))

    def is_addressed(self, message: discord.Message) -> bool:
        """Return whether a message addresses the bot."""
        return not isinstance(read_address(message, self._bot_user), NotAddressed)

    async def read_missed(self, message: discord.Message) -> bool:
        """Reply once to a message missed during an outage. Return whether it addresses the bot and was missed."""
        address = read_address(message, self._bot_user)
        if isinstance(address, NotAddressed):
            return False
        self._direct_messages.note(message)
        answer = partial(self._answer, message, address, limited=True)
        return await self._delivery.once(claim_on(message), answer, is_missed=True)

    async def take_up(self, claim: Claim, message: discord.Message) -> None:
        """Reply to a message that was claimed but may have no reply yet."""
        address = read_address(message, self._bot_user)
        if isinstance(address, NotAddressed):  # edited since
            self._delivery.close(claim, Resolution.closed_gone)
        else:
            self._direct_messages.note(message)
            await self._delivery.again(claim, partial(self._answer, message, address, limited=False))

    async def _answer(self, message: discord.Message, address: Addressed, *, limited: bool) -> Done:
        heard = await self._heard(message, address)
        language = await self._language_of(message, heard)
        with speaking(language):
            return await self._answer_in(language, message, heard, limited=limited)

    async def _answer_in(self, language: Language, message: discord.Message, heard: Heard, *, limited: bool) -> Done:
        if limited and not self._admits(message, heard):
            if self._limits.warnings.admits(message.author.id, message.created_at):
                await reply_to(message, TOO_MANY_QUESTIONS)
            return Done(Resolution.declined_too_many)
        if (direction := self._direction(message)) is not None:
            await reply_to(message, direction)
            return Done(Resolution.declined_elsewhere)
        match heard:
            case ReadMessage():
                return await self._answer_question(message, heard, language)
            case BareCall():
                knowledge = await self._questions.knowledge(scope=scope_of(message))
                await self._deliver(message, render_bare_call(knowledge.in_language(language).name))
            case HiddenText():
                await self._deliver(message, render_hidden_text(self._bot_user.mention))
            case HiddenQuote():
                await self._deliver(message, render_hidden_quote())
        return Done(Resolution.answered)

    async def _answer_question(self, message: discord.Message, asked: ReadMessage, language: Language) -> Done:
        server_id = message.guild.id if message.guild else None
        try:
            outcome = await self._questions.ask(
                asked,
                server_id=server_id,
                asker=asker_of(message),
                replies_to=self._topics_replied_to(message),
                language=language,
            )
            reply = reply_for(message, outcome, self._servers)
            reply = for_everybody(reply, message.author.id) if isinstance(reply, Page) else reply
        except Exception:
            logger.exception("Message %s could not be answered.", message.id)
            await reply_to(message, render_failure())
            return Done(Resolution.closed_fault)
        await self._deliver(message, reply)
        self._questions.count_outcome(outcome, source_of(message), server_id=server_id)
        keep = partial(self._unanswered.keep, asked_by_message(message, asked.text), outcome)
        return Done(Resolution.answered if isinstance(reply, Page) else Resolution.declined_courtesy, afterwards=keep)

    async def _heard(self, message: discord.Message, address: Addressed) -> Heard:
        """Read what a message asks."""
        return (
            await self._questions.read(address.text, scope=scope_of(message)) if isinstance(address, Asked) else address
        )

    async def _language_of(self, message: discord.Message, heard: Heard) -> Language:
        """Return the language of a message, or of the server if it says nothing."""
        match heard:
            case ReadMessage():
                return self._questions.language_of(heard, server_id=message.guild.id if message.guild else None)
            case _ if message.guild:
                return await self._languages.of_server(message.guild)
            case _:
                return (await self._questions.knowledge(scope=scope_of(message))).language

    def _topics_replied_to(self, message: discord.Message) -> tuple[str, ...]:
        """Return the entries of the bot's answer that a message replies to."""
        answer = message.reference.resolved if message.reference else None
        if not isinstance(answer, discord.Message) or answer.author.id != self._bot_user.id:
            return ()
        return topics_below(answer)

    def _admits(self, message: discord.Message, heard: Heard) -> bool:
        """Return whether one more message of its author is answered, and count it."""
        is_social = isinstance(heard, ReadMessage) and heard.is_social
        return self._limits.of_message(is_social=is_social).admits(message.author.id, message.created_at)

    def _direction(self, message: discord.Message) -> Reply | None:
        """Say where the bot answers; return None if it answers here."""
        if message.guild is None:
            return None
        channels = self._servers.of(message.guild.id).mention_channels
        if channels == "all" or not {message.channel.id, _parent_id(message)}.isdisjoint(channels):
            return None
        may_say_so = self._limits.directions.admits(message.channel.id, message.created_at)
        return render_elsewhere(channels) if may_say_so else ANSWERS_ELSEWHERE

    async def _deliver(self, message: discord.Message, reply: Reply) -> None:
        """Reply. In a server, link an answer that was just given there instead of repeating it."""
        say = partial(reply_to, message, reply)
        if not isinstance(reply, Page) or message.guild is None:
            await say()
            return
        earlier = await self._limits.answers.once(
            message.channel.id, reply.topics, say, language=reply.language, patience=None
        )
        if earlier:
            await reply_to(message, render_said_already(reply, earlier))


def _parent_id(message: discord.Message) -> int | None:
    """Return the id of the channel that a thread or a forum post belongs to."""
    return message.channel.parent_id if isinstance(message.channel, discord.Thread) else None
