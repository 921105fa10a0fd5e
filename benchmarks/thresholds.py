"""Choose a threshold on one half of labeled questions and judge it on the other. Pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, product

import numpy as np

from benchmarks.rivals import Floats, Ints
from bot.authoring.evaluation import LabeledQuestion, Share

FALSE_ANSWER_TARGET = 0.05
PARTINGS = 20  # random splits into halves, over which figures are averaged
NEAREST_COUNTS = (1, 3, 5, 10)  # phrasings of an entry whose mean score is the entry's
OFF_TOPIC_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the best subject's score, taken off the best entry's


@dataclass(frozen=True, slots=True)
class Scored:
    """A labeled question and how a matcher scores each entry and each off-topic subject.

    `by_nearest` holds, for each of `nearest_counts`, the mean of that many best phrasings of every owner.
    """

    question: LabeledQuestion
    by_nearest: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class Treatment:
    """How scores become one: what counts as an entry's score, and how off-topic subjects lower it."""

    nearest: int
    off_topic_share: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The entry that a matcher would answer with, whether that is right, and how sure it is."""

    question: LabeledQuestion
    is_right: bool
    score: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a matcher did on the questions that its threshold had not been tuned on."""

    top_1: Share
    auroc: float
    right: Share
    false_answers: Share
    right_by_kind: dict[str, Share]
    treatment: Treatment | None
    """The one that was chosen most often, if there was something to choose."""


def score_by_owner(scores: Floats, owners: Ints, owner_count: int) -> tuple[Floats, ...]:
    """Gather the scores of phrasings into one for each owner: the mean of the best 1, 3, …; `owners` ascends."""
    starts = np.searchsorted(owners, np.arange(owner_count + 1))
    gathered = np.zeros((len(NEAREST_COUNTS), owner_count))
    for owner in range(owner_count):
        best_first = -np.sort(-scores[starts[owner] : starts[owner + 1]])
        for row, count in enumerate(NEAREST_COUNTS):
            if best_first.size:
                gathered[row, owner] = best_first[:count].mean()
    return tuple(gathered)


def halves(questions: Sequence[LabeledQuestion], seed: int) -> tuple[frozenset[str], frozenset[str]]:
    """Split the ids of questions at random, with each kind shared out evenly."""
    rng = random.Random(seed)  # noqa: S311
    drawn = {question.id: rng.random() for question in sorted(questions, key=lambda question: question.id)}
    ordered = sorted(questions, key=lambda question: (question.kind, bool(question.topics), drawn[question.id]))
    return frozenset(q.id for q in ordered[::2]), frozenset(q.id for q in ordered[1::2])


def threshold_for(refused: Sequence[float], target: float = FALSE_ANSWER_TARGET) -> float:
    """Return the lowest threshold that no more than the target share of these scores reaches."""
    if not refused:
        return -np.inf
    highest_first = sorted(refused, reverse=True)
    return float(np.nextafter(highest_first[int(target * len(refused))], np.inf))


def auroc(accepted: Sequence[float], refused: Sequence[float]) -> float:
    """Return the chance that a question to answer scores higher than one to refuse; a tie counts half."""
    if not (accepted and refused):
        return float("nan")
    difference = np.subtract.outer(np.array(accepted), np.array(refused))
    return float((difference > 0).mean() + (difference == 0).mean() / 2)


def choose(scored: Scored, treatment: Treatment, entry_ids: Sequence[str]) -> Choice:
    """Return the best entry of a question; the best off-topic subject lowers its score."""
    scores = scored.by_nearest[NEAREST_COUNTS.index(treatment.nearest)]
    entries, subjects = scores[: len(entry_ids)], scores[len(entry_ids) :]
    best = int(entries.argmax())
    acceptable = frozenset().union(*scored.question.topics)
    score = float(entries[best] - treatment.off_topic_share * (subjects.max() if subjects.size else 0.0))
    return Choice(scored.question, entry_ids[best] in acceptable, score)


def best_treatment(scored: Sequence[Scored], entry_ids: Sequence[str]) -> Treatment:
    """Return the treatment that answers most questions rightly at the target share of false answers."""

    def quality(treatment: Treatment) -> tuple[int, float]:
        choices = [choose(one, treatment, entry_ids) for one in scored]
        threshold = threshold_for(_refused(choices))
        right = sum(choice.is_right and choice.score >= threshold for choice in choices)
        return right, auroc(_accepted(choices), _refused(choices))

    return max((Treatment(*pair) for pair in product(NEAREST_COUNTS, OFF_TOPIC_SHARES)), key=quality)


def judge_fairly(scored: Sequence[Scored], entry_ids: Sequence[str], *, apart: frozenset[str]) -> Judgement:
    """Tune on one half and judge on the other, both ways, for several ways to part them; return the mean.

    Kinds kept `apart` are judged by themselves and never tuned on.
    """
    judged: list[_Judged] = []
    areas: list[float] = []
    treatments: list[Treatment] = []
    questions = [one.question for one in scored]
    for tuning in chain.from_iterable(halves(questions, seed) for seed in range(PARTINGS)):
        tuned_on = [one for one in scored if one.question.id in tuning and one.question.kind not in apart]
        treatments.append(treatment := best_treatment(tuned_on, entry_ids))
        threshold = threshold_for(_refused([choose(one, treatment, entry_ids) for one in tuned_on]))
        others = [choose(one, treatment, entry_ids) for one in scored if one.question.id not in tuning]
        judged += [_Judged(choice, is_answered=choice.score >= threshold) for choice in others]
        main = [choice for choice in others if choice.question.kind not in apart]
        areas.append(auroc(_accepted(main), _refused(main)))
    to_answer = [one for one in judged if one.choice.question.topics]
    kinds = sorted({one.choice.question.kind for one in to_answer})
    counted = [one for one in to_answer if one.choice.question.kind not in apart]
    to_refuse = [one for one in judged if not one.choice.question.topics and one.choice.question.kind not in apart]
    return Judgement(
        top_1=_mean_share(one.choice.is_right for one in counted),
        auroc=float(np.mean(areas)),
        right=_right(counted),
        false_answers=_mean_share(one.is_answered for one in to_refuse),
        right_by_kind={kind: _right([one for one in to_answer if one.choice.question.kind == kind]) for kind in kinds},
        treatment=Counter(treatments).most_common(1)[0][0],
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    choice: Choice
    is_answered: bool


def _right(judged: Sequence[_Judged]) -> Share:
    return _mean_share(one.choice.is_right and one.is_answered for one in judged)


def _mean_share(verdicts: Iterable[bool]) -> Share:
    """Return the mean over all partings, as a share of the questions there are; each was judged once in each."""
    every = list(verdicts)
    return Share(round(sum(every) / PARTINGS), len(every) // PARTINGS)


def _accepted(choices: Sequence[Choice]) -> list[float]:
    return [choice.score for choice in choices if choice.question.topics]


def _refused(choices: Sequence[Choice]) -> list[float]:
    return [choice.score for choice in choices if not choice.question.topics]
