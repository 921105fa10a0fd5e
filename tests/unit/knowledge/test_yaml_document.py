from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.faults import MAX_SHOWN, Fault, UnreadableError, shown
from bot.knowledge.file_content import MAX_FILE_SIZE
from bot.knowledge.yaml_document import Document, Unusable, read_document
from bot.knowledge.yaml_errors import MAX_NESTING


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.yaml"


def read(path: Path, content: str | bytes) -> Document:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_document(path)


def faults_of(path: Path, content: str | bytes) -> tuple[Fault, ...]:
    """Return what is wrong with a file, whether or not it could be read to its end."""
    try:
        return read(path, content).faults
    except UnreadableError as error:
        return error.faults


def only_fault(path: Path, content: str | bytes) -> Fault:
    (fault,) = faults_of(path, content)
    assert fault.file == path.name
    assert fault.remedy
    return fault


def test_text_dates_booleans_lists_and_mappings_are_read(path: Path) -> None:
    document = read(path, 'a: text\nb: 2026-11-22\nc: yes\nd: [x, "010"]\ne: {f: Off}\ng:\n')

    assert document.data == {
        "a": "text",
        "b": date(2026, 11, 22),
        "c": True,
        "d": ["x", "010"],
        "e": {"f": False},
        "g": None,
    }
    assert document.faults == ()


def test_each_value_has_the_line_of_its_key_and_each_item_its_own(path: Path) -> None:
    document = read(path, "# a comment\na:\n  - x\n\n  - |-\n    y\nb:\n  c: >-\n    z\n")

    assert document.lines == {(): 2, ("a",): 2, ("a", 0): 3, ("a", 1): 5, ("b",): 7, ("b", "c"): 8}


def test_what_has_no_line_has_the_line_of_what_is_around_it(path: Path) -> None:
    document = read(path, "a: x\nb:\n  c: y\n")

    assert document.line(("b", "missing", 3)) == 2
    assert document.line(("missing",)) == 1


def test_the_line_is_the_same_with_the_line_breaks_of_windows(path: Path) -> None:
    assert read(path, "a: x\r\nb:\r\n  - y\r\n").lines[("b", 0)] == 3


def test_a_byte_order_mark_is_no_part_of_the_text(path: Path) -> None:
    assert read(path, b"\xef\xbb\xbfa: x\n").data == {"a": "x"}


def test_a_file_of_the_largest_size_is_read(path: Path) -> None:
    content = "a: " + "x" * (MAX_FILE_SIZE - 3)

    assert read(path, content).data == {"a": "x" * (MAX_FILE_SIZE - 3)}


def test_the_digest_changes_with_the_file(path: Path) -> None:
    assert read(path, "a: x").digest == read(path, "a: x").digest
    assert read(path, "a: x").digest != read(path, "a: x ").digest


@pytest.mark.parametrize(
    "written",
    ["010", "12:30", "7", "1.5", ".inf", "-.inf", ".nan", "0x1F", "1_000", "1:2:3", "2026-11-22T10:00:00Z", "="],
)
def test_an_unquoted_value_that_is_a_number_or_a_time_is_no_text(path: Path, written: str) -> None:
    document = read(path, f"a:\n  - {written}\n")

    assert document.data == {"a": [Unusable.NOT_TEXT]}
    assert document.written[("a", 0)] == written


@pytest.mark.parametrize("written", ["2026-13-45", "2026-02-30", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_no_date(path: Path, written: str) -> None:
    assert read(path, f"a: {written}").data == {"a": Unusable.NOT_TEXT}


@pytest.mark.parametrize("written", ["NO", "no", "010", "12:30", "2026-11-22", ".nan", "true"])
def test_below_an_unquoted_key_that_is_not_text_reading_goes_on(path: Path, written: str) -> None:
    document = read(path, f"a: x\nb:\n  {written}: [y]\n")

    (fault,) = document.faults
    assert fault.line == 3
    assert written in fault.problem
    assert fault.remedy == f'Put it in quotes: "{written}"'
    assert document.data == {"a": "x", "b": {written: ["y"]}}


def test_a_key_that_is_empty_is_a_fault(path: Path) -> None:
    fault = only_fault(path, "a: x\n? \n: y\n")

    assert (fault.line, fault.problem) == (2, "A key is empty.")


def test_a_key_that_is_a_list_is_a_fault(path: Path) -> None:
    fault = only_fault(path, "a: x\n? [b, c]\n: y\n")

    assert (fault.line, fault.problem) == (2, "A list or mapping can't be a key.")


def test_merging_is_refused(path: Path) -> None:
    fault = only_fault(path, "a: x\n<<: {b: y}\n")

    assert fault.line == 2
    assert "<<" in fault.problem


@pytest.mark.parametrize(
    ("content", "first", "second"),
    [
        ("a: x\nb: y\na: z\n", 1, 3),
        ("a:\n  b: x\n  c: y\n  b: z\n", 2, 4),
        ("a:\n  - b: x\n    c: y\n    b: z\n", 2, 4),
        ('a:\n  "b": x\n  b: z\n', 2, 3),
        ("a: {b: x,\n b: z}\n", 1, 2),
    ],
)
def test_a_key_that_stands_twice_is_a_fault_at_every_level(path: Path, content: str, first: int, second: int) -> None:
    fault = only_fault(path, content)

    assert fault.line == second
    assert f"already on line {first}" in fault.problem


def test_a_key_may_stand_again_in_another_mapping(path: Path) -> None:
    assert read(path, "a: {x: y}\nb: {x: y}\n").faults == ()


def test_an_anchor_and_its_aliases_are_refused_each_in_its_line(path: Path) -> None:
    faults = faults_of(path, "a: &note text\nb: *note\nc:\n  - *note\n")

    assert [(fault.line, fault.problem) for fault in faults] == [
        (1, "The anchor &note isn't allowed."),
        (2, "The alias *note isn't allowed."),
        (3 + 1, "The alias *note isn't allowed."),
    ]
    assert all("quotes" in fault.remedy for fault in faults)


def test_an_alias_without_an_anchor_is_refused_once(path: Path) -> None:
    fault = only_fault(path, "a: x\nb: *note\n")

    assert (fault.line, fault.problem) == (2, "The alias *note isn't allowed.")


def test_an_anchor_that_contains_itself_ends(path: Path) -> None:
    document = read(path, "a: &a [*a]\n")

    assert document.data == {"a": [Unusable.REFUSED]}
    assert len(document.faults) == 2


def test_a_few_lines_of_aliases_do_not_grow_into_gigabytes(path: Path) -> None:
    content = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 12):
        content += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n"

    document = read(path, content)

    assert len(document.lines) < 200
    assert {fault.line for fault in document.faults} == set(range(1, 13))


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("!!python/object/apply:os.system [echo]", "!!python/object/apply:os.system"),
        ("!!python/name:os.system", "!!python/name:os.system"),
        ("!!str 010", "!!str"),
        ("!!binary aGk=", "!!binary"),
        ("!!set {x}", "!!set"),
        ("!mine x", "!mine"),
        ("!important", "!important"),
        ("! x", "!"),
    ],
)
def test_a_tag_is_refused(path: Path, value: str, tag: str) -> None:
    document = read(path, f"a: x\nb: {value}\n")

    (fault,) = document.faults
    assert (fault.line, fault.problem) == (2, f"The tag {tag} isn't allowed.")
    assert fault.remedy
    assert document.data == {"a": "x", "b": Unusable.REFUSED}


def test_an_anchor_with_a_tag_is_two_faults(path: Path) -> None:
    assert [fault.line for fault in faults_of(path, "a: &b !c x\n")] == [1, 1]


@pytest.mark.parametrize(
    ("content", "line", "unread"),
    [
        ("a: Ask in the channel #fees on our server.\n", 1, "#fees on our server"),
        ("a: x\nb:\n  - is it in #fees\n", 3, "#fees"),
        ("a: x\nb: It is told\n  in the channel #fees\nc: y\n", 3, "#fees"),
        ("a: #fees is where to ask\n", 1, "#fees is where to ask"),
        ("a: [x, y #z\n  ]\n", 1, "#z"),
        ("a: x\t# y\r\n", 1, "# y"),
    ],
)
def test_text_that_a_comment_cuts_off_is_a_fault_that_says_what_is_not_read(
    path: Path, content: str, line: int, unread: str
) -> None:
    fault = only_fault(path, content)

    assert fault.line == line
    assert fault.problem == f"Everything after # on this line is a comment, so the bot ignores: {unread}."
    assert fault.remedy == "Put the text in quotes, or move the comment to its own line."


def test_text_that_is_cut_off_before_a_syntax_error_is_told_with_it(path: Path) -> None:
    first, _ = faults_of(path, "a: Ask in the channel #fees\n  on our server.\nb: c\n")

    assert first.problem.endswith("so the bot ignores: #fees.")


@pytest.mark.parametrize(
    "content",
    [
        'a: "Ask in #fees"\n',
        'a: "x" # a comment\n',
        "# a comment\na: x\n# another\nb: y\n",
        "a: # a comment\n  b: x\n",
        "a: # a comment\n  - x\n",
        "a: >- # a comment\n  Ask in #fees\n",
        "a: 2026-11-22 # checked by Ada\n",
        "a: true # a comment\n",
        "a: [x, y] # a comment\n",
        "a: C# and <#123>\n",
    ],
)
def test_a_comment_that_cuts_no_text_off_is_let_pass(path: Path, content: str) -> None:
    assert read(path, content).faults == ()


@pytest.mark.parametrize("value", ["“x: y”", "“x y”", "„x y”", "“see #fees”", "“x: y"])
def test_curly_quotes_are_named(path: Path, value: str) -> None:
    fault = only_fault(path, f"a: x\nb: {value}\n")

    assert (fault.line, fault.problem) == (2, "YAML doesn't understand curly quotes.")
    assert fault.remedy == 'Use straight ones: ".'


def test_an_item_that_yaml_joins_to_the_one_above_is_a_fault(path: Path) -> None:
    fault = only_fault(path, "a:\n  - x\n   - y\n  - z\n")

    assert (fault.line, fault.problem) == (
        3,
        "YAML reads this line as the end of the one above, not as an item of its own.",
    )


def test_faults_of_every_kind_are_told_in_one_go(path: Path) -> None:
    content = "a: &x y\nb: *x\nc: !t z\nd: 1\nd: 2\nNO: 3\n"

    assert [fault.line for fault in faults_of(path, content)] == [1, 2, 3, 5, 6]


def test_faults_before_a_syntax_error_are_told_with_it(path: Path) -> None:
    assert [fault.line for fault in faults_of(path, "a: &x y\nb: !t z\nc: 'd: e\n")] == [1, 2, 3]


def test_nesting_is_allowed_up_to_its_limit(path: Path) -> None:
    assert read(path, "[" * MAX_NESTING + "]" * MAX_NESTING).faults == ()


def test_a_fault_is_shown_as_file_line_problem_and_remedy() -> None:
    assert str(Fault("faq.yaml", 7, "This is wrong.", "Do that.")) == "faq.yaml:7: This is wrong. Do that."


@given(st.text())
def test_what_a_message_quotes_is_printable_and_short(text: str) -> None:
    quoted = shown(text)

    assert quoted.isprintable()
    assert len(quoted) <= MAX_SHOWN + 1
    assert quoted == text or len(text) > MAX_SHOWN or not text.isprintable()


VISIBLE = st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="“”„")
PLAIN = st.text(VISIBLE, min_size=1, max_size=30)
VALUES = st.recursive(
    PLAIN | st.booleans() | st.dates() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES.filter(lambda value: value is not None))
def test_what_yaml_writes_is_read_back_the_same(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.mktemp("written", numbered=True) / "some.yaml"

    document = read(path, yaml.safe_dump(value, allow_unicode=True))

    assert document.data == value
    assert document.faults == ()
