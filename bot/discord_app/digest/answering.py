"""**Write an answer** beside a question in a digest: a moderator teaches the bot."""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from bot.discord_app.clicks import Clickable, Feature, feature, reply_privately
from bot.discord_app.custom_ids import ID
from bot.discord_app.forms import text_beside
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import Page
from bot.discord_app.permissions import missing_to_moderate, render_missing_permission
from bot.discord_app.teaching.drafting import open_form
from bot.discord_app.teaching.offers import as_question
from bot.discord_app.teaching.teaching import TIME_TO_FIND_QUESTION, in_time
from bot.language.formats import in_quotes
from bot.language.speech import _, read_back
from bot.storage.digests import Digests
from bot.storage.errors import StorageUnavailable
from bot.storage.unanswered import KEPT_FOR

_ESCAPED = re.compile(r"\\(.)")


class WriteAnswerButton(Clickable[discord.ui.Button[Any]], template=rf"^digest-answer:(?P<question>{ID})$"):
    """Teach the answer to a question, named by the message that asked it."""

    def __init__(self, question_id: int) -> None:
        self.question_id = question_id
        super().__init__(discord.ui.Button(label=_("Write an answer"), custom_id=f"digest-answer:{question_id}"))

    @classmethod
    async def from_custom_id(cls, _i: discord.Interaction[Any], _item: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["question"]))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form, with the question as it's kept, or as it's shown if the database takes long."""
        if missing := missing_to_moderate(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        finding = feature(interaction, DigestAnswers).digests.question(
            self.question_id, server_id=interaction.guild_id or 0, channel_id=interaction.channel_id or 0
        )
        try:
            question = await in_time(finding, TIME_TO_FIND_QUESTION)
        except (TimeoutError, StorageUnavailable):
            beside = text_beside(clicked_message(interaction), f"digest-answer:{self.question_id}")
            question = None if beside is None else _read_quoted(beside)
        if question is None:
            await reply_privately(interaction, render_question_gone())
        else:
            await open_form(interaction, question=as_question(question))


class DigestAnswers(Feature):
    """Let moderators answer what digests quote."""

    items = (WriteAnswerButton,)

    def __init__(self, *, digests: Digests) -> None:
        self.digests = digests


def render_question_gone() -> Page:
    """Say that a question can't be answered from a digest anymore."""
    return Page(
        content=_(
            "That question is gone: it was deleted or dismissed, or it's older than {days} days.", days=KEPT_FOR.days
        )
    )


def quoted(question: str) -> str:
    """Return a question as a digest quotes it beside its button."""
    return f"**{in_quotes(question)}**"


def _read_quoted(text: str) -> str:
    """Return the question that is quoted in a text, as it was before its Markdown was escaped."""
    first, *_rest = text.splitlines() or [""]
    return _ESCAPED.sub(r"\1", read_back(first, quoted) or "")
