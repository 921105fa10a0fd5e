"""The menus with which a moderator changes the settings of a server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import discord

from bot.discord_app.moderation.pages import confidence_label, render_settings
from bot.discord_app.page import Page
from bot.storage.servers import ServerSettings

MAX_CHANNELS = 25  # as many as a menu takes
OFFERED_CONFIDENCES = (None, 0.5, 0.6, 0.7, 0.8, 0.9)  # never less sure than the bot's own measure

CHANNELS_TEMPLATE = r"^settings:(?P<which>mentions|forums)$"
CHOICE_TEMPLATE = r"^settings:(?P<which>privacy|confidence)$"

_TALKING = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]
_DEFAULT = "default"


def settings_screen(settings: ServerSettings, guild: discord.Guild) -> Page:
    """Return the settings of a server with the menus to change them; channels that are gone aren't shown."""
    mentions = frozenset() if settings.mention_channels == "all" else settings.mention_channels
    menus = (
        channels_menu("mentions", _those_there(mentions, guild)),
        channels_menu("forums", _those_there(settings.forum_channels, guild)),
        choice_menu("privacy", _privacy_options(settings)),
        choice_menu("confidence", _confidence_options(settings)),
    )
    return replace(render_settings(settings), items=menus)


def channels_menu(which: str, chosen: Iterable[discord.Object]) -> discord.ui.ChannelSelect[Any]:
    """Return the menu of the channels where mentions are answered, or of the forums where new posts are."""
    is_forums = which == "forums"
    return discord.ui.ChannelSelect(
        custom_id=f"settings:{which}",
        placeholder="Forums where I answer new posts: none" if is_forums else "Where I answer mentions: everywhere",
        channel_types=[discord.ChannelType.forum] if is_forums else _TALKING,
        min_values=0,
        max_values=MAX_CHANNELS,
        default_values=[discord.SelectDefaultValue.from_channel(each) for each in chosen],
    )


def choice_menu(which: str, options: list[discord.SelectOption]) -> discord.ui.Select[Any]:
    """Return the menu of whether answers are private, or of how sure the bot must be."""
    return discord.ui.Select(custom_id=f"settings:{which}", options=options)


def confidence_value(confidence: float | None) -> str:
    """Return what a menu calls a confidence; None stands for the bot's own measure."""
    return _DEFAULT if confidence is None else f"{confidence:.2f}"


def _those_there(ids: Iterable[int], guild: discord.Guild) -> list[discord.Object]:
    return [discord.Object(id_) for id_ in sorted(ids) if guild.get_channel(id_)][:MAX_CHANNELS]


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
            value=confidence_value(confidence),
            default=confidence == settings.minimum_confidence,
        )
        for confidence in OFFERED_CONFIDENCES
    ]
