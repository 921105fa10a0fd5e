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
        menu = app_commands.ContextMenu(name=self.name, callback=self.use)
        menu.guild_only = True
        menu.default_permissions = discord.Permissions(manage_messages=True)
        tree.add_command(menu)

    @abstractmethod
    async def use(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Do what the command is for, with the message whose menu it is."""
