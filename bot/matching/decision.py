"""Answer, suggest or refuse: what a ranking allows."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching.matcher import Candidate, Ranking, Subject

ANSWER_THRESHOLD = 0.45
SUGGEST_THRESHOLD = 0.1
SUBJECT_THRESHOLD = 0.3
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


def decide(ranking: Ranking, min_confidence: float = ANSWER_THRESHOLD) -> Decision:
    """Choose what to do about one question; an answer is at least as sure as `min_confidence`."""
    best = ranking.candidates[0]
    subject = ranking.subject if ranking.subject and ranking.subject.confidence >= SUBJECT_THRESHOLD else None
    if best.confidence >= min_confidence:
        return AnswerWith(best, ranking)
    likely = tuple(c for c in ranking.candidates if c.confidence >= SUGGEST_THRESHOLD)[:MAX_SUGGESTIONS]
    if likely and (subject is None or subject.confidence < best.confidence):
        return SuggestFrom(likely, ranking)
    return Refuse(subject, ranking)
