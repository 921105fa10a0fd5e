"""What somebody clicks: it still works after a restart, for what it is to do stands in its custom_id."""

from __future__ import annotations

import re
from typing import Any, Self, TypeVar

import discord

from bot.discord_app.toolkit import Equipped, Toolkit

ItemT = TypeVar("ItemT", bound=discord.ui.Item[Any])

_nothing = r"(?!)"  # fits no custom_id; each kind of button has a template of its own


class Clicked(discord.ui.DynamicItem[ItemT], template=_nothing):
    """A button or a menu that stands below a message of the bot's, and what its custom_id says."""

    def __init__(self, item: ItemT, match: re.Match[str], tools: Toolkit) -> None:
        super().__init__(item)
        self._match = match
        self._tools = tools

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Make it of what discord.py has: this is the one place where a part isn't handed what it works with."""
        client: Equipped = interaction.client
        return cls(item, match, client.tools)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Take up only what is admitted."""
        return self._tools.admission.admits(interaction)


class ClickedButton(Clicked[discord.ui.Button[Any]], template=_nothing):
    """A button."""
