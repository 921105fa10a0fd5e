from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.job_description import as_markdown
from bot.knowledge.loading import KnowledgeError, load_knowledge, shipped_knowledge
from bot.knowledge.yaml_document import Fault, max_file_size
from conftest import FAQ, PHRASINGS, ROLE

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


def line_of(path: Path, text: str) -> int:
    """Return the line in which a text stands first."""
    content = path.read_text(encoding="utf-8")
    return content[: content.index(text)].count("\n") + 1


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
    assert entry.link is None


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
    assert knowledge.entry("contact").link == "https://lighthouse.example/jobs"


def test_the_job_description_is_an_answer_made_from_the_sections_with_a_heading(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert [section.id for section in knowledge.role.sections] == ["definition", "duties", "contact"]
    assert knowledge.entry("jd").answer == as_markdown(knowledge.role)


def test_a_subject_has_a_reply_or_a_reaction(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert knowledge.off_topic("salary").reply == "I have nothing on salaries yet."
    assert knowledge.off_topic("thanks").reaction == "💙"


def test_the_source_and_the_vocabulary_come_along(knowledge_dir: Path) -> None:
    knowledge = load_knowledge(knowledge_dir)

    assert knowledge.source.publisher == "The Lighthouse Society"
    assert knowledge.source.url == "https://lighthouse.example/keeping"
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


LONG = "x" * 5000

# What is edited in which file, the text whose line is at fault afterwards, and words of the problem and the remedy.
REFUSALS = {
    "a key that stands twice": ("faq.yaml", "    name: thanks", "    name: thanks\n    name: b", "name: b", "twice", ""),
    "an id that stands twice": ("role.yaml", "  jd:", "  duties: {}\n  jd:", "duties: {}", "duties", "Remove one"),
    "an alias": ("faq.yaml", "answer: |-", "answer: *note\n    x: |-", "*note", "alias *note", "quotes"),
    "an anchor": ("role.yaml", "title: Light", "title: &note Light", "&note", "anchor &note", "quotes"),
    "a tag": ("role.yaml", "title: Light", "title: !!python/name:os Light", "!!py", "tag !!python/name:os", "quotes"),
    "an unknown key": ("faq.yaml", "    answer: |", "    anwser: |", "anwser", "key anwser is unknown", "spelling"),
    "an unknown key at the top": ("role.yaml", "title:", "rank: x\ntitle:", "rank", "key rank is unknown", "remove"),
    "an unknown key named as pydantic names keys": ("role.yaml", "title:", '"[key]": x\ntitle:', "[key]", "[key]", ""),
    "an unknown key without a value": ("role.yaml", "title:", "rank:\ntitle:", "rank", "rank is unknown", "remove"),
    "NO unquoted": ("faq.yaml", "publisher: The Lighthouse Society", "publisher: NO", ": NO", "NO as text", '"NO"'),
    "010 unquoted": ("faq.yaml", "question: Does a keeper work at night?", "question: 010", "010", "010 as", '"010"'),
    "12:30 unquoted": ("role.yaml", "title: Lighthouse Keeper", "title: 12:30", "12:30", "12:30 as", '"12:30"'),
    "NO among phrasings": ("phrasings.yaml", "- is it a job for owls", "- NO", "NO", "0: YAML does not read NO", '"NO"'),
    "010 among phrasings": ("faq.yaml", "- thank you", "- x\n      - 010", "010", "1: YAML does not read 010", '"010"'),
    "12:30 among phrasings": ("faq.yaml", "- thank you", "- 12:30", "12:30", "12:30", '"12:30"'),
    "NO as an id": ("phrasings.yaml", "  salary:", "  NO: []\n  salary:", "NO", "the key NO", '"NO"'),
    "a date as text": ("faq.yaml", "title: On keeping a light", "title: 2026-11-22", "title", "2026-11-22 as text", '"20'),
    "an endless number": ("faq.yaml", "title: On keeping a light", "title: .inf", "title", ".inf as text", '".inf"'),
    "a mapping as text": ("faq.yaml", "- thank you", "- hello: you", "hello", "phrasings.0 is not text", "quotes"),
    "an empty answer": ("role.yaml", "text: Write to the society.", "text:", "  contact:", "contact has no text", "Add"),
    "an answer of spaces": ("role.yaml", "text: Write to the society.", "text: ' '", "' '", "text is empty", "Write"),
    "an answer without letters": ("role.yaml", "Write to the society.", '""', '""', "contact.text is empty", "Write"),
    "an overlong answer": ("role.yaml", "Write to the society.", LONG, LONG, "has 5000 characters", "to 1500"),
    "an overlong question": ("faq.yaml", "question: Does", f"question: {LONG}", LONG, "has 5024 chara", "to 200"),
    "an overlong phrasing": ("phrasings.yaml", "is it a job for owls", LONG, LONG, "has 5000 characters", "to 300"),
    "too long a list": ("role.yaml", "- clean the lens", "- y\n      " * 9 + f"- {'y' * 199}\n      " * 9 + "- z", "duties:", "text with the items has 18", "to 1500"),
    "a section without an answer": ("role.yaml", "    text: Write to the society.\n", "", "  contact:", "no text", "Add"),
    "a section with two answers": ("role.yaml", "job_description: true", "job_description: true\n    text: x", "  jd", "the job description and has", "Move"),
    "an id of two files": ("faq.yaml", "  night-shift:", "  duties:", "  duties:", "role.yaml:13 already", "another id"),
    "an id of two groups": ("faq.yaml", "  salary:", "  night-shift:", "  night-shift:\n    name", "is taken", "another"),
    "an id that is none": ("faq.yaml", "  thanks:", "  Thank you:", "Thank you:", "Thank you is not an id", "small lett"),
    "an overlong id": ("faq.yaml", "  thanks:", f"  {'a' * 41}:", "aaa", "has 41 characters", "to 40"),
    "dangling related": ("faq.yaml", "[definition]", "\n      - definition\n      - rats", "rats", "rats is no", "Correct"),
    "related to a subject": ("faq.yaml", "[definition]", "[salary]", "[salary]", "salary is no topic's id", "remove it"),
    "related to itself": ("faq.yaml", "[definition]", "[night-shift]", "[night", "related to itself", "Remove it"),
    "related twice": ("faq.yaml", "[definition]", "[duties, duties]", "[duties", "duties is named twice", "Remove one"),
    "too many related": ("faq.yaml", "[definition]", "[jd, definition, duties, contact]", "[jd", "has 4", "at most 3"),
    "phrasings of nothing": ("phrasings.yaml", "  salary:", "  pay:", "pay:", "has the id pay", "Correct the id"),
    "a word with two meanings": ("phrasings.yaml", "beacon]", "\n    Warden]", "Warden", "Warden means keeper", "Remove"),
    "a meaning within another": ("phrasings.yaml", "beacon]", "\n    Keeper]", "Keeper]", "Keeper means keeper", "Remove"),
    "a missing key": ("faq.yaml", "    source_section: Nights\n", "", "  night-shift:", "source_section is mi", "Add it to"),
    "a missing top key": ("role.yaml", "title: Lighthouse Keeper\n", "", "sections", "title is missing", "the file"),
    "an empty key": ("faq.yaml", "related: [definition]", "related:", "related", "related is empty", "remove the key"),
    "no phrasings": ("faq.yaml", "\n      - thank you", " []", "phrasings: []", "has no items", "at least one"),
    "text for a list": ("faq.yaml", "[definition]", "definition", "related", "is not a list", "hyphen"),
    "a list for a mapping": ("faq.yaml", "  salary:\n", "  salary: []\n  pay:\n", "salary: []", "is not a map", "colon"),
    "text for a mapping": ("phrasings.yaml", "  keeper: [lighthouse keeper, warden]\n  lamp:", "  none\nx:", "vocab", "not a mapp", "colon"),
    "text for true": ("role.yaml", "job_description: true", "job_description: 1", "job_desc", "neither true", "Write true"),
    "a quoted date": ("faq.yaml", "reviewed: 2026-11-22", 'reviewed: "2026-11-22"', "reviewed", "not a date", "without q"),
    "a day of no calendar": ("faq.yaml", "reviewed: 2026-11-22", "reviewed: 2026-13-45", "reviewed", "not a date", "2026-"),
    "a day that is a number": ("faq.yaml", "reviewed: 2026-11-22", "reviewed: 2026", "reviewed", "not a date", "2026-"),
    "a question of two lines": ("faq.yaml", "question: Does", "question: |-\n      x\n      Does", "question: |", "more than one line", "one"),
    "a link that is none": ("role.yaml", "https://lighthouse.example/jobs", "jobs page", "jobs page", "not a web", "https://"),
    "an emoji that is none": ("faq.yaml", '"💙"', ":-x", ":-x", "not an emoji", "Paste"),
    "a syntax error": ("faq.yaml", "name: thanks", "name: 'thanks", "name: 'th", "not valid YAML", "quote"),
    "a second document": ("role.yaml", "sections:", "---\nsections:", "---", "second document", "---"),
    "deep nesting": ("role.yaml", "title: Lighthouse", "title: " + "[" * 30, "title", "20 levels", "Flatten"),
    "an invisible character": ("role.yaml", "clean the lens", "clean\u2028 the lens", "clean", "U+2028", "Delete"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_a_fault_is_told_with_file_line_problem_and_remedy(knowledge_dir: Path, case: str) -> None:
    file, old, new, at_fault, problem, remedy = REFUSALS[case]
    replace(knowledge_dir / file, old, new)

    faults = faults_of(knowledge_dir)

    (fault,) = [fault for fault in faults if problem in fault.problem]
    assert (fault.file, fault.line) == (file, line_of(knowledge_dir / file, at_fault))
    assert remedy in fault.remedy
    assert fault.remedy.endswith((".", '"'))


def test_the_faults_of_all_files_are_told_in_one_go_in_the_order_of_files_and_lines(knowledge_dir: Path) -> None:
    replace(knowledge_dir / "faq.yaml", "publisher: The Lighthouse Society", "publisher: NO")
    replace(knowledge_dir / "faq.yaml", "[definition]", "[rats]")
    replace(knowledge_dir / "faq.yaml", "    name: thanks", "    name: thanks\n    name: thanks")
    replace(knowledge_dir / "role.yaml", "related: [duties]", "related: &r [rats]")
    replace(knowledge_dir / "role.yaml", "text: Write to the society.", f"text: {LONG}")
    replace(knowledge_dir / "role.yaml", "    source_section: The keeper\n", "")
    replace(knowledge_dir / "phrasings.yaml", "  salary:", "  wages:")
    replace(knowledge_dir / "phrasings.yaml", "- is it a job for owls", "- 12:30")

    assert [(fault.file, fault.line) for fault in faults_of(knowledge_dir)] == [
        ("faq.yaml", 3),
        ("faq.yaml", 14),
        ("faq.yaml", 27),
        ("phrasings.yaml", 9),
        ("phrasings.yaml", 10),
        ("role.yaml", 4),
        ("role.yaml", 27),
        ("role.yaml", 27),
        ("role.yaml", 34),
    ]


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
        (b"# todo\n- a\n- b\n", 2, "the file is not a mapping."),
        (b"just words", 1, "the file is not a mapping."),
        (b"# todo\n~\n", 2, "the file is empty."),
        (b"!!map {}", 1, "The tag !!map is not allowed."),
        (b"a: b\nc: caf\xe9", 2, "The file is not UTF-8."),
        (b"a: b\n" * (max_file_size // 5 + 1), 1, "The file is larger than 1 MiB."),
        (None, 1, "The file is missing."),
    ],
)
def test_a_file_that_is_none_of_knowledge_is_told(
    knowledge_dir: Path, file: str, content: bytes | None, line: int, problem: str
) -> None:
    if content is None:
        (knowledge_dir / file).unlink()
    else:
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
    faults = faults_of(tmp_path / "nowhere")

    assert {fault.file for fault in faults} == set(FILES)
    assert all(str(tmp_path / "nowhere") in fault.remedy for fault in faults)


def test_the_message_has_a_line_for_each_fault(knowledge_dir: Path) -> None:
    replace(knowledge_dir / "role.yaml", "title:", '"na\\nme":')

    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(knowledge_dir)

    assert str(caught.value).splitlines() == [
        "role.yaml:2: The key na me is unknown here. Correct its spelling or remove it.",
        "role.yaml:2: title is missing. Add it to the file.",
    ]


def test_an_id_that_stands_in_quotes_may_look_like_a_number_or_an_answer(knowledge_dir: Path) -> None:
    for file in ("faq.yaml", "phrasings.yaml"):
        replace(knowledge_dir / file, "  salary:", '  "010":')

    assert load_knowledge(knowledge_dir).off_topic("010").name == "salaries"


VISIBLE = st.characters(exclude_categories=["C", "Zl", "Zp"])


@given(text=st.text(VISIBLE | st.just("\n"), min_size=1, max_size=400).filter(str.strip))
def test_an_answer_arrives_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    faq = yaml.safe_load(FAQ)
    faq["entries"]["night-shift"]["answer"] = text
    content = yaml.safe_dump(faq, allow_unicode=True)
    directory = folder(tmp_path_factory, content.encode(), ROLE.encode(), PHRASINGS.encode())

    assert load_knowledge(directory).entry("night-shift").answer == text.strip()


def folder(tmp_path_factory: pytest.TempPathFactory, *contents: bytes) -> Path:
    directory = tmp_path_factory.mktemp("knowledge")
    for file, content in zip(FILES, contents, strict=True):
        (directory / file).write_bytes(content)
    return directory


SNIPPETS = [
    *(
        b"- ",
        b"? ",
        b": ",
        b"*a",
        b"&a ",
        b"!!str ",
        b"<<: ",
        b"---\n",
        b"...\n",
        b"%TAG ! x\n",
        b"[",
        b"]",
        b"{",
        b"}",
    ),
    *(
        b"'",
        b'"',
        b"|\n",
        b">-\n",
        b"# ",
        b"\t",
        b"\r\n",
        b"\r",
        b"\n",
        b"  ",
        b"\0",
        b"\x1b",
        b"\xef\xbb\xbf",
        b"\xff",
    ),
    *(b"NO", b"010", b"12:30", b"2026-13-45", b".nan", b"~", b"null", b"[key]: x\n", b"\xc2\x85", b"\xe2\x80\xa8"),
    *(
        b"related: [jd, jd]\n",
        b"sections:\n",
        b"entries: []\n",
        b"x" * 2000,
        b"[" * 50,
        b'"\\0\\n"',
        b"\xf0\x9f\x92\x99",
    ),
]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a file with a few accidents of the kind that happen in an editor."""
    for _ in range(chance.randint(0, 4)):
        at = chance.randint(0, len(content))
        to = min(len(content), at + chance.choice([0, 1, 4, 40, 400]))
        lines = content.splitlines(keepends=True) or [b""]
        content = chance.choice(
            [
                content[:at] + chance.choice(SNIPPETS) + content[at:],
                content[:at] + chance.choice(SNIPPETS) + content[to:],
                content[:at] + content[to:],
                content[:at],
                content[:at] + content[at:to] * 2 + content[to:],
                content[:at] + chance.randbytes(3) + content[to:],
                b"".join([*lines, chance.choice(lines)]),
                b"".join(chance.sample(lines, len(lines))),
            ]
        )
    return content


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_in_the_files_loading_them_gives_knowledge_or_faults(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    contents = [mutated(content.encode(), chance) for content in (FAQ, ROLE, PHRASINGS)]

    assert_knowledge_or_faults(folder(tmp_path_factory, *contents))


@settings(max_examples=200, deadline=None)
@given(contents=st.tuples(st.binary(), st.binary(), st.binary()))
def test_bytes_that_are_no_yaml_give_faults(
    tmp_path_factory: pytest.TempPathFactory, contents: tuple[bytes, bytes, bytes]
) -> None:
    assert_knowledge_or_faults(folder(tmp_path_factory, *contents))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.text(VISIBLE, max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(VISIBLE, max_size=9), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "entries",
    "off_topic",
    "source",
    "sections",
    "title",
    "vocabulary",
    "phrasings",
    "definition",
    "answer",
    "related",
]


@settings(max_examples=200, deadline=None)
@given(
    file=st.sampled_from(FILES),
    way=st.lists(
        st.sampled_from([*KEYS, "night-shift", "jd", "duties", "text", "items", "reviewed"]), min_size=1, max_size=3
    ),
    value=VALUES,
)
def test_any_value_in_any_place_gives_knowledge_or_faults(
    tmp_path_factory: pytest.TempPathFactory, file: str, way: list[str], value: object
) -> None:
    contents = {"faq.yaml": FAQ, "role.yaml": ROLE, "phrasings.yaml": PHRASINGS}
    data = place = yaml.safe_load(contents[file])
    for key in way[:-1]:
        place = place[key] if isinstance(place.get(key), dict) else place
    place[way[-1]] = value
    contents[file] = yaml.safe_dump(data, allow_unicode=True)

    assert_knowledge_or_faults(folder(tmp_path_factory, *(contents[file].encode() for file in FILES)))


def assert_knowledge_or_faults(directory: Path) -> None:
    try:
        load_knowledge(directory)
    except KnowledgeError as error:
        assert error.faults
        for fault in error.faults:
            content = (directory / fault.file).read_bytes()
            assert 1 <= fault.line <= max(1, len(content.splitlines()))
            assert fault.problem
            assert fault.remedy
            assert str(fault).isprintable()


def test_the_shipped_knowledge_is_the_default() -> None:
    assert load_knowledge() == load_knowledge(shipped_knowledge)
