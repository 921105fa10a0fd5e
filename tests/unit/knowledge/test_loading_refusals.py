"""Each way a knowledge file can be wrong, and what its maintainer is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.knowledge.loading import KnowledgeError, load_knowledge

LONG = "x" * 5000
ITEMS = "- y\n      " * 9 + f"- {'z' * 190}\n      " * 9 + "- y"

# The text replaced, its replacement, the text whose line is then at fault, and words of the problem and the remedy.
Edit = tuple[str, str, str, str, str]

FAQ_EDITS: dict[str, Edit] = {
    "a duplicate key": (
        "name: thanks",
        "name: a\n    name: b",
        "name: b",
        "key name is already",
        "Remove one",
    ),
    "an alias": ("publisher: The", "publisher: *note\n  x: The", "*note", "alias *note isn't allowed", "quotes"),
    "an unknown key": ("    answer: |", "    anwser: |", "anwser", "no key anwser here", "Did you mean"),
    "NO unquoted": ("The Lighthouse Society", "NO", "NO", "YAML doesn't read NO as text", 'quotes: "NO"'),
    "010 unquoted": ("Does a keeper work at night?", "010", "010", "YAML doesn't read 010 as text", 'quotes: "010"'),
    "12:30 unquoted": ("name: salaries", "name: 12:30", "12:30", "YAML doesn't read 12:30 as text", '"12:30"'),
    "010 among phrasings": (
        "- thank you",
        "- x\n      - 010",
        "010",
        "2nd item of off_topic.thanks.phrasings: YAML",
        '"010"',
    ),
    "a date as text": ("title: On keeping a light", "title: 2026-11-22", "title", "2026-11-22 as text", '"2026-11-22"'),
    "an endless number": ("title: On keeping a light", "title: -.inf", "title", "-.inf as text", '"-.inf"'),
    "no number": ("title: On keeping a light", "title: .nan", "title", ".nan as text", '".nan"'),
    "a mapping as text": (
        "- thank you",
        "- well: thanks",
        "- well",
        "There's a colon in text without quotes",
        'quotes: "well: thanks"',
    ),
    "an empty answer": (
        "|-\n      Yes, **most** nights.\n\n      The lamp is lit at dusk.",
        '""',
        '""',
        "empty",
        "Fill it in",
    ),
    "an answer of spaces": (
        "|-\n      Yes, **most** nights.\n\n      The lamp is lit at dusk.",
        "' '",
        "' '",
        "empty",
        "",
    ),
    "an overlong answer": (
        "Yes, **most** nights.",
        LONG,
        "answer",
        "night-shift.answer has 5026 characters",
        "to 1500",
    ),
    "an overlong question": ("question: Does", f"question: {LONG}", LONG, "has 5024 characters", "to 200"),
    "an id that is none": (
        "  thanks:",
        "  Thank you:",
        "Thank you:",
        "id Thank you can't be used",
        "lowercase letters",
    ),
    "an overlong id": ("  thanks:", f"  {'a' * 41}:", "aaa", "has 41 characters", "to 40"),
    "an id of two files": ("  night-shift:", "  duties:", "duties", "already used in role.yaml:13", "another id"),
    "an id of two groups": (
        "  salary:",
        "  night-shift:",
        "  night-shift:\n    name",
        "used in faq.yaml:7",
        "another",
    ),
    "dangling related": (
        "[definition]",
        "\n      - definition\n      - rats",
        "rats",
        "No entry has the id rats",
        "Fix",
    ),
    "related to a subject": ("[definition]", "[salary]", "[salary]", "No entry has the id salary", "remove"),
    "related to itself": ("[definition]", "[night-shift]", "[night", "night-shift lists itself", "Remove it"),
    "related twice": ("[definition]", "[duties, duties]", "[duties", "duties is listed twice", "Remove one"),
    "too many related": (
        "[definition]",
        "[jd, definition, duties, contact]",
        "[jd",
        "related has 4 items",
        "at most 3",
    ),
    "a missing key": (
        "    question: Does a keeper work at night?\n",
        "",
        "  night-shift:",
        "question is missing",
        "Add it to",
    ),
    "an empty key": ("related: [definition]", "related:", "related", "related is empty", "remove the key"),
    "no phrasings": ("\n      - thank you", " []", "phrasings: []", "thanks.phrasings has no items", "at least one"),
    "text for a list": ("[definition]", "definition", "related", "related isn't a list", "hyphen"),
    "a list for a mapping": ("  salary:\n", "  salary: []\n  x:\n", "salary: []", "salary isn't a mapping", "colon"),
    "a quoted date": ("reviewed: 2026-11-22", 'reviewed: "2026-11-22"', "reviewed", "isn't a date", "without quotes"),
    "a day of no calendar": ("reviewed: 2026-11-22", "reviewed: 2026-13-45", "reviewed", "isn't a date", "2026-11-22"),
    "a day that is a number": ("reviewed: 2026-11-22", "reviewed: 2026", "reviewed", "isn't a date", "2026-11-22"),
    "a question of two lines": (
        "question: Does",
        "question: |-\n      x\n      Does",
        "question",
        "more than one line",
        ">-",
    ),
    "an emoji that is none": ('"💙"', '":)"', ":)", "reaction isn't an emoji", "Paste just one"),
    "a name of an emoji": ('"💙"', '":croissant:"', ":croissant:", "reaction isn't an emoji", "Paste just one"),
    "a syntax error": ("name: thanks", "name: 'thanks", "name: 'thanks", "quote opened", "Add a quote"),
    "an answer to be written": (
        "|-\n      Yes, **most**",
        "|-\n      TODO: write",
        "answer",
        "shift.answer hasn't been",
        "Write",
    ),
    "a question to be written": (
        "question: Does",
        "question: TODO Does",
        "question",
        "question hasn't been",
        "Write",
    ),
    "a section to be named": (
        "section: Nights",
        'section: "TODO: x"',
        "source_section",
        "section hasn't been",
        "remove",
    ),
    "a name to be written": (
        "name: thanks",
        'name: "TODO: name it"',
        'name: "TODO',
        "thanks.name hasn't been",
        "Write",
    ),
}
ROLE_EDITS: dict[str, Edit] = {
    "a duplicate id": ("  jd:", "  duties: {}\n  jd:", "duties: {}", "already on line 13", "Remove one"),
    "an anchor": ("title: Light", "title: &note Light", "title", "anchor &note isn't allowed", "quotes"),
    "a tag": ("title: Light", "title: !!python/name:os Light", "title", "tag !!python/name:os isn't", "quotes"),
    "an unknown key at the top": ("title:", "rank: x\ntitle:", "rank", "no key rank here", "remove it"),
    "an unknown key in brackets": ("title:", '"[key]": x\ntitle:', "[key]", "no key [key] here", "remove it"),
    "an unknown key that is empty": ("title:", "rank:\ntitle:", "rank", "no key rank here", "remove it"),
    "a missing top key": ("title: Lighthouse Keeper\n", "", "sections", "title is missing", "Add it to the file"),
    "an empty text": ("Write to the society.", '""', '""', "contact.text is empty", "Fill it in"),
    "a text to be written": (
        "text: Write to",
        "text: TODO Write to",
        "text: TODO",
        "contact.text hasn't been",
        "remove",
    ),
    "an item to be written": ("- fill in the log", "- TODO", "- TODO", "items hasn't been written yet", "Write it"),
    "an overlong text": ("Write to the society.", LONG, LONG, "contact.text has 5000 characters", "to 1500"),
    "too long a text with its items": (
        "- clean the lens",
        ITEMS,
        "duties:",
        "text and items together have 18",
        "to 1500",
    ),
    "too many items": ("- clean the lens", "- y\n      " * 20, "items", "items has 21 items", "at most 20"),
    "a section without an answer": ("text: Write to the society.", "text:", "contact:", "no text and no", "Add one"),
    "a section with two answers": ("job_description: true", "job_description: true\n    text: x", "jd:", "own", "Move"),
    "a number for true": ("job_description: true", "job_description: 1", "job_d", "neither true nor", "Write true"),
    "a link that is none": (
        "https://lighthouse.example/jobs",
        "jobs page",
        "jobs page",
        "isn't a web address",
        "https",
    ),
    "a second document": ("sections:", "---\nsections:", "---", "second document starts", "---"),
    "deep nesting": ("title: Lighthouse", "title: " + "[" * 30, "title", "more than 20 levels", "Flatten"),
    "a complex key": ("title: Light", "? [title]\n: Light", "? [title]", "can't be a key", "question mark"),
    "merging": ("title: Light", "<<: {a: b}\ntitle: Light", "<<", "Merging with <<", "Write the keys out"),
    "a tab": ("title: Light", "\ttitle: Light", "\ttitle", "a tab at the start", "Replace it"),
    "an invisible character": ("clean the lens", "clean\u2028the lens", "clean", "character (U+2028)", "Delete it"),
}
PHRASINGS_EDITS: dict[str, Edit] = {
    "NO among phrasings": (
        "is it a job for owls",
        "NO",
        "NO",
        "The 1st item of phrasings.",
        'quotes: "NO"',
    ),
    "12:30 among phrasings": ("is it a job for owls", "12:30", "12:30", "YAML doesn't read 12:30", '"12:30"'),
    "NO as an id": ("  salary:", "  NO: []\n  salary:", "NO", "YAML doesn't read the key NO as text", 'quotes: "NO"'),
    "010 as an id": ("  salary:", "  010: []\n  salary:", "010", "YAML doesn't read the key 010 as text", '"010"'),
    "an overlong phrasing": ("is it a job for owls", LONG, LONG, "has 5000 characters", "to 300"),
    "phrasings of nothing": ("  salary:", "  pay:", "pay:", "has the id pay", "Fix the id"),
    "text for a mapping": (
        "  keeper: [lighthouse keeper, warden]\n  lamp:",
        "  a\nx:",
        "voc",
        "isn't a mapping",
        "colon",
    ),
    "a word with two meanings": ("beacon]", "\n    Warden]", "Warden", "Warden already means keeper", "Remove it from"),
    "a meaning within another": (
        "beacon]",
        "\n    Keeper]",
        "Keeper]",
        "Keeper already means keeper",
        "Remove it from",
    ),
}


@pytest.mark.parametrize("case", FAQ_EDITS)
def test_a_fault_in_the_faq_is_told_with_line_problem_and_remedy(knowledge_dir: Path, case: str) -> None:
    assert_fault_is_told(knowledge_dir / "faq.yaml", FAQ_EDITS, case)


@pytest.mark.parametrize("case", ROLE_EDITS)
def test_a_fault_in_the_role_is_told_with_line_problem_and_remedy(knowledge_dir: Path, case: str) -> None:
    assert_fault_is_told(knowledge_dir / "role.yaml", ROLE_EDITS, case)


@pytest.mark.parametrize("case", PHRASINGS_EDITS)
def test_a_fault_in_the_phrasings_is_told_with_line_problem_and_remedy(knowledge_dir: Path, case: str) -> None:
    assert_fault_is_told(knowledge_dir / "phrasings.yaml", PHRASINGS_EDITS, case)


def assert_fault_is_told(path: Path, edits: Mapping[str, Edit], case: str) -> None:
    old, new, at_fault, problem, remedy = edits[case]
    content = path.read_text(encoding="utf-8")
    edited = content.replace(old, new, 1)
    assert edited != content
    path.write_text(edited, encoding="utf-8")

    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(path.parent)

    (fault,) = [fault for fault in caught.value.faults if problem in fault.problem]
    assert fault.file == path.name
    assert fault.line == edited[: edited.index(at_fault)].count("\n") + 1
    assert remedy in fault.remedy
    assert fault.remedy.endswith((".", "?", '"'))
