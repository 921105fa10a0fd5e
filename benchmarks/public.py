"""Compare the bot with others on public intent data.

The folder holds files like `banking77.jsonl`. Each line has a `text`, its `intent`, a `split`, and, if it belongs to a
few-shot sample, a `sample`. Of all this, only HWU64's training questions helped fit the bot's weights. Run,
with the extra `bench`:

    python -m benchmarks.public --data DIR [--dataset banking77 --k 5 --json]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from rich.console import Console
from rich.progress import track

from benchmarks.encoding import Remembered
from benchmarks.rivals import Bm25, Embeddings, EmbeddingsRegression, RapidFuzz, Rival
from benchmarks.thresholds import score_by_owner, threshold_for
from bot.answering import Answering
from bot.encoders.minilm import MiniLM
from bot.encoders.universal import UniversalSentenceEncoder
from bot.knowledge.model import Entry, KnowledgeBase, Vocabulary
from bot.matching.matcher import Matcher
from bot.matching.meaning import Encoders
from bot.outcomes import Answered, Suggested

OUT_OF_SCOPE = "__oos__"
TIMED = 200  # questions, each asked once
# Dataset, training sample (None: all of it), and what others have published on the same, accuracy or MCC in percent.
TASKS: tuple[tuple[str, int | None, str], ...] = (
    ("banking77", 5, "USE 76.3 · ConveRT 75.3 · CPFT 80.9 · ICDA 84.0"),
    ("banking77", 10, "USE 84.2 · ConveRT 83.3 · CPFT 87.2 · ICDA 89.8"),
    ("hwu64", 5, "USE 77.8 · ConveRT 77.0 · CPFT 82.0 · ICDA 82.5"),
    ("hwu64", 10, "USE 83.8 · ConveRT 82.7 · CPFT 87.1 · ICDA 87.4"),
    ("hint3-sofmattress", None, "MCC at each platform's best threshold: Dialogflow 63.8 · BERT 61.7 · Haptik 58.8"),
    ("braun-askubuntu", None, ""),
    ("braun-webapps", None, ""),
)


INTRODUCTION = """\
# On public intent data

<!-- Made by `python -m benchmarks.public --data DIR > docs/public-benchmark.md`. -->

How the bot does where others have published figures. Each intent is an entry, its training texts are the phrasings,
and there are no answers to read and no off-topic subjects. HWU64's training questions helped fit the bot's weights; its
test questions and all other sets didn't. How many steps the vote learns for was chosen by the top-1 shares below.

`top-1`: the likeliest entry is right. `right`, `wrong`, `right or offered`, and `false answers`: what the bot does at
its threshold for knowledge that names no subject, which prefers three suggestions to a wrong answer. `right at 5 %
false`: at the threshold that answers 5 % of the out-of-scope questions. `MCC`: Matthews correlation over all intents
and "none". `ms`: median of some 200 questions, one after another, without a cache; it varies with the machine and with
what else runs on it."""


@dataclass(frozen=True, slots=True)
class Task:
    """Texts and their intents to learn from and to test with; "__oos__" stands for none."""

    name: str
    published: str
    train: tuple[tuple[str, str], ...]
    test: tuple[tuple[str, str], ...]

    @property
    def knowledge(self) -> KnowledgeBase:
        """Return knowledge with an entry for each intent, without an answer."""
        phrasings: dict[str, list[str]] = {}
        for text, intent in self.train:
            phrasings.setdefault(intent, []).append(text)
        entries = tuple(_entry(intent, texts) for intent, texts in phrasings.items())
        return KnowledgeBase("", entries, (), Vocabulary({}), "")


@dataclass(frozen=True, slots=True)
class Result:
    """What a matcher did: shares from 0 to 1, None where there is nothing to measure; milliseconds a question."""

    task: str
    matcher: str
    top_1: float
    right: float | None
    wrong: float | None
    offered: float | None
    false_answers: float | None
    right_at_5_false: float | None
    mcc: float | None
    milliseconds: float


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with the data")
    parser.add_argument("--dataset", choices=sorted({name for name, _, _ in TASKS}), help="only this one")
    parser.add_argument("--k", type=int, choices=(5, 10), help="only samples of so many texts an intent")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    tasks = [
        read_task(arguments.data, name, k, published)
        for name, k, published in TASKS
        if arguments.dataset in {None, name} and arguments.k in {None, k}
    ]
    results = {task.name: measure(task) for task in tasks}
    if arguments.json:
        print(json.dumps([asdict(result) for task in tasks for result in results[task.name]], indent=2))
    else:
        print("\n\n".join([INTRODUCTION, *(as_markdown(task, results[task.name]) for task in tasks)]))


def read_task(folder: Path, name: str, k: int | None, published: str) -> Task:
    """Read one of the data sets, with a few-shot sample or with all of its training texts."""
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    sample = None if k is None else f"published-{k}"
    train = [each for each in records if each["split"] == "train" and each.get("sample") == sample]
    test = [each for each in records if each["split"] == "test"]
    return Task(
        f"{name}, {k} an intent" if k else name,
        published,
        tuple((each["text"], each["intent"]) for each in train if each["intent"] != OUT_OF_SCOPE),
        tuple((each["text"], each["intent"]) for each in test),
    )


def measure(task: Task) -> list[Result]:
    """Teach and test each matcher."""
    knowledge, minilm, universal = task.knowledge, MiniLM(), UniversalSentenceEncoder()
    known = Encoders(Remembered(minilm), Remembered(universal))
    results = [
        _measure_bot(task, knowledge, "this bot, words alone", Encoders(), Encoders()),
        _measure_bot(task, knowledge, "this bot, MiniLM", Encoders(english=known.english), Encoders(minilm)),
        _measure_bot(
            task, knowledge, "this bot, Universal", Encoders(None, known.multilingual), Encoders(None, universal)
        ),
        _measure_bot(task, knowledge, "**this bot, as shipped**", known, Encoders(minilm, universal)),
    ]
    rivals: dict[str, Callable[[], Rival]] = {
        "MiniLM, logistic regression": partial(EmbeddingsRegression, knowledge, minilm),
        "MiniLM, nearest": partial(Embeddings, knowledge, minilm),
        "Universal, logistic regression": partial(EmbeddingsRegression, knowledge, universal),
        "BM25": partial(Bm25, knowledge),
        "rapidfuzz WRatio": partial(RapidFuzz, knowledge, fuzz.WRatio),
    }
    return results + [_measure_rival(task, knowledge, name, teach()) for name, teach in rivals.items()]


def _measure_bot(task: Task, knowledge: KnowledgeBase, name: str, encoders: Encoders, timed: Encoders) -> Result:
    """Measure accuracy with encoders that cache vectors, and speed with encoders that don't."""
    matcher = Matcher(knowledge, encoders=encoders)
    answering = Answering(knowledge=knowledge, matcher=matcher)
    best, given, offered = [], [], []
    for text, _ in track(task.test, description=f"{task.name}: {name}", transient=True, console=Console(stderr=True)):
        outcome = answering.answer(text)
        candidates = [decision.ranking.best for decision in outcome.decisions]
        first = max(candidates, key=lambda candidate: candidate.confidence, default=None)
        best.append((first.entry_id, first.confidence) if first else ("", 0.0))
        given.append(outcome.answers[0].entry.id if isinstance(outcome, Answered) else OUT_OF_SCOPE)
        offered.append({entry.id for entry in outcome.entries} if isinstance(outcome, Suggested) else set())
    intents = [intent for _, intent in task.test]
    inside = [place for place, intent in enumerate(intents) if intent != OUT_OF_SCOPE]
    right = [given[place] == intents[place] for place in inside]
    answered = [given[place] != OUT_OF_SCOPE for place in inside]
    reached = [is_right or intents[place] in offered[place] for place, is_right in zip(inside, right, strict=True)]
    outside = [given[place] != OUT_OF_SCOPE for place, intent in enumerate(intents) if intent == OUT_OF_SCOPE]
    stopwatch = Answering(knowledge=knowledge, matcher=Matcher(knowledge, encoders=timed))
    stopwatch.prepare()
    return Result(
        task=task.name,
        matcher=name,
        top_1=float(np.mean([best[place][0] == intents[place] for place in inside])),
        right=float(np.mean(right)),
        wrong=float(np.mean(answered) - np.mean(right)),
        offered=float(np.mean(reached)),
        false_answers=float(np.mean(outside)) if outside else None,
        right_at_5_false=_right_at_5_false(task, best),
        mcc=_mcc(intents, given) if outside else None,
        milliseconds=_milliseconds(stopwatch.answer, [text for text, _ in task.test]),
    )


def _measure_rival(task: Task, knowledge: KnowledgeBase, name: str, rival: Rival) -> Result:
    ids, count = [entry.id for entry in knowledge.entries], len(knowledge.entries)
    best = []
    for text, _ in track(task.test, description=f"{task.name}: {name}", transient=True, console=Console(stderr=True)):
        scores = score_by_owner(rival.compare(text), rival.owners, count)[0]
        best.append((ids[int(scores.argmax())], float(scores.max())))
    inside = [(chosen, intent) for (chosen, _), (_, intent) in zip(best, task.test, strict=True)]
    return Result(
        task=task.name,
        matcher=name,
        top_1=float(np.mean([chosen == intent for chosen, intent in inside if intent != OUT_OF_SCOPE])),
        right=None,
        wrong=None,
        offered=None,
        false_answers=None,
        right_at_5_false=_right_at_5_false(task, best),
        mcc=None,
        milliseconds=_milliseconds(rival.compare, [text for text, _ in task.test]),
    )


def _right_at_5_false(task: Task, best: Sequence[tuple[str, float]]) -> float | None:
    """Return the share answered rightly at the threshold that answers 5 % of the out-of-scope questions."""
    outside = [score for (_, score), (_, intent) in zip(best, task.test, strict=True) if intent == OUT_OF_SCOPE]
    if not outside:
        return None
    threshold = threshold_for(outside)
    inside = [(pair, intent) for pair, (_, intent) in zip(best, task.test, strict=True) if intent != OUT_OF_SCOPE]
    return float(np.mean([chosen == intent and score >= threshold for (chosen, score), intent in inside]))


def _mcc(intents: Sequence[str], given: Sequence[str]) -> float:
    from sklearn.metrics import matthews_corrcoef

    return float(matthews_corrcoef(intents, given))


def _milliseconds(ask: Callable[[str], Any], texts: Sequence[str]) -> float:
    times = []
    for text in texts[:: max(1, len(texts) // TIMED)]:
        began = perf_counter()
        ask(text)
        times.append(perf_counter() - began)
    return 1000 * median(times)


def _entry(intent: str, texts: Sequence[str]) -> Entry:
    return Entry(intent, intent, "", tuple(dict.fromkeys(texts)))


def as_markdown(task: Task, results: Sequence[Result]) -> str:
    """Return the results of a task as a table."""
    lines = [
        f"### {task.name}",
        "",
        f"{len(task.train):,} texts to learn from, {len(task.test):,} to test with."
        + (f" Published: {task.published}." if task.published else ""),
        "",
        "| matcher | top-1 | right | wrong | right or offered | false answers | right at 5 % false | MCC | ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for result in results:
        shares = (
            result.top_1,
            result.right,
            result.wrong,
            result.offered,
            result.false_answers,
            result.right_at_5_false,
            result.mcc,
        )
        cells = ["" if share is None else f"{100 * share:.1f}" for share in shares]
        lines.append(f"| {result.matcher} | {' | '.join(cells)} | {result.milliseconds:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
