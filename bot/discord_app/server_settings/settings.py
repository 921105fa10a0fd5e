"""`/manage settings`: what a moderator can change in a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import discord
from discord import app_commands

from bot.discord_app.asking.posts import means_solved
from bot.discord_app.clicks import language_of, reply_privately, responses_of
from bot.discord_app.handoff.texts import describe_obstacles
from bot.discord_app.page import MAX_MENU_OPTIONS, Card, Page, render_storage_away
from bot.discord_app.permissions import MissingPermission, missing_to_set, reader_of, render_missing_permission
from bot.discord_app.server_settings.menus import (
    ConfidenceMenu,
    ForumsMenu,
    HandoffChannelMenu,
    HandoffPingsMenu,
    HandoffRoleMenu,
    HelpChannelMenu,
    LanguageMenu,
    MentionChannelsMenu,
    PrivacyMenu,
    TagsMenu,
    TeachingMenu,
)
from bot.discord_app.server_settings.texts import describe_settings, hints_on_solved_button
from bot.discord_app.setting_menus import Screen, SettingMenu
from bot.language.speech import N_, _, speaking
from bot.storage.errors import StorageUnavailable
from bot.storage.servers import ServerSettings, ServerSettingsStore


class SettingsScreen(Screen):
    """Let moderators with Manage Server see and change the settings of their server.

    After a change of language, `note_language` is called with the server's id.
    """

    command = "settings"
    items = (
        MentionChannelsMenu,
        ForumsMenu,
        TagsMenu,
        PrivacyMenu,
        TeachingMenu,
        ConfidenceMenu,
        HelpChannelMenu,
        HandoffRoleMenu,
        HandoffChannelMenu,
        HandoffPingsMenu,
        LanguageMenu,
    )

    def __init__(
        self, *, manage: app_commands.Group, note_language: Callable[[int], None], servers: ServerSettingsStore
    ) -> None:
        self._note_language = note_language
        self._servers = servers
        description = N_("Change where and how I answer in this server. Requires Manage Server.")
        manage.command(name=self.command, description=description)(self.settings)

    async def settings(self, interaction: discord.Interaction[Any]) -> None:
        """Show the settings, with menus to change them."""
        if missing := self.missing(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
        else:
            await responses_of(interaction).acknowledged(interaction, self._show(reader_of(interaction).guild))

    def missing(self, interaction: discord.Interaction[Any]) -> MissingPermission | None:
        """Return Manage Server if somebody lacks it."""
        return missing_to_set(interaction)

    async def save(self, interaction: discord.Interaction[Any], guild: discord.Guild, changes: dict[str, Any]) -> Page:
        """Save changes, and return the settings as they are now."""
        try:
            await self._servers.change(guild.id, **changes)
        except StorageUnavailable as error:
            page = render_settings(self._servers.of(guild.id), guild)
            return page.headed(f"{render_storage_away(error).content}\n")
        if "language" in changes:
            self._note_language(guild.id)
        with speaking(language_of(interaction)):  # which may have just been chosen
            return render_settings(self._servers.of(guild.id), guild)

    async def _show(self, guild: discord.Guild) -> Page:
        await self._servers.load_all()
        return render_settings(self._servers.of(guild.id), guild)


def render_settings(settings: ServerSettings, guild: discord.Guild) -> Page:
    """Return the settings of a server, with menus to change them. Deleted channels aren't preselected."""
    mentions = frozenset() if settings.mention_channels == "all" else settings.mention_channels
    help_channel = [settings.help_channel] if settings.help_channel else []
    handoff_channel = [settings.handoff_channel] if settings.handoff_channel else []
    role = guild.get_role(settings.handoff_role) if settings.handoff_role else None
    forums = [forum for forum in guild.forums if forum.id in settings.forum_channels]
    tags = sorted({tag.name for forum in forums for tag in forum.available_tags if not means_solved(tag.name)})
    menus: tuple[SettingMenu[Any], ...] = (
        MentionChannelsMenu(_existing(mentions, guild)),
        ForumsMenu(_existing(settings.forum_channels, guild)),
        *([TagsMenu(tags[:MAX_MENU_OPTIONS], settings.skipped_tags)] if tags else []),
        PrivacyMenu(settings.private_by_default),
        ConfidenceMenu(settings.minimum_confidence),
        HelpChannelMenu(_existing(help_channel, guild)),
        HandoffRoleMenu(role.id if role else None),
        HandoffChannelMenu(_existing(handoff_channel, guild)),
        HandoffPingsMenu(settings.handoff_pings),
        TeachingMenu(settings.taught_items_wait),
        LanguageMenu(settings.language),
    )
    hints = (*hints_on_solved_button(forums), *describe_obstacles(settings, guild))
    text = "\n".join([describe_settings(settings), *hints])
    items = tuple(part for menu in menus for part in menu.parts)
    return Page(cards=(Card(title=_("Settings of this server"), text=text),), items=items)


def _existing(ids: Iterable[int], guild: discord.Guild) -> list[int]:
    return [id_ for id_ in sorted(ids) if guild.get_channel(id_)][:MAX_MENU_OPTIONS]
