"""`/manage settings`: what a moderator can change in a server, and the menus to change it."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar, Self

import discord
from discord import app_commands

from bot.discord_app.asking.posts import means_solved
from bot.discord_app.clicks import NO_TEMPLATE, Clickable, Feature, ItemT, feature, once, reply_privately
from bot.discord_app.handoff.obstacles import describe_obstacles
from bot.discord_app.interactions import Responses
from bot.discord_app.page import MAX_MENU_OPTIONS, Card, Page, render_storage_away
from bot.discord_app.permissions import missing_to_set, render_missing_permission
from bot.discord_app.server_settings.texts import (
    answering_commands,
    describe_settings,
    hints_on_solved_button,
    needing_confidence,
    render_being_saved,
    render_everyone,
    render_unknown_choice,
    using_what_is_taught,
)
from bot.language.speech import N_, _, ngettext
from bot.storage.errors import StorageUnavailable
from bot.storage.servers import ServerSettings, ServerSettingsStore

MAX_CHANNELS = 25  # as many as a menu takes
OFFERED_PINGS = (0, 1, 2, 5, 10, 20)  # an hour
OFFERED_CONFIDENCES = (None, 0.5, 0.6, 0.7, 0.8, 0.9)

_WRITABLE = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]


class SettingsMenu(Clickable[ItemT], template=NO_TEMPLATE):
    """Change one setting, and show all settings again."""

    async def _change(self, interaction: discord.Interaction[Any], **changes: Any) -> None:
        guild = interaction.guild
        if (missing := missing_to_set(interaction)) or guild is None:
            await reply_privately(
                interaction, render_missing_permission(missing) if missing else render_unknown_choice()
            )
            return
        settings = feature(interaction, ServerSettingsFeature)
        await once(
            interaction,
            "settings",
            guild.id,
            work=lambda: settings.responses.carry_out(interaction, settings.save(guild, changes)),
            meanwhile=render_being_saved(),
        )


class ChannelsMenu(SettingsMenu[discord.ui.ChannelSelect[Any]], template=NO_TEMPLATE):
    """Choose channels."""

    custom_id_: ClassVar[str]
    placeholder: ClassVar[str]
    """In English."""
    channel_types: ClassVar[list[discord.ChannelType]]
    most: ClassVar[int] = MAX_CHANNELS

    def __init__(self, chosen: Iterable[int] = ()) -> None:
        menu: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
            custom_id=self.custom_id_,
            placeholder=_(self.placeholder),
            channel_types=self.channel_types,
            min_values=0,
            max_values=self.most,
            default_values=[discord.SelectDefaultValue.from_channel(discord.Object(id_)) for id_ in chosen],
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, ___: re.Match[str], /) -> Self:
        """Build the menu that was used."""
        return cls()

    @property
    def chosen(self) -> frozenset[int]:
        """Return the ids of the channels that were chosen."""
        return frozenset(channel.id for channel in self.item.values)


class MentionChannelsMenu(ChannelsMenu, template="^settings:mentions$"):
    """Choose the channels where mentions are answered."""

    custom_id_ = "settings:mentions"
    placeholder = N_("Answer mentions in: all channels")
    channel_types = _WRITABLE

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        await self._change(interaction, mention_channels=self.chosen or "all")


class ForumsMenu(ChannelsMenu, template="^settings:forums$"):
    """Choose the forums where new posts are answered."""

    custom_id_ = "settings:forums"
    placeholder = N_("Answer new posts in: no forum")
    channel_types: ClassVar[list[discord.ChannelType]] = [discord.ChannelType.forum]

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        await self._change(interaction, forum_channels=self.chosen)


class TagsMenu(SettingsMenu[discord.ui.Select[Any]], template="^settings:tags$"):
    """Choose the tags of posts that aren't answered, by name."""

    def __init__(self, names: Sequence[str] = (), chosen: Collection[str] = ()) -> None:
        menu: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="settings:tags",
            placeholder=_("Also skip posts tagged: none"),
            min_values=0,
            max_values=max(1, len(names)),
            options=[discord.SelectOption(label=name, value=name, default=name in chosen) for name in names],
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, ___: re.Match[str], /) -> Self:
        """Build the menu that was used."""
        return cls()

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        chosen = frozenset(self.item.values)
        forums = interaction.guild.forums if interaction.guild else ()
        if chosen <= {tag.name for forum in forums for tag in forum.available_tags}:
            await self._change(interaction, skipped_tags=chosen)
        else:
            await reply_privately(interaction, render_unknown_choice())


class HelpChannelMenu(ChannelsMenu, template="^settings:help$"):
    """Choose the channel that refusals point to."""

    custom_id_ = "settings:help"
    placeholder = N_("Help channel: none")
    channel_types = _WRITABLE
    most = 1

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        await self._change(interaction, help_channel=next(iter(self.chosen), None))


class HandoffChannelMenu(ChannelsMenu, template="^settings:handoff-channel$"):
    """Choose the channel or forum where people are asked."""

    custom_id_ = "settings:handoff-channel"
    placeholder = N_("Ask a human in: no channel")
    channel_types: ClassVar[list[discord.ChannelType]] = [discord.ChannelType.text, discord.ChannelType.forum]
    most = 1

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        await self._change(interaction, handoff_channel=next(iter(self.chosen), None))


class HandoffRoleMenu(SettingsMenu[discord.ui.RoleSelect[Any]], template="^settings:handoff-role$"):
    """Choose the role that people can ask instead of the bot."""

    def __init__(self, chosen: int | None = None) -> None:
        menu: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
            custom_id="settings:handoff-role",
            placeholder=_("Ask a human: nobody"),
            min_values=0,
            default_values=[discord.SelectDefaultValue.from_role(discord.Object(chosen))] if chosen else [],
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, ___: re.Match[str], /) -> Self:
        """Build the menu that was used."""
        return cls()

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice, unless it is everybody."""
        role = next(iter(self.item.values), None)
        if role is not None and role.id == interaction.guild_id:
            await reply_privately(interaction, render_everyone())
        else:
            await self._change(interaction, handoff_role=role.id if role else None)


class ChoiceMenu(SettingsMenu[discord.ui.Select[Any]], template=NO_TEMPLATE):
    """Choose one of a few values."""

    custom_id_: ClassVar[str]
    choices: ClassVar[dict[str, Any]]
    """The value of each option, by its name."""

    def __init__(self, chosen: Any = None) -> None:
        options = [
            discord.SelectOption(label=self.describe(value), value=name, default=value == chosen)
            for name, value in self.choices.items()
        ]
        super().__init__(discord.ui.Select(custom_id=self.custom_id_, options=options))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, ___: re.Match[str], /) -> Self:
        """Build the menu that was used."""
        return cls()

    @abstractmethod
    def describe(self, value: Any) -> str:
        """Return the label of the option with a value."""

    async def _save(self, interaction: discord.Interaction[Any], setting: str) -> None:
        name = next(iter(self.item.values), "")
        if name in self.choices:
            await self._change(interaction, **{setting: self.choices[name]})
        else:
            await reply_privately(interaction, render_unknown_choice())


class PrivacyMenu(ChoiceMenu, template="^settings:privacy$"):
    """Choose whether only the person who uses a command sees the answer."""

    custom_id_ = "settings:privacy"
    choices: ClassVar[dict[str, Any]] = {"private": True, "public": False}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return answering_commands(privately=value)

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        await self._save(interaction, "private_by_default")


class TeachingMenu(ChoiceMenu, template="^settings:teaching$"):
    """Choose whether what moderators teach waits until someone with Manage Server approves it."""

    custom_id_ = "settings:teaching"
    choices: ClassVar[dict[str, Any]] = {"at-once": False, "approved": True}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return using_what_is_taught(waits=value)

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        await self._save(interaction, "taught_items_wait")


class ConfidenceMenu(ChoiceMenu, template="^settings:confidence$"):
    """Choose how confident the bot must be to answer."""

    custom_id_ = "settings:confidence"
    choices: ClassVar[dict[str, Any]] = {
        "default" if confidence is None else f"{confidence:.2f}": confidence for confidence in OFFERED_CONFIDENCES
    }

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return needing_confidence(value)

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        await self._save(interaction, "minimum_confidence")


class HandoffPingsMenu(ChoiceMenu, template="^settings:handoff-pings$"):
    """Choose how often the role that people can ask is pinged."""

    custom_id_ = "settings:handoff-pings"
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

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        await self._save(interaction, "handoff_pings")


class ServerSettingsFeature(Feature):
    """Let moderators with Manage Server change the settings of their server."""

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
    )

    def __init__(self, *, manage: app_commands.Group, responses: Responses, servers: ServerSettingsStore) -> None:
        self._servers = servers
        self.responses = responses
        manage.command(description=N_("Change where and how I answer in this server. Requires Manage Server."))(
            self.settings
        )

    async def settings(self, interaction: discord.Interaction[Any]) -> None:
        """Show the settings, with menus to change them."""
        if missing := missing_to_set(interaction):
            await self.responses.respond(interaction, render_missing_permission(missing), private=True)
        else:
            await self.responses.acknowledged(interaction, self._screen(interaction))

    async def save(self, guild: discord.Guild, changes: dict[str, Any]) -> Page:
        """Save changes, and return the settings as they are now."""
        try:
            await self._servers.change(guild.id, **changes)
        except StorageUnavailable:
            return render_settings(self._servers.of(guild.id), guild).headed(f"{render_storage_away().content}\n")
        return render_settings(self._servers.of(guild.id), guild)

    async def _screen(self, interaction: discord.Interaction[Any]) -> Page:
        await self._servers.load_all()
        if interaction.guild is None:
            raise AssertionError("the command is for servers only")
        return render_settings(self._servers.of(interaction.guild.id), interaction.guild)


def render_settings(settings: ServerSettings, guild: discord.Guild) -> Page:
    """Return the settings of a server, with menus to change them. Deleted channels aren't preselected."""
    mentions = frozenset() if settings.mention_channels == "all" else settings.mention_channels
    help_channel = [settings.help_channel] if settings.help_channel else []
    handoff_channel = [settings.handoff_channel] if settings.handoff_channel else []
    role = guild.get_role(settings.handoff_role) if settings.handoff_role else None
    forums = [forum for forum in guild.forums if forum.id in settings.forum_channels]
    tags = sorted({tag.name for forum in forums for tag in forum.available_tags if not means_solved(tag.name)})
    menus: tuple[SettingsMenu[Any], ...] = (
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
    )
    hints = (*hints_on_solved_button(forums), *describe_obstacles(settings, guild))
    text = "\n".join([describe_settings(settings), *hints])
    return Page(cards=(Card(title=_("Settings of this server"), text=text),), items=menus)


def _existing(ids: Iterable[int], guild: discord.Guild) -> list[int]:
    return [id_ for id_ in sorted(ids) if guild.get_channel(id_)][:MAX_CHANNELS]
