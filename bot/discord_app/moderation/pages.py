"""Say what moderators read: what they lack, which answer fits a message, why, how often what happened, and settings."""

from __future__ import annotations

from collections import Counter as Amounts
from collections.abc import Callable, Sequence
from dataclasses import replace

import discord

from bot.answering import Answered, Likely, Outcome
from bot.discord_app.page import COLOR, MAX_CONTENT, MAX_EMBED_DESCRIPTION, MAX_LABEL, Page, shorten, whole_lines
from bot.discord_app.permissions import MissingPermission
from bot.knowledge.model import KnowledgeBase
from bot.matching.decision import SUGGEST_THRESHOLD, AnswerWith, Decision, Refuse, SuggestFrom
from bot.matching.matcher import Candidate
from bot.storage.servers import ServerSettings
from bot.storage.statistics import NO_TOPIC, Count, Event

BAR_WIDTH = 16  # characters
MAX_TOPIC_NAME = 34  # characters in the table of topics
MAX_QUOTED = 150  # characters of a phrasing or a question in an explanation
EXPLAINED_CANDIDATES = 3

PERMISSION_NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
    "manage_messages": "Manage Messages",
    "manage_guild": "Manage Server",
}
_BAR_ENDS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def render_missing_permission(missing: MissingPermission) -> Page:
    """Return which permission is missing, to whom, where, and who can grant it."""
    name = PERMISSION_NAMES[missing.permission]
    where = f"in <#{missing.channel_id}>" if missing.channel_id else "on this server"
    whose, what = ("I", "I did nothing") if missing.is_the_bots else ("you", "nothing was done")
    return Page(
        content=f"For that {whose} need the permission **{name}** {where}, so {what}. "
        "Somebody with **Manage Roles** can grant it."
    )


def render_no_words() -> Page:
    """Return what to say about a message that nothing can be asked in."""
    return Page(content="I see no question in that message.")


def render_likely(likely: Sequence[Likely]) -> Page:
    """Return the answers that may fit a message, the likeliest first."""
    lines = [f"{number}. {_percent(each.confidence)} · {each.entry.question}" for number, each in enumerate(likely, 1)]
    return Page(content="\n".join(["Which answer shall I post as a reply to that message?", *lines]))


def likely_label(each: Likely, number: int) -> str:
    """Return what stands on the button that posts an answer."""
    return shorten(f"{number}. {each.entry.question}", MAX_LABEL)


def render_pointed_out(answer: Page, moderator_id: int) -> Page:
    """Return an answer that a moderator has chosen for somebody, saying so."""
    remark = f"-# Answered at the request of <@{moderator_id}>."
    return replace(
        answer,
        content="\n".join(filter(None, [answer.content, remark])),
        plain=f"{answer.plain}\n{remark}",
    )


def render_answer_posted(url: str) -> Page:
    """Return what takes the place of the list when an answer has been posted."""
    return Page(content=f"Posted: {url}")


def render_message_gone() -> Page:
    """Return what to say when there is nothing to reply to any more."""
    return Page(content="That message has been deleted, so I posted nothing.")


def render_answer_not_posted() -> Page:
    """Return what to say when Discord doesn't take an answer."""
    return Page(content="Discord didn't take the answer, so nothing was posted. Please try again in a moment.")


def render_explanation(outcome: Outcome) -> Page:
    """Return why a question got what it got."""
    if not outcome.decisions:
        return render_no_words()
    answered = {answer.entry.id for answer in outcome.answers} if isinstance(outcome, Answered) else set[str]()
    room = MAX_EMBED_DESCRIPTION // len(outcome.decisions) - 2
    text = "\n\n".join(whole_lines(_why(decision, answered), room) for decision in outcome.decisions)
    embed = discord.Embed(title="Why", description=text, colour=COLOR)
    return Page(embeds=(embed,), plain=f"**Why**\n{text}")


def render_statistics(counts: Sequence[Count], knowledge: KnowledgeBase, days: int) -> Page:
    """Return how often what happened in the last days, with bars."""
    title = f"The last {days} days"
    totals: Amounts[Event] = Amounts()
    by_topic: dict[Event, Amounts[str]] = {event: Amounts() for event in Event}
    for count in counts:
        totals[count.event] += count.count
        if count.topic != NO_TOPIC:
            by_topic[count.event][count.topic] += count.count
    if not totals:
        return Page(content=f"In the last {days} days I haven't counted anything on this server.")
    asked = [("Questions", Event.asked), ("Answers given", Event.answered), ("Suggested", Event.suggested)]
    asked += [("Not known", Event.refused), ("Off topic", Event.off_topic)]
    parts = [_table([(name, totals[event]) for name, event in asked])]
    parts += filter(None, [_opinions(totals), _further(totals)])
    if topics := by_topic[Event.answered].most_common():
        name_of = _names(knowledge)
        parts += ["**Answers by topic**", _table([(name_of(topic), amount) for topic, amount in topics])]
    text = _within("\n".join(parts), MAX_EMBED_DESCRIPTION)
    return Page(embeds=(discord.Embed(title=title, description=text, colour=COLOR),), plain=f"**{title}**\n{text}")


def bar(amount: int, most: int, width: int = BAR_WIDTH) -> str:
    """Return a bar whose length is to `width` as an amount is to the most there is; something is never nothing."""
    if amount <= 0 or most <= 0:
        return ""
    full, eighths = divmod(max(1, round(min(amount, most) / most * width * 8)), 8)
    return "█" * full + _BAR_ENDS[eighths]


def render_settings(settings: ServerSettings) -> Page:
    """Return the settings of a server in words; the menus to change them stand below."""
    channels = "everywhere" if settings.mention_channels == "all" else _mentions(settings.mention_channels)
    minimum = f"at least {_percent(settings.minimum_confidence)}" if settings.minimum_confidence else "my own measure"
    lines = [
        "**Settings of this server**",
        f"- Mentions are answered: {channels}",
        f"- New forum posts are answered: {_mentions(settings.forum_channels) or 'nowhere'}",
        f"- Answers to commands: {'private' if settings.private_by_default else 'for everybody'}",
        f"- How sure I must be: {minimum}",
        "-# No channel in the first menu means everywhere.",
    ]
    return Page(content=whole_lines("\n".join(lines), MAX_CONTENT - 100))


def render_settings_not_saved(screen: Page) -> Page:
    """Return the settings as they still are when a change couldn't be stored."""
    head = "My database can't be reached right now, so nothing has changed. Please try again later."
    return replace(screen, content=f"{head}\n\n{screen.content}")


def confidence_label(confidence: float | None) -> str:
    """Return what stands in the menu for how sure the bot must be."""
    if confidence is None:
        return "Default: as sure as this knowledge needs"
    return f"Answer when at least {_percent(confidence)} sure"


def render_being_saved() -> Page:
    """Return what to say to a choice that comes while another is being stored."""
    return Page(content="I'm still storing the choice before. Please choose again in a moment.")


def render_unknown_choice() -> Page:
    """Return what to say to a choice that isn't offered any more."""
    return Page(content="That can't be chosen any more. Please use `/manage settings` again.")


def _why(decision: Decision, answered: set[str]) -> str:
    ranking = decision.ranking
    lines = [f"**“{_quoted(ranking.question)}”**: {_decided(decision, answered)}"]
    if ranking.repairs:
        lines.append("Read " + ", ".join(f"{_quoted(r.typed)} as {_quoted(r.taken_for)}" for r in ranking.repairs))
    if ranking.unknown:
        lines.append("Unknown words: " + ", ".join(map(_quoted, ranking.unknown)))
    for number, candidate in enumerate(ranking.candidates[:EXPLAINED_CANDIDATES], start=1):
        lines += _candidate(number, candidate)
    if subject := ranking.subject:
        lines.append(
            f"Nearest off topic: `{subject.off_topic_id}`, {_percent(subject.confidence)}, “{_quoted(subject.example)}”"
        )
    return "\n".join(lines)


def _decided(decision: Decision, answered: set[str]) -> str:
    best = decision.ranking.best
    bands = f"an answer needs {_percent(decision.threshold)}"
    match decision:
        case AnswerWith(candidate=candidate) if candidate.entry_id in answered:
            return f"answered: {bands}"
        case AnswerWith():
            return f"left out, for another part of the message is surer than `{best.entry_id}`"
        case SuggestFrom():
            return f"suggested: {bands}, a suggestion {_percent(SUGGEST_THRESHOLD)}"
        case Refuse(subject=None):
            return f"refused: a suggestion needs {_percent(SUGGEST_THRESHOLD)}"
        case Refuse():
            return "refused as off topic"


def _candidate(number: int, candidate: Candidate) -> list[str]:
    why, evidence = candidate.explanation, candidate.explanation.evidence
    lines = [
        f"{number}. **{_percent(candidate.confidence)}** `{candidate.entry_id}`, nearest “{_quoted(why.phrasing)}”",
        f"  - shared: {_words(why.shared)}; unexplained: {_words(why.unexplained)}",
    ]
    if why.closest is not None:
        lines.append(f"  - nearest in meaning “{_quoted(why.closest)}”, {_percent(max(0.0, evidence.meaning))} alike")
    return lines


def _opinions(totals: Amounts[Event]) -> str:
    helpful, votes = totals[Event.helpful], totals[Event.helpful] + totals[Event.unhelpful]
    return f"Found helpful: {helpful} of {votes} votes ({_percent(helpful / votes)})" if votes else ""


def _further(totals: Amounts[Event]) -> str:
    named = [
        (Event.chosen, "Suggestions chosen"),
        (Event.automatic, "Forum posts answered"),
        (Event.mistaken, "Of those, not what was asked"),
        (Event.deleted, "Answers deleted"),
    ]
    return " · ".join(f"{name}: {totals[event]}" for event, name in named if totals[event])


def _names(knowledge: KnowledgeBase) -> Callable[[str], str]:
    questions = {entry.id: entry.question for entry in knowledge.entries}
    return lambda topic: questions.get(topic, topic)


def _table(rows: Sequence[tuple[str, int]]) -> str:
    """Return rows of a name, a number and a bar, in a block of code so that they stand below one another."""
    most = max(amount for _, amount in rows)
    names = [shorten(name.replace("`", "'"), MAX_TOPIC_NAME) for name, _ in rows]
    width, digits = max(map(len, names)), len(str(most))
    lines = [
        f"{name:<{width}} {amount:>{digits}} {bar(amount, most)}".rstrip()
        for name, (_, amount) in zip(names, rows, strict=True)
    ]
    return "\n".join(["```", *lines, "```"])


def _within(text: str, limit: int) -> str:
    """Leave out the last rows of a table that is too long, and close its block."""
    end = "\n…\n```"
    return text if len(text) <= limit else text[: text.rfind("\n", 0, limit - len(end))] + end


def _mentions(channels: frozenset[int]) -> str:
    return ", ".join(f"<#{channel_id}>" for channel_id in sorted(channels))


def _words(words: Sequence[str]) -> str:
    return ", ".join(map(_quoted, words)) or "none"


def _quoted(text: str) -> str:
    return discord.utils.escape_markdown(shorten(text, MAX_QUOTED))


def _percent(share: float) -> str:
    """Return a share in percent, rounded down so that nothing short of all is 100%."""
    return f"{int(share * 100 + 1e-9)}%"
