"""Tell who owns the application."""

from __future__ import annotations

import discord


async def owner_of(client: discord.Client) -> int:
    """Return the id of the application's owner, or of the team's owner if a team owns it."""
    application = await client.application_info()
    if application.team is not None and application.team.owner_id is not None:
        return application.team.owner_id
    return application.owner.id


async def is_owner(client: discord.Client, person_id: int) -> bool:
    """Return whether a person owns the application, or is an admin or developer in the team that does."""
    application = await client.application_info()
    if application.team is None:
        return person_id == application.owner.id
    trusted = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)
    return person_id == application.team.owner_id or any(
        member.id == person_id
        and member.role in trusted
        and member.membership_state is discord.TeamMembershipState.accepted
        for member in application.team.members
    )
