"""Check permissions that Discord doesn't check itself, and say which one is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import discord

from bot.discord_app.page import Page
from bot.discord_app.patches import knows_roles_of
from bot.discord_app.user_installs import is_brought_along
from bot.language.formats import sentences
from bot.language.speech import N_, _

Place = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel

PERMISSION_NAMES = {
    "view_channel": N_("View Channel"),
    "send_messages": N_("Send Messages"),
    "send_messages_in_threads": N_("Send Messages in Threads"),
    "read_message_history": N_("Read Message History"),
    "manage_messages": N_("Manage Messages"),
    "manage_threads": N_("Manage Threads"),
    "manage_guild": N_("Manage Server"),
    "manage_roles": N_("Manage Roles"),
    "create_public_threads": N_("Create Public Threads"),
    "mention_everyone": N_("Mention @everyone, @here, and All Roles"),
}


@dataclass(frozen=True, slots=True)
class MissingPermission:
    """A permission that somebody lacks, by discord.py's name; `channel_id` is None if it is for the whole server."""

    permission: str
    is_the_bots: bool = False
    channel_id: int | None = None


def find_place(guild: discord.Guild | None, channel_id: int) -> Place | None:
    """Return a channel or thread to post in; None if it was deleted or the bot can't see it."""
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return None
    return channel if isinstance(channel, Place) else None


def own_permissions(channel: discord.abc.GuildChannel | discord.Thread) -> discord.Permissions | None:
    """Return what the bot may do in a channel or thread.

    None means that discord.py can't tell: it doesn't know the thread's parent, or the bot's membership or roles.
    """
    me: discord.Member | None = channel.guild.me
    is_orphan = isinstance(channel, discord.Thread) and channel.parent is None
    return None if me is None or is_orphan or not knows_roles_of(me) else channel.permissions_for(me)


def sending(channel: object) -> str:
    """Return the permission that writing in a channel or thread takes."""
    return "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"


def missing_to_post(interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
    """Return what somebody lacks to have something posted in another channel, or what the bot lacks."""
    # The bot's first: of a channel that it can't see, it may not know who else can.
    return missing_to_send(place) or missing_to_have_posted(interaction, place)


def missing_to_have_posted(interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
    """Return what somebody lacks to have something posted in another channel."""
    elsewhere = place.id != interaction.channel_id
    person = interaction.user if elsewhere and isinstance(interaction.user, discord.Member) else None
    if person and (lacking := _first_missing(place.permissions_for(person), _needed_to_send(place))):
        return MissingPermission(lacking, channel_id=place.id)
    return None


def missing_to_send(place: Place) -> MissingPermission | None:
    """Return what the bot lacks to post in a channel."""
    return _missing_to_bot(own_permissions(place), place.id, *_needed_to_send(place))


def missing_to_edit(place: Place) -> MissingPermission | None:
    """Return what the bot lacks to edit a post."""
    return _missing_to_bot(own_permissions(place), place.id, "view_channel")


def channel_to_point_to(
    where: discord.Message | discord.Interaction[Any], channel_id: int | None
) -> discord.abc.GuildChannel | None:
    """Return a channel of the server; None if it was deleted, or whoever asks can't see it.

    Of a channel that the bot can't see, Discord doesn't tell who can. Where a person brought the bot along, it doesn't
    point anywhere.
    """
    is_there_itself = isinstance(where, discord.Message) or not is_brought_along(where)
    guild = where.guild if is_there_itself else None
    channel = guild.get_channel(channel_id) if guild and channel_id else None
    asker = where.author if isinstance(where, discord.Message) else where.user
    if guild is None or channel is None or not isinstance(asker, discord.Member):
        return None
    can_see = all(channel.permissions_for(person).view_channel for person in (guild.me, asker))
    return channel if can_see else None


def missing_to_open_thread(channel: discord.TextChannel | discord.ForumChannel) -> MissingPermission | None:
    """Return what the bot lacks to open a thread or a post with something in it."""
    opening = ("create_public_threads",) if isinstance(channel, discord.TextChannel) else ()
    needed = ("view_channel", "send_messages", *opening, "send_messages_in_threads")
    return _missing_to_bot(own_permissions(channel), channel.id, *needed)


def may_ping(role: discord.Role, channel: discord.abc.GuildChannel) -> bool:
    """Return whether the bot's mention of a role reaches its members."""
    own = own_permissions(channel)
    return role.mentionable or own is None or own.mention_everyone


def missing_to_write(interaction: discord.Interaction[Any], *also: str) -> MissingPermission | None:
    """Return what the bot lacks to post a message in the channel of a click; `also` names further permissions."""
    needed = ("view_channel", sending(interaction.channel), *also)
    return _missing_to_bot(interaction.app_permissions, interaction.channel_id, *needed)


def missing_to_moderate(interaction: discord.Interaction[Any]) -> MissingPermission | None:
    """Return Manage Messages if somebody lacks it; `Grants` says who may go on without it."""
    return None if interaction.permissions.manage_messages else MissingPermission("manage_messages")


def may_replace(interaction: discord.Interaction[Any], asker_id: int) -> bool:
    """Return whether somebody may replace or delete what an asker was told: the asker, or who has Manage Messages."""
    return interaction.user.id == asker_id or interaction.permissions.manage_messages


def missing_to_set(interaction: discord.Interaction[Any]) -> MissingPermission | None:
    """Return what a person lacks to change the server's settings."""
    return None if interaction.permissions.manage_guild else MissingPermission("manage_guild")


def reader_of(interaction: discord.Interaction[Any]) -> discord.Member:
    """Return who uses a command for moderators, which exist only in servers."""
    if not isinstance(interaction.user, discord.Member):
        raise AssertionError("commands for moderators are for servers only")  # noqa: TRY004 - not a matter of its type
    return interaction.user


def sees(person: discord.Member, channel_id: int) -> bool:
    """Return whether a person can read the messages of a channel or thread.

    Say no if it was deleted or the bot doesn't know it now, such as an archived thread.
    """
    place = person.guild.get_channel_or_thread(channel_id)
    if place is None or (isinstance(place, discord.Thread) and place.parent is None):
        return False
    may = place.permissions_for(person)
    if not (may.view_channel and may.read_message_history):
        return False
    return not (isinstance(place, discord.Thread) and place.is_private()) or may.manage_threads


def permission_name(permission: str) -> str:
    """Return what Discord calls a permission, by discord.py's name."""
    return _(PERMISSION_NAMES[permission])


def who_can_grant() -> str:
    """Say who can give somebody a permission."""
    return _("Someone with **{permission}** can grant it.", permission=permission_name("manage_roles"))


def is_open_to_readers_of(place: Place, channel_id: int) -> bool:
    """Return whether everyone who can see `place` can also read the messages of a channel or thread, as in `sees`.

    Say no where that isn't certain: the bot knows the roles of a server, but not who has which. Whoever sees `place`
    does so by @everyone, by one of their roles, or by being named there. Each of these has to be enough to read the
    other channel, and nothing there may take that from anybody.
    """
    if place.id == channel_id:
        return True
    guild, read = place.guild, _deciding(place.guild.get_channel_or_thread(channel_id))
    seen = _deciding(place)
    if read is None or seen is None or _takes_from_somebody(read):
        return False
    people = [role for role in guild.roles if not role.is_bot_managed()]
    if not all(_may_read(read, role) for role in people if seen.permissions_for(role).view_channel):
        return False
    named = [who for who, overwrite in seen.overwrites.items() if overwrite.view_channel]
    return _may_read(read, guild.default_role) or all(
        isinstance(who, discord.Role) or (guild.me is not None and who.id == guild.me.id) for who in named
    )


def render_missing_permission(missing: MissingPermission) -> Page:
    """Say who needs which permission, and where."""
    return Page(content=sentences(_needed(missing), who_can_grant(), _("Nothing has changed.")))


def _needed(missing: MissingPermission) -> str:
    name, channel_id = permission_name(missing.permission), missing.channel_id
    match missing.is_the_bots, channel_id:
        case True, int():
            return _("I need the **{permission}** permission in <#{channel}>.", permission=name, channel=channel_id)
        case True, None:
            return _("I need the **{permission}** permission in this server.", permission=name)
        case False, int():
            return _("You need the **{permission}** permission in <#{channel}>.", permission=name, channel=channel_id)
    return _("You need the **{permission}** permission in this server.", permission=name)


def _deciding(place: object) -> discord.abc.GuildChannel | None:
    """Return the channel whose permissions decide who can read a place; None if they don't decide alone."""
    if isinstance(place, discord.Thread):
        return None if place.is_private() else place.parent
    return place if isinstance(place, discord.abc.GuildChannel) else None


def _takes_from_somebody(channel: discord.abc.GuildChannel) -> bool:
    """Return whether a channel keeps a role or a member from reading, besides @everyone."""
    return any(
        overwrite.view_channel is False or overwrite.read_message_history is False
        for who, overwrite in channel.overwrites.items()
        if who.id != channel.guild.id
    )


def _may_read(channel: discord.abc.GuildChannel, role: discord.Role) -> bool:
    may = channel.permissions_for(role)
    return may.view_channel and may.read_message_history


def _needed_to_send(place: Place) -> tuple[str, str]:
    return "view_channel", sending(place)


def _missing_to_bot(
    permissions: discord.Permissions | None, channel_id: int | None, *needed: str
) -> MissingPermission | None:
    lacking = _first_missing(permissions, needed)
    return MissingPermission(lacking, is_the_bots=True, channel_id=channel_id) if lacking else None


def _first_missing(permissions: discord.Permissions | None, needed: Iterable[str]) -> str | None:
    """Return what is known to be missing; Discord decides."""
    if permissions is None:
        return None
    return next((name for name in needed if not getattr(permissions, name)), None)
