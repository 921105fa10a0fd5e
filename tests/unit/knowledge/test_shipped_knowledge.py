from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from bot.knowledge import file_format
from bot.knowledge.loading import SHIPPED_KNOWLEDGE, load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.yaml_document import read_document

ROLE_TOPICS = (
    "definition",
    "lifecycle",
    "responsibilities",
    "stakeholders",
    "opportunities",
    "requirements",
    "jd",
    "contact",
)
FAQ_TOPICS = (
    "tpm-vs-pm",
    "coding",
    "management",
    "entry-level",
    "career-path-engineer",
    "methodologies",
    "degree",
    "experience",
    "communication",
)
SUBJECTS = (
    "salary",
    "interview",
    "resume",
    "certification",
    "job-market",
    "hiring",
    "working-life",
    "tools",
    "other-roles",
    "product-theory",
    "trusted-platform-module",
    "other-meanings",
    "small-talk",
)

MOST_OVERLAP = 0.75  # of the words of two phrasings: those they share, of all they have
QUESTION_FILES = ("questions.jsonl", "questions-frozen.jsonl")


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to ask, with the id it is for and where it stands."""

    id: str
    text: str
    place: str

    @property
    def words(self) -> tuple[str, ...]:
        return words(self.text)


def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return load_knowledge()


@pytest.fixture(scope="module")
def phrasings() -> list[Phrasing]:
    return [*shipped_phrasings()]


def shipped_phrasings() -> Iterator[Phrasing]:
    for file, group in (("role.yaml", "sections"), ("faq.yaml", "entries"), ("faq.yaml", "off_topic")):
        document = read_document(SHIPPED_KNOWLEDGE / file)
        assert isinstance(document.data, dict)
        for id_, part in document.data[group].items():
            for index, text in enumerate(part["phrasings"]):
                yield Phrasing(id_, text, f"{file}:{document.line((group, id_, 'phrasings', index))}")
    document = read_document(SHIPPED_KNOWLEDGE / "phrasings.yaml")
    assert isinstance(document.data, dict)
    for id_, texts in document.data["phrasings"].items():
        for index, text in enumerate(texts):
            yield Phrasing(id_, text, f"phrasings.yaml:{document.line(('phrasings', id_, index))}")


def test_every_topic_has_an_entry(knowledge: KnowledgeBase) -> None:
    assert sorted(entry.id for entry in knowledge.entries) == sorted((*ROLE_TOPICS, *FAQ_TOPICS))


def test_the_topics_of_the_role_stand_in_its_file_and_the_others_in_the_faq() -> None:
    role = read_document(SHIPPED_KNOWLEDGE / "role.yaml").data
    faq = read_document(SHIPPED_KNOWLEDGE / "faq.yaml").data

    assert isinstance(role, dict)
    assert isinstance(faq, dict)
    assert sorted(role["sections"]) == sorted(ROLE_TOPICS)
    assert sorted(faq["entries"]) == sorted(FAQ_TOPICS)


def test_every_off_topic_subject_is_recognized(knowledge: KnowledgeBase) -> None:
    assert set(SUBJECTS) <= {subject.id for subject in knowledge.off_topics}


def test_some_subjects_have_a_reply_of_their_own(knowledge: KnowledgeBase) -> None:
    assert knowledge.off_topic("salary").reply == "I have nothing on salaries yet."


def test_no_address_is_made_up(knowledge: KnowledgeBase) -> None:
    assert knowledge.source
    assert knowledge.source.url is None
    assert [entry.id for entry in knowledge.entries if entry.links] == []


def test_an_entry_has_three_to_six_phrasings_beside_its_answer(phrasings: list[Phrasing]) -> None:
    beside: dict[str, int] = defaultdict(int)
    for phrasing in phrasings:
        if not phrasing.place.startswith("phrasings.yaml") and phrasing.id in {*ROLE_TOPICS, *FAQ_TOPICS}:
            beside[phrasing.id] += 1

    assert {id_: count for id_, count in beside.items() if not 3 <= count <= 6} == {}


@pytest.mark.parametrize(
    ("ids", "least"), [((*ROLE_TOPICS, *FAQ_TOPICS), 20), (SUBJECTS, 10)], ids=["topics", "subjects"]
)
def test_there_are_many_ways_to_ask(phrasings: list[Phrasing], ids: tuple[str, ...], least: int) -> None:
    many = {id_: {p.words for p in phrasings if p.id == id_ and p.place.startswith("phrasings.yaml")} for id_ in ids}

    assert {id_: len(ways) for id_, ways in many.items() if len(ways) < least} == {}


def test_no_two_phrasings_of_an_entry_are_one_sentence_with_its_words_moved(phrasings: list[Phrasing]) -> None:
    by_id: dict[str, list[tuple[Phrasing, frozenset[str]]]] = defaultdict(list)
    for phrasing in phrasings:
        by_id[phrasing.id].append((phrasing, frozenset(phrasing.words)))
    too_alike = [
        f"{one.id}: {one.place} and {other.place}"
        for ways in by_id.values()
        for (one, some), (other, more) in combinations(ways, 2)
        if len(some & more) > MOST_OVERLAP * len(some | more)
    ]

    assert too_alike == []


def test_no_phrasing_stands_for_two_answers(phrasings: list[Phrasing]) -> None:
    ids: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for phrasing in phrasings:
        ids[phrasing.words].add(phrasing.id)

    assert {" ".join(text): sorted(owners) for text, owners in ids.items() if len(owners) > 1} == {}


def test_a_phrasing_has_words(phrasings: list[Phrasing]) -> None:
    assert [phrasing.place for phrasing in phrasings if not phrasing.words] == []


@pytest.mark.parametrize("file", QUESTION_FILES)
def test_no_phrasing_is_a_question_that_accuracy_is_measured_with(phrasings: list[Phrasing], file: str) -> None:
    assert measured_with(phrasings, Path(__file__).parents[2] / file) == []


def measured_with(phrasings: list[Phrasing], file: Path) -> list[str]:
    """Return where phrasings of more than three words are questions of a file; never the questions, they are blind."""
    with file.open(encoding="utf-8") as lines:
        asked = {words(json.loads(line)["text"]) for line in lines}
    return [f"{p.id}: {p.place}" for p in phrasings if len(p.words) > 3 and p.words in asked]


def test_a_question_that_accuracy_is_measured_with_would_be_found(phrasings: list[Phrasing], tmp_path: Path) -> None:
    stolen = next(phrasing for phrasing in phrasings if len(phrasing.words) > 3)
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"text": f"  {stolen.text.upper()}!? "}) + "\n", encoding="utf-8")

    assert measured_with(phrasings, file) == [f"{stolen.id}: {stolen.place}"]


@pytest.mark.parametrize(
    ("limit", "of_discord"),
    [
        (file_format.MAX_JOB_DESCRIPTION_LENGTH + 600, 4000),  # all texts of a message, with the source
        (file_format.MAX_NAME_LENGTH, 80),  # a button's label; shorter than a choice's 100
        (file_format.MAX_ID_LENGTH, 100 - 40),  # a custom_id, with room for whose button it is and what it does
        (file_format.MAX_RELATED, 5),  # buttons in a row
        # Two answers with their questions, and a source of usual length each.
        (2 * (file_format.MAX_QUESTION_LENGTH + file_format.MAX_ANSWER_LENGTH + 200), 4000),
    ],
)
def test_the_limits_of_loading_lie_within_those_of_discord(limit: int, of_discord: int) -> None:
    assert 0 < limit <= of_discord
