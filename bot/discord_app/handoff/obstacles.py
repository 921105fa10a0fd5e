"""What keeps people from asking a human, for the screen where moderators choose role and channel."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from bot.discord_app.permissions import may_ping, missing_to_open_thread, permission_name
from bot.language.speech import _
from bot.storage.servers import ServerSettings


def describe_obstacles(settings: ServerSettings, guild: discord.Guild) -> Iterator[str]:
    """Yield a line for each permission that the bot lacks, and for what was deleted."""
    if settings.handoff_role is None or settings.handoff_channel is None:
        return
    role, channel = guild.get_role(settings.handoff_role), guild.get_channel(settings.handoff_channel)
    if role is None or not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        if role is None:
            yield _warning(_("Nobody can ask a human: the role was deleted. Choose another."))
        else:
            yield _warning(_("Nobody can ask a human: the channel was deleted. Choose another."))
        return
    if missing := missing_to_open_thread(channel):
        needed = _(
            "Nobody can ask a human yet: I need the **{permission}** permission in {channel}.",
            permission=permission_name(missing.permission),
            channel=channel.mention,
        )
        yield _warning(needed)
    elif settings.handoff_pings and not may_ping(role, channel):
        unheard = _(
            "I can't ping {role}. Allow anyone to mention the role, or give me the **{permission}** permission in "
            "{channel}.",
            role=role.mention,
            permission=permission_name("mention_everyone"),
            channel=channel.mention,
        )
        yield _warning(unheard)


def _warning(text: str) -> str:
    return f"-# ⚠️ {text}"
