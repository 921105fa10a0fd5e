"""`/manage stats`: how often the bot was asked, and how it went."""

from __future__ import annotations

from collections import Counter as Amounts
from collections.abc import Callable, Sequence

from bot.discord_app.page import MAX_LIST, Card, Page, shorten
from bot.knowledge.model import KnowledgeBase
from bot.storage.statistics import NO_TOPIC, Count, Event

BAR_WIDTH = 16  # characters
MAX_TOPIC_NAME = 34  # characters in the table of topics

_BAR_ENDS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def render_statistics(counts: Sequence[Count], knowledge: KnowledgeBase, days: int) -> Page:
    """Return what was counted in the last days, with bars."""
    title = f"The last {days} days" if days > 1 else "Today"
    totals: Amounts[Event] = Amounts()
    by_topic: dict[Event, Amounts[str]] = {event: Amounts() for event in Event}
    for count in counts:
        totals[count.event] += count.count
        if count.topic != NO_TOPIC:
            by_topic[count.event][count.topic] += count.count
    if not totals:
        when = f"in the last {days} days" if days > 1 else "today"
        return Page(content=f"Nobody asked me anything in this server {when}.")
    asked = [("Questions", Event.asked), ("Answers given", Event.answered), ("Suggestions given", Event.suggested)]
    asked += [("Unanswered", Event.refused), ("Off topic", Event.off_topic)]
    parts = [_table([(name, totals[event]) for name, event in asked])]
    parts += filter(None, [_opinions(totals), _further(totals)])
    if topics := by_topic[Event.answered].most_common():
        name_of = _names(knowledge)
        parts += ["**Answers by entry**", _table([(name_of(topic), amount) for topic, amount in topics])]
    return Page(cards=(Card(title=title, text=_within("\n".join(parts), MAX_LIST)),))


def bar(amount: int, most: int, width: int = BAR_WIDTH) -> str:
    """Return a bar as long as an amount's share of the largest amount. Any amount above zero shows."""
    if amount <= 0 or most <= 0:
        return ""
    full, eighths = divmod(max(1, round(min(amount, most) / most * width * 8)), 8)
    return "█" * full + _BAR_ENDS[eighths]


def _opinions(totals: Amounts[Event]) -> str:
    helpful, votes = totals[Event.helpful], totals[Event.helpful] + totals[Event.unhelpful]
    return f"Helpful: {helpful} of {votes} votes ({percent(helpful / votes)})" if votes else ""


def _further(totals: Amounts[Event]) -> str:
    named = [
        (Event.chosen, "Suggestions chosen"),
        (Event.automatic, "Forum posts answered"),
        (Event.mistaken, "Of those, “Not what I asked”"),
        (Event.deleted, "Answers deleted"),
    ]
    return " · ".join(f"{name}: {totals[event]}" for event, name in named if totals[event])


def _names(knowledge: KnowledgeBase) -> Callable[[str], str]:
    questions = {entry.id: entry.question for entry in knowledge.entries}
    return lambda topic: questions.get(topic, topic)


def _table(rows: Sequence[tuple[str, int]]) -> str:
    """Return rows of a name, a number, and a bar, aligned in a code block."""
    most = max(amount for _, amount in rows)
    names = [shorten(name.replace("`", "'"), MAX_TOPIC_NAME) for name, _ in rows]
    width, digits = max(map(len, names)), len(str(most))
    lines = [
        f"{name:<{width}} {amount:>{digits}} {bar(amount, most)}".rstrip()
        for name, (_, amount) in zip(names, rows, strict=True)
    ]
    return "\n".join(["```", *lines, "```"])


def _within(text: str, limit: int) -> str:
    """Drop the last rows of a table that is too long, and close its code block."""
    end = "\n…\n```"
    return text if len(text) <= limit else text[: text.rfind("\n", 0, limit - len(end))] + end


def percent(share: float) -> str:
    """Return a share in percent, rounded down so that only 1 is 100%."""
    return f"{int(share * 100 + 1e-9)}%"
