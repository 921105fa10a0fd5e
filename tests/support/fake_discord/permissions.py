"""Permission bits, and how roles and channel overwrites combine into what one may do."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Permission(enum.IntFlag):
    """The permission bits that a bot of this kind meets."""

    NONE = 0
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


ALL = (1 << 53) - 1

#: What @everyone has in a new server, as far as the fake Discord looks.
ORDINARY = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)

_NEEDS_SENDING = Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies one role or one member."""

    target_id: int
    is_role: bool
    allow: int = 0
    deny: int = 0


def in_guild(everyone: int, roles: Iterable[int], *, owner: bool = False) -> int:
    """Combine @everyone's bits with those of further roles."""
    bits = int(everyone)
    for role in roles:
        bits |= role
    return ALL if owner or bits & Permission.ADMINISTRATOR else bits


def in_channel(
    base: int,
    overwrites: Mapping[int, Overwrite],
    *,
    everyone_id: int,
    role_ids: Iterable[int],
    member_id: int,
    thread: bool = False,
) -> int:
    """Apply a channel's overwrites to `base` in Discord's order, and what they imply.

    Everyone's overwrite comes first, then all roles' denials and allowances together, then
    the member's. Who cannot see a channel can do nothing in it; who cannot send cannot
    embed either.
    """
    if base & Permission.ADMINISTRATOR:
        return ALL
    bits = base
    if (everyone := overwrites.get(everyone_id)) is not None:
        bits = bits & ~everyone.deny | everyone.allow
    allow = deny = 0
    for role_id in role_ids:
        if (overwrite := overwrites.get(role_id)) is not None:
            allow |= overwrite.allow
            deny |= overwrite.deny
    bits = bits & ~deny | allow
    if (own := overwrites.get(member_id)) is not None:
        bits = bits & ~own.deny | own.allow

    if not bits & Permission.VIEW_CHANNEL:
        return 0
    sending = Permission.SEND_MESSAGES_IN_THREADS if thread else Permission.SEND_MESSAGES
    if not bits & sending:
        bits &= ~_NEEDS_SENDING
    return bits
