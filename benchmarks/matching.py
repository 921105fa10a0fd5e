"""Compare the matcher with others, and see how it scales: `python -m benchmarks.matching`.

Write docs/benchmark.md and its pictures, or print one part with `--only`. The extra `bench` installs the other
matchers.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from rich.progress import track

from benchmarks import plot, report
from benchmarks.encoding import remembered_encoders
from benchmarks.report import HardInput, Measured, Row
from benchmarks.rivals import CONTENDERS, Contender, Ours, Rival
from benchmarks.scaling import measure_in_subprocesses, time_of
from benchmarks.sizes import measure_sizes
from benchmarks.thresholds import Judgement, Scored, judge_fairly, score_by_owner
from bot.answering import Answering
from bot.authoring.evaluation import LabeledQuestion, Verdict, evaluate, read_questions, share, to_answer, to_refuse
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import KnowledgeBase

APART = frozenset({"long"})  # kinds judged by themselves: a post isn't the task that most matchers were made for
PASSES = 5  # over all questions, of which the median counts
MAX_PASS = 20.0  # seconds; a slower matcher is timed once

_PATTERN = "abcdefghijklmnopqrstuvwxyz"
HARD_INPUTS = {
    "one question over and over": "what is a tpm? " * 266,
    "question marks only": "?" * 4000,
    "800 unknown words": " ".join(
        _PATTERN[i % 26] + _PATTERN[i * 7 % 26] + _PATTERN[i * 11 % 25] + _PATTERN[i // 26 % 26] for i in range(800)
    ),
    "300 mistyped words": " ".join(
        f"responsib{_PATTERN[i % 26]}{_PATTERN[i // 26]}ities"[: 8 + i % 7] for i in range(300)
    ),
    "sentences of one word": "why? " * 800,
    "a letter under 3,999 accents": "a" + "\u0301\u0302\u0303" * 1333,
    "U+FDFA 2,000 times, each of which stands for 18 letters": "\ufdfa" * 2000,
    "one word of 4,000 letters": "a" * 4000,
    "markup that never ends": "<@!" * 500 + "```" + "](http://" * 100 + "**__" * 300,
    "an emoji 2,000 times": "\U0001f9ed" * 2000,
}


def main() -> None:
    """Run the benchmark that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=Path("tests/questions.jsonl"), help="labeled questions")
    parser.add_argument("--only", choices=report.PARTS, help="print one part, and write nothing")
    parser.add_argument("--evaluation", type=Path, help="a folder with further labeled questions and communities")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmark.md"), help="the Markdown file to write")
    arguments = parser.parse_args()
    questions = tuple(question for question in read_questions(arguments.questions) if len(question.topics) <= 1)
    if arguments.only:
        print(_part(arguments.only, questions, arguments))
    else:
        _write_all(questions, arguments)


def _part(name: str, questions: Sequence[LabeledQuestion], arguments: argparse.Namespace) -> str:
    """Measure one part and return it as Markdown."""
    if name == "scaling":
        return report.scaling(measure_in_subprocesses(arguments.questions))
    if name == "sizes":
        return report.sizes(measure_sizes(questions, arguments.evaluation, remembered_encoders()))
    return report.hard_inputs(time_hard_inputs(Ours.with_meaning(load_knowledge()).answering))


def _write_all(questions: tuple[LabeledQuestion, ...], arguments: argparse.Namespace) -> None:
    knowledge = load_knowledge()
    rows = compare(knowledge, questions, [contender for contender in CONTENDERS if contender.is_installed])
    measured = Measured(
        questions_file=arguments.questions.name,
        entry_phrasings=sum(len(entry.phrasings) for entry in knowledge.entries),
        off_topic_examples=sum(len(subject.phrasings) for subject in knowledge.off_topics),
        questions=questions,
        apart=APART,
        rows=rows,
        absent=tuple(contender.name for contender in CONTENDERS if not contender.is_installed),
        hard_inputs=time_hard_inputs(Ours.with_meaning(knowledge).answering),
        scaling=measure_in_subprocesses(arguments.questions),
        sizes=tuple(measure_sizes(questions, arguments.evaluation, remembered_encoders())),
    )
    images = arguments.out.parent / "images"
    images.mkdir(parents=True, exist_ok=True)
    plot.accuracy(rows, images / "accuracy.svg")
    plot.scaling(measured.scaling, images / "scaling.svg")
    arguments.out.write_text(report.markdown(measured), encoding="utf-8")
    print(f"{arguments.out} and its pictures are written.")


@dataclass(frozen=True, slots=True)
class Timed:
    """What a matcher makes of every question, and how long it takes (milliseconds)."""

    scored: tuple[Scored, ...]
    milliseconds: tuple[float, ...]


def compare(
    knowledge: KnowledgeBase, questions: Sequence[LabeledQuestion], others: Sequence[Contender]
) -> tuple[Row, ...]:
    """Measure matchers, ours last: with a tuned threshold, and as it is shipped."""
    rows = [_row(contender, knowledge, questions) for contender in others]
    rows.append(_row(Contender("this bot, words alone, threshold tuned", Ours, "bot"), knowledge, questions))
    ours = _row(Contender("**this bot, threshold tuned**", Ours.with_meaning, "bot"), knowledge, questions)
    return (*rows, ours, _as_shipped(ours, knowledge, questions))


def ask(rival: Rival, questions: Sequence[LabeledQuestion], owner_count: int, name: str) -> Timed:
    """Put all questions to a matcher, several times if it is quick."""
    times: list[list[float]] = [[] for _ in questions]
    scored: list[Scored] = []
    for question, spent in zip(track(questions, description=name), times, strict=True):
        began = perf_counter()
        scores = rival.compare(question.text)
        spent.append(1000 * (perf_counter() - began))
        scored.append(Scored(question, score_by_owner(scores, rival.owners, owner_count)))
    if sum(map(sum, times)) < 1000 * MAX_PASS:
        for question, spent in list(zip(questions, times, strict=True)) * (PASSES - 1):
            spent.append(time_of(partial(rival.compare, question.text), passes=1))
    return Timed(tuple(scored), tuple(map(median, times)))


def time_hard_inputs(answering: Answering) -> tuple[HardInput, ...]:
    """Time what somebody may send to slow the bot down."""
    return tuple(
        HardInput(name, len(text), time_of(partial(answering.answer, text), passes=PASSES))
        for name, text in HARD_INPUTS.items()
    )


def _row(contender: Contender, knowledge: KnowledgeBase, questions: Sequence[LabeledQuestion]) -> Row:
    began = perf_counter()
    rival = contender.teach(knowledge)
    build_seconds = perf_counter() - began
    owner_count = len(knowledge.entries) + len(knowledge.off_topics)
    timed = ask(rival, questions, owner_count, contender.name.strip("*"))
    return Row(
        name=contender.name,
        judgement=judge_fairly(timed.scored, [entry.id for entry in knowledge.entries], apart=APART),
        p50=float(np.percentile(timed.milliseconds, 50)),
        p99=float(np.percentile(timed.milliseconds, 99)),
        build_seconds=build_seconds,
    )


def _as_shipped(tuned: Row, knowledge: KnowledgeBase, questions: Sequence[LabeledQuestion]) -> Row:
    """Judge the bot by what it answers with the thresholds it is shipped with; nothing is tuned."""
    results = evaluate(Ours.with_meaning(knowledge).answering, questions)
    main = [result for result in results if result.question.kind not in APART]
    kinds = tuned.judgement.right_by_kind
    judgement = Judgement(
        top_1=tuned.judgement.top_1,
        auroc=tuned.judgement.auroc,
        right=share(to_answer(main), Verdict.RIGHT),
        false_answers=share(to_refuse(main), Verdict.FALSE_ANSWER),
        right_by_kind={
            kind: share([r for r in to_answer(results) if r.question.kind == kind], Verdict.RIGHT) for kind in kinds
        },
        treatment=None,
    )
    return Row("**this bot, as shipped**", judgement, tuned.p50, tuned.p99, tuned.build_seconds)


if __name__ == "__main__":
    main()
