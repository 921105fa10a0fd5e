"""Who is mentioned in a text, and who is notified of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .components import Json, walk
from .world import Channel, Message, User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a message mentions, and the names of those it notifies."""

    users: tuple[User, ...]
    roles: tuple[int, ...]
    everyone: bool
    pings: frozenset[str]


def find(
    channel: Channel,
    content: str,
    components: list[Json],
    *,
    account: Callable[[int], User | None],
    allowed: Json | None,
    replies_to: Message | None = None,
    ping_author: bool = True,
) -> Mentions:
    """Read the mentions out of a message's text; embeds never mention anyone.

    `allowed` is the request's `allowed_mentions`, None if it had none: then every mention
    counts. Whether the author may mention everyone is not asked, so that a test sees a
    mention that only a lack of permission would have stopped.
    """
    text = "\n".join([content, *(part.get("content", "") for part in walk(components))])
    users = dict.fromkeys(int(found) for found in _USER.findall(text))
    roles = dict.fromkeys(int(found) for found in _ROLE.findall(text))
    everyone = bool(_EVERYONE.search(text))
    if channel.guild is not None:
        roles = {role: None for role in roles if role in channel.guild.roles}

    pinged_users = set(_granted(users, allowed, "users"))
    pinged_roles = set(_granted(roles, allowed, "roles"))
    pinged_everyone = everyone and bool(_granted([0], allowed, "everyone"))
    if replies_to is not None:
        if allowed is not None:
            ping_author = bool(allowed.get("replied_user", False))
        if ping_author:
            users.setdefault(replies_to.author.id)
            pinged_users.add(replies_to.author.id)

    return Mentions(
        users=tuple(found for each in users if each in pinged_users and (found := account(each)) is not None),
        roles=tuple(roles),
        everyone=pinged_everyone,
        pings=frozenset(
            [str(each) for each in pinged_users if account(each) is not None]
            + [f"&{each}" for each in pinged_roles]
            + (["everyone"] if pinged_everyone else [])
        ),
    )


def _granted(ids: Iterable[int], allowed: Json | None, kind: str) -> list[int]:
    if allowed is None or kind in (allowed.get("parse") or ()):
        return list(ids)
    named = {int(each) for each in allowed.get(kind) or ()} if kind != "everyone" else set()
    return [each for each in ids if each in named]
