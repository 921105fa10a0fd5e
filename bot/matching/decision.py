"""Answer, suggest or refuse: what a ranking allows."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching.matcher import Candidate, Ranking, Subject

answer_threshold = 0.45
suggest_threshold = 0.1
subject_threshold = 0.3
max_suggestions = 3


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


def decide(ranking: Ranking, minimum_confidence: float = answer_threshold) -> Decision:
    """Choose what to do about one question; an answer is at least as sure as `minimum_confidence`."""
    best = ranking.candidates[0]
    if best.confidence >= minimum_confidence:
        return AnswerWith(best, ranking)
    subject = ranking.subject if ranking.subject and ranking.subject.vote >= subject_threshold else None
    likely = tuple(c for c in ranking.candidates if c.confidence >= suggest_threshold)[:max_suggestions]
    if likely and (subject is None or subject.vote < best.explanation.evidence.vote):
        return SuggestFrom(likely, ranking)
    return Refuse(subject, ranking)
