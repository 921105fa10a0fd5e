"""What `/manage settings` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import discord

from bot.discord_app.asking.posts import means_solved
from bot.discord_app.page import MAX_CONTENT, Page, whole_lines
from bot.discord_app.permissions import own_permissions
from bot.storage.servers import ServerSettings


def describe_settings(settings: ServerSettings) -> str:
    """Return the settings of a server in words."""
    channels = "all channels" if settings.mention_channels == "all" else _mentions(settings.mention_channels)
    minimum, help_channel = settings.minimum_confidence, settings.help_channel
    taught = "needs approval from Manage Server" if settings.taught_items_wait else "used at once"
    lines = [
        f"- Mentions answered in: {channels}",
        f"- New forum posts answered in: {_mentions(settings.forum_channels) or 'none'}",
        f"- Forum posts skipped if tagged: {', '.join(['solved', *sorted(settings.skipped_tags)])}",
        f"- Answers to commands: {'private' if settings.private_by_default else 'public'}",
        f"- What moderators teach: {taught}",
        f"- Confidence needed: {'default' if minimum is None else f'{minimum:.0%}'}",
        f"- Help channel, for what I can't answer: {f'<#{help_channel}>' if help_channel else 'none'}",
        f"- Ask a human: {_handoff(settings)}",
        "-# To answer mentions in all channels, clear the first menu.",
    ]
    return whole_lines("\n".join(lines), MAX_CONTENT - 100)


def render_everyone() -> Page:
    """Say that the role to ask can't be everybody."""
    return Page(content="Choose a role for the people who help. @everyone is everybody.")


def render_being_saved() -> Page:
    """Respond to a choice made while another is being saved."""
    return Page(content="I'm still saving your last choice. Please choose again in a moment.")


def render_unknown_choice() -> Page:
    """Respond to a choice that is no longer offered."""
    return Page(content="That's no longer an option. Please use `/manage settings` again.")


def hints_on_solved_button(forums: Iterable[discord.ForumChannel]) -> Iterator[str]:
    """Name the permission that a button needs, which the bot doesn't ask for, where it is missing."""
    lacking = [
        forum.id
        for forum in forums
        if any(means_solved(tag.name) for tag in forum.available_tags)
        and (may := own_permissions(forum)) is not None
        and not may.manage_threads
    ]
    if lacking:
        where = _mentions(frozenset(lacking))
        yield f"-# To put a **Solved** button below my answers, I need **Manage Threads** in {where}."


def _handoff(settings: ServerSettings) -> str:
    role, channel, pings = settings.handoff_role, settings.handoff_channel, settings.handoff_pings
    if role is None and channel is None:
        return "off"
    who = f"<@&{role}>" if role else "no role yet"
    where = f"<#{channel}>" if channel else "no channel yet"
    most = f"at most {pings} ping{'' if pings == 1 else 's'} an hour" if pings else "no pings"
    return f"{who} in {where}, with {most}"


def _mentions(channels: frozenset[int]) -> str:
    return ", ".join(f"<#{channel_id}>" for channel_id in sorted(channels))
