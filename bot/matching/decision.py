"""Decide whether to answer, suggest or refuse."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching.matcher import Candidate, Ranking, Subject

SUGGEST_THRESHOLD = 0.06
SUGGEST_THRESHOLD_ABROAD = 0.1  # the same in another language if it wasn't encoded: there, few words are known
SUBJECT_THRESHOLD = 0.9  # confidence from which a question is refused as an off-topic subject
SUBJECT_THRESHOLD_BY_WORDS = 0.95  # the same if it wasn't encoded: then "build a kegerator" is like "build a still"
MAX_SUGGESTIONS = 3
MIN_SUGGESTIONS = 2  # once there is one


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
    """No entry answers the question; `subject` is the off-topic subject it is surely about, if any."""

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
    if ranking.subject is not None and ranking.subject.confidence >= subject_threshold(ranking):
        return Refuse(ranking.subject, ranking, threshold)
    likely = sum(candidate.confidence >= suggest_threshold(ranking) for candidate in ranking.candidates)
    if not likely:
        return Refuse(None, ranking, threshold)
    offered = ranking.candidates[: min(max(likely, MIN_SUGGESTIONS), MAX_SUGGESTIONS)]
    return SuggestFrom(offered, ranking, threshold)


def suggest_threshold(ranking: Ranking) -> float:
    """Return the confidence from which an entry is suggested."""
    return SUGGEST_THRESHOLD_ABROAD if ranking.is_foreign and ranking.encoder is None else SUGGEST_THRESHOLD


def subject_threshold(ranking: Ranking) -> float:
    """Return the confidence that an off-topic subject needs."""
    return SUBJECT_THRESHOLD_BY_WORDS if ranking.encoder is None else SUBJECT_THRESHOLD
