"""What keeps people from asking a human, for the screen where moderators choose role and channel."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from bot.discord_app.permissions import PERMISSION_NAMES, may_ping, missing_to_open_thread
from bot.storage.servers import ServerSettings


def describe_obstacles(settings: ServerSettings, guild: discord.Guild) -> Iterator[str]:
    """Yield a line for each permission that the bot lacks, and for what was deleted."""
    if settings.handoff_role is None or settings.handoff_channel is None:
        return
    role, channel = guild.get_role(settings.handoff_role), guild.get_channel(settings.handoff_channel)
    if role is None or not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        what = "role" if role is None else "channel"
        yield f"-# ⚠️ Nobody can ask a human: the {what} was deleted. Choose another."
        return
    if missing := missing_to_open_thread(channel):
        name = PERMISSION_NAMES[missing.permission]
        yield f"-# ⚠️ Nobody can ask a human yet: I need the **{name}** permission in {channel.mention}."
    elif settings.handoff_pings and not may_ping(role, channel):
        name = PERMISSION_NAMES["mention_everyone"]
        yield (
            f"-# ⚠️ I can't ping {role.mention}. Allow anyone to mention the role, or give me the **{name}** "
            f"permission in {channel.mention}."
        )
