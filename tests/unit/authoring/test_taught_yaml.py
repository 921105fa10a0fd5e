"""What moderators taught, as YAML to paste."""

from __future__ import annotations

from pathlib import Path

import pytest
from unanswered_questions import paste

from bot.authoring.taught_yaml import TaughtYaml, taught_yaml
from bot.knowledge.loading import load_knowledge, load_with_documents
from bot.knowledge.taught import Standing, Taught, laid_over

NIGHT = "Does a keeper work at night?"
FERRY = Taught(1, "ferry", "When does the ferry leave?", 'At **nine**: "sharp".\n\nFrom the pier.')
TAUGHT = (
    FERRY,
    Taught(2, "ferry", "what time is the boat", None),
    Taught(3, "night-shift", "are keepers: nocturnal", None),
    Taught(4, "definition", "who is the keeper", None),
    Taught(5, "no", "is there Wi-Fi?", "No."),
)


def yaml_for(folder: Path, *taught: Taught) -> TaughtYaml:
    return taught_yaml(taught, *load_with_documents(folder), folder)


@pytest.mark.parametrize("has_phrasings_file", [True, False])
def test_once_pasted_the_files_say_all_that_was_taught(knowledge_dir: Path, *, has_phrasings_file: bool) -> None:
    if not has_phrasings_file:
        (knowledge_dir / "phrasings.yaml").unlink()
    before = load_knowledge(knowledge_dir)

    knowledge = paste(knowledge_dir, yaml_for(knowledge_dir, *TAUGHT).stubs)

    assert set(laid_over(knowledge, TAUGHT).standings.values()) == {Standing.IN_FOLDER}
    assert knowledge.entry("ferry").answer == FERRY.answer
    assert [entry.id for entry in knowledge.entries if entry.id not in {each.id for each in before.entries}] != []
    assert yaml_for(knowledge_dir, *TAUGHT) == TaughtYaml((), ())


def test_another_answer_is_to_replace_the_entrys_own(knowledge_dir: Path) -> None:
    found = yaml_for(knowledge_dir, Taught(1, "night-shift", NIGHT, "Only in winter."))

    [replacement] = found.replacements
    assert found.stubs == ()
    assert (replacement.file, replacement.text) == ("faq.yaml", "    answer: Only in winter.")
    lines = (knowledge_dir / "faq.yaml").read_text(encoding="utf-8").split("\n")
    assert lines[replacement.line - 1].strip() == "night-shift:"


def test_what_has_no_effect_is_left_out(knowledge_dir: Path) -> None:
    assert yaml_for(knowledge_dir, Taught(1, "gone", "who paints the tower", None)) == TaughtYaml((), ())


def test_a_phrasing_of_a_shared_entry_goes_into_the_shared_files(knowledge_dir: Path) -> None:
    own = knowledge_dir / "servers" / "north"
    own.mkdir(parents=True)
    (own / "server.yaml").write_text('servers: ["111111111111111111"]\n', encoding="utf-8")
    (own / "faq.yaml").write_text(
        "entries:\n  fog:\n    question: What about fog?\n    answer: Horn.\n", encoding="utf-8"
    )
    about_fog = Taught(1, "fog", "is it foggy", None)

    shared, north = yaml_for(own, about_fog, Taught(2, "night-shift", "are keepers nocturnal", None)).stubs

    assert (shared.file, north.file) == ("../../phrasings.yaml", "faq.yaml")
