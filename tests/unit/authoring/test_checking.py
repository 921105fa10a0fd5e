"""What `check` finds in knowledge that loads."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from bakery import write_bakery
from checked import TODAY, add_phrasings, edit, findings, line_of, with_examples

from bot.authoring.checking import check_folder
from bot.authoring.findings import Finding, Kind, Severity
from bot.authoring.rivalry import Theft, thefts
from bot.knowledge.loading import SHIPPED_KNOWLEDGE, load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.matching.learned import read_texts
from bot.matching.matcher import Matcher

CHECKING_MAY_TAKE = 12  # times what learning takes: it learns five times over, and ranks a part of the phrasings


class ShippedCheck(NamedTuple):
    found: tuple[Finding, ...]
    seconds: float


@pytest.fixture(scope="module")
def shipped_check() -> ShippedCheck:
    """Check the shipped knowledge once, on the day of its last review."""
    reviewed = max(entry.reviewed for entry in load_knowledge().entries if entry.reviewed)
    return check_shipped(reviewed)


def test_the_shipped_knowledge_passes_a_strict_check(shipped_check: ShippedCheck) -> None:
    assert [str(finding) for finding in shipped_check.found if finding.severity is not Severity.NOTE] == []


def add_server(shared: Path, name: str, faq: str) -> Path:
    folder = shared / "servers" / name
    folder.mkdir(parents=True)
    (folder / "server.yaml").write_text('servers: ["111111111111111111"]\n', encoding="utf-8")
    (folder / "faq.yaml").write_text(faq, encoding="utf-8")
    return folder


def test_a_servers_folder_is_checked_alone(tmp_path: Path) -> None:
    faq = "entries:\n  parking:\n    question: Where can I park?\n    answer: Behind the mill.\n"
    folder = add_server(write_bakery(tmp_path / "knowledge", today=TODAY), "north", faq)

    knowledge, found = check_folder(folder, today=TODAY)

    assert {"parking", "duties"} <= {entry.id for entry in knowledge.entries}
    assert [(each.kind, each.place) for each in found] == [(Kind.FEW_PHRASINGS, ("faq.yaml", 2))]


def test_a_servers_entry_that_takes_shared_questions_is_reported_at_its_line(tmp_path: Path) -> None:
    shared = write_bakery(tmp_path / "knowledge", today=TODAY)
    duties = load_knowledge(shared).entry("duties")
    phrasings = "".join(f"      - {json.dumps(text)}\n" for text in duties.phrasings)
    faq = f"entries:\n  work:\n    question: What is the work?\n    answer: Baking.\n    phrasings:\n{phrasings}"

    _, found = check_folder(add_server(shared, "north", faq), today=TODAY)

    assert {each.place.file for each in found} == {"faq.yaml"}
    assert Kind.STOLEN in {each.kind for each in found}


def test_a_server_that_two_folders_name_is_an_error_of_the_whole(tmp_path: Path) -> None:
    shared = write_bakery(tmp_path / "knowledge", today=TODAY)
    faq = "entries:\n  parking:\n    question: Where can I park?\n    answer: Behind the mill.\n"
    for name in ("a", "b"):
        add_server(shared, name, faq)

    _, found = check_folder(shared, today=TODAY)

    assert found[0].severity is Severity.ERROR
    assert found[0].place == ("servers/b/server.yaml", 1)


def test_checking_takes_a_few_times_as_long_as_learning(shipped_check: ShippedCheck) -> None:
    allowed = CHECKING_MAY_TAKE * min(learn_shipped() for _ in range(2))

    # A busy machine is slow now and then, so a slow check gets a second chance.
    assert shipped_check.seconds < allowed or check_shipped(TODAY).seconds < allowed


def check_shipped(today: date) -> ShippedCheck:
    start = time.process_time()
    _, found = check_folder(SHIPPED_KNOWLEDGE, today=today)
    return ShippedCheck(found, time.process_time() - start)


def learn_shipped() -> float:
    """Return how much of the processor's time learning takes."""
    start = time.process_time()
    Matcher(load_knowledge(SHIPPED_KNOWLEDGE))
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
    assert "it is answered with night-shift, because of:" in finding.problem
    assert "duties" in finding.remedy


def test_an_example_that_its_entry_answers_is_none(knowledge_dir: Path) -> None:
    with_examples(knowledge_dir, "examples", "Does a warden work at night?")

    assert findings(knowledge_dir, Kind.EXAMPLE) == []


def test_a_question_that_must_not_be_answered_by_an_entry_and_is_is_an_error(knowledge_dir: Path) -> None:
    with_examples(knowledge_dir, "not", "Does a warden work at night?")

    [finding] = findings(knowledge_dir, Kind.EXAMPLE)
    assert finding.place == ("faq.yaml", line_of(knowledge_dir, "faq.yaml", "Does a warden work at night?"))
    assert "shouldn't be answered with night-shift, but it is" in finding.problem


def test_a_question_that_must_not_be_answered_by_an_entry_and_is_not_is_none(knowledge_dir: Path) -> None:
    with_examples(knowledge_dir, "not", "What does a keeper earn?")

    assert findings(knowledge_dir, Kind.EXAMPLE) == []


@pytest.mark.parametrize(
    ("key", "text", "count"),
    [
        ("examples", "what does a warden earn", 0),
        ("examples", "Does a warden work at night?", 1),
        ("examples", "thank you", 0),
        ("not", "what does a warden earn", 1),
        ("not", "Does a warden work at night?", 0),
        ("not", "thank you", 0),
    ],
)
def test_an_off_topic_subject_has_examples_too(knowledge_dir: Path, key: str, text: str, count: int) -> None:
    salary = "      - What does a keeper earn?\n"
    edit(knowledge_dir, "faq.yaml", salary, f"{salary}    {key}:\n      - {text}\n")

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


def test_a_stray_phrasing_is_reported_with_its_words_and_margin(knowledge_dir: Path) -> None:
    add_phrasings(knowledge_dir, duties=OVENS, contact=[*BELLS, "how hot is this oven"])

    [stray] = [finding for finding in findings(knowledge_dir, Kind.STRAY) if "how hot is this oven" in finding.problem]
    assert stray.severity is Severity.NOTE
    assert stray.place == ("phrasings.yaml", line_of(knowledge_dir, "phrasings.yaml", "how hot is this oven"))
    assert "This phrasing of contact would be answered with duties" in stray.problem
    assert "because of: hot, oven;" in stray.problem
    nearest = line_of(knowledge_dir, "phrasings.yaml", "how hot is the oven")
    assert f'nearest is "how hot is the oven" (phrasings.yaml:{nearest})' in stray.problem
    taker, own = map(float, re.findall(r"(\d\.\d\d) vs\. (\d\.\d\d)", stray.problem)[0])
    assert stray.weight == pytest.approx(taker - own, abs=0.02)


def test_three_phrasings_that_go_the_same_way_are_one_finding_with_the_worst_of_them(knowledge_dir: Path) -> None:
    taken = ["how hot is this oven", "how hot is the oven now", "is the oven hot enough", "when was the oven hot"]
    add_phrasings(knowledge_dir, duties=[*OVENS, "why is the oven hot"], contact=[*BELLS, *taken[:3]], jd=taken[3:])

    [finding] = [found for found in findings(knowledge_dir, Kind.STOLEN) if "phrasings of contact" in found.problem]
    assert finding.severity is Severity.WARNING
    assert finding.problem.startswith("3 of the 9 phrasings of contact would be answered with duties")
    assert "mostly because of: oven, hot" in finding.problem or "mostly because of: hot, oven" in finding.problem
    assert "contact" in finding.remedy
    assert {detail.place for detail in finding.details} == {
        ("phrasings.yaml", line_of(knowledge_dir, "phrasings.yaml", text)) for text in taken[:3]
    }
    assert finding.place == finding.details[0].place
    assert [found.problem for found in findings(knowledge_dir, Kind.STRAY) if "of contact" in found.problem] == []


def test_a_phrasing_that_an_off_topic_subject_takes_is_told(tmp_path: Path) -> None:
    bakery = tmp_path / "bakery"
    write_bakery(bakery, today=TODAY)
    edit(bakery, "phrasings.yaml", "  duties:\n", "  duties:\n    - send me the recipe for sourdough bread\n")

    [finding] = findings(bakery, Kind.STRAY)
    assert "This phrasing of duties would be refused as recipes" in finding.problem
    assert "because of: recipe, sourdough, bread;" in finding.problem


def test_entries_that_win_their_own_questions_are_not_told_of(knowledge_dir: Path) -> None:
    add_phrasings(knowledge_dir, duties=OVENS, contact=BELLS)

    assert [f for f in findings(knowledge_dir, Kind.STRAY) if "oven" in f.problem or "bell" in f.problem] == []


def test_the_share_of_the_work_that_is_done_grows_to_all_of_it(knowledge_dir: Path) -> None:
    shares: list[float] = []
    check_folder(knowledge_dir, today=TODAY, progress=shares.append)

    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] == 1


def shipped_thefts(knowledge: KnowledgeBase) -> set[tuple[str, str, str]]:
    found: tuple[Theft, ...] = thefts(knowledge, read_texts(knowledge))
    return {(theft.owner.id, theft.text, theft.taker) for theft in found}


def with_a_third_of_the_phrasings(knowledge: KnowledgeBase) -> KnowledgeBase:
    return replace(
        knowledge,
        entries=tuple(replace(entry, phrasings=entry.phrasings[::3]) for entry in knowledge.entries),
        off_topics=tuple(replace(subject, phrasings=subject.phrasings[::3]) for subject in knowledge.off_topics),
    )


def test_an_unrelated_phrasing_changes_only_findings_about_others_that_are_on_the_edge() -> None:
    knowledge = with_a_third_of_the_phrasings(load_knowledge())
    first, *others = knowledge.entries
    longer = replace(first, phrasings=("which oven bakes the lightest croissant", *first.phrasings))
    before, after = shipped_thefts(knowledge), shipped_thefts(replace(knowledge, entries=(longer, *others)))

    changed = {theft for theft in after if "croissant" not in theft[1]} ^ before

    assert len(before) > 100
    assert len(changed) <= len(before) // 50  # of other folds, more than half would


def test_a_matcher_ranks_the_same_with_a_lexicon_given(knowledge_dir: Path) -> None:
    knowledge, _ = check_folder(knowledge_dir, today=TODAY)

    with_own, given_one = Matcher(knowledge), Matcher(knowledge, lexicon=read_texts(knowledge))
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


def test_vocabulary_that_merges_two_questions_is_reported_with_its_place(knowledge_dir: Path) -> None:
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


def test_a_malformed_link_is_an_error_at_the_line_of_its_text(knowledge_dir: Path) -> None:
    edit(knowledge_dir, "role.yaml", "      - fill in the log", "      - fill in [the log](log.html)")

    [finding] = findings(knowledge_dir, Kind.LINK)
    assert finding.severity is Severity.ERROR
    assert finding.place == ("role.yaml", line_of(knowledge_dir, "role.yaml", "log.html"))
    assert '"[the log](log.html)" in duties' in finding.problem
