"""The screen of `/manage settings`: it saves what is chosen, and shows all settings again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord

from bot.discord_app.clicks import feature, language_of
from bot.discord_app.page import Page, render_storage_away
from bot.discord_app.permissions import MissingPermission, missing_to_set
from bot.discord_app.setting_menus import Screen
from bot.language.speech import speaking
from bot.storage.errors import StorageUnavailable
from bot.storage.servers import ServerSettings, ServerSettingsStore


class SettingsScreen(Screen):
    """Save what is chosen, and show the settings of a server, which `render` makes a page of.

    After a change of language, `note_language` is called with the server's id.
    """

    command = "settings"

    def __init__(
        self,
        *,
        note_language: Callable[[int], None],
        render: Callable[[ServerSettings, discord.Guild], Page],
        servers: ServerSettingsStore,
    ) -> None:
        self._note_language = note_language
        self._render = render
        self._servers = servers

    def missing(self, interaction: discord.Interaction[Any]) -> MissingPermission | None:
        """Return Manage Server if somebody lacks it."""
        return missing_to_set(interaction)

    async def show(self, guild: discord.Guild) -> Page:
        """Return the settings.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._servers.load_all()
        return self._render(self._servers.of(guild.id), guild)

    async def save(self, interaction: discord.Interaction[Any], guild: discord.Guild, changes: dict[str, Any]) -> Page:
        """Save changes, and return the settings as they are now."""
        try:
            await self._servers.change(guild.id, **changes)
        except StorageUnavailable as error:
            return self._render(self._servers.of(guild.id), guild).headed(f"{render_storage_away(error).content}\n")
        if "language" in changes:
            self._note_language(guild.id)
        with speaking(language_of(interaction)):  # which may have just been chosen
            return self._render(self._servers.of(guild.id), guild)


class OfServerSettings:
    """A menu on that screen."""

    def _screen(self, interaction: discord.Interaction[Any]) -> SettingsScreen:
        return feature(interaction, SettingsScreen)
