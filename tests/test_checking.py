from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.check_report import LateProgress, as_annotations, as_json, check_and_report, print_findings
from bot.knowledge.checking import check_folder
from bot.knowledge.findings import Detail, Finding, Kind, Place, Severity, worst_first
from bot.knowledge.links import malformed_links
from bot.knowledge.loading import KnowledgeError, load_knowledge, shipped_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.rivalry import Theft, thefts
from bot.matching.matcher import Matcher, read_phrasings
from bot.starter import create_knowledge

TODAY = date(2026, 11, 23)
# Of the processor's time, on the machine that three seconds are promised for; the program takes 0.4 to start.
learning_takes = 0.56
checking_may_take = 2.6


def findings(directory: Path, kind: Kind, today: date = TODAY) -> list[Finding]:
    return [finding for finding in check_folder(directory, today=today)[1] if finding.kind is kind]


def edit(directory: Path, file: str, old: str, new: str) -> None:
    """Replace a text where it stands first."""
    content = (directory / file).read_text(encoding="utf-8")
    assert old in content
    (directory / file).write_text(content.replace(old, new, 1), encoding="utf-8")


def line_of(directory: Path, file: str, text: str) -> int:
    lines = (directory / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def add_phrasings(directory: Path, **ways: list[str]) -> None:
    """Put more ways to ask below an id in phrasings.yaml that has none there yet; _ stands for a hyphen."""
    with (directory / "phrasings.yaml").open("a", encoding="utf-8") as file:
        for id_, texts in ways.items():
            file.write(f"  {id_.replace('_', '-')}:\n" + "".join(f"    - {text}\n" for text in texts))


def test_the_shipped_knowledge_has_no_error() -> None:
    _, found = check_folder(shipped_knowledge, today=TODAY)

    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


def test_checking_the_shipped_knowledge_takes_less_than_three_seconds() -> None:
    # Measured by what learning takes, for a busy or slower machine takes longer for both.
    share = checking_may_take / learning_takes
    assert any(seconds_of(check_shipped) < share * seconds_of(learn_shipped) for _ in range(3))


def check_shipped() -> None:
    check_folder(shipped_knowledge, today=TODAY)


def learn_shipped() -> None:
    Matcher(load_knowledge(shipped_knowledge))


def seconds_of(work: Callable[[], None]) -> float:
    """Return how much of the processor's time some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def test_an_example_that_another_entry_answers_is_an_error_that_says_which(knowledge_dir: Path) -> None:
    edit(
        knowledge_dir,
        "role.yaml",
        "      - What does a keeper do all day?\n",
        "      - What does a keeper do all day?\n    examples:\n      - Does a warden work at night?\n",
    )

    [finding] = findings(knowledge_dir, Kind.EXAMPLE)
    assert finding.severity is Severity.ERROR
    assert finding.place == ("role.yaml", line_of(knowledge_dir, "role.yaml", "Does a warden work at night?"))
    assert '"Does a warden work at night?" should be answered with duties' in finding.problem
    assert "it is answered with night-shift, for:" in finding.problem
    assert "duties" in finding.remedy


def test_an_example_that_its_entry_answers_is_none(knowledge_dir: Path) -> None:
    with_examples(knowledge_dir, "examples", "Does a warden work at night?")

    assert findings(knowledge_dir, Kind.EXAMPLE) == []


def with_examples(directory: Path, key: str, text: str) -> None:
    """Add an example to the entry night-shift."""
    edit(
        directory,
        "faq.yaml",
        "      - when do keepers sleep\n",
        f"      - when do keepers sleep\n    {key}:\n      - {text}\n",
    )


def test_a_question_that_must_not_be_answered_by_an_entry_and_is_is_an_error(knowledge_dir: Path) -> None:
    with_examples(knowledge_dir, "not", "Does a warden work at night?")

    [finding] = findings(knowledge_dir, Kind.EXAMPLE)
    assert finding.place == ("faq.yaml", line_of(knowledge_dir, "faq.yaml", "Does a warden work at night?"))
    assert "should not be answered with night-shift, but it is" in finding.problem


def test_a_question_that_must_not_be_answered_by_an_entry_and_is_not_is_none(knowledge_dir: Path) -> None:
    with_examples(knowledge_dir, "not", "What does a keeper earn?")

    assert findings(knowledge_dir, Kind.EXAMPLE) == []


@pytest.mark.parametrize(
    ("key", "text", "count"),
    [
        ("examples", "What do keepers earn?", 0),
        ("examples", "Does a keeper work at night?", 1),
        ("not", "What do keepers earn?", 1),
        ("not", "Does a keeper work at night?", 0),
    ],
)
def test_an_off_topic_subject_has_examples_too(knowledge_dir: Path, key: str, text: str, count: int) -> None:
    earn = "      - What does a keeper earn?\n"
    edit(knowledge_dir, "faq.yaml", earn, f"{earn}    {key}:\n      - {text}\n")

    assert len(findings(knowledge_dir, Kind.EXAMPLE)) == count


def test_the_bot_learns_nothing_from_examples(knowledge_dir: Path) -> None:
    with_examples(knowledge_dir, "examples", "zebra crossings")
    knowledge, _ = check_folder(knowledge_dir, today=TODAY)

    assert knowledge.entry("night-shift").examples == ("zebra crossings",)
    assert not [phrasings for phrasings in ways_to_ask(knowledge) if "zebra crossings" in phrasings]


def ways_to_ask(knowledge: KnowledgeBase) -> list[tuple[str, ...]]:
    return [entry.phrasings for entry in knowledge.entries] + [subject.phrasings for subject in knowledge.off_topics]


OVENS = ["how hot is the oven", "is the oven hot yet", "how hot must an oven be", "when is an oven hot enough"]
BELLS = ["who rings the bell", "when does the bell ring", "how loud is the bell", "is the bell old"]


def test_a_stray_phrasing_that_another_entry_takes_is_told_with_its_words_and_by_how_much(knowledge_dir: Path) -> None:
    add_phrasings(knowledge_dir, duties=OVENS, contact=[*BELLS, "how hot is this oven"])

    [stray] = [finding for finding in findings(knowledge_dir, Kind.STRAY) if "how hot is this oven" in finding.problem]
    assert stray.severity is Severity.NOTE
    assert stray.place == ("phrasings.yaml", line_of(knowledge_dir, "phrasings.yaml", "how hot is this oven"))
    assert "this phrasing of contact, it would be answered with duties" in stray.problem
    assert "for: hot, oven;" in stray.problem
    nearest = line_of(knowledge_dir, "phrasings.yaml", "how hot is the oven")
    assert f'nearest is "how hot is the oven" (phrasings.yaml:{nearest})' in stray.problem
    taker, own = map(float, re.findall(r"(\d\.\d\d) against (\d\.\d\d)", stray.problem)[0])
    assert stray.weight == pytest.approx(taker - own, abs=0.02)


def test_three_phrasings_that_go_the_same_way_are_one_finding_with_the_worst_of_them(knowledge_dir: Path) -> None:
    taken = ["how hot is this oven", "how hot are our ovens", "is that oven hot", "when was the oven hot"]
    add_phrasings(knowledge_dir, duties=[*OVENS, "why is the oven hot"], contact=[*BELLS, *taken[:3]], jd=taken[3:])

    [finding] = [found for found in findings(knowledge_dir, Kind.STOLEN) if "phrasings of contact" in found.problem]
    assert finding.severity is Severity.WARNING
    assert finding.problem.startswith("3 of the 9 phrasings of contact would be answered with duties")
    assert "mostly for: oven, hot" in finding.problem or "mostly for: hot, oven" in finding.problem
    assert "contact" in finding.remedy
    assert {detail.place for detail in finding.details} == {
        ("phrasings.yaml", line_of(knowledge_dir, "phrasings.yaml", text)) for text in taken[:3]
    }
    assert finding.place == finding.details[0].place
    assert [found.problem for found in findings(knowledge_dir, Kind.STRAY) if "of contact" in found.problem] == []


def test_a_phrasing_that_an_off_topic_subject_takes_is_told(knowledge_dir: Path) -> None:
    add_phrasings(knowledge_dir, duties=[*BELLS, "how hot is this oven"])
    edit(
        knowledge_dir,
        "faq.yaml",
        "      - thank you\n",
        "      - thank you\n" + "".join(f"      - {text}\n" for text in OVENS),
    )

    [finding] = [f for f in findings(knowledge_dir, Kind.STRAY) if '"how hot is this oven"' in f.problem]
    assert "it would be refused as thanks" in finding.problem
    assert "for: hot, oven;" in finding.problem


def test_entries_that_win_their_own_questions_are_not_told_of(knowledge_dir: Path) -> None:
    add_phrasings(knowledge_dir, duties=OVENS, contact=BELLS)

    assert [f for f in findings(knowledge_dir, Kind.STRAY) if "oven" in f.problem or "bell" in f.problem] == []


def test_the_share_of_the_work_that_is_done_grows_to_all_of_it(knowledge_dir: Path) -> None:
    shares: list[float] = []
    check_folder(knowledge_dir, today=TODAY, progress=shares.append)

    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] == 1


def shipped_thefts(knowledge: KnowledgeBase) -> set[tuple[str, str, str]]:
    lexicon = read_phrasings(knowledge)
    found: tuple[Theft, ...] = thefts(knowledge, lexicon, Matcher(knowledge, lexicon=lexicon))
    return {(theft.owner.id, theft.text, theft.taker) for theft in found}


def test_an_unrelated_phrasing_changes_no_finding_about_others() -> None:
    knowledge = load_knowledge()
    first, *others = knowledge.entries
    longer = replace(first, phrasings=("which oven bakes the lightest croissant", *first.phrasings))
    before, after = shipped_thefts(knowledge), shipped_thefts(replace(knowledge, entries=(longer, *others)))

    assert {theft for theft in after if "croissant" not in theft[1]} == before
    assert len(before) > 100


def test_a_lexicon_without_some_phrasings_still_knows_their_words(knowledge_dir: Path) -> None:
    knowledge, _ = check_folder(knowledge_dir, today=TODAY)
    lexicon = read_phrasings(knowledge)
    fewer = lexicon.without({0, 2})

    assert fewer.phrasings == (lexicon.phrasings[1], *lexicon.phrasings[3:])
    assert len(read_phrasings(knowledge).phrasings) == len(lexicon.phrasings)
    assert fewer.read("what is a keeper") == lexicon.read("what is a keeper")


def test_a_matcher_ranks_the_same_with_a_lexicon_given(knowledge_dir: Path) -> None:
    knowledge, _ = check_folder(knowledge_dir, today=TODAY)

    with_own, given_one = Matcher(knowledge), Matcher(knowledge, lexicon=read_phrasings(knowledge))
    assert with_own.rank("do wardens sleep") == given_one.rank("do wardens sleep")


def test_nearly_the_same_phrasing_in_two_entries_is_told_once(knowledge_dir: Path) -> None:
    add_phrasings(knowledge_dir, duties=["how hot is the oven"], contact=["How hot is that oven?"])

    [finding] = findings(knowledge_dir, Kind.DUPLICATE)
    assert finding.place == ("phrasings.yaml", line_of(knowledge_dir, "phrasings.yaml", "how hot is the oven"))
    assert '"How hot is that oven?" of contact' in finding.problem
    assert findings(knowledge_dir, Kind.VOCABULARY) == []


def test_phrasings_with_the_same_words_but_other_questions_are_no_duplicates(knowledge_dir: Path) -> None:
    add_phrasings(knowledge_dir, duties=["what is an oven"], contact=["who do I ask about my oven"])

    assert findings(knowledge_dir, Kind.DUPLICATE) == []


def test_vocabulary_that_makes_questions_of_two_entries_the_same_is_told_where_it_stands(knowledge_dir: Path) -> None:
    add_phrasings(knowledge_dir, duties=["how hot is the oven"], contact=["how hot is the stove"])
    assert findings(knowledge_dir, Kind.VOCABULARY) == []

    edit(knowledge_dir, "phrasings.yaml", "  lamp:", "  heat: [oven, stove]\n  lamp:")

    [finding] = findings(knowledge_dir, Kind.VOCABULARY)
    assert finding.place == ("phrasings.yaml", line_of(knowledge_dir, "phrasings.yaml", "heat:"))
    assert '"how hot is the oven" of duties' in finding.problem
    assert '"how hot is the stove" of contact' in finding.problem
    assert findings(knowledge_dir, Kind.DUPLICATE) == []


def test_less_than_eight_ways_to_ask_are_few(knowledge_dir: Path) -> None:
    few = {finding.problem.split()[0] for finding in findings(knowledge_dir, Kind.FEW_PHRASINGS)}
    assert {"definition", "duties", "salary", "thanks"} <= few

    add_phrasings(knowledge_dir, duties=[*OVENS, "is it warm"])  # beside its question and a phrasing of its own

    few = {finding.problem.split()[0] for finding in findings(knowledge_dir, Kind.FEW_PHRASINGS)}
    assert "duties" in few
    edit(knowledge_dir, "phrasings.yaml", "    - is it warm\n", "    - is it warm\n    - who bakes\n")
    assert "duties" not in {f.problem.split()[0] for f in findings(knowledge_dir, Kind.FEW_PHRASINGS)}


@pytest.mark.parametrize(("today", "due"), [(date(2027, 11, 22), 0), (date(2027, 11, 23), 5)])
def test_an_answer_is_due_for_review_after_a_year(knowledge_dir: Path, today: date, due: int) -> None:
    found = findings(knowledge_dir, Kind.REVIEW_DUE, today)

    assert len(found) == due
    assert all(f"reviewed: {today}" in finding.remedy for finding in found)


def test_an_answer_that_was_reviewed_in_the_future_is_told(knowledge_dir: Path) -> None:
    edit(knowledge_dir, "faq.yaml", "reviewed: 2026-11-22", "reviewed: 2062-11-22")

    [finding] = findings(knowledge_dir, Kind.REVIEW_DUE)
    assert finding.place == ("faq.yaml", line_of(knowledge_dir, "faq.yaml", "2062"))
    assert "is in the future" in finding.problem


@pytest.mark.parametrize(
    "text",
    [
        "[the page] (https://example.org)",
        "[the page](example.org)",
        "[the page](http:/example.org)",
        "[the page](https://example.org",
        "[the page]()",
        "[the page](https://exa mple.org)",
        "[](https://example.org)",
        "see www.example.org",
        "see http:/example.org",
        "see https//example.org",
        "see htps://example.org",
        "see https://example",
        "see https://",
    ],
)
def test_a_malformed_link_is_seen(text: str) -> None:
    assert len(list(malformed_links(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "[the page](https://example.org)",
        "[the page](<https://example.org/a_b>)",
        "[the page](https://en.example.org/wiki/Baker_(craft)) and more",
        "https://example.org/www.html, http://example.org.",
        "<https://example.org>",
        "[sic] (as it stands)",
        "an [x] in a box",
        "https is a protocol: use it",
        "write to a@www.example.org",
        "http://localhost:8080",
    ],
)
def test_a_good_link_or_none_is_let_pass(text: str) -> None:
    assert list(malformed_links(text)) == []


@given(st.text(alphabet="[]() htps:/w.<>ab\n", max_size=60))
def test_whatever_is_in_an_answer_its_malformed_links_are_part_of_it(text: str) -> None:
    assert all(link.written and link.problem for link in malformed_links(text))


@pytest.mark.parametrize(
    ("row", "closing"), [("[" * 1500, ""), ("[a](" * 375, ""), ("[a](" + "(" * 1400, ")"), ("w" * 1500, "")]
)
def test_hostile_text_is_searched_for_links_at_once(row: str, closing: str) -> None:
    start = time.process_time()
    list(malformed_links(row + closing))

    assert time.process_time() - start < 1


def test_a_malformed_link_is_an_error_at_the_line_of_its_text(knowledge_dir: Path) -> None:
    edit(knowledge_dir, "role.yaml", "      - fill in the log", "      - fill in [the log](log.html)")

    [finding] = findings(knowledge_dir, Kind.LINK)
    assert finding.severity is Severity.ERROR
    assert finding.place == ("role.yaml", line_of(knowledge_dir, "role.yaml", "log.html"))
    assert '"[the log](log.html)" in duties' in finding.problem


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
    assert re.findall(r"^ours/faq\.yaml:(\d+):", few, flags=re.MULTILINE) == ["1", "2", "3", "4", "5", "99"]
    assert "3 more" in few
    assert "--all" in few
    assert len(re.findall(r"^ours/faq\.yaml:\d+: warning: It is so\. Do this\.$", everything, flags=re.MULTILINE)) == 9


def test_strays_are_a_line_unless_all_are_asked_for() -> None:
    found = [finding_of(Kind.STRAY, line=line) for line in range(1, 4)]

    assert printed(found, everything=False).strip() == "3 single strays: no harm; --all lists them."
    assert "ours/faq.yaml:3: note: It is so." in printed(found, everything=True)


def test_of_a_finding_with_details_people_see_the_worst() -> None:
    details = tuple(Detail(Place("faq.yaml", line), "it is") for line in range(10, 15))
    found = [replace(finding_of(Kind.STOLEN), details=details)]

    few, everything = printed(found, everything=False), printed(found, everything=True)
    assert re.findall(r"^  ours/faq\.yaml:(\d+): it is$", few, flags=re.MULTILINE) == ["10", "11", "12"]
    assert len(re.findall(r"^  ours", everything, flags=re.MULTILINE)) == 5
    assert json.loads(as_json(Path("ours"), found))["findings"][0]["details"][4] == {
        "file": "ours/faq.yaml",
        "line": 14,
        "text": "it is",
    }
    assert as_annotations(Path("ours"), found).endswith("%0Afaq.yaml:13: it is%0Afaq.yaml:14: it is")


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
    def run(format_: str = "text", *, strict: bool = False) -> bool:
        return check_and_report(knowledge_dir, today=TODAY, format_=format_, everything=False, strict=strict)  # type: ignore[arg-type]

    return run


def test_warnings_pass_unless_one_is_strict(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    assert report()
    assert "warnings in" in capsys.readouterr().out
    assert not report(strict=True)
    assert "warnings in" in capsys.readouterr().err


def test_a_note_passes_even_if_one_is_strict(tmp_path: Path) -> None:
    create_knowledge(tmp_path / "bakery", today=TODAY)
    with (tmp_path / "bakery/phrasings.yaml").open("a", encoding="utf-8") as file:
        file.write("    - what does a course at all cost me then\n")

    kinds = {finding.kind for finding in check_folder(tmp_path / "bakery", today=TODAY)[1]}
    assert kinds == {Kind.STRAY}
    assert check_and_report(tmp_path / "bakery", today=TODAY, format_="text", everything=False, strict=True)


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
    (knowledge_dir / "role.yaml").unlink()

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
