"""What `/manage digest` says."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.discord_app.digest.schedule import Schedule
from bot.discord_app.page import Page
from bot.discord_app.permissions import GRANT, PERMISSION_NAMES, find_place, missing_to_send
from bot.storage.digest_plans import DigestPlan

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def describe_plan(plan: DigestPlan, guild: discord.Guild, *, keeps_text: bool, now: datetime) -> str:
    """Return a server's plan in words, with what keeps it from being carried out."""
    channel = f"<#{plan.channel_id}>" if plan.channel_id else "none, so there is no digest"
    due_at = Schedule(plan.weekday, plan.hour, plan.time_zone).next(now)
    lines = [
        "Once a week, I can post what was asked, what went unanswered, what was voted down, and what I was taught.",
        *(_obstacles(plan.channel_id, guild) if plan.channel_id else ()),
        f"- Channel: {channel}",
        f"- Day and hour: {WEEKDAYS[plan.weekday]}, {plan.hour:02}:00",
        f"- Time zone: {plan.time_zone}",
        *([f"- Next digest: {discord.utils.format_dt(due_at, 'F')}"] if plan.channel_id else ()),
        "-# If nothing happens in a week, I post nothing. To turn the digest off, clear the first menu.",
        "-# For other time zones, use the option `time_zone` of `/manage digest`.",
    ]
    if not keeps_text:
        lines.append("-# It only counts: the people who run me turned off keeping questions (`QUESTION_TEXT=off`).")
    return "\n".join(lines)


def render_unknown_zone(name: str) -> Page:
    """Say that a time zone doesn't exist."""
    shown = discord.utils.escape_markdown(name)
    return Page(content=f"I don't know the time zone “{shown}”. Choose one that is suggested, such as Asia/Tokyo.")


def render_unknown_choice() -> Page:
    """Respond to a choice that was never offered, or to a channel that was deleted."""
    return Page(content="I can't use that choice. Please use `/manage digest` again.")


def render_being_saved() -> Page:
    """Respond to a choice made while another is being saved."""
    return Page(content="I'm still saving your last choice. Please choose again in a moment.")


def _obstacles(channel_id: int, guild: discord.Guild) -> list[str]:
    place = find_place(guild, channel_id)
    if place is None:
        return ["⚠️ I can't see that channel, or it was deleted. Choose another one."]
    if missing := missing_to_send(place):
        name = PERMISSION_NAMES[missing.permission]
        return [f"⚠️ To post there, I need the **{name}** permission in <#{channel_id}>. {GRANT}"]
    return []
