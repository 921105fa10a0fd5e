"""The menus of `/manage settings`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import discord

from bot.discord_app.clicks import reply_privately
from bot.discord_app.server_settings.texts import (
    answering_commands,
    needing_confidence,
    render_everyone,
    speaking_language,
    using_what_is_taught,
)
from bot.discord_app.setting_menus import ChannelMenu, ChannelsMenu, ChoiceMenu, SettingMenu
from bot.language.languages import SPOKEN
from bot.language.speech import N_, _, ngettext

OFFERED_PINGS = (0, 1, 2, 5, 10, 20)  # an hour
OFFERED_CONFIDENCES = (None, 0.5, 0.6, 0.7, 0.8, 0.9)
BY_QUESTION = "by-question"

_WRITABLE = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]


class MentionChannelsMenu(ChannelsMenu, custom_id="settings:mentions"):
    """Choose the channels where mentions are answered."""

    setting = "mention_channels"
    placeholder = N_("Answer mentions in: all channels")
    purpose = N_("Answer mentions in:")
    channel_types = _WRITABLE

    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        await self._save(interaction, self.chosen or "all")


class ForumsMenu(ChannelsMenu, custom_id="settings:forums"):
    """Choose the forums where new posts are answered."""

    setting = "forum_channels"
    placeholder = N_("Answer new posts in: no forum")
    purpose = N_("Answer new posts in:")
    channel_types: ClassVar[list[discord.ChannelType]] = [discord.ChannelType.forum]


class TagsMenu(SettingMenu[discord.ui.Select[Any]], custom_id="settings:tags"):
    """Choose the tags of posts that aren't answered, by name."""

    setting = "skipped_tags"
    purpose = N_("Also skip posts tagged:")

    def __init__(self, names: Sequence[str] = (), chosen: Collection[str] = ()) -> None:
        menu: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=self.custom_id_,
            placeholder=_("Also skip posts tagged: none"),
            min_values=0,
            max_values=max(1, len(names)),
            options=[discord.SelectOption(label=name, value=name, default=name in chosen) for name in names],
        )
        super().__init__(menu)

    @property
    def shows_choice(self) -> bool:
        """Whether it shows only tags."""
        return any(option.default for option in self.item.options)

    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        chosen = frozenset(self.item.values)
        forums = interaction.guild.forums if interaction.guild else ()
        if chosen <= {tag.name for forum in forums for tag in forum.available_tags}:
            await self._save(interaction, chosen)
        else:
            await self._refuse(interaction)


class HelpChannelMenu(ChannelMenu, custom_id="settings:help"):
    """Choose the channel that refusals point to."""

    setting = "help_channel"
    placeholder = N_("Help channel: none")
    purpose = N_("Help channel:")
    channel_types = _WRITABLE


class HandoffChannelMenu(ChannelMenu, custom_id="settings:handoff-channel"):
    """Choose the channel or forum where people are asked."""

    setting = "handoff_channel"
    placeholder = N_("Ask a human in: no channel")
    purpose = N_("Ask a human in:")
    channel_types: ClassVar[list[discord.ChannelType]] = [discord.ChannelType.text, discord.ChannelType.forum]


class HandoffRoleMenu(SettingMenu[discord.ui.RoleSelect[Any]], custom_id="settings:handoff-role"):
    """Choose the role that people can ask instead of the bot."""

    setting = "handoff_role"
    purpose = N_("Ask a human:")

    def __init__(self, chosen: int | None = None) -> None:
        menu: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
            custom_id=self.custom_id_,
            placeholder=_("Ask a human: nobody"),
            min_values=0,
            default_values=[discord.SelectDefaultValue.from_role(discord.Object(chosen))] if chosen else [],
        )
        super().__init__(menu)

    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice, unless it is everybody."""
        role = next(iter(self.item.values), None)
        if role is not None and role.id == interaction.guild_id:
            await reply_privately(interaction, render_everyone())
        else:
            await self._save(interaction, role.id if role else None)


class PrivacyMenu(ChoiceMenu, custom_id="settings:privacy"):
    """Choose whether only the person who uses a command sees the answer."""

    setting = "private_by_default"
    choices: ClassVar[dict[str, Any]] = {"private": True, "public": False}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return answering_commands(privately=value)


class TeachingMenu(ChoiceMenu, custom_id="settings:teaching"):
    """Choose whether what moderators teach waits until someone with Manage Server approves it."""

    setting = "taught_items_wait"
    choices: ClassVar[dict[str, Any]] = {"at-once": False, "approved": True}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return using_what_is_taught(waits=value)


class ConfidenceMenu(ChoiceMenu, custom_id="settings:confidence"):
    """Choose how confident the bot must be to answer."""

    setting = "minimum_confidence"
    choices: ClassVar[dict[str, Any]] = {
        "default" if confidence is None else f"{confidence:.2f}": confidence for confidence in OFFERED_CONFIDENCES
    }

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return needing_confidence(value)


class HandoffPingsMenu(ChoiceMenu, custom_id="settings:handoff-pings"):
    """Choose how often the role that people can ask is pinged."""

    setting = "handoff_pings"
    choices: ClassVar[dict[str, Any]] = {str(pings): pings for pings in OFFERED_PINGS}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        if not value:
            return _("Pings of that role: none")
        return ngettext(
            "Pings of that role: at most {count} an hour",
            "Pings of that role: at most {count} an hour",
            value,
            count=value,
        )


class LanguageMenu(ChoiceMenu, custom_id="settings:language"):
    """Choose the language to speak."""

    setting = "language"
    choices: ClassVar[dict[str, Any]] = {BY_QUESTION: None, **{language: language for language in SPOKEN}}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return speaking_language(value)
