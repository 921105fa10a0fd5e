"""Who a question is handed to, its thread in their channel, and who is pinged there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import discord

from bot.discord_app.handoff import texts
from bot.discord_app.page import Page
from bot.discord_app.permissions import missing_to_open_thread, render_missing_permission
from bot.discord_app.sender import NotTaken, find_thread, first_message_of, open_post, open_thread
from bot.language.speech import in_every_language
from bot.storage.servers import ServerSettings

PURPOSE = "handoffs"  # of the hashes of people
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
class Humans:
    """Who to ask, and where."""

    role: discord.Role
    channel: discord.TextChannel | discord.ForumChannel


def find_humans(interaction: discord.Interaction[Any], settings: ServerSettings, *, asker_id: int) -> Humans | Page:
    """Return who to ask and where, or why that can't be done."""
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
    return Humans(role, channel)


async def open_for(what: HandedOn, humans: Humans, *, nonce: str) -> int:
    """Open the thread or post for a question, and return its id.

    Raises:
        NotTaken: Discord doesn't take it, or can't be reached.
    """
    page = texts.render_opening(
        asker_id=what.asker_id, question=what.question, offered=what.offered, address=what.address
    )
    title = texts.title_of(what.question)
    if isinstance(humans.channel, discord.ForumChannel):
        return await open_post(humans.channel, page, title=title)
    return await open_thread(humans.channel, page, title=title, nonce=nonce)


async def find_opened(what: HandedOn, humans: Humans, *, recorded: int | None) -> discord.Thread | None:
    """Return the thread that another process, or an attempt that seemed to fail, opened for a question.

    Raises:
        NotTaken: The one that was recorded may be there, but can't be read now.
    """
    if recorded is not None:
        try:
            return await find_thread(humans.channel.guild, recorded)
        except NotTaken as refusal:
            if not refusal.is_gone:
                raise
    asked_at = discord.utils.snowflake_time(what.question_id)
    titles = in_every_language(lambda: texts.title_of(what.question))  # each attempt used the clicker's language
    for thread in humans.channel.threads:
        is_own = thread.owner_id == thread.guild.me.id and thread.name in titles
        if is_own and discord.utils.snowflake_time(thread.id) > asked_at:
            with suppress(NotTaken):
                if texts.asker_in(await first_message_of(thread)) == what.asker_id:
                    return thread
    return None


def explain(refusal: NotTaken, channel: discord.abc.GuildChannel) -> Page:
    """Say why a thread couldn't be opened."""
    if refusal.is_gone:
        return texts.render_channel_gone()
    if refusal.code in _TOO_MANY_THREADS:
        return texts.render_too_many_threads()
    if refusal.code in _SLOW_MODE:
        return texts.render_slow_mode(channel.id)
    if refusal.code in _ARCHIVED:
        return texts.render_closed(channel.id)
    return texts.render_refused(channel.id)


def pinging(
    *, users: list[discord.Object] | None = None, roles: list[discord.Role] | None = None
) -> discord.AllowedMentions:
    """Return that a message pings nobody else."""
    return discord.AllowedMentions(everyone=False, users=users or False, roles=roles or False, replied_user=False)
