"""Fit the weights of bot/matching/confidence.py again.

They say how far each kind of evidence is to be trusted. They are fitted to benchmarks/calibration.jsonl, which was
written for this alone; the questions that the bot is judged by have no part in it. Run:

    python -m benchmarks.confidence
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.evaluation import LabelledQuestion, read_questions
from bot.knowledge.loading import load_knowledge
from bot.matching.confidence import Evidence
from bot.matching.matcher import Candidate, Matcher, similarity_share
from bot.matching.text import clean

calibration = Path(__file__).parent / "calibration.jsonl"
penalty = 0.3  # on large weights
steps = 30  # of Newton's method
one_question = {"plain", "slang", "negation", "noisy", "off_topic", "near_miss", "fragment", "thin", "hard_none"}


def main() -> None:
    """Print the weights, and what they achieve on questions that were left out in turn."""
    matcher = Matcher(load_knowledge())
    questions = [question for question in read_questions(calibration) if question.kind in one_question]
    examples = [example(matcher, question) for question in questions]
    evidence = np.array([row for row, _ in examples])
    right = np.array([is_right for _, is_right in examples])
    weights = fit(evidence, right)
    print("_WEIGHTS =", tuple(float(weight) for weight in np.round(weights[:-1], 2)))
    print("_BIAS =", round(float(weights[-1]), 2))

    folds = np.arange(len(right)) % 10
    confidence = np.zeros(len(right))
    for fold in range(10):
        confidence[folds == fold] = predict(fit(evidence[folds != fold], right[folds != fold]), evidence[folds == fold])
    to_answer = np.array([bool(question.topics) for question in questions])
    for threshold in (0.3, 0.35, 0.4, 0.45, 0.5):
        answered = confidence >= threshold
        print(
            f"answer at {threshold:.2f}: right {np.mean((answered & right)[to_answer]):.1%}, "
            f"wrong {np.mean((answered & ~right)[to_answer]):.1%}, false answers {np.mean(answered[~to_answer]):.1%}"
        )


def example(
    matcher: Matcher, question: LabelledQuestion, kept: NDArray[np.float64] | None = None
) -> tuple[tuple[float, ...], bool]:
    """Return the evidence for the likeliest entry, and whether that entry is right.

    `kept` weighs the evidence by 1 or 0, in the order of its fields; what has 0 doesn't choose the entry either.
    """
    kept = np.ones(len(fields(Evidence))) if kept is None else kept

    def score(candidate: Candidate) -> float:
        evidence = Evidence(*(candidate.explanation.evidence.as_tuple() * kept))
        return evidence.vote + similarity_share * evidence.similarity

    best = max(matcher.rank(clean(question.text)).candidates, key=score)
    acceptable = frozenset().union(*question.topics)
    return best.explanation.evidence.as_tuple(), best.entry_id in acceptable


def fit(evidence: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the weights of a logistic regression, the bias last, by Newton's method."""
    inputs = np.column_stack([evidence, np.ones(len(evidence))])
    ridge = np.diag([penalty] * evidence.shape[1] + [0.0])
    weights = np.zeros(inputs.shape[1])
    for _ in range(steps):
        chance = predict(weights, evidence)
        slope = inputs.T @ (right - chance) - ridge @ weights
        curve = (inputs * (chance * (1 - chance))[:, np.newaxis]).T @ inputs + ridge
        weights += np.linalg.solve(curve, slope)
    return weights


def predict(weights: NDArray[np.float64], evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the confidence for each row of evidence."""
    result: NDArray[np.float64] = 1 / (1 + np.exp(-(evidence @ weights[:-1] + weights[-1])))
    return result


if __name__ == "__main__":
    main()
