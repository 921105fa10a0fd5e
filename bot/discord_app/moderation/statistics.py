"""`/manage stats`: how often the bot was asked, and how it went."""

from __future__ import annotations

from collections import Counter as Amounts
from collections.abc import Callable, Sequence

from bot.discord_app.page import MAX_LIST, Card, Page, shorten
from bot.knowledge.model import KnowledgeBase
from bot.language.formats import percentage
from bot.language.speech import _, ngettext
from bot.storage.statistics import NO_TOPIC, Count, Event

BAR_WIDTH = 6  # characters: a line of code on a phone has about 29
MAX_TOPIC_NAME = 34  # characters in the table of topics

_BAR_ENDS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def render_statistics(counts: Sequence[Count], knowledge: KnowledgeBase, days: int) -> Page:
    """Return what was counted in the last days, with bars."""
    totals: Amounts[Event] = Amounts()
    by_topic: dict[Event, Amounts[str]] = {event: Amounts() for event in Event}
    for count in counts:
        totals[count.event] += count.count
        if count.topic != NO_TOPIC:
            by_topic[count.event][count.topic] += count.count
    if not totals:
        nothing = ngettext(
            "Nobody asked me anything in this server today.",
            "Nobody asked me anything in this server in the last {count} days.",
            days,
            count=days,
        )
        return Page(content=nothing)
    asked = [
        (_("Questions"), Event.asked),
        (_("Answers given"), Event.answered),
        (_("Suggestions given"), Event.suggested),
        (_("Unanswered"), Event.refused),
        (_("Off topic"), Event.off_topic),
    ]
    parts = [_table([(name, totals[event]) for name, event in asked])]
    parts += filter(None, [_opinions(totals), _further(totals)])
    if topics := by_topic[Event.answered].most_common():
        name_of, by_entry = _names(knowledge), _("Answers by entry")
        parts += [f"**{by_entry}**", _table([(name_of(topic), amount) for topic, amount in topics])]
    title = ngettext("Today", "The last {count} days", days, count=days)
    return Page(cards=(Card(title=title, text=_within("\n".join(parts), MAX_LIST)),))


def bar(amount: int, most: int, width: int = BAR_WIDTH) -> str:
    """Return a bar as long as an amount's share of the largest amount. Any amount above zero shows."""
    if amount <= 0 or most <= 0:
        return ""
    full, eighths = divmod(max(1, round(min(amount, most) / most * width * 8)), 8)
    return "█" * full + _BAR_ENDS[eighths]


def _opinions(totals: Amounts[Event]) -> str:
    helpful, votes = totals[Event.helpful], totals[Event.helpful] + totals[Event.unhelpful]
    if not votes:
        return ""
    return ngettext(
        "Helpful: {helpful} of {count} vote ({share})",
        "Helpful: {helpful} of {count} votes ({share})",
        votes,
        helpful=helpful,
        count=votes,
        share=percentage(helpful / votes),
    )


def _further(totals: Amounts[Event]) -> str:
    named = [
        (Event.chosen, _("Suggestions chosen: {count}", count=totals[Event.chosen])),
        (Event.automatic, _("Forum posts answered: {count}", count=totals[Event.automatic])),
        (
            Event.mistaken,
            _("Of those, “{mistaken}”: {count}", mistaken=_("Not what I asked"), count=totals[Event.mistaken]),
        ),
        (Event.deleted, _("Answers deleted: {count}", count=totals[Event.deleted])),
    ]
    return " · ".join(text for event, text in named if totals[event])


def _names(knowledge: KnowledgeBase) -> Callable[[str], str]:
    questions = {entry.id: entry.question for entry in knowledge.entries}
    return lambda topic: questions.get(topic, topic)


def _table(rows: Sequence[tuple[str, int]]) -> str:
    """Return rows of a bar, a number, and a name, aligned in a code block even where a long name wraps."""
    most = max(amount for _, amount in rows)
    names = [shorten(name.replace("`", "'"), MAX_TOPIC_NAME) for name, _ in rows]
    digits = len(str(most))
    lines = [
        f"{bar(amount, most):<{BAR_WIDTH}} {amount:>{digits}} {name}"
        for name, (_, amount) in zip(names, rows, strict=True)
    ]
    return "\n".join(["```", *lines, "```"])


def _within(text: str, limit: int) -> str:
    """Drop the last rows of a table that is too long, and close its code block."""
    end = "\n…\n```"
    return text if len(text) <= limit else text[: text.rfind("\n", 0, limit - len(end))] + end
