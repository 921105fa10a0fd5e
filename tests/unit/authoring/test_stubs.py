from __future__ import annotations

import re
from pathlib import Path

import pytest
from bakery import write_bakery
from home_brewers import FAQ as FAQ_OF_BREWERS
from home_brewers import write_faq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unanswered_questions import CLOSED, TODAY, UNSURE, asked, paste, without

from bot.answering import Answering
from bot.authoring.pasting import Stub
from bot.authoring.stubs import stubs
from bot.authoring.unanswered import group_unanswered
from bot.knowledge.loading import KnowledgeError, load_with_documents
from bot.matching.matcher import Matcher
from bot.outcomes import Answered
from bot.storage.unanswered import UnansweredQuestion
from lighthouse import FAQ, PHRASINGS, ROLE, answering_from

SMALL = {"faq.yaml": FAQ, "role.yaml": ROLE, "phrasings.yaml": PHRASINGS}


def stubs_for(folder: Path, questions: list[UnansweredQuestion]) -> tuple[Stub, ...]:
    gaps = group_unanswered(questions, answering_from(folder), minimum_confidences={7: 1.0})
    return stubs(gaps, load_with_documents(folder)[1], folder, today=TODAY)


@pytest.mark.parametrize("unwanted", ["off_topic:", "entries:"])
def test_what_is_pasted_loads_and_closes_the_gaps(knowledge_dir: Path, unwanted: str) -> None:
    found = stubs_for(knowledge_dir, asked(*CLOSED))
    knowledge = paste(knowledge_dir, without(found, unwanted))

    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))
    outcomes = [answering.answer(text) for text in CLOSED]
    assert {stub.file for stub in found} == {"faq.yaml", "phrasings.yaml"}
    assert all(isinstance(outcome, Answered) for outcome in outcomes[: len(UNSURE)])
    assert UNSURE[1] in knowledge.entry("duties").phrasings
    new = [owner.id for owner in (knowledge.entries if unwanted == "off_topic:" else knowledge.off_topics)]
    assert {"rust-allowed"} <= set(new)


def test_what_is_pasted_and_not_written_is_a_fault_of_its_own(knowledge_dir: Path) -> None:
    found = stubs_for(knowledge_dir, asked("Is rust allowed here?"))

    with pytest.raises(KnowledgeError) as refused:
        paste(knowledge_dir, found, write=False)

    unwritten = [fault.problem for fault in refused.value.faults if fault.remedy == "Write it or remove the entry."]
    assert unwritten == [
        f"The key {name} hasn't been written yet."
        for name in (
            "entries.rust-allowed.answer",
            "entries.rust-allowed.source_section",
            "off_topic.rust-allowed.name",
        )
    ]


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    write_bakery(tmp_path / "bakery", today=TODAY)
    return tmp_path / "bakery"


def stubs_in(folder: Path, *texts: str) -> dict[str, list[Stub]]:
    """Return the stubs for questions as the bot asks for them by default, by the line that they go below."""
    found: dict[str, list[Stub]] = {}
    gaps = group_unanswered(asked(*texts), answering_from(folder))
    for stub in stubs(gaps, load_with_documents(folder)[1], folder, today=TODAY):
        found.setdefault(stub.below, []).append(stub)
    return found


CANTEEN = "is there a canteen for apprentices"
NEAR_CLOTHES = "what does an apron cost"


def test_a_question_with_an_unknown_word_may_be_a_new_entry_or_subject(bakery: Path) -> None:
    found = stubs_in(bakery, CANTEEN, NEAR_CLOTHES)

    (near,) = found["clothes:"]
    assert re.fullmatch(rf'    - "{NEAR_CLOTHES}"  # clothes 0\.[3-8]\d\n', near.text)
    assert near.reason == "1 question near clothes. Keep only the ones its answer fits."
    (entry,), (subject,) = found["entries:"], found["off_topic:"]
    for stub in (entry, subject):
        assert re.search(rf'- "{CANTEEN}"  # duties 0\.\d\d; unknown: canteen\n$', stub.text)
        assert stub.reason.startswith("1 question not close enough to duties: a new ")


def test_an_unlikely_question_is_not_offered_as_a_phrasing(bakery: Path) -> None:
    found = stubs_in(bakery, "is breakfast free")

    assert sorted(found) == ["entries:", "off_topic:"]
    assert re.search(r'- "is breakfast free"  # (first-shift|fees) 0\.[012]\d\n', found["entries:"][0].text)


def test_of_like_questions_only_those_near_an_entry_become_its_phrasings(bakery: Path) -> None:
    found = stubs_in(bakery, "is the uniform free", "is the uniform free tomorrow")

    (phrasing,), (entry,) = found["clothes:"], found["entries:"]
    assert re.findall('- "(.*)"', phrasing.text) == ["is the uniform free"]
    assert re.findall('- "(.*)"', entry.text) == ["is the uniform free tomorrow"]
    assert entry.reason.startswith("1 question ")


def test_what_is_pasted_as_told_and_written_answers_no_question_with_another_entry(bakery: Path) -> None:
    found = stubs_in(bakery, CANTEEN, "is there a canteen", NEAR_CLOTHES)
    knowledge = paste(bakery, [stub for below in found for stub in found[below] if below != "off_topic:"])

    outcome = Answering(knowledge=knowledge, matcher=Matcher(knowledge)).answer("is there a canteen for trainees")

    assert isinstance(outcome, Answered)
    assert [answer.entry.id for answer in outcome.answers] == ["canteen-apprentices"]


def test_of_two_stubs_that_exclude_each_other_each_says_where_the_other_stands(bakery: Path) -> None:
    found = stubs_in(bakery, CANTEEN)
    (entry,), (subject,) = found["entries:"], found["off_topic:"]

    assert list(found) == ["off_topic:", "entries:"]
    assert subject.reason.endswith(f"Paste this or the one below entries (line {entry.line}, further down), not both.")
    assert entry.reason.endswith(f"Paste this or the one below off_topic (line {subject.line}, further up), not both.")


def test_what_is_pasted_keeps_to_the_indentation_of_the_file(knowledge_dir: Path) -> None:
    for name in ("faq.yaml", "phrasings.yaml"):
        file = knowledge_dir / name
        wide = [
            re.sub("^ +", lambda spaces: spaces[0] * 2, line) for line in file.read_text(encoding="utf-8").split("\n")
        ]
        file.write_text("\n".join(wide), encoding="utf-8")

    found = stubs_for(knowledge_dir, asked(*CLOSED))

    assert paste(knowledge_dir, without(found, "off_topic:"))
    assert all(stub.text.startswith("    ") for stub in found)


def test_a_file_without_off_topic_subjects_and_lists_gets_them(knowledge_dir: Path) -> None:
    faq = knowledge_dir / "faq.yaml"
    faq.write_text(faq.read_text(encoding="utf-8").split("off_topic:")[0], encoding="utf-8")
    (knowledge_dir / "phrasings.yaml").write_text("vocabulary:\n  keeper: [warden]\n", encoding="utf-8")

    found = stubs_for(knowledge_dir, asked(*CLOSED))
    knowledge = paste(knowledge_dir, without(found, "entries:"))

    assert sorted(stub.text.split("\n")[0] for stub in found if stub.text[0] != " ") == ["off_topic:", "phrasings:"]
    assert "rust-allowed" in {subject.id for subject in knowledge.off_topics}


def test_without_a_file_for_them_phrasings_go_into_the_entry(tmp_path: Path) -> None:
    folder = write_faq(tmp_path / "brewers", f"{FAQ_OF_BREWERS}    phrasings:\n      - what does it cost to join\n")
    near = "how much is the membership fee", "what do I need to brew a first batch"

    found = stubs_for(folder, asked(*near))
    knowledge = paste(folder, found)

    assert {stub.file for stub in found} == {"faq.yaml"}
    assert near[0] in knowledge.entry("membership").phrasings
    assert near[1] in knowledge.entry("beginners").phrasings


def test_without_phrasings_yaml_phrasings_of_a_section_go_into_it(knowledge_dir: Path) -> None:
    (knowledge_dir / "phrasings.yaml").unlink()

    found = stubs_for(knowledge_dir, asked(UNSURE[1]))

    assert {stub.file for stub in found} == {"role.yaml"}
    assert UNSURE[1] in paste(knowledge_dir, found).entry("duties").phrasings


def test_a_new_entry_has_only_what_the_others_have(tmp_path: Path) -> None:
    found = stubs_for(write_faq(tmp_path / "brewers"), asked("Is rust allowed here?"))

    [entry] = [stub.text for stub in found if "question:" in stub.text]
    assert "source_section" not in entry
    assert "reviewed" not in entry


def test_an_id_that_is_taken_is_not_given_again(knowledge_dir: Path) -> None:
    faq = knowledge_dir / "faq.yaml"
    faq.write_text(faq.read_text(encoding="utf-8").replace("  salary:", "  rust-allowed:"), encoding="utf-8")
    phrasings = knowledge_dir / "phrasings.yaml"
    phrasings.write_text(phrasings.read_text(encoding="utf-8").split("  salary:")[0], encoding="utf-8")

    found = stubs_for(knowledge_dir, asked("Is rust allowed?"))

    assert {stub.text.split(":")[0].strip() for stub in found} == {"rust-allowed-2"}


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=400)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_asked_can_be_pasted(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("knowledge")
    for name, content in SMALL.items():
        (folder / name).write_text(content, encoding="utf-8")

    found = stubs_for(folder, asked(*(" ".join(text.split()) or "?" for text in texts), "work at night"))

    try:
        paste(folder, without(found, "off_topic:"))
    except KnowledgeError as error:  # a person has so much to see to
        pytest.fail(str(error))
