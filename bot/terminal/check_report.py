"""Show what a check found: as lines for people, as JSON for machines, as annotations for GitHub."""

from __future__ import annotations

import shlex
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from json import dumps
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from bot.authoring.advice import AddPhrasings, Advice, NameSubject, next_step
from bot.authoring.checking import check_folder
from bot.authoring.findings import Detail, Finding, Kind, Severity, from_faults
from bot.authoring.folds import Expectation, expect
from bot.knowledge.loading import KnowledgeError
from bot.knowledge.model import KnowledgeBase, Owner
from bot.matching.meaning import EncoderChoice
from bot.terminal.outcomes import open_console
from bot.terminal.paragraphs import print_paragraph

SHOWN_OF_A_KIND = 3  # findings that aren't errors, unless all are asked for
SHOWN_DETAILS = 3  # of a finding, likewise
PATIENCE = 1.0  # seconds before a progress bar shows

_HEADINGS = {
    Kind.EXAMPLE: "Broken examples",
    Kind.LINK: "Malformed links",
    Kind.STOLEN: "Phrasings that would go elsewhere",
    Kind.VOCABULARY: "Vocabulary that merges two entries",
    Kind.DUPLICATE: "Near-duplicates",
    Kind.MISPLACED: "Translations without an original",
    Kind.TOO_LONG: "Translations that are too long",
    Kind.OUTDATED: "Translations out of date",
    Kind.INCOMPLETE: "Incomplete translations",
    Kind.UNTRANSLATED: "Missing translations",
    Kind.FEW_PHRASINGS: "Too few phrasings",
    Kind.REVIEW_DUE: "Answers to review",
    Kind.STRAY: "Stray phrasings",
}
_COUNTED = (Severity.ERROR, Severity.WARNING)
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
_ANNOTATIONS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def count_of(number: int, thing: str, things: str | None = None) -> str:
    """Return a number with its noun: 1 error, 2 errors. `things` is the plural, if that isn't `thing` with an s."""
    return f"{number} {thing if number == 1 else things or f'{thing}s'}"


def check_and_report(
    folder: Path,
    *,
    today: date,
    format_: Literal["text", "json", "github"],
    everything: bool,
    strict: bool,
    encoders: EncoderChoice,
) -> bool:
    """Check a folder, print what was found, and tell whether it passed; `strict` lets no warning pass."""
    findings: tuple[Finding, ...]
    expected: Expectation | None = None
    advice: Advice | None = None
    try:
        with LateProgress(open_console(errors=True)) as progress:
            knowledge, findings = check_folder(folder, today=today, encoders=encoders, progress=progress)
            measure = partial(expect, encoders=encoders)
            expected = measure(knowledge)
            advice = next_step(knowledge, findings, expected, measure)
        result = summary(folder, knowledge, findings)
    except KnowledgeError as error:
        findings = from_faults(error.faults)
        result = f"{count_of(len(findings), 'fault')} in {folder}"
    console = open_console()
    if format_ == "text":
        print_findings(console, folder, findings, everything=everything)
    elif format_ == "json":
        console.out(as_json(folder, findings))
    elif findings:
        console.out(as_annotations(folder, findings))
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    passed = not any(finding.severity in grave for finding in findings)
    out = console if passed and format_ == "text" else open_console(errors=True)
    print_paragraph(out, result, hanging="")
    if expected:
        print_paragraph(out, str(expected), hanging="")
    if advice:
        _print_advice(out, folder, advice)
    return passed


def summary(folder: Path, knowledge: KnowledgeBase, findings: Sequence[Finding]) -> str:
    """Return in a sentence what was checked and how it did."""
    by_severity = Counter(finding.severity for finding in findings)
    counted = [count_of(by_severity[severity], severity.value) for severity in _COUNTED if by_severity[severity]]
    entries, subjects = knowledge.entries, knowledge.off_topics
    parts = [f"{count_of(len(entries), 'entry', 'entries')} with {_phrasings_of(entries)}"]
    if subjects:
        parts.append(f"{count_of(len(subjects), 'off-topic subject')} with {_phrasings_of(subjects)}")
    return f"{' and '.join(counted).capitalize() or 'No faults'} in {folder}: {', '.join(parts)}."


def _phrasings_of(owners: Sequence[Owner]) -> str:
    return count_of(sum(len(owner.phrasings) for owner in owners), "phrasing")


def print_findings(console: Console, folder: Path, findings: Sequence[Finding], *, everything: bool) -> None:
    """Print a heading for each kind of finding and the worst below it; all of them, if they are errors or asked for."""
    for kind, group in groupby(findings, key=lambda finding: finding.kind):
        found = list(group)
        if kind is Kind.STRAY and not everything:
            strays = count_of(len(found), "stray phrasing")
            console.print(f"{strays}, harmless; --all lists {'them' if len(found) > 1 else 'it'}.\n", style="dim")
            continue
        is_short = not everything and kind.severity is not Severity.ERROR
        shown = found[:SHOWN_OF_A_KIND] if is_short else found
        if kind in _HEADINGS:
            rest = f" (the worst {len(shown)}; --all shows the rest)" if len(shown) < len(found) else ""
            counted = f"{_HEADINGS[kind]}: {count_of(len(found), kind.severity.value)}{rest}"
            print_paragraph(console, Text(counted, style="bold"))
        for finding in shown:
            _print_finding(console, folder, finding, is_short=is_short)
        if kind in _HEADINGS:
            console.print()


def _print_finding(console: Console, folder: Path, finding: Finding, *, is_short: bool) -> None:
    line = Text.assemble(
        (f"{folder / str(finding.place)}: ", "cyan"),
        (f"{finding.severity}: " if finding.kind is not Kind.FAULT else "", _STYLES[finding.severity]),
        f"{finding.problem} ",
        (finding.remedy, "green"),
    )
    print_paragraph(console, line)
    for detail in finding.details[:SHOWN_DETAILS] if is_short else finding.details:
        text = detail.text if is_short else _in_full(detail)
        print_paragraph(console, Text.assemble((f"{folder / str(detail.place)}: ", "cyan"), text), indent="  ")


def _print_advice(console: Console, folder: Path, advice: Advice) -> None:
    console.print()
    print_paragraph(console, Text.assemble(("Next: ", "bold"), str(advice)), hanging="")
    match advice:
        case NameSubject(yaml=lines):
            told = lines
        case AddPhrasings():
            told = f"tpm-bot phrasings prompt --knowledge {shlex.quote(str(folder))}"
    for line in told.splitlines():
        console.print(f"  {line}", soft_wrap=True)


def _in_full(detail: Detail) -> str:
    return f"{detail.text}, {detail.reason}"


def as_json(folder: Path, findings: Sequence[Finding]) -> str:
    """Return all findings as a JSON object."""
    by_severity = Counter(finding.severity for finding in findings)
    listed = [
        {
            "severity": finding.severity.value,
            "kind": finding.kind.value,
            "file": str(folder / finding.place.file),
            "line": finding.place.line,
            "problem": finding.problem,
            "remedy": finding.remedy,
            "details": [
                {"file": str(folder / detail.place.file), "line": detail.place.line, "text": _in_full(detail)}
                for detail in finding.details
            ],
        }
        for finding in findings
    ]
    counts = {f"{severity}s": by_severity[severity] for severity in Severity}
    return dumps({**counts, "findings": listed}, indent=2, ensure_ascii=False)


def as_annotations(folder: Path, findings: Sequence[Finding]) -> str:
    """Return all findings as workflow commands, which GitHub shows beside the lines of a pull request.

    GitHub shows ten errors, ten warnings and ten notices a step: the worst, which come first.
    """
    return "\n".join(_annotation(folder, finding) for finding in findings)


def _annotation(folder: Path, finding: Finding) -> str:
    place = f"file={_property(str(folder / finding.place.file))},line={finding.place.line}"
    title = _property(finding.kind.value)
    return f"::{_ANNOTATIONS[finding.severity]} {place},title={title}::{_data(_with_details(finding))}"


def _with_details(finding: Finding) -> str:
    lines = [f"{finding.problem} {finding.remedy}", *(f"{each.place}: {_in_full(each)}" for each in finding.details)]
    return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


class LateProgress:
    """A progress bar that a terminal shows once something takes longer than a second."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._bar = Progress(console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("Checking", total=1.0)
        self._clock = clock
        self._begun = clock()

    def __enter__(self) -> Self:
        """Begin to count the time."""
        self._begun = self._clock()
        return self

    def __call__(self, share: float) -> None:
        """Take note of the share of the work that is done, from 0 to 1."""
        if not self._bar.live.is_started and self._clock() - self._begun > PATIENCE:
            self._bar.start()
        self._bar.update(self._task, completed=share)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Take the bar away."""
        self._bar.stop()
