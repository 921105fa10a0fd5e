"""Where moderators begin to teach: *Add to FAQ* in a message's menu, and buttons where the bot had no good answer."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Any, Self

import aiohttp
import discord

from bot.discord_app.clicks import Clickable, MessageMenu, feature, reply_privately
from bot.discord_app.custom_ids import ID
from bot.discord_app.handoff.texts import asker_in, quoted_in
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import LAST_ROW, shorten
from bot.discord_app.permissions import missing_to_moderate, render_missing_permission
from bot.discord_app.privacy.redaction import redact
from bot.discord_app.sender import NotTaken, first_message_of
from bot.discord_app.teaching.drafting import (
    ADD_TO_FAQ,
    TO_ADD,
    ChangeButton,
    DiscardButton,
    SaveButton,
    TeachForm,
    open_form,
)
from bot.discord_app.teaching.teaching import TIME_TO_FIND_QUESTION, Teaching, in_time
from bot.discord_app.unanswered.tracking import names_of
from bot.knowledge.file_format import MAX_QUESTION_LENGTH
from bot.language.speech import _

TIME_TO_ASK = 0.5  # seconds, for each answer by Discord that decides what of the form a message fills in


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


class AddToFaq(MessageMenu):
    """Open the form for a message: as the answer if someone of the staff wrote it, else as the question.

    In the thread of a hand-off, what anyone but the asker wrote is an answer to the question there.
    """

    name = ADD_TO_FAQ
    items = (SaveButton, ChangeButton, DiscardButton, TeachButton, TeachBetterButton)
    forms = (TeachForm,)

    async def use(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Open the form."""
        grant = TO_ADD.to(interaction)
        by_staff, handed_on = await asyncio.gather(
            _is_by_staff(interaction, message), _handed_on_in(interaction, message.channel)
        )
        if by_staff or (handed_on and handed_on[0] != message.author.id):
            question = _question_before(message) or (handed_on[1] if handed_on else "")
            await open_form(interaction, question=question, answer=message.content, grant=grant)
        else:
            await open_form(interaction, question=_as_question(message), grant=grant)


def as_question(text: str, names: tuple[str, ...] = ()) -> str:
    """Return a member's message as a question to teach, without what may tell who wrote it."""
    return shorten(redact(text, names=names), MAX_QUESTION_LENGTH)


async def _is_by_staff(interaction: discord.Interaction[Any], message: discord.Message) -> bool:
    """Return whether a bot wrote a message, or someone with Manage Messages, if that can be found out in time."""
    author, guild = message.author, interaction.guild
    if author.bot or author.id == interaction.user.id:
        return True
    if guild is None:
        return False
    if author.id == guild.owner_id:
        return True
    member = await _find_member(guild, author.id)
    return member is not None and member.guild_permissions.manage_messages


async def _handed_on_in(interaction: discord.Interaction[Any], channel: object) -> tuple[int, str] | None:
    """Return who asked what a thread was opened for, and what; None if it's no hand-off's, or can't be read in time."""
    own = interaction.client.user
    if not isinstance(channel, discord.Thread) or own is None or channel.owner_id != own.id:
        return None
    with suppress(TimeoutError, NotTaken):
        opening = await in_time(first_message_of(channel), TIME_TO_ASK)
        if (asker_id := asker_in(opening)) is not None:
            question, asker = " ".join(quoted_in([opening]).split()), await _find_member(channel.guild, asker_id)
            return asker_id, as_question(question, names_of(asker) if asker else ())
    return None


async def _find_member(guild: discord.Guild, person_id: int) -> discord.Member | None:
    with suppress(TimeoutError, discord.HTTPException, aiohttp.ClientError, OSError):
        return await in_time(guild.fetch_member(person_id), TIME_TO_ASK)
    return None


def _question_before(message: discord.Message) -> str:
    """Return the message that an answer replies to, if Discord handed it over."""
    asked = message.reference.resolved if message.reference else None
    return _as_question(asked) if isinstance(asked, discord.Message) and not asked.author.bot else ""


def _as_question(message: discord.Message) -> str:
    return as_question(message.content, names_of(message.author))
