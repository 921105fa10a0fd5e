"""The world as Discord spells it in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .clock import iso, timestamp
from .components import Json
from .oddities import odd
from .permissions import Permission
from .world import Channel, ChannelKind, Guild, Message, Role, User

if TYPE_CHECKING:
    from .people import Member


HIDDEN_NAME = "___hidden___"
_IS_HIDDEN = 1 << 17
_REQUIRES_TAG = 1 << 4


def user(account: User) -> Json:
    """Spell an account."""
    spelt = {
        "id": str(account.id),
        "username": account.name,
        "discriminator": "0",
        "global_name": None if account.bot else account.name.capitalize(),
        "avatar": None,
        "bot": account.bot,
        "public_flags": 0,
    }
    return odd(spelt, account.oddities)


def member(person: Member, *, with_user: bool = True) -> Json:
    """Spell a person's membership of a server."""
    spelt: Json = {
        "roles": [str(role.id) for role in person.roles],
        "joined_at": timestamp(person.id),
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
    if with_user:
        spelt["user"] = user(person.user)
    return spelt


def role(spoken_of: Role, guild: Guild) -> Json:
    """Spell a role."""
    everyone = spoken_of.id == guild.id
    spelt: Json = {
        "id": str(spoken_of.id),
        "name": spoken_of.name,
        "permissions": str(int(spoken_of.permissions)),
        "position": 0 if everyone or spoken_of.id not in guild.roles else list(guild.roles).index(spoken_of.id),
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": spoken_of.bot_id is not None,
        "mentionable": spoken_of.mentionable,
        "flags": 0,
    }
    if spoken_of.bot_id is not None:
        spelt["tags"] = {"bot_id": str(spoken_of.bot_id)}
    return spelt


def channel(place: Channel) -> Json:
    """Spell a channel, a thread or a DM."""
    return odd(_ordinary_channel(place), place.oddities)


def hidden_channel(place: Channel) -> Json:
    """Spell a channel that the bot may not view, as GUILD_CREATE does."""
    assert place.guild is not None
    nobody = {"id": str(place.guild.id), "type": 0, "allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))}
    hidden = {"name": HIDDEN_NAME, "flags": _IS_HIDDEN, "topic": None, "last_message_id": None}
    return odd(_ordinary_channel(place) | hidden | {"permission_overwrites": [nobody]}, place.oddities)


def _ordinary_channel(place: Channel) -> Json:
    spelt: Json = {
        "id": str(place.id),
        "type": int(place.kind),
        "flags": 0,
        "last_message_id": None if place.last_message_id is None else str(place.last_message_id),
    }
    if place.is_group_dm:
        spelt |= {"name": place.name, "icon": None, "owner_id": str(place.recipients[0].id)}
    if place.guild is None:
        spelt["recipients"] = [user(recipient) for recipient in place.recipients]
        return spelt

    assert place.guild is not None
    spelt |= {
        "guild_id": str(place.guild.id),
        "name": place.name,
        "parent_id": None if place.parent is None else str(place.parent.id),
        "rate_limit_per_user": 0,
    }
    if place.is_thread:
        return spelt | {
            "owner_id": str(place.owner_id),
            "message_count": place.message_count,
            "total_message_sent": place.message_count,
            "member_count": 1,
            "applied_tags": [str(tag_id) for tag_id in place.applied_tags],
            "thread_metadata": {
                "archived": place.archived,
                "locked": place.locked,
                "auto_archive_duration": 4320,
                "archive_timestamp": timestamp(place.id),
                "create_timestamp": timestamp(place.id),
            },
        }
    spelt |= {
        "position": list(place.guild.channels).index(place.id),
        "topic": place.topic,
        "nsfw": False,
        "permission_overwrites": [
            {
                "id": str(overwrite.target_id),
                "type": 0 if overwrite.is_role else 1,
                "allow": str(int(overwrite.allow)),
                "deny": str(int(overwrite.deny)),
            }
            for overwrite in place.overwrites.values()
        ],
    }
    if place.kind is ChannelKind.VOICE:
        spelt |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    if place.kind is ChannelKind.FORUM:
        spelt |= {
            "available_tags": [*([_tag(place)] if place.requires_tag else []), *place.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "flags": _REQUIRES_TAG if place.requires_tag else 0,
        }
    return spelt


def _tag(forum: Channel) -> Json:
    return {"id": str(forum.id + 1), "name": "question", "moderated": False, "emoji_id": None, "emoji_name": None}


def guild(server: Guild, *, members: list[Member]) -> Json:
    """Spell a server as GUILD_CREATE does; `members` are those whom the bot is told of."""
    return {
        "id": str(server.id),
        "name": server.name,
        "owner_id": str(server.owner_id),
        "icon": None,
        "splash": None,
        "features": [],
        "roles": [role(each, server) for each in server.roles.values()],
        "emojis": [],
        "stickers": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "preferred_locale": server.preferred_locale,
        "joined_at": timestamp(server.id),
        "large": False,
        "unavailable": False,
        "member_count": len(server.members),
        "members": [member(each) for each in members],
        "channels": [channel(each) for each in server.channels.values()],
        "threads": [channel(each) for each in server.threads.values() if not each.archived],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def message(said: Message, *, content: bool, gateway: bool = False, nested: bool = False) -> Json:
    """Spell a message; unless `content` or its own nature allows it, without what it says.

    On the gateway it also says which server it is from and who its author is there.
    """
    visible = content or said.revealed
    place = said.channel
    spelt: Json = {
        "id": str(said.id),
        "channel_id": str(place.id),
        "author": user(said.author),
        "type": said.kind,
        "content": said.content if visible else "",
        "embeds": said.embeds if visible else [],
        "attachments": said.attachments if visible else [],
        "components": said.components if visible else [],
        "timestamp": timestamp(said.id),
        "edited_timestamp": None if said.edited_at is None else iso(said.edited_at),
        "tts": False,
        "pinned": False,
        "flags": said.flags,
        "mention_everyone": said.mention_everyone,
        "mentions": [_mentioned(each, place.guild if gateway else None) for each in said.mentions],
        "mention_roles": [str(role_id) for role_id in said.mention_roles],
    }
    if said.nonce is not None:
        spelt["nonce"] = said.nonce
    if said.webhook_id is not None:
        spelt["webhook_id"] = str(said.webhook_id)
    if said.interaction is not None:
        spelt["application_id"] = str(said.author.id)
        spelt["interaction_metadata"] = said.interaction
    if said.reactions:
        spelt["reactions"] = [
            {
                "emoji": {"id": None, "name": emoji},
                "count": len(users),
                "count_details": {"burst": 0, "normal": len(users)},
                "me": said.channel.fake.bot.id in users,
                "me_burst": False,
                "burst_colors": [],
            }
            for emoji, users in said.reactions.items()
        ]
    if said.reference is not None:
        spelt["message_reference"] = said.reference
        if not nested:
            original = said.replies_to
            spelt["referenced_message"] = (
                None if original is None or original.deleted else message(original, content=content, nested=True)
            )
    if gateway and place.guild is not None:
        spelt["guild_id"] = str(place.guild.id)
        author = place.guild.members.get(said.author.id)
        if author is not None:
            spelt["member"] = member(author, with_user=False)
    return odd(spelt, said.oddities)


def _mentioned(account: User, server: Guild | None) -> Json:
    spelt = user(account)
    if server is not None and (person := server.members.get(account.id)):
        spelt["member"] = member(person, with_user=False)
    return spelt


def partial_channel(place: Channel, allowed: int) -> Json:
    """Spell a channel as interactions and resolved options carry it."""
    return channel(place) | {"permissions": str(int(allowed))}


def resolved(**kinds: dict[str, Any]) -> Json:
    """Return resolved data without the kinds that are empty."""
    return {kind: found for kind, found in kinds.items() if found}
