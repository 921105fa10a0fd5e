"""What the menus do with which a moderator changes the settings of a server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord

from bot.discord_app.clicks import NO_TEMPLATE, Clicked, ItemT
from bot.discord_app.moderation.pages import (
    render_being_saved,
    render_missing_permission,
    render_settings_not_saved,
    render_unknown_choice,
)
from bot.discord_app.page import Page
from bot.discord_app.permissions import missing_to_set
from bot.discord_app.server_settings.components import (
    CHANNELS_TEMPLATE,
    CHOICE_TEMPLATE,
    OFFERED_CONFIDENCES,
    confidence_value,
    settings_screen,
)
from bot.storage.errors import StorageUnavailable
from bot.storage.servers import ServerSettingsStore


class SettingsMenu(Clicked[ItemT], template=NO_TEMPLATE):
    """Change a setting and show all of them anew."""

    async def _change(self, interaction: discord.Interaction[Any], **changes: Any) -> None:
        guild = interaction.guild
        if (missing := missing_to_set(interaction)) or guild is None:
            await self._say(interaction, render_missing_permission(missing) if missing else render_unknown_choice())
            return
        await self._once(
            interaction,
            "settings",
            guild.id,
            work=lambda: self._tools.responses.carry_out(
                interaction, _save(self._tools.stores.servers, guild, changes)
            ),
            meanwhile=render_being_saved(),
        )


class ChannelsMenu(SettingsMenu[discord.ui.ChannelSelect[Any]], template=CHANNELS_TEMPLATE):
    """Choose the channels where mentions are answered, or the forums where new posts are."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Store the choice."""
        ids = frozenset(channel.id for channel in self.item.values)
        if self._match["which"] == "forums":
            await self._change(interaction, forum_channels=ids)
        else:
            await self._change(interaction, mention_channels=ids or "all")


class ChoiceMenu(SettingsMenu[discord.ui.Select[Any]], template=CHOICE_TEMPLATE):
    """Choose whether answers are private, or how sure the bot must be."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Store the choice, if it is one that is offered."""
        [value] = self.item.values
        which = self._match["which"]
        confidences = {confidence_value(confidence): confidence for confidence in OFFERED_CONFIDENCES}
        if which == "privacy" and value in {"private", "public"}:
            await self._change(interaction, private_by_default=value == "private")
        elif which == "confidence" and value in confidences:
            await self._change(interaction, minimum_confidence=confidences[value])
        else:
            await self._say(interaction, render_unknown_choice())


SETTINGS_ITEMS = (ChannelsMenu, ChoiceMenu)


async def _save(servers: ServerSettingsStore, guild: discord.Guild, changes: dict[str, Any]) -> Page:
    try:
        await servers.load_all()  # a change to settings that haven't been read would undo the others
        await servers.save(guild.id, replace(servers.of(guild.id), **changes))
    except StorageUnavailable:
        screen = settings_screen(servers.of(guild.id), guild)
        return render_settings_not_saved(screen)
    return settings_screen(servers.of(guild.id), guild)
