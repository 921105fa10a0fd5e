"""Translations beside the knowledge: what is read, used, and learned from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from translated import GERMAN, translate

from bot.knowledge.combining import restricted_to
from bot.knowledge.faults import Fault
from bot.knowledge.loading import KnowledgeError, load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.taught import Taught, laid_over
from bot.language.languages import ENGLISH, Language

DE = Language("de")


@pytest.fixture
def folder(knowledge_dir: Path) -> Path:
    translate(knowledge_dir)
    return knowledge_dir


def edit(file: Path, old: str, new: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")


def in_german(folder: Path) -> KnowledgeBase:
    return load_knowledge(folder).in_language(DE)


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(folder)
    return caught.value.faults


def test_an_entry_is_given_in_a_language_that_it_is_translated_into(folder: Path) -> None:
    entry = in_german(folder).entry("night-shift")

    assert entry.question == "Arbeitet ein Wärter nachts?"
    assert entry.answer == "Ja, **meistens**.\n\nDas Feuer wird in der Dämmerung entzündet."
    assert entry.language == DE
    assert entry.related == ("definition",)


def test_a_section_is_given_with_its_list(folder: Path) -> None:
    answer = in_german(folder).entry("duties").answer

    assert answer == "Jeden Tag muss ein Wärter:\n\n- die Linse putzen\n- das Logbuch führen"


def test_subjects_and_the_name_are_translated_too(folder: Path) -> None:
    knowledge = in_german(folder)

    assert knowledge.name == "Leuchtturmwärter"
    assert knowledge.off_topic("salary").reply == "Zu Gehältern habe ich noch nichts."
    assert knowledge.off_topic("thanks").reaction == "💙"


def test_the_job_description_is_made_of_translated_sections(folder: Path) -> None:
    knowledge = in_german(folder)

    assert knowledge.role
    assert [section.heading for section in knowledge.role.sections] == ["Über die Stelle", "Aufgaben", "Interesse?"]
    assert knowledge.role.sections[-1].link == "https://lighthouse.example/jobs"
    assert knowledge.entry("jd").answer.startswith("**Leuchtturmwärter**\n\n**Über die Stelle**\n")
    assert knowledge.entry("jd").language == DE


def test_the_knowledge_itself_stays_in_its_language(folder: Path) -> None:
    knowledge = load_knowledge(folder)

    assert knowledge.entry("night-shift").language == ENGLISH
    assert knowledge.in_language(ENGLISH) is knowledge
    assert knowledge.in_language(Language("fr")) is knowledge


def test_a_language_is_made_once_for_all_who_ask(folder: Path) -> None:
    knowledge = load_knowledge(folder)

    assert knowledge.in_language(DE) is knowledge.in_language(DE)


def test_the_original_is_given_once_it_has_changed(folder: Path) -> None:
    edit(folder / "faq.yaml", "Yes, **most** nights.", "No, not any more.")

    entry = in_german(folder).entry("night-shift")

    assert entry.answer.startswith("No, not any more.")
    assert entry.language == ENGLISH


def test_spaces_and_line_breaks_do_not_change_an_original(folder: Path) -> None:
    edit(
        folder / "role.yaml",
        "text: A keeper looks after the lamp.",
        "text: >-\n      A keeper looks\n      after the lamp.",
    )

    assert in_german(folder).entry("definition").language == DE


def test_the_original_is_given_where_a_text_is_not_translated(folder: Path) -> None:
    edit(folder / "translations/de.yaml", "    heading: Aufgaben\n", "")

    knowledge = in_german(folder)

    assert knowledge.entry("duties").language == ENGLISH
    assert knowledge.role
    assert [section.heading for section in knowledge.role.sections] == ["Über die Stelle", "Duties", "Interesse?"]


def test_half_a_job_description_is_not_used(folder: Path) -> None:
    edit(folder / "translations/de.yaml", "    heading: Aufgaben\n", "")

    assert in_german(folder).entry("jd") == load_knowledge(folder).entry("jd")


def test_translated_questions_and_phrasings_are_learned(folder: Path) -> None:
    knowledge = load_knowledge(folder)

    entry, subject = knowledge.entry("night-shift"), knowledge.off_topic("salary")
    assert entry.phrasings[-2:] == ("Arbeitet ein Wärter nachts?", "wann schlafen leuchtturmwärter")
    assert subject.phrasings[-1] == "was verdient man da"
    assert entry.own_phrasings == entry.phrasings[:-2]
    assert subject.own_phrasings == subject.phrasings[:-1]


def test_phrasings_need_no_translation(knowledge_dir: Path) -> None:
    translate(knowledge_dir, "entries:\n  night-shift:\n    phrasings: [wann schläft ein wärter]\n")

    entry = load_knowledge(knowledge_dir).entry("night-shift")

    assert entry.phrasings[-1] == "wann schläft ein wärter"
    assert in_german(knowledge_dir).entry("night-shift") == entry


def test_links_and_images_keep_their_places(tmp_path: Path) -> None:
    folder = tmp_path / "brewers"
    folder.mkdir()
    (folder / "faq.yaml").write_text(
        "name: Home Brewers\n"
        "entries:\n"
        "  way:\n"
        "    question: How do I get there?\n"
        "    answer: Take the tram.\n"
        "    image: https://brewers.example/map.png\n"
        "    alt: A map.\n"
        "    links:\n"
        "      - label: Trams\n"
        "        url: https://tram.example/5\n",
        encoding="utf-8",
    )
    translate(
        folder,
        "entries:\n"
        "  way:\n"
        "    of: VERSION\n"
        "    question: Wie komme ich hin?\n"
        "    answer: Mit der Straßenbahn.\n"
        "    alt: Ein Plan.\n"
        "    links: [Straßenbahn]\n".replace("VERSION", "fbrghff"),
    )

    entry = in_german(folder).entry("way")

    assert entry.image
    assert (entry.image.location, entry.image.alt) == ("https://brewers.example/map.png", "Ein Plan.")
    assert [(link.label, link.url) for link in entry.links] == [("Straßenbahn", "https://tram.example/5")]


def test_taught_items_are_not_translated(folder: Path) -> None:
    knowledge = laid_over(
        load_knowledge(folder),
        [
            Taught(1, "night-shift", "do they sleep", "Only by day."),
            Taught(2, "duties", "do they fish", None),
            Taught(3, "tea", "is there tea", "Always."),
        ],
    ).knowledge.in_language(DE)

    assert knowledge.entry("night-shift").answer == "Only by day."
    assert knowledge.entry("tea").answer == "Always."
    assert knowledge.entry("duties").language == DE


def test_channels_do_not_affect_translations(folder: Path) -> None:
    knowledge = restricted_to(load_knowledge(folder), frozenset())

    assert knowledge.in_language(DE).entry("duties").language == DE


def test_the_version_changes_with_a_translation(folder: Path) -> None:
    versions = {load_knowledge(folder).version}
    edit(folder / "translations/de.yaml", "die Linse putzen", "die Linse polieren")
    versions.add(load_knowledge(folder).version)
    (folder / "translations/de.yaml").unlink()
    versions.add(load_knowledge(folder).version)

    assert len(versions) == 3


def test_knowledge_in_portuguese_is_in_the_language_that_discord_calls_brazilian(folder: Path) -> None:
    edit(folder / "faq.yaml", "source:", "language: pt\nsource:")

    assert load_knowledge(folder).language == Language("pt-BR")


@pytest.mark.parametrize(
    ("name", "problem", "remedy"),
    [
        ("pt.yaml", "No language has the code pt.", "Rename the file to pt-BR.yaml."),
        ("pt_br.yaml", "No language has the code pt_br.", "Rename the file to pt-BR.yaml."),
        ("es-419.yaml", "No language has the code es-419.", "Rename the file to es.yaml."),
        ("german.yaml", "No language has the code german.", "Rename the file, for example to de.yaml for German."),
        ("de.yml", "The name of the file doesn't end in .yaml.", "Rename it to de.yaml."),
        ("en.yaml", "The knowledge is written in en already.", "Remove the file, or fix its name."),
    ],
)
def test_a_file_is_called_after_its_language(knowledge_dir: Path, name: str, problem: str, remedy: str) -> None:
    translate(knowledge_dir).rename(knowledge_dir / "translations" / name)

    assert faults_of(knowledge_dir) == (Fault(f"translations/{name}", 1, problem, remedy),)


@pytest.mark.parametrize("name", [".de.yaml.swp", ".de.yaml", "de.yaml~", "README.md"])
def test_other_files_are_no_translations(folder: Path, name: str) -> None:
    before = load_knowledge(folder).version
    (folder / "translations" / name).write_text("{", encoding="utf-8")

    assert load_knowledge(folder).version == before


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("heading: Aufgaben", "heading: 7", "The key sections.duties.heading: YAML doesn't read 7 as text."),
        ("name: Gehälter", "nane: Gehälter", "There's no key nane here. Did you mean name?"),
        ("name: Gehälter", "title: Gehälter", "There's no key title here."),
        ("of: mggjsmc", "of: mggjsma", "The key entries.night-shift.of isn't a valid version."),
        ("die Linse putzen", "x" * 201, "The 1st item of sections.duties.items has 201 characters."),
        ("  night-shift:", "  Night Shift:", "The id Night Shift can't be used."),
        (
            "night-shift:\n    of: mggjsmc\n",
            "night-shift:\n",
            "The key entries.night-shift isn't fully translated: it has no of.",
        ),
    ],
)
def test_a_fault_is_reported_with_its_line(folder: Path, old: str, new: str, problem: str) -> None:
    file = folder / "translations/de.yaml"
    line = file.read_text(encoding="utf-8").partition(old)[0].count("\n") + 1
    edit(file, old, new)

    faults = faults_of(folder)

    assert any(str(fault).startswith(f"translations/de.yaml:{line}: {problem}") for fault in faults)


def test_a_job_description_too_long_for_discord_is_given_in_the_original(folder: Path) -> None:
    for old in ("kümmert sich", "Schreib", "Jeden"):
        edit(folder / "translations/de.yaml", old, f"{old} {'x' * 1000}")

    knowledge = in_german(folder)

    assert knowledge.role == load_knowledge(folder).role
    assert {entry.id for entry in knowledge.entries if entry.language == ENGLISH} == {"jd"}


def test_a_translation_of_something_unknown_does_not_affect_the_rest(folder: Path) -> None:
    edit(folder / "translations/de.yaml", "  night-shift:", "  day-shift:")

    knowledge = in_german(folder)

    assert knowledge.entry("night-shift").language == ENGLISH
    assert knowledge.entry("duties").language == DE


def test_an_unreadable_translations_folder_is_ignored(folder: Path) -> None:
    (folder / "translations/de.yaml").unlink()
    (folder / "translations").rmdir()
    (folder / "translations").write_text("", encoding="utf-8")

    assert load_knowledge(folder).translations == {}


def test_the_example_is_complete_and_up_to_date(folder: Path) -> None:
    knowledge = in_german(folder)

    assert {entry.language for entry in knowledge.entries} == {DE}
    assert replace(knowledge, translations={}) != replace(load_knowledge(folder), translations={})
    assert "of:" in GERMAN
