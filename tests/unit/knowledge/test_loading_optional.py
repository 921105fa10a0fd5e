"""What knowledge can do without."""

from __future__ import annotations

from pathlib import Path

import pytest
from home_brewers import FAQ, NAME, ROLE, write_faq

from bot.knowledge.faults import Fault
from bot.knowledge.loading import KnowledgeError, load_knowledge


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_faq(tmp_path / "brewers")


def faults_of(directory: Path) -> tuple[Fault, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(directory)
    return caught.value.faults


def add(directory: Path, file: str, text: str) -> None:
    with (directory / file).open("a", encoding="utf-8") as opened:
        opened.write(text)


def remove(directory: Path, file: str, text: str) -> None:
    path = directory / file
    content = path.read_text(encoding="utf-8")
    assert text in content
    path.write_text(content.replace(text, "", 1), encoding="utf-8")


def test_a_name_and_questions_with_answers_are_enough(folder: Path) -> None:
    knowledge = load_knowledge(folder)

    assert knowledge.name == NAME
    assert (knowledge.about, knowledge.source, knowledge.role) == (None, None, None)
    assert [entry.id for entry in knowledge.entries] == ["meetings", "beginners", "membership"]
    meetings = knowledge.entry("meetings")
    assert meetings.phrasings == (meetings.question,)
    assert (meetings.source_section, meetings.reviewed) == (None, None)


def test_a_sentence_about_it_comes_along(tmp_path: Path) -> None:
    folder = write_faq(tmp_path / "brewers", f"about: We brew beer at home.\n{FAQ}")

    assert load_knowledge(folder).about == "We brew beer at home."


def test_phrasings_can_stand_in_the_entry_alone(folder: Path) -> None:
    add(folder, "faq.yaml", "    phrasings:\n      - what does it cost to join\n")

    assert load_knowledge(folder).entry("membership").phrasings[1:] == ("what does it cost to join",)


def test_phrasings_can_stand_in_their_file_alone(folder: Path) -> None:
    add(folder, "phrasings.yaml", "phrasings:\n  membership:\n    - what does it cost to join\n")

    assert load_knowledge(folder).entry("membership").phrasings[1:] == ("what does it cost to join",)


def test_without_a_name_it_has_the_title_of_the_role(knowledge_dir: Path) -> None:
    assert load_knowledge(knowledge_dir).name == "Lighthouse Keeper"


def test_a_name_goes_before_the_title_of_the_role(folder: Path) -> None:
    add(folder, "role.yaml", ROLE)

    knowledge = load_knowledge(folder)

    assert knowledge.name == NAME
    assert knowledge.role
    assert knowledge.role.title == "Cellar Keeper"
    assert [entry.id for entry in knowledge.entries if entry.id not in FAQ] == ["cellar-keeper"]


def test_a_missing_name_without_a_role_is_one_fault(folder: Path) -> None:
    remove(folder, "faq.yaml", f"name: {NAME}\n")

    (fault,) = faults_of(folder)

    assert (fault.file, fault.line, fault.problem) == ("faq.yaml", 1, "The key name is missing.")
    assert "such as name: Riverside Home Brewers" in fault.remedy


def test_a_broken_role_is_not_taken_for_a_missing_name(folder: Path) -> None:
    remove(folder, "faq.yaml", f"name: {NAME}\n")
    add(folder, "role.yaml", "title: [")

    assert [fault.file for fault in faults_of(folder)] == ["role.yaml"]


@pytest.mark.parametrize("found", ["role.yml", "Role.yaml", "role.yaml.txt"])
def test_an_optional_file_under_a_wrong_name_is_not_ignored(folder: Path, found: str) -> None:
    add(folder, found, ROLE)

    (fault,) = faults_of(folder)

    assert (fault.file, fault.problem) == ("role.yaml", "The file is missing.")
    assert fault.remedy == f"Rename {found} to role.yaml."


def test_an_optional_link_that_leads_nowhere_is_not_ignored(folder: Path) -> None:
    (folder / "role.yaml").symlink_to("gone.yaml")

    (fault,) = faults_of(folder)

    assert (fault.file, fault.problem) == ("role.yaml", "The file is missing.")


def test_an_unknown_related_id_is_found_without_a_role(folder: Path) -> None:
    add(folder, "faq.yaml", "    related: [meeting]\n")

    (fault,) = faults_of(folder)

    assert fault.problem == "No entry has the id meeting."
    assert fault.remedy == "Fix or remove it. The closest is meetings (faq.yaml:3)."


def test_a_source_needs_no_section_and_a_section_no_source(folder: Path) -> None:
    add(folder, "faq.yaml", "    source_section: Money\n")
    assert load_knowledge(folder).source is None

    add(folder, "faq.yaml", "source:\n  publisher: The club\n  title: Rules\n")
    assert load_knowledge(folder).entry("meetings").source_section is None


def test_addresses_that_nothing_takes_change_nothing(folder: Path) -> None:
    plain = load_knowledge(folder)

    assert load_knowledge(folder, source_url="https://a.example/", contact_url="https://b.example/") == plain


def test_adding_an_optional_file_makes_another_version(folder: Path) -> None:
    before = load_knowledge(folder).version
    add(folder, "role.yaml", ROLE)

    assert load_knowledge(folder).version != before
