from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from bakery import write_bakery
from home_brewers import FAQ, write_faq

from bot.answering import Answering
from bot.authoring.comparison import (
    Direction,
    compare_content,
    compare_outcomes,
    evaluation_set,
    questions_to_ask,
    said,
)
from bot.authoring.evaluation import EvaluationFileError, LabeledQuestion, Verdict
from bot.knowledge.loading import load_knowledge
from bot.matching.matcher import Matcher
from bot.matching.meaning import Encoders
from bot.terminal.comparison_report import compare_and_report


@pytest.fixture
def edited(knowledge_dir: Path, tmp_path: Path) -> Path:
    """A copy of the knowledge, to be edited."""
    return Path(shutil.copytree(knowledge_dir, tmp_path / "edited"))


def edit(directory: Path, file: str, old: str, new: str) -> None:
    content = (directory / file).read_text(encoding="utf-8")
    assert old in content
    (directory / file).write_text(content.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    write_bakery(tmp_path / "bakery", today=date(2026, 11, 22))
    return tmp_path / "bakery"


@pytest.fixture
def edited_bakery(bakery: Path, tmp_path: Path) -> Path:
    """A copy of the bakery, to be edited."""
    return Path(shutil.copytree(bakery, tmp_path / "edited-bakery"))


def answering(directory: Path) -> Answering:
    knowledge = load_knowledge(directory)
    return Answering(knowledge=knowledge, matcher=Matcher(knowledge))


def label(text: str, *topics: str) -> LabeledQuestion:
    return LabeledQuestion("1", text, "plain", (frozenset(topics),) if topics else (), "unnamed")


def test_two_copies_hold_the_same_and_say_the_same(knowledge_dir: Path, edited: Path) -> None:
    content = compare_content(load_knowledge(knowledge_dir), load_knowledge(edited))
    outcomes = compare_outcomes(answering(knowledge_dir), answering(edited), [label("do keepers sleep", "night-shift")])

    assert (content.added, content.changed, content.removed) == ((), (), ())
    assert outcomes == ()


def test_what_was_added_and_removed_is_named(knowledge_dir: Path, edited: Path) -> None:
    edit(edited, "faq.yaml", "  thanks:\n    name: thanks\n", "  hello:\n    name: greetings\n")
    edit(edited, "phrasings.yaml", "  lamp: [light, beacon]\n", "")

    content = compare_content(load_knowledge(knowledge_dir), load_knowledge(edited))

    assert [change.what for change in content.added] == ["off-topic subject hello"]
    assert [change.what for change in content.removed] == ["off-topic subject thanks", "vocabulary of lamp"]
    assert content.changed == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "what", "detail"),
    [
        ("faq.yaml", "The lamp is lit at dusk.", "No.", "entry night-shift", "answer"),
        ("faq.yaml", "question: Does a", "question: Must a", "entry night-shift", "question"),
        ("faq.yaml", "- when do keepers sleep", "- no rest?", "entry night-shift", "phrasings: 1 added, 1 removed"),
        ("faq.yaml", "reviewed: 2026-11-22", "reviewed: 2026-11-23", "entry night-shift", "reviewed"),
        ("faq.yaml", "related: [definition]", "related: [duties]", "entry night-shift", "related: 1 added, 1 removed"),
        (
            "role.yaml",
            "[duties, night-shift]",
            "[night-shift, duties]",
            "entry definition",
            "related: reordered",
        ),
        ("role.yaml", "example/jobs", "example/work", "entry contact", "links: 1 added, 1 removed"),
        (
            "faq.yaml",
            "source_section: Nights",
            "source_section: Nights\n    image: https://lamp.example/x.png\n    alt: A lamp.",
            "entry night-shift",
            "image",
        ),
        ("role.yaml", "heading: Duties", "heading: Tasks", "entry jd", "answer"),
        ("role.yaml", "title: Lighthouse", "title: Tower", "role title", "Lighthouse Keeper → Tower Keeper"),
        ("faq.yaml", "name: salaries", "name: wages", "off-topic subject salary", "name"),
        ("faq.yaml", "title: On keeping", "title: Of keeping", "source", "title"),
        ("phrasings.yaml", "[light, beacon]", "[light]", "vocabulary of lamp", "1 removed"),
    ],
)
def test_what_changed_is_told(
    knowledge_dir: Path, edited: Path, file: str, old: str, new: str, what: str, detail: str
) -> None:
    edit(edited, file, old, new)

    content = compare_content(load_knowledge(knowledge_dir), load_knowledge(edited))

    assert detail in {detail for change in content.changed if change.what == what for detail in change.details}
    assert (content.added, content.removed) == ((), ())


def test_what_only_one_of_the_two_has_is_told(knowledge_dir: Path, edited: Path) -> None:
    write_faq(edited / "brewers", f"about: We brew.\n{FAQ}")

    content = compare_content(load_knowledge(knowledge_dir), load_knowledge(edited / "brewers"))

    assert "about" in {change.what for change in content.added}
    assert {"source", "role title"} <= {change.what for change in content.removed}
    assert ("name", ("Lighthouse Keeper → Riverside Home Brewers",)) in {
        (change.what, change.details) for change in content.changed
    }


def test_a_question_is_answered_worse_better_or_only_otherwise(bakery: Path, edited_bakery: Path) -> None:
    edit(bakery, "phrasings.yaml", "  duties:\n", "  duties:\n    - is it a job for owls\n")
    edit(
        edited_bakery,
        "faq.yaml",
        "  thanks:\n",
        "  owls:\n    name: owls\n    phrasings: [is it a job for owls, do owls bake]\n  thanks:\n",
    )
    edit(edited_bakery, "phrasings.yaml", "  contact:\n", "  contact:\n    - who paints the tower red\n")
    asked = [
        label("is it a job for owls", "duties"),
        label("who paints the tower red", "contact"),
        label("is it a job for owls"),
        label("what is an apprentice baker", "definition"),
    ]

    changes = compare_outcomes(answering(bakery), answering(edited_bakery), asked)

    told = [(change.direction, change.before.question) for change in changes]
    assert told == [
        (Direction.WORSE, asked[0]),
        (Direction.BETTER, asked[1]),
        (Direction.BETTER, asked[2]),
    ]
    assert changes[0].before.verdict is Verdict.RIGHT
    assert said(changes[0].before.outcome) == "duties"
    assert said(changes[0].after.outcome) == "nothing (off topic: owls)"


def test_another_off_topic_subject_is_only_different(bakery: Path, edited_bakery: Path) -> None:
    edit(edited_bakery, "faq.yaml", "  recipes:\n", "  cookbooks:\n")
    edit(edited_bakery, "phrasings.yaml", "  recipes:\n", "  cookbooks:\n")
    asked = [label("What is the recipe for croissants?")]

    [change] = compare_outcomes(answering(bakery), answering(edited_bakery), asked)

    assert change.direction is Direction.DIFFERENT


def with_example(directory: Path, text: str) -> None:
    edit(
        directory,
        "faq.yaml",
        "      - when do keepers sleep\n",
        f"      - when do keepers sleep\n    examples: [{text}]\n",
    )


def test_the_examples_of_both_versions_are_asked_as_the_newer_labels_them(knowledge_dir: Path, edited: Path) -> None:
    with_example(knowledge_dir, "do you sleep, who is on watch")
    edit(knowledge_dir, "faq.yaml", "    reaction:", "    examples: [bless you]\n    reaction:")
    edit(
        edited, "role.yaml", "      - What is a keeper?\n", "      - What is a keeper?\n    examples: [do you sleep]\n"
    )

    asked = questions_to_ask(load_knowledge(knowledge_dir), load_knowledge(edited)).questions

    assert [(question.text, question.topics) for question in asked] == [
        ("do you sleep", (frozenset({"definition"}),)),
        ("who is on watch", (frozenset({"night-shift"}),)),
        ("bless you", ()),
    ]


def test_the_shipped_knowledge_is_compared_by_the_questions_it_is_measured_with(knowledge_dir: Path) -> None:
    shipped, other = load_knowledge(), load_knowledge(knowledge_dir)
    lines = [line for line in evaluation_set().read_text(encoding="utf-8").splitlines() if line.strip()]

    everything = questions_to_ask(shipped, shipped)
    assert (len(everything.questions) >= len(lines) > 100, everything.left_out) == (True, "")
    nothing = questions_to_ask(other, other)
    assert nothing.questions == ()
    assert nothing.left_out == "The evaluation set was skipped: it covers other topics."


def test_questions_about_unknown_entries_are_skipped() -> None:
    shipped = load_knowledge()
    renamed = replace(
        shipped, entries=tuple(replace(e, id="diploma" if e.id == "degree" else e.id) for e in shipped.entries)
    )
    all_of_it, asked = questions_to_ask(shipped, shipped), questions_to_ask(renamed, renamed)

    fewer = len(all_of_it.questions) - len(asked.questions)
    assert 0 < fewer < len(all_of_it.questions) / 2
    assert asked.left_out.endswith(f"skipping {fewer} of its questions: degree isn't an entry here.")
    assert any(not question.topics for question in asked.questions)
    assert not any("degree" in topics for question in asked.questions for topics in question.topics)


def test_an_edit_that_answers_what_must_not_be_answered_is_worse(knowledge_dir: Path, edited: Path) -> None:
    for folder in (knowledge_dir, edited):
        edit(
            folder,
            "faq.yaml",
            "      - when do keepers sleep\n",
            "      - when do keepers sleep\n    not: [who paints the tower red]\n",
        )
    edit(edited, "phrasings.yaml", "    - is it a job for owls\n", "    - who paints the tower red\n")
    old, new = load_knowledge(knowledge_dir), load_knowledge(edited)
    asked = questions_to_ask(old, new).questions

    [change] = compare_outcomes(answering(knowledge_dir), answering(edited), asked)

    assert change.direction is Direction.WORSE
    assert (change.before.verdict, change.after.verdict) == (Verdict.AVOIDED, Verdict.FALSE_ANSWER)
    [back] = compare_outcomes(answering(edited), answering(knowledge_dir), asked)
    assert back.direction is Direction.BETTER


def test_a_file_of_questions_takes_the_place_of_the_shipped_ones(knowledge_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"text": "who lives there", "topics": ["definition"]}\n', encoding="utf-8")
    knowledge = load_knowledge(knowledge_dir)

    asked = questions_to_ask(knowledge, knowledge, file).questions
    assert [question.text for question in asked] == ["who lives there"]
    with pytest.raises(EvaluationFileError):
        questions_to_ask(knowledge, knowledge, tmp_path / "nowhere.jsonl")


def spoiled(directory: Path, tmp_path: Path) -> Path:
    """Take a phrasing from an entry and give it to another; return a file with that question."""
    edit(directory, "phrasings.yaml", "    - is it a job for owls\n", "    - who climbs all these stairs\n")
    edit(directory, "role.yaml", "- Whom do I contact?", "- is it a job for owls")
    file = tmp_path / "questions.jsonl"
    file.write_text('{"text": "is it a job for owls", "topics": ["night-shift"]}\n', encoding="utf-8")
    return file


def test_people_see_what_changed(
    knowledge_dir: Path, edited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = spoiled(edited, tmp_path)

    assert compare_and_report(knowledge_dir, edited, file, format_="text", strict=False, encoders=Encoders())
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "if the bot hadn't learned it" not in line] == [
        "~ entry contact: phrasings: 1 added, 1 removed",
        "~ entry night-shift: phrasings: 1 added, 1 removed",
        "worse: 'is it a job for owls': night-shift (right) → contact (wrong)",
        "1 question asked, 1 with a new outcome: 1 worse, 0 better, 0 different.",
    ]


def test_programs_see_the_same_as_json(
    knowledge_dir: Path, edited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compare_and_report(
        knowledge_dir, edited, spoiled(edited, tmp_path), format_="json", strict=False, encoders=Encoders()
    )

    told = json.loads(capsys.readouterr().out)
    assert told["changed"]["entry contact"] == ["phrasings: 1 added, 1 removed"]
    assert told["counts"] == {"worse": 1, "better": 0, "different": 0}
    assert told["questions"][0]["before"] == {"verdict": "right", "said": "night-shift"}


def test_phrasings_that_something_else_would_take_now_are_told(
    knowledge_dir: Path, edited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    added = "  duties:\n    - how hot is the oven\n    - is the oven hot\n  contact:\n    - how hot is the oven?\n"
    with (edited / "phrasings.yaml").open("a", encoding="utf-8") as file:
        file.write(added)

    assert compare_and_report(knowledge_dir, edited, None, format_="json", strict=True, encoders=Encoders())
    told = json.loads(capsys.readouterr().out)
    assert {
        "file": f"{edited}/phrasings.yaml",
        "line": 16,
        "text": "how hot is the oven?",
        "owner": "contact",
        "taker": "duties",
    } in told["taken"]
    assert told["left_out"] == "The evaluation set was skipped: it covers other topics."
    assert compare_and_report(knowledge_dir, edited, None, format_="text", strict=True, encoders=Encoders())
    assert f"{edited}/phrasings.yaml:16: This phrasing of" in capsys.readouterr().out
    compare_and_report(edited, edited, None, format_="json", strict=True, encoders=Encoders())
    assert json.loads(capsys.readouterr().out)["taken"] == []


def test_who_is_strict_lets_nothing_get_worse(knowledge_dir: Path, edited: Path, tmp_path: Path) -> None:
    file = spoiled(edited, tmp_path)

    assert not compare_and_report(knowledge_dir, edited, file, format_="json", strict=True, encoders=Encoders())
    assert compare_and_report(edited, knowledge_dir, file, format_="json", strict=True, encoders=Encoders())


def test_a_folder_with_faults_is_told_of_with_its_name(
    knowledge_dir: Path, edited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (edited / "faq.yaml").unlink()

    assert not compare_and_report(knowledge_dir, edited, None, format_="json", strict=False, encoders=Encoders())
    assert json.loads(capsys.readouterr().out)["faults"][0] == {
        "file": f"{edited}/faq.yaml",
        "line": 1,
        "problem": "The file is missing.",
        "remedy": f"Put it in {edited}.",
    }
    assert not compare_and_report(knowledge_dir, edited, None, format_="text", strict=False, encoders=Encoders())
    assert capsys.readouterr().out.startswith(f"{edited}/faq.yaml:1: The file is missing.")
