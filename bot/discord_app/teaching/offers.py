"""Buttons for moderators that open the form to teach with, where the bot had no good answer."""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from bot.discord_app.clicks import Clickable, feature, reply_privately
from bot.discord_app.custom_ids import ID
from bot.discord_app.handoff.texts import quoted_in
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import LAST_ROW, shorten
from bot.discord_app.permissions import missing_to_moderate, render_missing_permission
from bot.discord_app.privacy.redaction import redact
from bot.discord_app.teaching.drafting import open_form
from bot.discord_app.teaching.teaching import TIME_TO_FIND_QUESTION, Teaching, in_time
from bot.knowledge.file_format import MAX_QUESTION_LENGTH
from bot.language.speech import _


class TeachButton(Clickable[discord.ui.Button[Any]], template=r"^teach-none$"):
    """Teach the answer to the question that is quoted in the message above the button."""

    def __init__(self) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=_("None of these: teach me"), custom_id="teach-none", row=LAST_ROW
        )
        super().__init__(button)

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form."""
        if missing := missing_to_moderate(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
        else:
            await open_form(interaction, question=quoted_in([clicked_message(interaction).content]))


class TeachBetterButton(
    Clickable[discord.ui.Button[Any]],
    template=rf"^teach-better:(?P<answer>{ID}):(?P<question>{ID}):(?P<topic>\S{{1,50}})$",
):
    """Teach a better answer than the one that was voted down; `question_id` is 0 if that message isn't known."""

    def __init__(self, answer_id: int, question_id: int, topic: str) -> None:
        self.answer_id = answer_id
        self.question_id = question_id
        self.topic = topic
        custom_id = f"teach-better:{answer_id}:{question_id}:{topic}"
        super().__init__(discord.ui.Button(label=_("Teach me a better answer"), custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["answer"]), int(match["question"]), match["topic"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form, with the question if it can be found in time."""
        if missing := missing_to_moderate(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        finding = feature(interaction, Teaching).unanswered.question_behind(
            interaction, self.answer_id, self.question_id or None
        )
        try:
            asked = await in_time(finding, TIME_TO_FIND_QUESTION)
        except TimeoutError:
            asked = None
        question = as_question(asked.text, asked.names) if asked else ""
        await open_form(interaction, chosen=self.topic, question=question)


def as_question(text: str, names: tuple[str, ...] = ()) -> str:
    """Return a member's message as a question to teach, without what may tell who wrote it."""
    return shorten(redact(text, names=names), MAX_QUESTION_LENGTH)
