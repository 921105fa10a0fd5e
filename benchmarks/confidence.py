"""Fit the weights of confidence again and write bot/matching/calibrations.py.

Knowledge of many sizes is asked labeled questions: the shipped knowledge, cut to 3, 4, 8, 20, 50 and all phrasings an
entry, and small communities with 3, 4, 12 and 40, or with five entries. All in benchmarks/fitting/ is fitted on, and
half of `--evaluation` (by a checksum of the text). The other half and tests/questions*.jsonl are for reporting. Run,
with the extra `bench`:

    python -m benchmarks.confidence --evaluation DIR
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from rich.progress import track

from benchmarks.encoding import remembered_encoders
from benchmarks.public import Task
from bot.authoring.evaluation import LabeledQuestion, read_questions
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.confidence import Evidence, Situation, relative_size
from bot.matching.matcher import Matcher, Weighed
from bot.matching.meaning import Encoder, Encoders
from bot.matching.text import clean

HERE = Path(__file__).parent
FITTING = HERE / "fitting"
CALIBRATIONS = HERE.parent / "bot" / "matching" / "calibrations.py"
GIVEN_COMMUNITIES = ("home-brewing", "python-library", "immich-help")
OWN_COMMUNITIES = tuple(sorted(path.name for path in (FITTING / "communities").iterdir()))
SIZES = ((3, 3), (4, 3), (8, 6), (20, 12), (50, 30))  # phrasings an entry and examples a subject
# Chosen by the totals of all evaluation questions, with a subject and without: at the usual size, and by size.
THRESHOLDS = {
    "words": ((0.54, -0.03), (0.82, 0.08)),
    "minilm": ((0.44, -0.015), (0.91, 0.045)),
    "universal": ((0.73, 0.0), (0.89, 0.045)),
}
PUBLIC_WEIGHT = 1.0
SMALL = 6  # entries, of the smallest knowledge taken from public data
MAX_LEFT_OVER = 12  # examples of a subject
PENALTY = 2e-5  # on large weights
STEPS = 400
EVIDENCE = tuple(field.name for field in fields(Evidence))
SITUATION = tuple(field.name for field in fields(Situation))

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """Questions to one knowledge base, and how much each counts."""

    name: str
    knowledge: KnowledgeBase
    questions: tuple[LabeledQuestion, ...]
    weight: float
    subjects: tuple[tuple[str, str], ...] = ()
    """Examples of off-topic subjects that the knowledge doesn't have, and the ids of these."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question that was weighed, and which of the owners and "none of them", the last, are right."""

    weighed: Weighed
    right: tuple[bool, ...]
    weight: float
    size: float


def main() -> None:
    """Fit the weights and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluation", type=Path, required=True, help="labeled questions that are halved")
    parser.add_argument("--public", type=Path, required=True, help="the folder with hwu64.jsonl")
    arguments = parser.parse_args()
    encoders = remembered_encoders()
    examples: dict[str, list[Example]] = {"words": [], "minilm": [], "universal": []}
    found_cases = [*cases(arguments.evaluation), *public_cases(arguments.public)]
    for case in track(found_cases, description="Weighing"):
        for name, found in examples_of(case, encoders).items():
            examples[name] += found
    CALIBRATIONS.write_text(as_python({name: fit(found) for name, found in examples.items()}), encoding="utf-8")
    print(f"{CALIBRATIONS} is written.")


def is_fitted_on(question: LabeledQuestion) -> bool:
    """Return whether an evaluation question is for fitting. The others are for reporting."""
    return zlib.crc32(question.text.encode()) % 2 == 0


def cases(evaluation: Path) -> Iterator[Case]:
    """Yield all that is fitted on."""
    shipped = load_knowledge()
    own = [read_questions(FITTING / name) for name in ("calibration.jsonl", "questions.jsonl", "languages.jsonl")]
    half = [
        tuple(filter(is_fitted_on, read_questions(evaluation / name)))
        for name in ("real-wording.jsonl", "real-wording-typos.jsonl", "languages.jsonl")
    ]
    questions = tuple(question for group in (*own, *half) for question in group if len(question.topics) <= 1)
    yield Case("shipped", shipped, questions, 0.6)
    for phrasings, examples in SIZES:
        fewer = cut(shipped, phrasings, examples, seed=phrasings)
        yield Case(f"shipped, {phrasings}", fewer, questions, 0.2, left_over(shipped, fewer))
    yield Case("shipped, first 4", cut(shipped, 4, 3), questions, 0.2)
    for name in OWN_COMMUNITIES:
        folder = FITTING / "communities" / name
        asked = (*read_questions(folder / "questions.jsonl"), *read_questions(folder / "languages.jsonl"))
        knowledge = load_knowledge(folder)
        yield from _community(name, knowledge, asked, 1.0)
        few = replace(knowledge, entries=knowledge.entries[:5], off_topics=knowledge.off_topics[:1])
        yield Case(f"{name}, 5 entries", few, asked, 0.5)
    for name in GIVEN_COMMUNITIES:
        folder = evaluation / "communities" / name
        asked = tuple(filter(is_fitted_on, read_questions(folder / "questions.jsonl")))
        yield from _community(name, load_knowledge(folder), asked, 2.0)


def public_cases(folder: Path) -> Iterator[Case]:
    """Yield few-shot samples of HWU64: all intents, and some of them, so that questions about the rest have none."""
    lines = (folder / "hwu64.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    asked = [each for each in records if each["split"] != "test" and "sample" not in each]
    chance = random.Random(1)  # noqa: S311 - the same choice each time
    for k in (5, 10):
        sample = [each for each in records if each.get("sample") == f"published-{k}"]
        intents = sorted({each["intent"] for each in sample})
        for count in (len(intents), len(intents) // 3, SMALL):
            known = set(chance.sample(intents, count))
            task = Task("", "", tuple((each["text"], each["intent"]) for each in sample if each["intent"] in known), ())
            inside = [each for each in asked if each["intent"] in known]
            outside = [each for each in asked if each["intent"] not in known]
            chosen = chance.sample(inside, min(len(inside), 600 if count == len(intents) else 200))
            chosen += chance.sample(outside, min(200, len(outside)))
            questions = tuple(_public_question(each["text"], each["intent"], known) for each in chosen)
            yield Case(f"hwu64, {k} phrasings, {count} entries", task.knowledge, questions, PUBLIC_WEIGHT)


def _public_question(text: str, intent: str, known: set[str]) -> LabeledQuestion:
    return LabeledQuestion("", text, "", (frozenset({intent}),) if intent in known else (), "")


def _community(
    name: str, knowledge: KnowledgeBase, questions: Sequence[LabeledQuestion], weight: float
) -> Iterator[Case]:
    asked = tuple(question for question in questions if len(question.topics) <= 1)
    more = FITTING / "phrasings" / f"{name}.yaml"
    grown = with_phrasings(knowledge, more) if more.exists() else knowledge
    yield Case(f"{name}, 4", knowledge, asked, weight, left_over(grown, knowledge))
    yield Case(f"{name}, 3", cut(knowledge, 3, 3), asked, weight)
    if grown is not knowledge:
        fewer = cut(grown, 12, 6, seed=1)
        yield Case(f"{name}, 40", grown, asked, weight)
        yield Case(f"{name}, 12", fewer, asked, weight, left_over(grown, fewer))


def left_over(whole: KnowledgeBase, fewer: KnowledgeBase) -> tuple[tuple[str, str], ...]:
    """Return some examples of each off-topic subject that a part of some knowledge lacks."""
    found: list[tuple[str, str]] = []
    for subject, kept in zip(whole.off_topics, fewer.off_topics, strict=True):
        rest = sorted(set(subject.phrasings) - set(kept.phrasings), key=lambda text: zlib.crc32(text.encode()))
        found += [(text, subject.id) for text in rest[:MAX_LEFT_OVER]]
    return tuple(found)


def cut(knowledge: KnowledgeBase, phrasings: int, examples: int, *, seed: int | None = None) -> KnowledgeBase:
    """Return knowledge with so many phrasings an entry and examples a subject: the first, or some by chance."""
    chance = None if seed is None else random.Random(seed)  # noqa: S311 - the same choice each time

    def some(texts: tuple[str, ...], count: int) -> tuple[str, ...]:
        return texts[:count] if chance is None else tuple(chance.sample(texts, min(count, len(texts))))

    return replace(
        knowledge,
        entries=tuple(replace(entry, phrasings=some(entry.phrasings, phrasings)) for entry in knowledge.entries),
        off_topics=tuple(replace(each, phrasings=some(each.phrasings, examples)) for each in knowledge.off_topics),
    )


def with_phrasings(knowledge: KnowledgeBase, file: Path) -> KnowledgeBase:
    """Return knowledge with the further phrasings that a file like phrasings.yaml holds."""
    more: dict[str, list[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))["phrasings"]

    def ways(owner: Entry | OffTopic) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*owner.phrasings, *map(str, more.get(owner.id, ()))]))

    return replace(
        knowledge,
        entries=tuple(replace(entry, phrasings=ways(entry)) for entry in knowledge.entries),
        off_topics=tuple(replace(subject, phrasings=ways(subject)) for subject in knowledge.off_topics),
    )


def examples_of(case: Case, encoders: Encoders) -> dict[str, list[Example]]:
    """Weigh the questions of a case by words alone, and with the encoders that would be asked for them."""
    matcher = Matcher(case.knowledge, encoders=encoders)
    size = relative_size(sum(len(entry.phrasings) for entry in case.knowledge.entries) / len(case.knowledge.entries))
    entries = {entry.id for entry in case.knowledge.entries}
    examples: dict[str, list[Example]] = {"words": [], "minilm": [], "universal": []}
    for question in case.questions:
        text = clean(question.text)
        is_english = matcher.encoder_for(text) is encoders.english
        weight = case.weight * (0.6 if question.subject == "near_miss" and case.weight == 1 else 1)
        senses: list[tuple[str, Encoder | None, float]] = [("words", None, 1.0)]
        senses.append(("universal", encoders.multilingual, 0.1 if is_english else 1.0))
        if is_english:
            senses.append(("minilm", encoders.english, 1.0))
        for name, encoder, share in senses:
            weighed = matcher.weigh(text, encoder)
            right = _right(weighed.ids, question, entries)
            examples[name].append(Example(weighed, right, weight * share, size))
    for text, subject in case.subjects:
        for name, encoder in (("words", None), ("minilm", encoders.english), ("universal", encoders.multilingual)):
            weighed = matcher.weigh(clean(text), encoder)
            is_right = [id_ == subject for id_ in weighed.ids]
            right = (*is_right, not any(is_right))
            examples[name].append(Example(weighed, right, case.weight * (0.1 if name == "universal" else 0.5), size))
    return examples


def _right(ids: Iterable[str], question: LabeledQuestion, entries: set[str]) -> tuple[bool, ...]:
    acceptable = frozenset().union(*question.topics) & entries
    if not acceptable:
        return (*(id_ not in entries for id_ in ids), True)
    found = [id_ in acceptable for id_ in ids]
    return (*found, not any(found))


def fit(examples: Sequence[Example]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the weights under which the right choices are likeliest."""
    from scipy.optimize import minimize

    width = max(len(example.weighed.ids) for example in examples)
    owners = np.zeros((len(examples), width, len(EVIDENCE)))
    is_there = np.zeros((len(examples), width + 1), np.bool_)
    nothing = np.ones((len(examples), len(SITUATION) + 1))
    right = np.zeros((len(examples), width + 1))
    for row, example in enumerate(examples):
        count = len(example.weighed.ids)
        owners[row, :count] = [[getattr(each, name) for name in EVIDENCE] for each in example.weighed.evidence]
        nothing[row, :-1] = [getattr(example.weighed.situation, name) for name in SITUATION]
        is_there[row, :count] = is_there[row, -1] = True
        right[row, :count], right[row, -1] = example.right[:-1], example.right[-1]
    weight = np.array([example.weight for example in examples])
    size = np.array([example.size for example in examples])
    scale = np.maximum(owners[is_there[:, :-1]].std(axis=0), 1e-6)
    parts = np.cumsum([len(EVIDENCE)] * 2 + [len(SITUATION) + 1])

    def loss(weights: Array) -> tuple[float, Array]:
        own, own_sized, none, none_sized = np.split(weights, parts)
        scores = np.full(is_there.shape, -1e9)
        by_owner = (owners / scale) @ own + ((owners / scale) @ own_sized) * size[:, np.newaxis]
        scores[:, :-1] = np.where(is_there[:, :-1], by_owner, -1e9)
        scores[:, -1] = nothing @ none + (nothing @ none_sized) * size
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        hit = np.maximum((chances * right).sum(axis=1), 1e-12)
        error = (chances - chances * right / hit[:, np.newaxis]) * weight[:, np.newaxis] / weight.sum()
        slopes = [
            np.einsum("qk,qkf->f", error[:, :-1], owners / scale),
            np.einsum("qk,qkf->f", error[:, :-1] * size[:, np.newaxis], owners / scale),
            error[:, -1] @ nothing,
            (error[:, -1] * size) @ nothing,
        ]
        value = -(weight * np.log(hit)).sum() / weight.sum() + PENALTY * (weights @ weights)
        return float(value), np.concatenate(slopes) + 2 * PENALTY * weights

    start = np.zeros(2 * len(EVIDENCE) + 2 * (len(SITUATION) + 1))
    found: Any = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    own, own_sized, none, none_sized = np.split(found.x, parts)
    return {
        "owner": dict(zip(EVIDENCE, zip(own / scale, own_sized / scale, strict=True), strict=True)),
        "nothing": dict(zip((*SITUATION, "bias"), zip(none, none_sized, strict=True), strict=True)),
    }


def as_python(calibrations: dict[str, dict[str, dict[str, tuple[float, float]]]]) -> str:
    """Return the module that holds the weights."""
    lines = [
        '"""The weights of confidence, as `python -m benchmarks.confidence` fits and writes them."""',
        "",
        "from bot.matching.confidence import Calibration",
    ]
    for name, calibration in calibrations.items():
        lines += ["", f"{name.upper()} = Calibration("]
        threshold, without_subject = THRESHOLDS[name]
        lines += [f"    threshold={threshold},", f"    threshold_without_subject={without_subject},"]
        for part, weights in calibration.items():
            lines.append(f"    {part}={{")
            lines += [f'        "{field}": ({usual:.3f}, {sized:.3f}),' for field, (usual, sized) in weights.items()]
            lines.append("    },")
        lines.append(")")
    lines += ["", 'BY_ENCODER = {"minilm": MINILM, "universal": UNIVERSAL}', ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
