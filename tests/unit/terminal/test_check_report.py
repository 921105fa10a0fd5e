"""What people, programs and GitHub are told of findings, and which of them pass."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from bakery import write_bakery
from checked import TODAY, with_examples
from rich.console import Console

from bot.authoring.checking import check_folder
from bot.authoring.findings import Detail, Finding, Kind, Place, worst_first
from bot.knowledge.loading import KnowledgeError
from bot.matching.meaning import Encoders
from bot.terminal.check_report import LateProgress, as_annotations, as_json, check_and_report, print_findings


def finding_of(kind: Kind, weight: float = 0.0, line: int = 1, problem: str = "It is so.") -> Finding:
    return Finding(kind, Place("faq.yaml", line), problem, "Do this.", weight)


def test_the_worst_stands_first() -> None:
    ordered = [
        finding_of(Kind.EXAMPLE),
        finding_of(Kind.STOLEN, 0.9, line=7),
        finding_of(Kind.STOLEN, 0.2, line=1),
        finding_of(Kind.STOLEN, 0.2, line=2),
        finding_of(Kind.REVIEW_DUE, 900),
    ]

    assert list(worst_first(reversed(ordered))) == ordered


def printed(found: list[Finding], *, everything: bool) -> str:
    output = io.StringIO()
    print_findings(Console(file=output, markup=False, width=80), Path("ours"), found, everything=everything)
    return output.getvalue()


def test_people_see_a_few_of_each_kind_and_how_many_more_there_are() -> None:
    found = [finding_of(Kind.STOLEN, line=line) for line in range(1, 9)] + [finding_of(Kind.REVIEW_DUE, line=99)]

    few, everything = printed(found, everything=False), printed(found, everything=True)
    assert re.findall(r"^ours/faq\.yaml:(\d+):", few, flags=re.MULTILINE) == ["1", "2", "3", "99"]
    assert "Phrasings that would go elsewhere: 8 warnings (the worst 3; --all shows the rest)\n" in few
    assert "Answers to review: 1 warning\n" in few
    assert len(re.findall(r"^ours/faq\.yaml:\d+: warning: It is so\. Do this\.$", everything, flags=re.MULTILINE)) == 9


def test_people_see_all_errors() -> None:
    found = [finding_of(Kind.EXAMPLE, line=line) for line in range(1, 9)]

    few = printed(found, everything=False)
    assert "Broken examples: 8 errors\n" in few
    assert len(re.findall(r"^ours/faq\.yaml:\d+: error:", few, flags=re.MULTILINE)) == 8


def test_strays_are_a_line_unless_all_are_asked_for() -> None:
    found = [finding_of(Kind.STRAY, line=line) for line in range(1, 4)]

    assert printed(found, everything=False).strip() == "3 stray phrasings, harmless; --all lists them."
    assert "ours/faq.yaml:3: note: It is so." in printed(found, everything=True)


def test_of_a_finding_with_details_people_see_the_worst() -> None:
    details = tuple(Detail(Place("faq.yaml", line), "it is", "see above") for line in range(10, 15))
    found = [replace(finding_of(Kind.STOLEN), details=details)]

    few, everything = printed(found, everything=False), printed(found, everything=True)
    assert re.findall(r"^  ours/faq\.yaml:(\d+): it is$", few, flags=re.MULTILINE) == ["10", "11", "12"]
    assert len(re.findall(r"^  ours.*: it is, see above$", everything, flags=re.MULTILINE)) == 5
    assert json.loads(as_json(Path("ours"), found))["findings"][0]["details"][4] == {
        "file": "ours/faq.yaml",
        "line": 14,
        "text": "it is, see above",
    }
    assert as_annotations(Path("ours"), found).endswith("%0Afaq.yaml:14: it is, see above")


def test_a_note_is_a_notice_to_github() -> None:
    assert as_annotations(Path("ours"), [finding_of(Kind.STRAY)]).startswith("::notice file=ours/faq.yaml,line=1,")


def test_programs_see_everything_as_json() -> None:
    found = [finding_of(Kind.EXAMPLE, line=3)] + [finding_of(Kind.STOLEN)] * 20

    told = json.loads(as_json(Path("ours"), found))
    assert (told["errors"], told["warnings"], len(told["findings"])) == (1, 20, 21)
    assert told["findings"][0] == {
        "severity": "error",
        "kind": "broken example",
        "file": "ours/faq.yaml",
        "line": 3,
        "problem": "It is so.",
        "remedy": "Do this.",
        "details": [],
    }


def test_github_sees_annotations_that_nothing_in_the_knowledge_can_forge() -> None:
    hostile = finding_of(Kind.STOLEN, line=3, problem='"100 %\n::error::x" is so.')

    [line] = as_annotations(Path("a,b:c"), [hostile]).splitlines()
    assert line == (
        '::warning file=a%2Cb%3Ac/faq.yaml,line=3,title=stolen question::"100 %25%0A::error::x" is so. Do this.'
    )


Report = Callable[..., bool]


@pytest.fixture
def report(knowledge_dir: Path) -> Report:
    def run(format_: Literal["text", "json", "github"] = "text", *, strict: bool = False) -> bool:
        return check_and_report(
            knowledge_dir, today=TODAY, format_=format_, everything=False, strict=strict, encoders=Encoders()
        )

    return run


def test_warnings_pass_unless_one_is_strict(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    assert report()
    assert "warnings in" in capsys.readouterr().out
    assert not report(strict=True)
    assert "warnings in" in capsys.readouterr().err


def test_below_the_summary_stands_what_to_expect_and_what_to_do_next(
    report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    report()

    lines = capsys.readouterr().out.splitlines()
    summary = next(number for number, line in enumerate(lines) if "warnings in" in line)
    share = r"(nearly all|about \d in 10)"
    expected = rf"At 2 phrasings per entry, expect {share} questions .*, and {share} to be answered or offered\."
    assert re.fullmatch(expected, lines[summary + 1])
    assert lines[summary + 3].startswith("Next: ")


def test_no_advice_is_given_before_errors_are_fixed(
    report: Report, knowledge_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_examples(knowledge_dir, "examples", "xqzt vlrm")
    report()

    assert "Next:" not in capsys.readouterr().err


def test_a_note_passes_even_if_one_is_strict(tmp_path: Path) -> None:
    write_bakery(tmp_path / "bakery", today=TODAY)
    with (tmp_path / "bakery/phrasings.yaml").open("a", encoding="utf-8") as file:
        file.write("    - what does a course at all cost me then\n")

    kinds = {finding.kind for finding in check_folder(tmp_path / "bakery", today=TODAY)[1]}
    assert kinds == {Kind.STRAY}
    assert check_and_report(
        tmp_path / "bakery", today=TODAY, format_="text", everything=False, strict=True, encoders=Encoders()
    )


@pytest.mark.parametrize("format_", ["text", "json", "github"])
def test_an_error_never_passes(report: Report, knowledge_dir: Path, format_: str) -> None:
    with_examples(knowledge_dir, "examples", "xqzt vlrm")

    assert not report(format_)


@pytest.mark.parametrize("format_", ["json", "github"])
def test_what_machines_read_holds_nothing_else(
    report: Report, knowledge_dir: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    (knowledge_dir / "faq.yaml").unlink()

    assert not report(format_)
    out = capsys.readouterr().out
    if format_ == "json":
        assert json.loads(out)["findings"][0]["problem"] == "The file is missing."
    else:
        assert out.startswith("::error file=")
        assert all(line.startswith("::") for line in out.splitlines())


def test_a_folder_that_cannot_be_loaded_is_not_checked(knowledge_dir: Path) -> None:
    (knowledge_dir / "faq.yaml").unlink()

    with pytest.raises(KnowledgeError):
        check_folder(knowledge_dir, today=TODAY)


def test_a_progress_bar_shows_only_on_a_terminal_and_only_when_it_takes_long() -> None:
    assert bar_after(0.5, terminal=True) == ""
    assert "Checking" in bar_after(1.5, terminal=True)
    assert bar_after(1.5, terminal=False) == ""


def bar_after(seconds: float, *, terminal: bool) -> str:
    output, now = io.StringIO(), [0.0]
    console = Console(file=output, force_terminal=terminal, width=80)
    with LateProgress(console, clock=lambda: now[0]) as progress:
        now[0] = seconds
        progress(0.5)
    return output.getvalue()
