"""What the menus of `/manage settings` have in common: each changes one setting, and shows all of them again."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

import discord

from bot.discord_app.clicks import (
    NO_TEMPLATE,
    Clickable,
    Feature,
    ItemT,
    feature,
    language_of,
    once,
    reply_privately,
    responses_of,
)
from bot.discord_app.page import Page, render_storage_away
from bot.discord_app.permissions import missing_to_set, render_missing_permission
from bot.discord_app.server_settings.texts import render_being_saved, render_unknown_choice
from bot.language.speech import _, speaking
from bot.storage.errors import StorageUnavailable
from bot.storage.servers import ServerSettings, ServerSettingsStore

MAX_CHANNELS = 25  # as many as a menu takes


class SettingsScreen(Feature):
    """Save what is chosen, and show the settings of a server, which `render` makes a page of.

    Of a change of language, `note_language` is told by the server's id.
    """

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
        except StorageUnavailable:
            return self._render(self._servers.of(guild.id), guild).headed(f"{render_storage_away().content}\n")
        if "language" in changes:
            self._note_language(guild.id)
        with speaking(language_of(interaction)):  # which may have just been chosen
            return self._render(self._servers.of(guild.id), guild)


class SettingsMenu(Clickable[ItemT], template=NO_TEMPLATE):
    """Change one setting, and show all settings again.

    Attributes:
        purpose: what is chosen, in English, for menus that may show only what was chosen.
    """

    purpose: ClassVar[str] = ""

    @property
    def parts(self) -> tuple[discord.ui.Item[Any], ...]:
        """The menu, below its purpose if it shows a choice: else, its placeholder or options say what it's for."""
        return (discord.ui.TextDisplay(f"-# {_(self.purpose)}"), self) if self.shows_choice else (self,)

    @property
    def shows_choice(self) -> bool:
        """Whether only what was chosen is to be seen."""
        return False

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice if whoever made it may. Only then is it read: a forged one may be unreadable."""
        if missing := missing_to_set(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
        else:
            await self._choose(interaction)

    @abstractmethod
    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""

    async def _change(self, interaction: discord.Interaction[Any], **changes: Any) -> None:
        guild = interaction.guild
        if guild is None:
            await reply_privately(interaction, render_unknown_choice())
            return
        screen = feature(interaction, SettingsScreen)
        await once(
            interaction,
            "settings",
            guild.id,
            work=lambda: responses_of(interaction).carry_out(interaction, screen.save(interaction, guild, changes)),
            meanwhile=render_being_saved(),
        )


class ChannelsMenu(SettingsMenu[discord.ui.ChannelSelect[Any]], template=NO_TEMPLATE):
    """Choose channels."""

    custom_id_: ClassVar[str]
    placeholder: ClassVar[str]
    """What is so if nothing is chosen, in English."""
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
    def shows_choice(self) -> bool:
        """Whether only channels are to be seen."""
        return bool(self.item.default_values)

    @property
    def chosen(self) -> frozenset[int]:
        """Return the ids of the channels that were chosen."""
        return frozenset(channel.id for channel in self.item.values)


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
