"""Measure how good answers are by the number of phrasings, by words alone and with meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from benchmarks.confidence import GIVEN_COMMUNITIES, cut, is_fitted_on, with_phrasings
from bot.answering import Answering
from bot.authoring.evaluation import (
    Judged,
    LabeledQuestion,
    Verdict,
    evaluate,
    read_questions,
    share,
    to_answer,
    to_refuse,
)
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice, Encoders

SIZES: tuple[tuple[int, int], ...] = ((3, 3), (4, 3), (8, 6), (20, 12), (50, 30))  # phrasings, examples a subject
DRAWS = 3  # random choices of phrasings, over which figures are averaged
BANDS = 10  # of confidence, over which its error is measured
PHRASINGS = Path(__file__).parent / "fitting" / "phrasings"
Cases = Sequence[tuple[KnowledgeBase, Sequence[LabeledQuestion]]]
TRANSLATED = Path(__file__).parent / "translated"


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1; `calibration_error` is the expected error of confidence as a chance."""

    right: float
    wrong: float
    offered: float
    false_answers: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class SizeRow:
    """Figures for one size of knowledge, by words alone and with meaning."""

    knowledge: str
    phrasings: str
    asked: str
    words: Figures
    meaning: Figures


def measure_sizes(
    questions: Sequence[LabeledQuestion], evaluation: Path | None, encoders: EncoderChoice
) -> list[SizeRow]:
    """Measure the shipped knowledge at every size, and where there is a folder `evaluation`, the communities in it.

    Of that folder, only what confidence wasn't fitted on is asked.
    """
    shipped = load_knowledge()
    unseen = [q for q in read_questions(evaluation / "real-wording.jsonl") if not is_fitted_on(q)] if evaluation else []
    asked = [*questions, *unseen]
    rows = []
    for phrasings, examples in track(SIZES, description="Sizes", transient=True):
        drawn = [cut(shipped, phrasings, examples, seed=seed) for seed in range(DRAWS)]
        rows.append(_row("shipped", str(phrasings), [(each, asked) for each in drawn], encoders))
    rows.append(_row("shipped", "all (about 300)", [(shipped, asked)], encoders))
    return rows + list(_communities(evaluation, encoders)) if evaluation else rows


def _communities(evaluation: Path, encoders: EncoderChoice) -> Iterator[SizeRow]:
    few, many = [], []
    for name in GIVEN_COMMUNITIES:
        folder = evaluation / "communities" / name
        knowledge = load_knowledge(folder)
        asked = [question for question in read_questions(folder / "questions.jsonl") if not is_fitted_on(question)]
        few.append((knowledge, asked))
        many.append((with_phrasings(knowledge, PHRASINGS / f"{name}.yaml"), asked))
    yield _row("three communities", "4", few, encoders)
    yield _row("three communities", "40, written by a language model", many, encoders)
    languages = [q for q in read_questions(evaluation / "languages.jsonl") if not is_fitted_on(q)]
    yield _row("shipped, asked in ja, de, es, fr, pt", "all (about 300)", [(load_knowledge(), languages)], encoders)
    for folder in sorted(TRANSLATED.iterdir()):
        asked = list(read_questions(folder / "questions.jsonl"))
        yield _row(f"{folder.name}, written and asked so", "4", [(load_knowledge(folder), asked)], encoders)


def _row(name: str, phrasings: str, cases: Cases, encoders: EncoderChoice) -> SizeRow:
    asked = [question for group in {id(asked): asked for _, asked in cases}.values() for question in group]
    answerable = sum(bool(question.topics) for question in asked)
    counts = f"{answerable} + {len(asked) - answerable}"
    return SizeRow(name, phrasings, counts, _figures(cases, Encoders()), _figures(cases, encoders))


def _figures(cases: Cases, encoders: EncoderChoice) -> Figures:
    judged: list[Judged] = []
    for knowledge, asked in cases:
        judged += evaluate(Answering(knowledge=knowledge, matcher=Matcher(knowledge, encoders=encoders)), asked)
    inside, outside = to_answer(judged), to_refuse(judged)
    return Figures(
        right=share(inside, Verdict.RIGHT).value,
        wrong=share(inside, Verdict.WRONG).value,
        offered=share(inside, Verdict.RIGHT, Verdict.PARTLY, Verdict.SUGGESTED).value,
        false_answers=share(outside, Verdict.FALSE_ANSWER).value,
        calibration_error=calibration_error(judged),
    )


def calibration_error(judged: Sequence[Judged]) -> float:
    """Return the expected calibration error: confidence against the share that is right, over ten bands."""
    best = []
    for each in judged:
        candidates = [decision.ranking.best for decision in each.outcome.decisions]
        if candidates:
            first = max(candidates, key=lambda candidate: candidate.confidence)
            acceptable: frozenset[str] = frozenset().union(*each.question.topics)
            best.append((first.confidence, first.entry_id in acceptable))
    confidences = np.array([confidence for confidence, _ in best])
    is_right = np.array([right for _, right in best])
    bands = np.minimum((confidences * BANDS).astype(int), BANDS - 1)
    return sum(
        float((bands == band).mean() * abs(confidences[bands == band].mean() - is_right[bands == band].mean()))
        for band in np.unique(bands)
    )
