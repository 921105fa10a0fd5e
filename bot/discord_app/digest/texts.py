"""The weekly digest as a message, and what `/manage digest` says."""

from __future__ import annotations

from collections import Counter as Amounts
from collections.abc import Iterator, Sequence
from datetime import datetime

import discord

from bot.discord_app.digest.answering import WriteAnswerButton, quoted
from bot.discord_app.digest.gathering import Digest
from bot.discord_app.digest.schedule import Schedule
from bot.discord_app.page import Card, Page, shorten
from bot.discord_app.permissions import find_place, missing_to_send, permission_name, who_can_grant
from bot.language.formats import in_quotes, sentences
from bot.language.speech import _, ngettext
from bot.storage.digest_plans import DigestPlan
from bot.storage.digests import Group
from bot.storage.statistics import Event

MOST_ASKED = 5  # entries
MAX_LISTED = 8  # entries that were voted down, or things that were taught
MAX_SHOWN = 120  # characters of a question


def render_digest(digest: Digest) -> Page:
    """Return a digest: what was counted, and a card for each kind of thing that there is to name."""
    cards = [Card(title=_("Weekly digest"), text=_counts(digest))]
    if digest.groups or digest.contents.hidden:
        cards.append(_unanswered(digest))
    if digest.voted_down:
        lines = [_votes(*each) for each in digest.voted_down]
        cards.append(Card(title=_("Answers that were voted down"), text=_listed(lines)))
    if digest.taught:
        lines = [in_quotes(_quoted(question)) for question in digest.taught]
        cards.append(Card(title=_("Taught this week"), text=_listed(lines)))
    return Page(cards=tuple(cards))


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


def _counts(digest: Digest) -> str:
    contents = digest.contents
    totals: Amounts[Event] = Amounts()
    for count in contents.counts:
        totals[count.event] += count.count
    start, end = (discord.utils.format_dt(moment, "D") for moment in (contents.since, contents.until))
    asked = [
        _("What I was asked from {start} to {end}:", start=start, end=end),
        _("- Questions: {count}", count=totals[Event.asked]),
    ]
    return "\n".join([*asked, *_further(totals, len(contents.taught)), *_most_asked(digest.answered)])


def _further(totals: Amounts[Event], taught: int) -> Iterator[str]:
    if answered := totals[Event.answered]:
        yield _("- Answers given: {count}", count=answered)
    if suggested := totals[Event.suggested]:
        yield _("- Suggestions given: {count}", count=suggested)
    if refused := totals[Event.refused]:
        yield _("- Unanswered: {count}", count=refused)
    if off_topic := totals[Event.off_topic]:
        yield _("- Off topic: {count}", count=off_topic)
    if helpful := totals[Event.helpful]:
        yield _("- Votes for an answer: {count}", count=helpful)
    if unhelpful := totals[Event.unhelpful]:
        yield _("- Votes against an answer: {count}", count=unhelpful)
    if taught:
        yield _("- Taught by moderators: {count}", count=taught)


def _most_asked(answered: Sequence[tuple[str, int]]) -> Iterator[str]:
    if answered:
        yield _("Asked most:")
    for question, count in answered[:MOST_ASKED]:
        yield f"- {_quoted(question)} ({count})"


def _unanswered(digest: Digest) -> Card:
    more, hidden = digest.contents.more_groups, digest.contents.hidden
    remarks = []
    if more:
        remarks.append(
            ngettext("-# One more is in `/manage gaps`.", "-# {count} more are in `/manage gaps`.", more, count=more)
        )
    if hidden:
        remarks.append(
            ngettext(
                "-# One more was asked in a channel that not everyone here can see.",
                "-# {count} more were asked in channels that not everyone here can see.",
                hidden,
                count=hidden,
            )
        )
    most_asked_first = sorted(digest.groups, key=len, reverse=True)
    return Card(
        title=_("Unanswered questions"),
        text="\n".join(remarks),
        lines=tuple((_group(group), WriteAnswerButton(group[0].question_id)) for group in most_asked_first),
    )


def _group(group: Group) -> str:
    question = quoted(_quoted(group[0].text))
    newest = discord.utils.format_dt(max(each.asked_at for each in group), "R")
    times = ngettext(
        "Asked once, {newest}", "Asked {count} times, last {newest}", len(group), count=len(group), newest=newest
    )
    return f"{question}\n{times}"


def _votes(question: str, unhelpful: int, helpful: int) -> str:
    return f"{_quoted(question)} ({unhelpful} 👎, {helpful} 👍)"


def _listed(lines: Sequence[str]) -> str:
    shown = [f"- {line}" for line in lines[:MAX_LISTED]]
    if (more := len(lines) - MAX_LISTED) > 0:
        shown.append(ngettext("-# And one more.", "-# And {count} more.", more, count=more))
    return "\n".join(shown)


def _quoted(text: str) -> str:
    return shorten(discord.utils.escape_markdown(" ".join(text.split())), MAX_SHOWN)


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
