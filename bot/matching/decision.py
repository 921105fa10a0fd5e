"""Decide whether to answer, suggest or refuse."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching.matcher import Candidate, Ranking, Subject

SUGGEST_THRESHOLD = 0.06
SUBJECT_THRESHOLD = 0.5  # confidence from which an off-topic subject is recognized
SURE_SUBJECT_THRESHOLD = 0.6  # confidence from which it rules out suggestions
MAX_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class AnswerWith:
    """This entry answers the question."""

    candidate: Candidate
    ranking: Ranking
    threshold: float
    """The confidence an answer needed."""


@dataclass(frozen=True, slots=True)
class SuggestFrom:
    """One of these entries may answer the question, but none is sure enough."""

    candidates: tuple[Candidate, ...]
    ranking: Ranking
    threshold: float


@dataclass(frozen=True, slots=True)
class Refuse:
    """No entry answers the question; `subject` is the off-topic subject it is about, if recognized."""

    subject: Subject | None
    ranking: Ranking
    threshold: float


Decision = AnswerWith | SuggestFrom | Refuse


def decide(ranking: Ranking, min_confidence: float | None = None) -> Decision:
    """Choose what to do about one question.

    An answer needs `min_confidence`; without it, the threshold of the knowledge.
    """
    best = ranking.best
    threshold = ranking.threshold if min_confidence is None else min_confidence
    if best.confidence >= threshold:
        return AnswerWith(best, ranking, threshold)
    subject = ranking.subject if ranking.subject and ranking.subject.confidence >= SUBJECT_THRESHOLD else None
    likely = tuple(c for c in ranking.candidates if c.confidence >= SUGGEST_THRESHOLD)[:MAX_SUGGESTIONS]
    if likely and (subject is None or subject.confidence < max(best.confidence, SURE_SUBJECT_THRESHOLD)):
        return SuggestFrom(likely, ranking, threshold)
    return Refuse(subject, ranking, threshold)
