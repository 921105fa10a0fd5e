"""Take one part of the matcher away at a time and see what it was good for.

Each variant gets its own weights, fitted to benchmarks/calibration.jsonl, and is judged on tests/questions.jsonl at the
threshold where 5 % of the questions to refuse are answered. Run:

    python -m benchmarks.ablations
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.confidence import calibration, example, fit, one_question, predict
from bot.evaluation import LabelledQuestion, read_questions
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, Vocabulary
from bot.matching import lexicon, vote
from bot.matching.confidence import Evidence
from bot.matching.matcher import Matcher

judged_by = Path(__file__).parents[1] / "tests" / "questions.jsonl"
false_answers = 0.05
evidence_names = list(Evidence.__dataclass_fields__)

Change = Callable[[KnowledgeBase], KnowledgeBase]


def main() -> None:
    """Print a Markdown table, a line for each variant."""
    knowledge = load_knowledge()
    print("| variant | phrasings | top-1 | AUROC | right at 5 % false |\n| --- | --- | --- | --- | --- |")
    for name, change, constants, without in _variants():
        with _set(constants):
            _report(name, change(knowledge), without)


def _variants() -> Iterator[tuple[str, Change, dict[tuple[Any, str], float], tuple[str, ...]]]:
    """Yield each variant: its name, the knowledge it gets, constants it changes, evidence it must do without."""
    yield "everything", _same, {}, ()
    yield "a quarter of the phrasings", _share(0.25), {}, ()
    yield "half of the phrasings", _share(0.5), {}, ()
    yield "no off-topic examples", _without_off_topics, {}, ("off_topic_vote", "off_topic_similarity")
    yield "no vocabulary", lambda knowledge: replace(knowledge, vocabulary=Vocabulary({})), {}, ()
    yield "no repair of typos", _same, {(lexicon, "max_repairs"): 0}, ()
    yield "no pairs of words", _same, {(vote, "pair_weight"): 1e-6}, ()
    yield "no vote (ranked by the nearest phrasing alone)", _same, {}, ("vote", "rival_vote", "off_topic_vote")
    yield "no nearest phrasing (the vote alone)", _same, {}, ("similarity", "off_topic_similarity")
    yield "no count of unexplained words", _same, {}, ("unexplained", "unknown")


def _report(name: str, knowledge: KnowledgeBase, without: tuple[str, ...]) -> None:
    matcher = Matcher(knowledge)
    kept = np.array([evidence not in without for evidence in evidence_names], np.float64)
    evidence, right, _ = _table(matcher, read_questions(calibration), kept)
    weights = fit(evidence, right)
    evidence, right, to_answer = _table(matcher, read_questions(judged_by), kept)
    confidence = predict(weights, evidence)
    inside, outside = confidence[to_answer], confidence[~to_answer]
    threshold = np.quantile(outside, 1 - false_answers)
    auroc = (inside[:, np.newaxis] > outside).mean()
    owners: list[Entry | OffTopic] = [*knowledge.entries, *knowledge.off_topics]
    count = sum(len(owner.phrasings) for owner in owners)
    answered_rightly = (right[to_answer] & (inside > threshold)).mean()
    print(f"| {name} | {count:,} | {right[to_answer].mean():.1%} | {auroc:.3f} | {answered_rightly:.1%} |", flush=True)


def _table(
    matcher: Matcher, questions: tuple[LabelledQuestion, ...], kept: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the evidence for the likeliest entry of each question, whether it is right, and whether one exists."""
    single = [question for question in questions if question.kind in one_question]
    examples = [example(matcher, question, kept) for question in single]
    return (
        np.array([row for row, _ in examples]) * kept,
        np.array([is_right for _, is_right in examples]),
        np.array([bool(question.topics) for question in single]),
    )


def _same(knowledge: KnowledgeBase) -> KnowledgeBase:
    return knowledge


def _without_off_topics(knowledge: KnowledgeBase) -> KnowledgeBase:
    return replace(knowledge, off_topics=())


def _share(share: float) -> Change:
    chance = random.Random(1)  # noqa: S311 - the same choice each time

    def thinned(phrasings: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(chance.sample(phrasings, max(1, round(len(phrasings) * share))))

    def change(knowledge: KnowledgeBase) -> KnowledgeBase:
        return replace(
            knowledge,
            entries=tuple(replace(entry, phrasings=thinned(entry.phrasings)) for entry in knowledge.entries),
            off_topics=tuple(
                replace(subject, phrasings=thinned(subject.phrasings)) for subject in knowledge.off_topics
            ),
        )

    return change


@contextmanager
def _set(constants: dict[tuple[Any, str], float]) -> Iterator[None]:
    before = {place: getattr(*place) for place in constants}
    try:
        for (module, name), value in constants.items():
            setattr(module, name, value)
        yield
    finally:
        for (module, name), value in before.items():
            setattr(module, name, value)


if __name__ == "__main__":
    main()
