"""Tell which server and channels a question is asked in, if the bot is there itself."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.user_installs import is_brought_along
from bot.knowledge.model import KnowledgeBase
from bot.library import Library, Scope


def server_of(interaction: discord.Interaction[Any]) -> int | None:
    """Return the server an interaction comes from; None in DMs, and where the bot was brought along."""
    return None if is_brought_along(interaction) else interaction.guild_id


def scope_of(where: discord.Message | discord.Interaction[Any]) -> Scope:
    """Return where a message or an interaction comes from."""
    if isinstance(where, discord.Message):
        return scope_in(where.guild.id if where.guild else None, where.channel)
    return scope_in(server_of(where), where.channel)


def scope_in(server_id: int | None, channel: object) -> Scope:
    """Return the scope of a channel or thread, from what Discord has told the bot about it."""
    if server_id is None:
        return Scope()
    ids = (getattr(channel, "id", None), getattr(channel, "parent_id", None))
    return Scope(server_id, frozenset(filter(None, ids)))


async def knowledge_of(library: Library, interaction: discord.Interaction[Any]) -> KnowledgeBase:
    """Return all that is known in the server an interaction comes from, whatever the channel."""
    return (await library.of_server(server_of(interaction))).knowledge
