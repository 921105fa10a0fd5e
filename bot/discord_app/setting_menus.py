"""Menus on a screen of a server's settings: each changes one setting, and shows all of them again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

import discord

from bot.discord_app.clicks import NO_TEMPLATE, Clickable, Feature, ItemT, reply_privately, responses_of, turn_of
from bot.discord_app.page import MAX_MENU_OPTIONS, Page
from bot.discord_app.permissions import MissingPermission, render_missing_permission
from bot.language.speech import _


class Screen(Feature):
    """Settings of a server, which people with a permission see and change."""

    command: ClassVar[str]
    """The subcommand of `/manage` that shows it."""

    @abstractmethod
    def missing(self, interaction: discord.Interaction[Any]) -> MissingPermission | None:
        """Return what somebody lacks to change them."""

    @abstractmethod
    async def save(self, interaction: discord.Interaction[Any], guild: discord.Guild, changes: dict[str, Any]) -> Page:
        """Save changes, and return the settings as they are now."""


class SettingMenu(Clickable[ItemT], template=NO_TEMPLATE):
    """Change one setting, and show all of them again.

    Attributes:
        setting: what is changed, as the screen calls it.
        purpose: what is chosen, in English, for menus that may show only what was chosen.
    """

    custom_id_: ClassVar[str]
    setting: ClassVar[str]
    purpose: ClassVar[str] = ""

    def __init_subclass__(cls, *, custom_id: str | None = None, template: str = NO_TEMPLATE) -> None:
        if custom_id is not None:
            cls.custom_id_ = custom_id
            template = f"^{custom_id}$"
        super().__init_subclass__(template=template)

    @property
    def parts(self) -> tuple[discord.ui.Item[Any], ...]:
        """The menu, below its purpose if it shows a choice. Otherwise, its placeholder or options say what it's for."""
        return (discord.ui.TextDisplay(f"-# {_(self.purpose)}"), self) if self.shows_choice else (self,)

    @property
    def shows_choice(self) -> bool:
        """Whether it shows only what was chosen."""
        menu = self.item
        return isinstance(menu, discord.ui.ChannelSelect | discord.ui.RoleSelect) and bool(menu.default_values)

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice if whoever made it may. Only then is it read: a forged one may be unreadable."""
        if missing := self._screen(interaction).missing(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
        elif self._is_unreadable():
            await self._refuse(interaction)
        else:
            await self._choose(interaction)

    def _is_unreadable(self) -> bool:
        """Return whether Discord says nothing of the channels or the role that were chosen, besides their ids."""
        menu = self.item
        return isinstance(menu, discord.ui.ChannelSelect | discord.ui.RoleSelect) and any(
            isinstance(value, str) for value in menu.values
        )

    def _screen(self, interaction: discord.Interaction[Any]) -> Screen:
        """Return the screen that the menu is on: the one that has it among its items."""
        cogs = interaction.client.cogs.values()
        return next(each for each in cogs if isinstance(each, Screen) and type(self) in each.items)

    @abstractmethod
    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""

    async def _save(self, interaction: discord.Interaction[Any], value: Any) -> None:
        guild, screen = interaction.guild, self._screen(interaction)
        if guild is None:
            await self._refuse(interaction)
            return
        await responses_of(interaction).carry_out(
            interaction,
            screen.save(interaction, guild, {self.setting: value}),
            turn=turn_of(interaction, screen.qualified_name, guild.id),
        )

    async def _refuse(self, interaction: discord.Interaction[Any]) -> None:
        await reply_privately(interaction, render_unknown_choice(self._screen(interaction).command))


class ChannelsMenu(SettingMenu[discord.ui.ChannelSelect[Any]]):
    """Choose channels."""

    placeholder: ClassVar[str]
    """What applies if nothing is chosen, in English."""
    channel_types: ClassVar[list[discord.ChannelType]]
    most: ClassVar[int] = MAX_MENU_OPTIONS

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

    @property
    def chosen(self) -> frozenset[int]:
        """Return the ids of the channels that were chosen."""
        return frozenset(channel.id for channel in self.item.values)

    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        await self._save(interaction, self.chosen)


class ChannelMenu(ChannelsMenu):
    """Choose one channel, or none."""

    most = 1

    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        await self._save(interaction, next(iter(self.chosen), None))


class ChoiceMenu(SettingMenu[discord.ui.Select[Any]]):
    """Choose one of some values."""

    choices: ClassVar[dict[str, Any]]
    """The value of each option, by its name."""

    def __init__(self, chosen: Any = None) -> None:
        options = [
            discord.SelectOption(label=self.describe(value), value=name, default=value == chosen)
            for name, value in self.offered(chosen).items()
        ]
        super().__init__(discord.ui.Select(custom_id=self.custom_id_, options=options))

    @abstractmethod
    def describe(self, value: Any) -> str:
        """Return the label of the option with a value."""

    def offered(self, _chosen: Any) -> dict[str, Any]:
        """Return what to offer beside what is chosen now."""
        return self.choices

    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        name = next(iter(self.item.values), "")
        if name in self.choices:
            await self._save(interaction, self.choices[name])
        else:
            await self._refuse(interaction)


def render_unknown_choice(command: str) -> Page:
    """Respond to a choice that was never offered, or to what was deleted, below the screen that a command shows."""
    return Page(content=_("That's no longer an option. Please use `/manage {command}` again.", command=command))
