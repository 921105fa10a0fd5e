"""`/manage why`: why a question gets the reply it gets."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.answering import Answered, Outcome, Social
from bot.discord_app.moderation.statistics import percent
from bot.discord_app.page import MAX_LIST, Card, Page, shorten, whole_lines
from bot.matching.decision import SUGGEST_THRESHOLD, AnswerWith, Decision, Refuse, SuggestFrom
from bot.matching.matcher import Candidate

MAX_QUOTED = 150  # characters of a phrasing or a question
EXPLAINED_CANDIDATES = 3


def render_explanation(outcome: Outcome) -> Page:
    """Explain the reply to a question."""
    if isinstance(outcome, Social):
        return Page(content=f"That isn't a question about what I know. I read it as `{outcome.kind}`.")
    if not outcome.decisions:
        return render_no_question()
    answered = {answer.entry.id for answer in outcome.answers} if isinstance(outcome, Answered) else set[str]()
    room = MAX_LIST // len(outcome.decisions) - 2
    text = "\n\n".join(whole_lines(_why(decision, answered), room) for decision in outcome.decisions)
    return Page(cards=(Card(title="Why", text=text),))


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
            f"Closest off-topic subject: `{subject.off_topic_id}`, {percent(subject.confidence)}, "
            f"“{_quoted(subject.example)}”"
        )
    return "\n".join(lines)


def _decided(decision: Decision, answered: set[str]) -> str:
    best = decision.ranking.best
    bands = f"an answer needs {percent(decision.threshold)}"
    match decision:
        case AnswerWith(candidate=candidate) if candidate.entry_id in answered:
            return f"answered: {bands}"
        case AnswerWith():
            return f"left out: another question in the message has higher confidence than `{best.entry_id}`"
        case SuggestFrom():
            return f"suggested: {bands}, a suggestion {percent(SUGGEST_THRESHOLD)}"
        case Refuse(subject=None):
            return f"refused: a suggestion needs {percent(SUGGEST_THRESHOLD)}"
        case Refuse():
            return "refused: off topic"


def _candidate(number: int, candidate: Candidate) -> list[str]:
    why, evidence = candidate.explanation, candidate.explanation.evidence
    what = f"**{percent(candidate.confidence)}** `{candidate.entry_id}`"
    lines = [
        f"{number}. {what}, closest phrasing “{_quoted(why.phrasing)}”",
        f"  - shared: {_words(why.shared)}; unexplained: {_words(why.unexplained)}",
    ]
    if why.closest is not None:
        lines.append(f"  - closest in meaning “{_quoted(why.closest)}”, {percent(max(0.0, evidence.meaning))} similar")
    return lines


def _words(words: Sequence[str]) -> str:
    return ", ".join(map(_quoted, words)) or "none"


def _quoted(text: str) -> str:
    return discord.utils.escape_markdown(shorten(text, MAX_QUOTED))


def render_no_question() -> Page:
    """Say that a message holds no question."""
    return Page(content="I don't see a question in that message.")
