"""What `/manage digest` says."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.discord_app.digest.schedule import Schedule
from bot.discord_app.page import Page
from bot.discord_app.permissions import find_place, missing_to_send, permission_name, who_can_grant
from bot.language.formats import in_quotes, sentences
from bot.language.speech import _
from bot.storage.digest_plans import DigestPlan


def weekdays() -> tuple[str, ...]:
    """Return the names of the days of a week, from Monday on."""
    return _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")


def clock_time(hour: int) -> str:
    """Return a full hour as clocks show it."""
    return f"{hour:02}:00"


def describe_plan(plan: DigestPlan, guild: discord.Guild, *, keeps_text: bool, now: datetime) -> str:
    """Return a server's plan in words, with what prevents it."""
    channel = f"<#{plan.channel_id}>" if plan.channel_id else _("none, so there is no digest")
    weekday = weekdays()[plan.weekday]
    due_at = Schedule(plan.weekday, plan.hour, plan.time_zone).next(now)
    lines = [
        _("Once a week, I can post what was asked, what went unanswered, what was voted down, and what I was taught."),
        *(_obstacles(plan.channel_id, guild) if plan.channel_id else ()),
        _("- Channel: {channel}", channel=channel),
        _("- Day and hour: {weekday}, {hour}", weekday=weekday, hour=clock_time(plan.hour)),
        _("- Time zone: {zone}", zone=plan.time_zone),
        *([_("- Next digest: {when}", when=discord.utils.format_dt(due_at, "F"))] if plan.channel_id else ()),
        _("-# If nothing happens in a week, I post nothing. To turn the digest off, clear the first menu."),
        _("-# For other time zones, use the option `time_zone` of `/manage digest`."),
    ]
    if not keeps_text:
        lines.append(
            _("-# It only shows counts: the people who run me turned off keeping questions (`QUESTION_TEXT=off`).")
        )
    return "\n".join(lines)


def render_unknown_zone(name: str) -> Page:
    """Say that a time zone doesn't exist."""
    shown = discord.utils.escape_markdown(name)
    return Page(
        content=_(
            "I don't know the time zone {name}. Choose one that is suggested, such as Asia/Tokyo.",
            name=in_quotes(shown),
        )
    )


def _obstacles(channel_id: int, guild: discord.Guild) -> list[str]:
    place = find_place(guild, channel_id)
    if place is None:
        return [_("⚠️ I can't see that channel, or it was deleted. Choose another one.")]
    if missing := missing_to_send(place):
        needed = _(
            "⚠️ To post there, I need the **{permission}** permission in {channel}.",
            permission=permission_name(missing.permission),
            channel=place.mention,
        )
        return [sentences(needed, who_can_grant())]
    return []
