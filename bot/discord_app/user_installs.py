"""People who install the bot for themselves bring it along to places where it isn't, such as other servers.

There it has the shared knowledge, no settings and no rights, answers only whoever asks, and keeps nothing.
"""

from __future__ import annotations

from typing import Any, TypeVar

import discord
from discord import app_commands

T = TypeVar("T")


def is_brought_along(interaction: discord.Interaction[Any]) -> bool:
    """Return whether an interaction comes from a server without the bot, or from a DM or group DM of other people."""
    if interaction.guild_id is None:
        return interaction.context.private_channel
    if interaction.is_guild_integration():
        return False
    is_there = interaction.client.get_guild(interaction.guild_id) is not None
    has_user = interaction.user is not discord.utils.MISSING  # as long as Discord says who it is
    return not is_there or (has_user and interaction.is_user_integration())


def for_user_installs(command: T) -> T:
    """Let people bring a command along. A server's command permissions don't apply to it there."""
    everywhere = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    return everywhere(app_commands.allowed_installs(guilds=True, users=True)(command))


def goes_along(command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu) -> bool:
    """Return whether people may bring a command along."""
    root = command if isinstance(command, app_commands.ContextMenu) else command.root_parent or command
    return root.allowed_installs is not None and root.allowed_installs.user
