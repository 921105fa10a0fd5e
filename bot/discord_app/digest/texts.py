"""The weekly digest as a message."""

from __future__ import annotations

from collections import Counter as Amounts
from collections.abc import Iterable, Iterator, Sequence

import discord

from bot.discord_app.digest.answering import WriteAnswerButton
from bot.discord_app.digest.gathering import Digest
from bot.discord_app.page import Card, Page, shorten
from bot.storage.digests import Contents, Group
from bot.storage.statistics import Event

MAX_LISTED = 8  # entries that were voted down, or things that were taught
MAX_SHOWN = 120  # characters of a question


def render_digest(digest: Digest) -> Page:
    """Return a digest: what was counted, and a card for each kind of thing that there is to name."""
    cards = [Card(title="Weekly digest", text=_counts(digest.contents))]
    if digest.groups or digest.contents.hidden:
        cards.append(_unanswered(digest))
    if digest.voted_down:
        lines = [_votes(*each) for each in digest.voted_down]
        cards.append(Card(title="Answers that were voted down", text=_listed(lines)))
    if digest.taught:
        lines = [f"“{_quoted(question)}”" for question in digest.taught]
        cards.append(Card(title="Taught this week", text=_listed(lines)))
    return Page(cards=tuple(cards))


def _counts(contents: Contents) -> str:
    totals: Amounts[Event] = Amounts()
    for count in contents.counts:
        totals[count.event] += count.count
    start, end = (discord.utils.format_dt(moment, "D") for moment in (contents.since, contents.until))
    lines = [f"What I was asked from {start} to {end}:", f"- Questions: {totals[Event.asked]}"]
    lines += _further(totals, len(contents.taught))
    return "\n".join(lines)


def _further(totals: Amounts[Event], taught: int) -> Iterator[str]:
    if answered := totals[Event.answered]:
        yield f"- Answers given: {answered}"
    if suggested := totals[Event.suggested]:
        yield f"- Suggestions given: {suggested}"
    if refused := totals[Event.refused]:
        yield f"- Unanswered: {refused}"
    if off_topic := totals[Event.off_topic]:
        yield f"- Off topic: {off_topic}"
    if helpful := totals[Event.helpful]:
        yield f"- Votes for an answer: {helpful}"
    if unhelpful := totals[Event.unhelpful]:
        yield f"- Votes against an answer: {unhelpful}"
    if taught:
        yield f"- Taught by moderators: {taught}"


def _unanswered(digest: Digest) -> Card:
    contents = digest.contents
    remarks = []
    if contents.more_groups == 1:
        remarks.append("-# One more is in `/manage gaps`.")
    elif contents.more_groups:
        remarks.append(f"-# {contents.more_groups} more are in `/manage gaps`.")
    if contents.hidden == 1:
        remarks.append("-# One more was asked where not everyone who reads this can look.")
    elif contents.hidden:
        remarks.append(f"-# {contents.hidden} more were asked where not everyone who reads this can look.")
    by_number = sorted(digest.groups, key=len, reverse=True)
    return Card(
        title="Unanswered questions",
        text="\n".join(remarks),
        lines=tuple((_group(group), WriteAnswerButton(group[0].question_id)) for group in by_number),
    )


def _group(group: Group) -> str:
    question = f"**“{_quoted(group[0].text)}”**"
    newest = discord.utils.format_dt(max(each.asked_at for each in group), "R")
    if len(group) == 1:
        return f"{question}\nAsked once, {newest}"
    return f"{question}\nAsked {len(group)} times, last {newest}"


def _votes(question: str, unhelpful: int, helpful: int) -> str:
    return f"{_quoted(question)}: {unhelpful} 👎, {helpful} 👍"


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(_bullets(lines))


def _bullets(lines: Sequence[str]) -> Iterable[str]:
    yield from (f"- {line}" for line in lines[:MAX_LISTED])
    more = len(lines) - MAX_LISTED
    if more == 1:
        yield "-# And one more."
    elif more > 0:
        yield f"-# And {more} more."


def _quoted(text: str) -> str:
    return shorten(discord.utils.escape_markdown(" ".join(text.split())), MAX_SHOWN)
