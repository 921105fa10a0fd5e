"""How commands come in, and what becomes of one that fails."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord import app_commands

from bot.discord_app.clicks import Interactive

logger = logging.getLogger(__name__)


class CommandTree(app_commands.CommandTree[Any]):
    """The commands of a client that carries a toolkit: discord.py makes it of the client alone."""

    client: Interactive

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Take up only what is admitted."""
        return self.client.admission.admits(interaction)

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Log what went wrong, and say so to whoever waits for an answer."""
        name = interaction.command.qualified_name if interaction.command else "?"
        logger.error("The command /%s failed.", name, exc_info=error)
        await self.client.responses.tell_of_fault(interaction)
