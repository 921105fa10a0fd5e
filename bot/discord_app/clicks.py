"""What somebody clicks: it still works after a restart, for what it is to do stands in its custom_id."""

from __future__ import annotations

import logging
import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Self, TypeVar

import discord

from bot.discord_app.page import Page
from bot.discord_app.toolkit import Equipped, Toolkit
from bot.discord_app.underway import AlreadyRunning
from bot.operations.logs import question_logged

logger = logging.getLogger(__name__)

T = TypeVar("T")
ItemT = TypeVar("ItemT", bound=discord.ui.Item[Any])

NO_TEMPLATE = r"(?!)"  # fits no custom_id; each kind of button has a template of its own


class Clicked(discord.ui.DynamicItem[ItemT], template=NO_TEMPLATE):
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

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the click is for; of a fault in that, whoever clicked is told."""
        try:
            await self.act(interaction)
        except Exception:
            with question_logged(interaction.id):
                logger.exception("What a click is for could not be done.")
            await self._tools.responses.tell_of_fault(interaction)

    @abstractmethod
    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the click is for."""

    async def _say(self, interaction: discord.Interaction[Any], page: Page) -> None:
        """Answer just the person who clicked."""
        await self._tools.responses.respond(interaction, page, private=True)

    async def _once(
        self,
        interaction: discord.Interaction[Any],
        *key: Hashable,
        work: Callable[[], Awaitable[T]],
        meanwhile: Page,
    ) -> T | None:
        """Do some work; whoever clicks while it is being done is shown a page that says so, and None is returned."""
        try:
            with self._tools.underway.only_once(*key):
                return await work()
        except AlreadyRunning:
            await self._say(interaction, meanwhile)
            return None


class ClickedButton(Clicked[discord.ui.Button[Any]], template=NO_TEMPLATE):
    """A button."""
