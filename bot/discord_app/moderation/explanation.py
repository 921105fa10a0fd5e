"""`/manage why`: why a question gets the reply it gets."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.discord_app.page import MAX_LIST, Card, Page, shorten, whole_lines
from bot.language.formats import percentage, series
from bot.language.speech import _
from bot.matching.decision import AnswerWith, Decision, Refuse, SuggestFrom, suggest_threshold
from bot.matching.matcher import Candidate
from bot.outcomes import Answered, Outcome, Social

MAX_QUOTED = 150  # characters of a phrasing or a question
EXPLAINED_CANDIDATES = 3


def render_explanation(outcome: Outcome) -> Page:
    """Explain the reply to a question."""
    if isinstance(outcome, Social):
        read = _("That isn't a question about what I know. I read it as `{kind}`.", kind=outcome.kind)
        return Page(content=read)
    if not outcome.decisions:
        return render_no_question()
    answered = {answer.entry.id for answer in outcome.answers} if isinstance(outcome, Answered) else set[str]()
    room = MAX_LIST // len(outcome.decisions) - 2
    text = "\n\n".join(whole_lines(_why(decision, answered), room) for decision in outcome.decisions)
    return Page(cards=(Card(title=_("Why"), text=text),))


def _why(decision: Decision, answered: set[str]) -> str:
    ranking = decision.ranking
    decided = _decided(decision, answered)
    lines = [_("**“{question}”**: {decision}", question=_quoted(ranking.question), decision=decided)]
    if ranking.repairs:
        repairs = (
            _("{typed} as {word}", typed=_quoted(repair.typed), word=_quoted(repair.taken_for))
            for repair in ranking.repairs
        )
        lines.append(_("Read {words}", words=series(repairs)))
    if ranking.unknown:
        lines.append(_("Unknown words: {words}", words=series(map(_quoted, ranking.unknown))))
    for number, candidate in enumerate(ranking.candidates[:EXPLAINED_CANDIDATES], start=1):
        lines += _candidate(number, candidate)
    if subject := ranking.subject:
        lines.append(
            _(
                "Closest off-topic subject: `{subject}`, {confidence}, “{example}”",
                subject=subject.off_topic_id,
                confidence=percentage(subject.confidence),
                example=_quoted(subject.example),
            )
        )
    return "\n".join(lines)


def _decided(decision: Decision, answered: set[str]) -> str:
    best = decision.ranking.best
    needed, needed_to_suggest = percentage(decision.threshold), percentage(suggest_threshold(decision.ranking))
    match decision:
        case AnswerWith(candidate=candidate) if candidate.entry_id in answered:
            return _("answered: an answer needs {needed}", needed=needed)
        case AnswerWith():
            return _(
                "left out: another question in the message has higher confidence than `{entry}`", entry=best.entry_id
            )
        case SuggestFrom():
            return _(
                "suggested: an answer needs {needed}, a suggestion {needed_to_suggest}",
                needed=needed,
                needed_to_suggest=needed_to_suggest,
            )
        case Refuse(subject=None):
            return _("refused: a suggestion needs {needed}", needed=needed_to_suggest)
        case Refuse():
            return _("refused: off topic")


def _candidate(number: int, candidate: Candidate) -> list[str]:
    why, evidence = candidate.explanation, candidate.explanation.evidence
    what = _(
        "**{confidence}** `{entry}`, closest phrasing “{phrasing}”",
        confidence=percentage(candidate.confidence),
        entry=candidate.entry_id,
        phrasing=_quoted(why.phrasing),
    )
    words = _(
        "shared: {shared}; unexplained: {unexplained}", shared=_words(why.shared), unexplained=_words(why.unexplained)
    )
    lines = [f"{number}. {what}", f"  - {words}"]
    if why.closest is not None:
        similarity = percentage(max(0.0, evidence.meaning))
        closest = _("closest in meaning “{phrasing}”, {share} similar", phrasing=_quoted(why.closest), share=similarity)
        lines.append(f"  - {closest}")
    return lines


def _words(words: Sequence[str]) -> str:
    return series(map(_quoted, words)) or _("none")


def _quoted(text: str) -> str:
    return discord.utils.escape_markdown(shorten(text, MAX_QUOTED))


def render_no_question() -> Page:
    """Say that a message holds no question."""
    return Page(content=_("I don't see a question in that message."))
