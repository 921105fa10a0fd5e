"""Show what an edit changes: as lines for people, as JSON for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Literal, Self

from rich.console import Console
from rich.text import Text

from bot.answering import Answering
from bot.authoring.comparison import (
    ContentChange,
    ContentChanges,
    Direction,
    OutcomeChange,
    compare_content,
    compare_outcomes,
    questions_to_ask,
    said,
)
from bot.authoring.findings import Places
from bot.authoring.rivalry import Theft, stray, thefts
from bot.knowledge.faults import Fault
from bot.knowledge.loading import KnowledgeError, load_with_documents
from bot.matching.learned import read_texts
from bot.matching.lexicon import Lexicon
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice
from bot.terminal.check_report import LateProgress, count_of
from bot.terminal.outcomes import open_console
from bot.terminal.paragraphs import print_paragraph

_STYLES = {Direction.WORSE: "bold red", Direction.BETTER: "green", Direction.DIFFERENT: "yellow"}


@dataclass(frozen=True, slots=True)
class _Version:
    """A folder, what it holds, and what answers from it."""

    folder: Path
    places: Places
    lexicon: Lexicon
    answering: Answering

    @classmethod
    def load(cls, folder: Path, encoders: EncoderChoice) -> Self:
        knowledge, documents = load_with_documents(folder)
        lexicon = read_texts(knowledge)
        matcher = Matcher(knowledge, encoders=encoders, lexicon=lexicon)
        return cls(folder, Places(documents), lexicon, Answering(knowledge=knowledge, matcher=matcher))

    def thefts(self, progress: Callable[[float], None]) -> tuple[Theft, ...]:
        return thefts(self.answering.knowledge, self.lexicon, progress)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two folders: what they hold, what becomes of questions, and what was left out of these.

    `taken` are the phrasings of the newer one that something else than their owner would take, and didn't before, with
    `places` to tell where they stand.
    """

    content: ContentChanges
    outcomes: tuple[OutcomeChange, ...]
    asked: int
    left_out: str
    taken: tuple[Theft, ...]
    folder: Path
    places: Places


def compare_and_report(
    old: Path,
    new: Path,
    questions: Path | None,
    *,
    format_: Literal["text", "json"],
    strict: bool,
    encoders: EncoderChoice,
) -> bool:
    """Compare two folders, print what differs, and tell whether that may pass.

    A folder with faults may not; with `strict`, neither may a question that is answered worse than before.
    """
    console = open_console()
    versions: list[_Version] = []
    faults: list[tuple[Path, Fault]] = []
    for folder in (old, new):
        try:
            versions.append(_Version.load(folder, encoders))
        except KnowledgeError as error:
            faults += [(folder, fault) for fault in error.faults]
    if faults:
        if format_ == "json":
            console.out(_faults_as_json(faults))
        for folder, fault in faults if format_ == "text" else ():
            print_paragraph(console, str(folder / str(fault)))
        return False
    before, after = versions
    compared = _compare(before, after, questions)
    if format_ == "json":
        console.out(as_json(compared))
    else:
        print_comparison(console, compared)
    return not (strict and any(outcome.direction is Direction.WORSE for outcome in compared.outcomes))


def _compare(old: _Version, new: _Version, questions: Path | None) -> Comparison:
    before, after = old.answering, new.answering
    asked = questions_to_ask(before.knowledge, after.knowledge, questions)
    with LateProgress(open_console(errors=True)) as progress:
        known = {_identity(theft) for theft in old.thefts(lambda share: progress(share / 4))}
        found = new.thefts(lambda share: progress(1 / 4 + share / 4))
        outcomes = compare_outcomes(before, after, asked.questions, progress=lambda share: progress(1 / 2 + share / 2))
    new_thefts = (theft for theft in found if _identity(theft) not in known)
    return Comparison(
        content=compare_content(before.knowledge, after.knowledge),
        outcomes=outcomes,
        asked=len(asked.questions),
        left_out=asked.left_out,
        taken=tuple(sorted(new_thefts, key=lambda theft: new.places.phrasing(theft.owner.id, theft.text))),
        folder=new.folder,
        places=new.places,
    )


def _identity(theft: Theft) -> tuple[str, str, str]:
    return theft.owner.id, theft.text, theft.taker


def print_comparison(console: Console, compared: Comparison) -> None:
    """Print what was added, changed and removed, and the questions with another outcome, the worse first."""
    content = compared.content
    for sign, changes in (("+", content.added), ("~", content.changed), ("-", content.removed)):
        for change in changes:
            print_paragraph(console, f"{sign} {_sentence(change)}")
    if not (content.added or content.changed or content.removed):
        console.print("The two folders are the same.")
    for outcome in compared.outcomes:
        before, after = outcome.before, outcome.after
        line = Text.assemble(
            (f"{outcome.direction}: ", _STYLES[outcome.direction]),
            f"{before.question.text!r}: {said(before.outcome)} ({before.verdict}) → ",
            f"{said(after.outcome)} ({after.verdict})",
        )
        print_paragraph(console, line)
    for theft in compared.taken:
        finding = stray(theft, compared.places)
        print_paragraph(console, f"{compared.folder / str(finding.place)}: {finding.problem}")
    if compared.left_out:
        print_paragraph(console, compared.left_out)
    counts = Counter(outcome.direction for outcome in compared.outcomes)
    told = ", ".join(f"{counts[direction]} {direction}" for direction in Direction)
    asked = count_of(compared.asked, "question")
    print_paragraph(console, f"{asked} asked, {len(compared.outcomes)} with a new outcome: {told}.")


def as_json(compared: Comparison) -> str:
    """Return the same as a JSON object."""
    content, counts = compared.content, Counter(outcome.direction for outcome in compared.outcomes)
    values = {
        "added": [change.what for change in content.added],
        "changed": {change.what: list(change.details) for change in content.changed},
        "removed": [change.what for change in content.removed],
        "taken": [_taken(theft, compared) for theft in compared.taken],
        "asked": compared.asked,
        "left_out": compared.left_out,
        "counts": {direction.value: counts[direction] for direction in Direction},
        "questions": [_question(outcome) for outcome in compared.outcomes],
    }
    return dumps(values, indent=2, ensure_ascii=False)


def _question(outcome: OutcomeChange) -> dict[str, object]:
    return {
        "direction": outcome.direction.value,
        "id": outcome.before.question.id,
        "text": outcome.before.question.text,
        "before": {"verdict": outcome.before.verdict.value, "said": said(outcome.before.outcome)},
        "after": {"verdict": outcome.after.verdict.value, "said": said(outcome.after.outcome)},
    }


def _taken(theft: Theft, compared: Comparison) -> dict[str, object]:
    place = compared.places.phrasing(theft.owner.id, theft.text)
    return {
        "file": str(compared.folder / place.file),
        "line": place.line,
        "text": theft.text,
        "owner": theft.owner.id,
        "taker": theft.taker,
    }


def _faults_as_json(faults: Iterable[tuple[Path, Fault]]) -> str:
    listed = [
        {"file": str(folder / fault.file), "line": fault.line, "problem": fault.problem, "remedy": fault.remedy}
        for folder, fault in faults
    ]
    return dumps({"faults": listed}, indent=2, ensure_ascii=False)


def _sentence(change: ContentChange) -> str:
    return f"{change.what}: {'; '.join(change.details)}" if change.details else change.what
