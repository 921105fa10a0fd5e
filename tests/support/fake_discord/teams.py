"""Teams that applications belong to."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import payloads
from .components import Json
from .world import User


@dataclass(slots=True, eq=False)
class TeamMember:
    """Somebody in the team that an application belongs to; who has `accepted` no invitation isn't in it yet."""

    user: User
    role: str = "developer"
    accepted: bool = True


@dataclass(slots=True, eq=False)
class Team:
    """A team that an application belongs to; its owner is a member of it, too."""

    id: int
    name: str
    owner: User
    members: list[TeamMember] = field(default_factory=list)


def spell(owning: Team) -> Json:
    """Spell a team; its owner has a role that Discord doesn't spell."""
    members = [TeamMember(owning.owner, role=""), *owning.members]
    return {
        "id": str(owning.id),
        "name": owning.name,
        "icon": None,
        "owner_user_id": str(owning.owner.id),
        "members": [
            {
                "team_id": str(owning.id),
                "user": payloads.user(each.user),
                "membership_state": 2 if each.accepted else 1,
                "permissions": ["*"],
                "role": each.role,
            }
            for each in members
        ],
    }
