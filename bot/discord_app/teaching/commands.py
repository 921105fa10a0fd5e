"""*Add to FAQ* in a message's menu: a moderator teaches the bot from what was written."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import aiohttp
import discord

from bot.discord_app.handoff.texts import asker_in, quoted_in
from bot.discord_app.message_menu import MessageMenu
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
from bot.discord_app.teaching.offers import TeachBetterButton, TeachButton, as_question
from bot.discord_app.teaching.teaching import in_time
from bot.discord_app.unanswered.tracking import names_of

TIME_TO_ASK = 0.5  # seconds, for each answer by Discord that decides what of the form a message fills in

HandedOn = tuple[int, str]
"""Who asked, and what."""


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


async def _handed_on_in(interaction: discord.Interaction[Any], channel: object) -> HandedOn | None:
    """Return the question that a thread was opened for; None if it's no hand-off's, or can't be read in time."""
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
