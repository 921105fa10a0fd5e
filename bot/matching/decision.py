"""Answer, suggest or refuse: what a ranking allows."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching.matcher import Candidate, Ranking, Subject

SUGGEST_THRESHOLD = 0.06
SUBJECT_THRESHOLD = 0.5  # from where an off-topic subject counts as recognized
SURE_SUBJECT_THRESHOLD = 0.6  # from where it leaves no room for suggestions
MAX_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class AnswerWith:
    """The question is answered by this entry."""

    candidate: Candidate
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class SuggestFrom:
    """The question may be answered by one of these entries; too unsure to choose."""

    candidates: tuple[Candidate, ...]
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nothing known answers the question; `subject` is what it is about instead, if that is recognised."""

    subject: Subject | None
    ranking: Ranking


Decision = AnswerWith | SuggestFrom | Refuse


def decide(ranking: Ranking, min_confidence: float | None = None) -> Decision:
    """Choose what to do about one question.

    An answer is at least as sure as `min_confidence`; without it, as the knowledge needs.
    """
    best = ranking.best
    if best.confidence >= (ranking.threshold if min_confidence is None else min_confidence):
        return AnswerWith(best, ranking)
    subject = ranking.subject if ranking.subject and ranking.subject.confidence >= SUBJECT_THRESHOLD else None
    likely = tuple(c for c in ranking.candidates if c.confidence >= SUGGEST_THRESHOLD)[:MAX_SUGGESTIONS]
    if likely and (subject is None or subject.confidence < max(best.confidence, SURE_SUBJECT_THRESHOLD)):
        return SuggestFrom(likely, ranking)
    return Refuse(subject, ranking)
