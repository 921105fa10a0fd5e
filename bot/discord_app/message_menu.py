"""Commands in a message's menu, for moderators."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import discord
from discord import app_commands

from bot.discord_app.clicks import Feature


class MessageMenu(Feature):
    """A command in the menu of every message, for people with Manage Messages and those a server grants it to."""

    name: ClassVar[str]

    def __init__(self, *, tree: app_commands.CommandTree[Any]) -> None:
        self._tree = tree
        self._menu = app_commands.ContextMenu(name=self.name, callback=self.use)
        self._menu.guild_only = True
        self._menu.default_permissions = discord.Permissions(manage_messages=True)

    async def cog_load(self) -> None:
        """Add the command to the menu."""
        self._tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove the command from the menu."""
        self._tree.remove_command(self._menu.name, type=self._menu.type)

    @abstractmethod
    async def use(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Do what the command is for, with the message whose menu it is."""
