"""*Add to FAQ* in a message's menu: a moderator teaches the bot from what was written."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.discord_app.message_menu import MessageMenu
from bot.discord_app.teaching.drafting import open_form
from bot.discord_app.teaching.offers import as_question
from bot.discord_app.teaching.teaching import Teaching, in_time
from bot.language.speech import N_

TIME_TO_FIND_MEMBER = 0.2  # seconds; whose message it is decides what of the form it fills in


class AddToFaq(MessageMenu):
    """Open the form for a message: as the answer if someone of the staff wrote it, else as the question."""

    name = N_("Add to FAQ")

    def __init__(self, *, teaching: Teaching, tree: app_commands.CommandTree[Any]) -> None:
        super().__init__(tree=tree)
        self._teaching = teaching

    async def use(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Open the form."""
        grant = self._teaching.to_add.to(interaction)
        if await _is_by_staff(interaction, message):
            await open_form(interaction, question=_question_before(message), answer=message.content, grant=grant)
        else:
            await open_form(interaction, question=_as_question(message), grant=grant)


async def _is_by_staff(interaction: discord.Interaction[Any], message: discord.Message) -> bool:
    """Return whether a bot wrote a message, or someone with Manage Messages, as far as that is found out in time."""
    author, guild = message.author, interaction.guild
    if author.bot or author.id == interaction.user.id:
        return True
    if guild is None:
        return False
    if author.id == guild.owner_id:
        return True
    with suppress(TimeoutError, discord.HTTPException, aiohttp.ClientError, OSError):
        member = await in_time(guild.fetch_member(author.id), TIME_TO_FIND_MEMBER)
        return member.guild_permissions.manage_messages
    return False


def _question_before(message: discord.Message) -> str:
    """Return the message that an answer replies to, if Discord handed it over."""
    asked = message.reference.resolved if message.reference else None
    return _as_question(asked) if isinstance(asked, discord.Message) and not asked.author.bot else ""


def _as_question(message: discord.Message) -> str:
    author = message.author
    names = (author.name, author.global_name, getattr(author, "nick", None))
    return as_question(message.content, tuple(filter(None, names)))
