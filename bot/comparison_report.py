"""Show what an edit changes: as lines for people, as JSON for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from json import dumps
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.text import Text

from bot.answering import Answering
from bot.check_report import LateProgress, count_of
from bot.comparison import (
    ContentChange,
    ContentChanges,
    Direction,
    OutcomeChange,
    compare_content,
    compare_outcomes,
    questions_to_ask,
    said,
)
from bot.console import open_console
from bot.knowledge.loading import KnowledgeError, load_knowledge
from bot.matching.matcher import Matcher

_STYLES = {Direction.WORSE: "bold red", Direction.BETTER: "green", Direction.DIFFERENT: "yellow"}


def compare_and_report(
    old: Path, new: Path, questions: Path | None, *, format_: Literal["text", "json"], strict: bool
) -> bool:
    """Compare two folders, print what differs, and tell whether that may pass.

    A folder with faults may not; with `strict`, neither may a question that is answered worse than before.
    """
    console = open_console()
    versions: list[Answering] = []
    for folder in (old, new):
        try:
            knowledge = load_knowledge(folder)
        except KnowledgeError as error:
            for fault in error.faults:
                console.print(folder / str(fault), soft_wrap=True)
            return False
        versions.append(Answering(knowledge=knowledge, matcher=Matcher(knowledge)))
    before, after = versions
    asked = questions_to_ask(before.knowledge, after.knowledge, questions)
    content = compare_content(before.knowledge, after.knowledge)
    with LateProgress(open_console(errors=True)) as progress:
        outcomes = compare_outcomes(before, after, asked, progress=progress)
    if format_ == "json":
        console.out(as_json(content, outcomes, len(asked)))
    else:
        print_comparison(console, content, outcomes, len(asked))
    return not (strict and any(outcome.direction is Direction.WORSE for outcome in outcomes))


def print_comparison(console: Console, content: ContentChanges, outcomes: Sequence[OutcomeChange], asked: int) -> None:
    """Print what was added, changed and removed, and the questions with another outcome, the worse first."""
    for sign, changes in (("+", content.added), ("~", content.changed), ("-", content.removed)):
        for change in changes:
            console.print(f"{sign} {_sentence(change)}", soft_wrap=True)
    if not (content.added or content.changed or content.removed):
        console.print("The two folders hold the same.")
    for outcome in outcomes:
        before, after = outcome.before, outcome.after
        line = Text.assemble(
            (f"{outcome.direction}: ", _STYLES[outcome.direction]),
            f"{before.question.text!r}: {said(before.outcome)} ({before.verdict}) → ",
            f"{said(after.outcome)} ({after.verdict})",
        )
        console.print(line, soft_wrap=True)
    counts = Counter(outcome.direction for outcome in outcomes)
    told = ", ".join(f"{counts[direction]} {direction}" for direction in Direction)
    result = f"{count_of(asked, 'question')} asked, {len(outcomes)} with another outcome: {told}."
    console.print(result, soft_wrap=True)


def as_json(content: ContentChanges, outcomes: Sequence[OutcomeChange], asked: int) -> str:
    """Return the same as a JSON object."""
    counts = Counter(outcome.direction for outcome in outcomes)
    listed = [
        {
            "direction": outcome.direction.value,
            "id": outcome.before.question.id,
            "text": outcome.before.question.text,
            "before": {"verdict": outcome.before.verdict.value, "said": said(outcome.before.outcome)},
            "after": {"verdict": outcome.after.verdict.value, "said": said(outcome.after.outcome)},
        }
        for outcome in outcomes
    ]
    values = {
        "added": [change.what for change in content.added],
        "changed": {change.what: list(change.details) for change in content.changed},
        "removed": [change.what for change in content.removed],
        "asked": asked,
        "counts": {direction.value: counts[direction] for direction in Direction},
        "questions": listed,
    }
    return dumps(values, indent=2, ensure_ascii=False)


def _sentence(change: ContentChange) -> str:
    return f"{change.what}: {'; '.join(change.details)}" if change.details else change.what
