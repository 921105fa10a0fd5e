"""What people and the bot may do, beyond what Discord checks itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import discord

Place = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel


@dataclass(frozen=True, slots=True)
class MissingPermission:
    """A permission that somebody lacks, by discord.py's name; `channel_id` says where, if it isn't the whole server."""

    permission: str
    is_the_bots: bool = False
    channel_id: int | None = None


def find_place(guild: discord.Guild | None, channel_id: int) -> Place | None:
    """Return a channel or thread where messages can be posted; None if it is gone or was never shown to the bot."""
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return None
    return channel if isinstance(channel, Place) else None


def sending(channel: object) -> str:
    """Return which permission it takes to write in a channel or thread."""
    return "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"


def missing_to_post(interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
    """Return what somebody lacks who wants something with an embed posted elsewhere, or what the bot lacks for it."""
    needed = ("view_channel", sending(place), "embed_links")
    elsewhere = place.id != interaction.channel_id
    person = interaction.user if elsewhere and isinstance(interaction.user, discord.Member) else None
    if person and (lacking := _first_missing(place.permissions_for(person), needed)):
        return MissingPermission(lacking, channel_id=place.id)
    if lacking := _first_missing(place.permissions_for(place.guild.me), needed):
        return MissingPermission(lacking, is_the_bots=True, channel_id=place.id)
    return None


def missing_to_edit(place: Place) -> MissingPermission | None:
    """Return what the bot lacks to change a post with an embed."""
    lacking = _first_missing(place.permissions_for(place.guild.me), ("view_channel", "embed_links"))
    return MissingPermission(lacking, is_the_bots=True, channel_id=place.id) if lacking else None


def missing_to_write(interaction: discord.Interaction[Any], *also: str) -> MissingPermission | None:
    """Return what the bot lacks to post an ordinary message where somebody clicks, or `also` for what it does then."""
    needed = ("view_channel", sending(interaction.channel), *also)
    lacking = _first_missing(interaction.app_permissions, needed)
    return MissingPermission(lacking, is_the_bots=True, channel_id=interaction.channel_id) if lacking else None


def missing_to_moderate(interaction: discord.Interaction[Any], *, held: bool) -> MissingPermission | None:
    """Return what a person lacks who clicks on something that they got by a command for moderators.

    Whom the server granted the command without Manage Messages (`held` is false) lacks nothing: Discord doesn't show
    the bot who may use a command, and they could use it when they got the button.
    """
    if not held or interaction.permissions.manage_messages:
        return None
    return MissingPermission("manage_messages")


def missing_to_set(interaction: discord.Interaction[Any]) -> MissingPermission | None:
    """Return what a person lacks to change the settings of the server."""
    return None if interaction.permissions.manage_guild else MissingPermission("manage_guild")


def sees(person: discord.Member, channel_id: int) -> bool:
    """Tell whether a person can read what was written in a channel or thread.

    Not in one that is gone or that the bot doesn't know of now, such as an archived thread: nobody could tell.
    """
    place = person.guild.get_channel_or_thread(channel_id)
    if place is None or (isinstance(place, discord.Thread) and place.parent is None):
        return False
    may = place.permissions_for(person)
    if not (may.view_channel and may.read_message_history):
        return False
    return not (isinstance(place, discord.Thread) and place.is_private()) or may.manage_threads


def _first_missing(permissions: discord.Permissions, needed: Iterable[str]) -> str | None:
    return next((name for name in needed if not getattr(permissions, name)), None)
