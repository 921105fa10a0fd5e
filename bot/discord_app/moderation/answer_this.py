"""*Answer this* in a message's menu: a moderator picks the answer that the bot replies with."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Self

import discord
from discord import app_commands

from bot.answering import UnknownTopic
from bot.discord_app.asking.buttons import for_everybody, picked, render_answers
from bot.discord_app.asking.questions import Questions
from bot.discord_app.asking.texts import posted_for
from bot.discord_app.clicks import Clickable, MessageMenu, carry_out_once, feature, language_of, reply_privately
from bot.discord_app.custom_ids import ID, LANGUAGE, in_language, language_in
from bot.discord_app.grants import GRANT, Grants
from bot.discord_app.handoff.texts import quote
from bot.discord_app.moderation.explanation import render_no_question
from bot.discord_app.page import MAX_LABEL, Page, render_gone_topic, shorten
from bot.discord_app.permissions import missing_to_write, render_missing_permission
from bot.discord_app.scope import scope_of
from bot.discord_app.sender import NotTaken, post_reply
from bot.discord_app.teaching.offers import TeachButton, as_question
from bot.language.formats import percentage
from bot.language.languages import Language
from bot.language.speech import N_, _, speaking
from bot.library import Library
from bot.outcomes import Answered, Likely
from bot.storage.statistics import Event

logger = logging.getLogger(__name__)

MAX_OFFERED = 3
ANSWER_THIS = N_("Answer this")
TO_ANSWER = Grants(ANSWER_THIS)


class AnswerButton(
    Clickable[discord.ui.Button[Any]],
    template=rf"^point:(?P<message>{ID}):(?P<author>{ID}):{GRANT}:{LANGUAGE}(?P<topic>\S{{1,50}})$",
):
    """Post an answer as a reply to a member's message, in its language."""

    def __init__(
        self,
        topic_id: str,
        label: str,
        *,
        message_id: int,
        author_id: int,
        grant: str,
        language: Language | None = None,
    ) -> None:
        self.grant = grant
        self.topic_id = topic_id
        self.message_id = message_id
        self.author_id = author_id
        self.language = language
        custom_id = in_language(f"point:{message_id}:{author_id}:{grant}:", topic_id, language)
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle.primary))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(
            match["topic"],
            item.label or "",
            message_id=int(match["message"]),
            author_id=int(match["author"]),
            grant=match["grant"],
            language=language_in(match),
        )

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the list was shown, and reply."""
        try:
            answered = await picked(interaction, self.topic_id, language=self.language)
        except UnknownTopic:
            await reply_privately(interaction, render_gone_topic())
            return
        if missing := TO_ANSWER.missing(interaction, self.grant) or missing_to_write(
            interaction, "read_message_history"
        ):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        reply = partial(self._reply, interaction, answered)
        await carry_out_once(interaction, "answer-this", self.message_id, work=reply)

    async def _reply(self, interaction: discord.Interaction[Any], answered: Answered) -> Page:
        """Post the answer, and return what replaces the list."""
        with speaking(answered.language):
            page = for_everybody(render_requested(render_answers(answered), interaction.user.id), self.author_id)
        channel = interaction.client.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)
        message = channel.get_partial_message(self.message_id)
        try:
            url = await post_reply(message, page, permissions=interaction.app_permissions, nonce=self._nonce)
        except NotTaken as refusal:
            logger.warning("Can't answer message %s for a moderator: %s.", self.message_id, refusal)
            return render_message_gone() if refusal.is_gone else render_answer_rejected()
        questions = feature(interaction, Questions)
        questions.count(Event.asked, server_id=interaction.guild_id)
        questions.count(Event.answered, server_id=interaction.guild_id, topics=(self.topic_id,))
        return Page(content=_("Posted: {address}", address=url))

    @property
    def _nonce(self) -> str:
        """The same for every click on the same answer to the same message, so that Discord posts it once."""
        return hashlib.sha256(f"{self.message_id}:{self.topic_id}".encode()).hexdigest()[:20]


class AnswerThis(MessageMenu):
    """Offer a moderator the likeliest answers to a message."""

    name = ANSWER_THIS
    items = (AnswerButton,)

    def __init__(self, *, library: Library, questions: Questions, tree: app_commands.CommandTree[Any]) -> None:
        super().__init__(tree=tree)
        self._library = library
        self._questions = questions

    async def use(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Show the likeliest answers."""
        scope = scope_of(interaction)
        answering = await self._library.at(scope)
        likely = await asyncio.to_thread(
            answering.likeliest, message.content, MAX_OFFERED, language=language_of(interaction)
        )
        grant = TO_ANSWER.to(interaction)
        language = self._questions.language_of(answering.read(message.content), server_id=scope.server_id)
        page = render_likely(likely, message.id, message.author.id, language=language, grant=grant)
        if likely and interaction.permissions.manage_messages:
            page = replace(page.headed(quote(as_question(message.content))), items=(*page.items, TeachButton()))
        await reply_privately(interaction, page)


def render_likely(likely: Sequence[Likely], message_id: int, author_id: int, *, language: Language, grant: str) -> Page:
    """Return the likeliest answers to a message in a language, each with a button to post it."""
    if not likely:
        return render_no_question()
    lines = [
        f"{number}. {percentage(each.confidence)} · {each.entry.question}" for number, each in enumerate(likely, 1)
    ]
    buttons = (
        AnswerButton(
            each.entry.id,
            shorten(f"{number}. {each.entry.question}", MAX_LABEL),
            message_id=message_id,
            author_id=author_id,
            grant=grant,
            language=language,
        )
        for number, each in enumerate(likely, 1)
    )
    return Page(content="\n".join([_("Which answer should I post?"), *lines]), items=tuple(buttons))


def render_requested(answer: Page, moderator_id: int) -> Page:
    """Return an answer with the name of the moderator who picked it."""
    return replace(answer, content="\n".join(filter(None, [answer.content, posted_for(moderator_id)])))


def render_message_gone() -> Page:
    """Say that the message to answer was deleted."""
    return Page(content=_("That message was deleted, so I didn't post anything."))


def render_answer_rejected() -> Page:
    """Say that Discord rejected an answer."""
    return Page(content=_("Discord rejected the answer. Please try again in a moment."))
