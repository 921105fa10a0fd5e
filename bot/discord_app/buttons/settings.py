"""The menus with which a moderator changes the settings of a server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.discord_app.pages.manage import (
    confidence_label,
    render_being_saved,
    render_missing_permission,
    render_settings,
    render_settings_not_saved,
    render_unknown_choice,
)
from bot.discord_app.previews import AlreadyRunning
from bot.discord_app.rendering import Page
from bot.discord_app.rights import missing_to_set
from bot.storage.errors import StorageUnavailable
from bot.storage.servers import ServerSettings

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

max_channels = 25  # as many as a menu takes
offered_confidences = (None, 0.5, 0.6, 0.7, 0.8, 0.9)  # never less sure than the bot's own measure

_TALKING = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]
_default = "default"


class ChannelsMenu(
    discord.ui.DynamicItem[discord.ui.ChannelSelect[Any]], template=r"^settings:(?P<which>mentions|forums)$"
):
    """Choose the channels where mentions are answered, or the forums where new posts are."""

    def __init__(self, which: str, chosen: Iterable[discord.Object] = ()) -> None:
        is_forums = which == "forums"
        menu: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
            custom_id=f"settings:{which}",
            placeholder="Forums where I answer new posts: none" if is_forums else "Where I answer mentions: everywhere",
            channel_types=[discord.ChannelType.forum] if is_forums else _TALKING,
            min_values=0,
            max_values=max_channels,
            default_values=[discord.SelectDefaultValue.from_channel(each) for each in chosen],
        )
        super().__init__(menu)
        self._is_forums = is_forums

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu again that somebody chose in."""
        return cls(match["which"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Store the choice."""
        ids = frozenset(channel.id for channel in self.item.values)
        if self._is_forums:
            await _change(interaction, forum_channels=ids)
        else:
            await _change(interaction, mention_channels=ids or "all")


class ChoiceMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"^settings:(?P<which>privacy|confidence)$"):
    """Choose whether answers are private, or how sure the bot must be."""

    def __init__(self, which: str, settings: ServerSettings | None = None) -> None:
        settings = settings or ServerSettings()
        options = _privacy_options(settings) if which == "privacy" else _confidence_options(settings)
        super().__init__(discord.ui.Select(custom_id=f"settings:{which}", options=options))
        self._which = which

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu again that somebody chose in."""
        return cls(match["which"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Store the choice, if it is one that is offered."""
        [value] = self.item.values
        confidences = {_value(confidence): confidence for confidence in offered_confidences}
        if self._which == "privacy" and value in {"private", "public"}:
            await _change(interaction, private_by_default=value == "private")
        elif self._which == "confidence" and value in confidences:
            await _change(interaction, minimum_confidence=confidences[value])
        else:
            bot = cast("CareerBot", interaction.client)
            await bot.responses.respond(interaction, render_unknown_choice(), private=True)


SETTINGS_ITEMS = (ChannelsMenu, ChoiceMenu)


def settings_screen(settings: ServerSettings, guild: discord.Guild) -> Page:
    """Return the settings of a server with the menus to change them; channels that are gone aren't shown."""
    mentions = frozenset() if settings.mention_channels == "all" else settings.mention_channels
    menus = (
        ChannelsMenu("mentions", _those_there(mentions, guild)),
        ChannelsMenu("forums", _those_there(settings.forum_channels, guild)),
        ChoiceMenu("privacy", settings),
        ChoiceMenu("confidence", settings),
    )
    return replace(render_settings(settings), items=menus)


async def _change(interaction: discord.Interaction[Any], **changes: Any) -> None:
    """Store a change and show the settings anew."""
    bot = cast("CareerBot", interaction.client)
    guild = interaction.guild
    if (missing := missing_to_set(interaction)) or guild is None:
        page = render_missing_permission(missing) if missing else render_unknown_choice()
        await bot.responses.respond(interaction, page, private=True)
        return
    try:
        with bot.underway.only_once("settings", guild.id):
            await bot.responses.carry_out(interaction, _save(bot, guild, changes))
    except AlreadyRunning:
        await bot.responses.respond(interaction, render_being_saved(), private=True)


async def _save(bot: CareerBot, guild: discord.Guild, changes: dict[str, Any]) -> Page:
    servers = bot.stores.servers
    try:
        await servers.load_all()  # a change to settings that haven't been read would undo the others
        await servers.save(guild.id, replace(servers.of(guild.id), **changes))
    except StorageUnavailable:
        screen = settings_screen(servers.of(guild.id), guild)
        return render_settings_not_saved(screen)
    return settings_screen(servers.of(guild.id), guild)


def _those_there(ids: Iterable[int], guild: discord.Guild) -> list[discord.Object]:
    return [discord.Object(id_) for id_ in sorted(ids) if guild.get_channel(id_)][:max_channels]


def _privacy_options(settings: ServerSettings) -> list[discord.SelectOption]:
    private = settings.private_by_default
    return [
        discord.SelectOption(label="Answers to commands are private", value="private", default=private),
        discord.SelectOption(label="Answers to commands are for everybody", value="public", default=not private),
    ]


def _confidence_options(settings: ServerSettings) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=confidence_label(confidence),
            value=_value(confidence),
            default=confidence == settings.minimum_confidence,
        )
        for confidence in offered_confidences
    ]


def _value(confidence: float | None) -> str:
    return _default if confidence is None else f"{confidence:.2f}"
