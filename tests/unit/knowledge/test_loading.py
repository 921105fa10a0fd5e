from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.faults import Fault
from bot.knowledge.file_content import MAX_FILE_SIZE
from bot.knowledge.job_description import as_markdown
from bot.knowledge.loading import SHIPPED_KNOWLEDGE, KnowledgeError, load_knowledge
from bot.knowledge.model import Source

FILES = ("faq.yaml", "role.yaml", "phrasings.yaml")


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text where it stands first."""
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def faults_of(directory: Path) -> tuple[Fault, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(directory)
    return caught.value.faults


def test_the_entries_are_the_sections_of_the_role_and_the_questions_of_the_faq(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert [entry.id for entry in knowledge.entries] == ["definition", "duties", "jd", "contact", "night-shift"]
    assert [subject.id for subject in knowledge.off_topics] == ["salary", "thanks"]


def test_an_entry_has_what_its_file_says(knowledge_dir: Path) -> None:
    entry = load_knowledge(knowledge_dir).entry("night-shift")

    assert entry.question == "Does a keeper work at night?"
    assert entry.answer == "Yes, **most** nights.\n\nThe lamp is lit at dusk."
    assert entry.source_section == "Nights"
    assert entry.related == ("definition",)
    assert entry.reviewed == date(2026, 11, 22)
    assert entry.links == ()


def test_the_ways_to_ask_are_the_question_and_the_phrasings_of_both_files_each_once(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert knowledge.entry("night-shift").phrasings == (
        "Does a keeper work at night?",
        "when do keepers sleep",
        "is it a job for owls",
    )
    assert knowledge.off_topic("salary").phrasings == ("What does a keeper earn?", "how much do they pay a warden")


def test_the_answer_of_a_section_is_its_text_and_its_items(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert knowledge.entry("duties").answer == "Every day a keeper has to:\n\n- clean the lens\n- fill in the log"
    assert knowledge.entry("contact").links[0].url == "https://lighthouse.example/jobs"


def test_the_job_description_is_an_answer_made_from_the_sections_with_a_heading(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert knowledge.role
    assert [section.id for section in knowledge.role.sections] == ["definition", "duties", "contact"]
    assert knowledge.entry("jd").answer == as_markdown(knowledge.role)


def test_a_subject_has_a_reply_or_a_reaction(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert knowledge.off_topic("salary").reply == "I have nothing on salaries yet."
    assert knowledge.off_topic("thanks").reaction == "💙"


def test_the_source_and_the_vocabulary_come_along(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert knowledge.source == Source(
        "The Lighthouse Society", "On keeping a light", "https://lighthouse.example/keeping"
    )
    assert knowledge.vocabulary.concepts["keeper"] == ("lighthouse keeper", "warden")


def test_the_version_changes_with_each_of_the_files_and_only_then(knowledge_dir: Path) -> None:
    versions = [load_knowledge(knowledge_dir).version, load_knowledge(knowledge_dir).version]
    for file in FILES:
        with (knowledge_dir / file).open("a", encoding="utf-8") as content:
            content.write("# reviewed\n")
        versions.append(load_knowledge(knowledge_dir).version)

    assert versions[0] == versions[1]
    assert len(set(versions)) == 4


def test_the_line_breaks_of_windows_make_no_difference(knowledge_dir: Path) -> None:
    before = load_knowledge(knowledge_dir).entries
    for file in FILES:
        content = (knowledge_dir / file).read_bytes()
        (knowledge_dir / file).write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))

    assert load_knowledge(knowledge_dir).entries == before


def test_the_faults_of_all_files_are_told_in_one_go_in_order_and_what_follows_last(knowledge_dir: Path) -> None:
    replace(knowledge_dir / "faq.yaml", "publisher: The Lighthouse Society", "publisher: NO")
    replace(knowledge_dir / "faq.yaml", "[definition]", "[rats]")
    replace(knowledge_dir / "faq.yaml", "    name: thanks", "    name: thanks\n    name: thanks")
    replace(knowledge_dir / "role.yaml", "related: [duties]", "related: &r [rats]")
    replace(knowledge_dir / "role.yaml", "text: Write to the society.", f"text: {'x' * 5000}")
    replace(knowledge_dir / "role.yaml", "    question: What is a lighthouse keeper?\n", "")
    replace(knowledge_dir / "phrasings.yaml", "  salary:", "  wages:")
    replace(knowledge_dir / "phrasings.yaml", "- is it a job for owls", "- 12:30")

    assert [(fault.file, fault.line) for fault in faults_of(knowledge_dir)] == [
        ("faq.yaml", 3),
        ("faq.yaml", 27),
        ("phrasings.yaml", 9),
        ("role.yaml", 4),
        ("role.yaml", 27),
        ("role.yaml", 34),
        ("faq.yaml", 14),
        ("phrasings.yaml", 10),
        ("role.yaml", 27),
    ]


def test_what_follows_from_an_id_that_is_spelt_wrongly_comes_after_it_and_names_it(knowledge_dir: Path) -> None:
    replace(knowledge_dir / "role.yaml", "  duties:", "  Duties:")

    cause, *consequences = faults_of(knowledge_dir)
    assert (cause.file, cause.problem) == ("role.yaml", "The id Duties can't be used.")
    assert {fault.problem for fault in consequences} == {"No entry has the id duties."}
    assert all(fault.remedy.endswith("The closest is Duties (role.yaml:13).") for fault in consequences)


def test_a_file_that_is_no_yaml_does_not_hide_what_is_wrong_with_the_others(knowledge_dir: Path) -> None:
    replace(knowledge_dir / "faq.yaml", "name: thanks", "name: 'thanks")
    replace(knowledge_dir / "role.yaml", "title:", "name:")
    replace(knowledge_dir / "phrasings.yaml", "- is it a job for owls", "- NO")

    assert {fault.file for fault in faults_of(knowledge_dir)} == set(FILES)


def test_ids_are_not_missed_where_nobody_can_tell_which_there_are(knowledge_dir: Path) -> None:
    replace(knowledge_dir / "faq.yaml", "entries:", "entry:")

    assert {fault.file for fault in faults_of(knowledge_dir)} == {"faq.yaml"}


def test_a_job_description_that_is_too_long_as_a_whole_is_a_fault(knowledge_dir: Path) -> None:
    for text in ("A keeper looks after the lamp.", '"Every day a keeper has to:"', "Write to the society."):
        replace(knowledge_dir / "role.yaml", text, "x" * 1400)

    (fault,) = faults_of(knowledge_dir)
    assert (fault.file, fault.line) == ("role.yaml", 3)
    assert "job description of 43" in fault.problem
    assert "3000" in fault.remedy


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"", 1, "The file is empty."),
        (b"# todo\n", 1, "The file is empty."),
        (b"# todo\n---\n", 1, "The file is empty."),
        (b"# todo\n- a\n- b\n", 2, "The file isn't a mapping."),
        (b"just words", 1, "The file isn't a mapping."),
        (b"# todo\n~\n", 2, "The file is empty."),
        (b"!!map {}", 1, "The tag !!map isn't allowed."),
        (b"a: b\nc: caf\xe9", 2, "The file isn't UTF-8."),
        (b"a: b\n" * (MAX_FILE_SIZE // 5 + 1), 1, "The file is larger than 1 MiB."),
    ],
)
def test_a_file_that_is_none_of_knowledge_is_told(
    knowledge_dir: Path, file: str, content: bytes, line: int, problem: str
) -> None:
    (knowledge_dir / file).write_bytes(content)

    (fault,) = [fault for fault in faults_of(knowledge_dir) if fault.file == file]
    assert (fault.line, fault.problem) == (line, problem)
    assert fault.remedy


@pytest.mark.parametrize("file", FILES)
def test_a_folder_in_the_place_of_a_file_is_told(knowledge_dir: Path, file: str) -> None:
    (knowledge_dir / file).unlink()
    (knowledge_dir / file).mkdir()

    (fault,) = faults_of(knowledge_dir)
    assert fault.file == file
    assert "can't be read" in fault.problem


def test_a_folder_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "nowhere")

    assert (fault.file, fault.problem) == ("faq.yaml", "The file is missing.")
    assert str(tmp_path / "nowhere") in fault.remedy


def test_the_message_has_a_line_for_each_fault(knowledge_dir: Path) -> None:
    replace(knowledge_dir / "role.yaml", "title:", '"na\\nme":')

    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(knowledge_dir)

    assert str(caught.value).splitlines() == [
        "role.yaml:2: The key title is missing. Add it to the file.",
        "role.yaml:2: There's no key na me here. Fix its spelling or remove it.",
    ]


def test_an_id_that_stands_in_quotes_may_look_like_a_number_or_an_answer(knowledge_dir: Path) -> None:
    for file in ("faq.yaml", "phrasings.yaml"):
        replace(knowledge_dir / file, "  salary:", '  "010":')

    assert load_knowledge(knowledge_dir).off_topic("010").name == "salaries"


def test_a_question_about_todo_lists_is_none_that_is_still_to_be_written(knowledge_dir: Path) -> None:
    replace(knowledge_dir / "phrasings.yaml", "is it a job for owls", "TODO lists at night?")
    replace(knowledge_dir / "phrasings.yaml", "  lamp:", "  TODO: [task list]\n  lamp:")

    assert "TODO lists at night?" in load_knowledge(knowledge_dir).entry("night-shift").phrasings


def test_the_shipped_knowledge_is_the_default() -> None:
    assert load_knowledge() == load_knowledge(SHIPPED_KNOWLEDGE)
