from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.importing.collected import NothingFound
from bot.authoring.importing.folder import Imported, import_file
from bot.authoring.incoming import MEBIBYTE, UnusableFile
from bot.authoring.starter import FolderTaken
from bot.knowledge.file_format import MAX_ANSWER_LENGTH, LanguageCode
from bot.knowledge.loading import load_knowledge
from bot.knowledge.schemas import schema_name

EXAMPLES = Path(__file__).parent / "examples"


def imported(
    directory: Path,
    content: str,
    *,
    source: str = "faq.md",
    name: str | None = None,
    language: LanguageCode | None = None,
) -> Imported:
    return import_file(io.BytesIO(content.encode()), directory, source=source, name=name, language=language)


def example(directory: Path, source: str) -> Imported:
    with (EXAMPLES / source).open("rb") as file:
        return import_file(file, directory, source=source)


def test_the_markdown_of_a_project_becomes_its_knowledge(tmp_path: Path) -> None:
    found = example(tmp_path / "ours", "tidewatch.md")

    assert (tmp_path / "ours/faq.yaml").read_text("utf-8") == (EXAMPLES / "tidewatch.yaml").read_text("utf-8")
    assert found == Imported(
        name="Tidewatch",
        entries=6,
        phrasings=6,
        warnings=(
            "line 30: A table became a list.",
            "line 38: The link to docs/roadmap.md leads nowhere on Discord, so only its text stays.",
            "line 44: The image A map of all stations became a link.",
            "line 50: The image screenshot was left out.",
            'line 60: "How accurate is it?" has no answer, so it was left out.',
            "line 62: \"The graph stays empty\" isn't worded as a question. Remove it if it isn't one.",
            'line 69: What stands below "License" was left out, since no question is there.',
        ),
    )


def test_the_table_of_a_club_becomes_its_knowledge(tmp_path: Path) -> None:
    found = example(tmp_path / "riverside-brewers", "club.csv")

    knowledge = load_knowledge(tmp_path / "riverside-brewers")
    assert {entry.id: entry.phrasings for entry in knowledge.entries} == {
        "join": ("How do I join?",),
        "cost": ("What does it cost?", "Is there a student discount?"),
        "meet": ("When do you meet?", "Where do you meet?"),
        "won-quiz": ("Who won the quiz?",),
    }
    assert knowledge.entry("join").answer == (
        "Fill in the form at https://www.club.example/join.\n\nYou have to be **18**."
    )
    assert found.warnings == (
        'The name is "Riverside brewers", like the folder. Change it at the top of faq.yaml, or use --name.',
        "line 9: The row has no answer, so it was left out.",
    )


def test_the_export_of_a_help_desk_becomes_its_knowledge(tmp_path: Path) -> None:
    example(tmp_path / "ours", "helpdesk.json")

    knowledge = load_knowledge(tmp_path / "ours")
    assert knowledge.name == "Lantern Cloud"
    assert {entry.id: entry.answer for entry in knowledge.entries} == {
        "reset-password": "Open [the reset page](https://lantern.example/reset) and enter your email.\n\n"
        "- Check your spam folder\n- Wait **10 minutes**",
        "delete-account": "Write to us (bye@lantern.example).",
        "charge": "€5 a month & nothing else.",
    }
    assert knowledge.entry("charge").phrasings[1:] == ("is it free", "what's the price")


def test_the_folder_has_what_any_new_one_has(tmp_path: Path) -> None:
    imported(tmp_path / "ours", "## How?\nSo.\n")

    made = {path.relative_to(tmp_path / "ours").as_posix() for path in (tmp_path / "ours").rglob("*") if path.is_file()}
    assert {"faq.yaml", "README.md", f"schemas/{schema_name('faq.yaml')}", ".github/workflows/check.yaml"} <= made
    assert not made & {"role.yaml", "phrasings.yaml"}


@pytest.mark.parametrize(
    ("title", "given_name", "name"),
    [
        ("Riverside FAQ", None, "Riverside"),
        ("FAQ: Riverside", None, "Riverside"),
        ("Riverside - Frequently Asked Questions", None, "Riverside"),
        ("Frequently asked questions about Riverside", None, "Riverside"),
        ("Riverside", "The Brewers", "The Brewers"),
        ("FAQ", None, "Our club"),
        ("Yes: no # maybe", None, "Yes: no # maybe"),
    ],
)
def test_the_knowledge_is_called_by_its_title_or_its_name(
    tmp_path: Path, title: str, given_name: str | None, name: str
) -> None:
    imported(tmp_path / "our-club", f"# {title}\n\n## How?\nSo.\n", name=given_name)

    assert load_knowledge(tmp_path / "our-club").name == name


def test_a_question_that_was_answered_before_is_left_out_unless_the_answer_is_the_same(tmp_path: Path) -> None:
    found = imported(tmp_path / "ours", "# X\n## How?\nSo.\n## Why?\nSo.\n## How\nThus.\n## HOW!\nSo.\n")

    [entry] = load_knowledge(tmp_path / "ours").entries
    assert (entry.question, entry.phrasings[1:]) == ("How?", ("Why?",))
    assert "line 6: The question was answered before (line 2), so this was left out." in found.warnings


def test_a_long_answer_is_cut_behind_a_paragraph(tmp_path: Path) -> None:
    paragraphs = "\n\n".join(f"{number}. {'word ' * 40}" for number in range(12))

    found = imported(tmp_path / "ours", f"# X\n## How?\n{paragraphs}\n")

    answer = load_knowledge(tmp_path / "ours").entries[0].answer
    assert len(answer) <= MAX_ANSWER_LENGTH
    assert answer.endswith("word\n\n…")
    [warning] = found.warnings
    assert warning.startswith("line 2: The answer has ")


def test_a_long_question_is_cut_and_stays_a_phrasing(tmp_path: Path) -> None:
    question = f"What {'exactly ' * 25}is it?"

    found = imported(tmp_path / "ours", f"# X\n## {question}\nThat.\n")

    [entry] = load_knowledge(tmp_path / "ours").entries
    assert entry.question.endswith("exactly…")
    assert entry.phrasings[1:] == (question,)
    assert found.warnings == (f"line 2: The question has {len(question)} characters and was cut. Reword it.",)


def test_ids_of_the_file_are_kept_if_they_can_be(tmp_path: Path) -> None:
    rows = [["id", "q", "a"], ["Über uns", "Who?", "We."], ["17", "Is it free?", "Yes."], ["über_uns", "Why?", "So."]]
    text = "\n".join(",".join(row) for row in rows)

    imported(tmp_path / "ours", text, source="faq.csv")

    assert [entry.id for entry in load_knowledge(tmp_path / "ours").entries] == ["uber-uns", "free", "uber-uns-2"]


@pytest.mark.parametrize(
    "answer",
    [
        "yes",
        "2026-11-22",
        "a: b # c",
        '"quoted"',
        "- item",
        "| pipe",
        "tab\there",
        "> said\n\n    code",
        "“curly”",
        "&x *y",
    ],
)
def test_an_answer_is_said_as_it_was_written(tmp_path: Path, answer: str) -> None:
    imported(tmp_path / "ours", json.dumps({"How?": answer}), source="faq.json")

    assert load_knowledge(tmp_path / "ours").entries[0].answer == answer.strip()


def test_invisible_characters_are_replaced(tmp_path: Path) -> None:
    imported(tmp_path / "ours", "# X\n## How\u2028 now?\nSo\x0b it\ufeff is.\n")

    assert load_knowledge(tmp_path / "ours").entries[0].answer == "So it is."


def test_an_answer_yet_to_be_written_is_left_out(tmp_path: Path) -> None:
    found = imported(tmp_path / "ours", "# X\n## How?\nTODO\n## Why?\nSo.\n")

    assert [entry.question for entry in load_knowledge(tmp_path / "ours").entries] == ["Why?"]
    assert found.warnings == ("line 2: The answer says it is yet to be written, so it was left out.",)


@pytest.mark.parametrize(
    ("source", "content", "complaint"),
    [
        ("faq.md", "Just text.", "faq.md has no questions with answers. Write each question as a heading or in bold"),
        ("faq.md", "## How?\n## Why?\n", 'faq.md has no questions with answers. Line 1: "How?" has no answer'),
        ("faq.csv", "a,b\n1,2\n", "faq.csv needs a column named question"),
        ("faq.csv", "question,answer\n", "faq.csv has no questions with answers."),
        ("faq.json", "[]", "faq.json has no questions with answers."),
        ("faq.json", '{"a": 1}', "faq.json has no questions with answers."),
        ("faq", "a|b\n", "faq needs a column named question"),
        ("faq.json", json.dumps({f"How {n}?": "word " * 290 + str(n) for n in range(800)}), "larger than 1 MiB"),
        ("faq.json", json.dumps({f"How {n}?": str(n) for n in range(2001)}), "There are more than 2,000 questions."),
    ],
)
def test_a_file_without_questions_is_refused_and_no_folder_made(
    tmp_path: Path, source: str, content: str, complaint: str
) -> None:
    with pytest.raises(NothingFound, match=re.escape(complaint)):
        imported(tmp_path / "ours", content, source=source)

    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "content", [b"", b"caf\xe9 ## How?", b"PK\x03\x04", b"\x00\x01", b"a" * 50 * MEBIBYTE, ("<div>" * 5000).encode()]
)
def test_a_file_that_is_no_text_is_refused_and_no_folder_made(tmp_path: Path, content: bytes) -> None:
    if content.startswith(b"<div>"):
        content = b"## How?\n\n" + content
    with pytest.raises(UnusableFile):
        import_file(io.BytesIO(content), tmp_path / "ours", source="faq.md")

    assert [*tmp_path.iterdir()] == []


def test_a_folder_with_something_in_it_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")

    with pytest.raises(FolderTaken):
        imported(tmp_path, "## How?\nSo.\n")

    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("source", "content"),
    [
        ("faq", '{"How?": "So."}'),
        ("faq", "# X\n\n## How?\nSo.\n"),
        ("faq", "question;answer\nHow?;So.\n"),
        ("FAQ.MD", "**How?** So.\n"),
        ("export.TSV", "question\tanswer\nHow?\tSo.\n"),
    ],
)
def test_the_format_is_told_by_the_name_or_by_the_content(tmp_path: Path, source: str, content: str) -> None:
    imported(tmp_path / "ours", content, source=source)

    assert load_knowledge(tmp_path / "ours").entries[0].answer == "So."


@given(
    st.text(max_size=200) | st.text("#*?:QA \n-|`<>[]()!&1.\"'", max_size=200), st.sampled_from(["a.md", "a.csv", "a"])
)
def test_whatever_is_imported_can_be_loaded_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, source: str
) -> None:
    directory = tmp_path_factory.mktemp("imported") / "ours"

    try:
        found = imported(directory, text, source=source)
    except (NothingFound, UnusableFile):
        assert not directory.exists()
    else:
        assert len(load_knowledge(directory).entries) == found.entries


GERMAN = "# Verein\n## Wie werde ich Mitglied?\nKommt zum Treffen.\n## Was kostet das?\nZwanzig Euro im Jahr.\n"


def test_what_does_not_look_like_english_needs_a_language(tmp_path: Path) -> None:
    found = imported(tmp_path / "ours", GERMAN)

    [warning] = found.warnings
    assert warning.startswith("This doesn't look like English. Use --language with one of ar, de, en,")
    assert imported(tmp_path / "theirs", GERMAN, language="de").warnings == ()
    assert load_knowledge(tmp_path / "theirs").language == "de"
