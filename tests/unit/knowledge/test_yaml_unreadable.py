from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.faults import Fault, UnreadableError
from bot.knowledge.file_content import MAX_FILE_SIZE
from bot.knowledge.yaml_document import read_document
from bot.knowledge.yaml_errors import MAX_NESTING


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.yaml"


def faults_of(path: Path, content: str | bytes) -> tuple[Fault, ...]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UnreadableError) as caught:
        read_document(path)
    return caught.value.faults


def only_fault(path: Path, content: str | bytes) -> Fault:
    (fault,) = faults_of(path, content)
    assert fault.file == path.name
    assert fault.remedy
    return fault


@pytest.mark.parametrize(
    "content",
    [
        "a:\n  " + "[" * MAX_NESTING + "]" * MAX_NESTING,
        "a:\n  " + "[" * 5000,
        "a:\n  " + "{" * 5000,
        "a:\n  " + "[" * 5000 + "]" * 5000,
        "a:\n  " + "{x: " * 5000,
        "a:\n  " + "- " * 5000 + "x",
        "a:\n  " + "? " * 5000 + "x",
    ],
)
def test_nesting_beyond_its_limit_is_refused(path: Path, content: str) -> None:
    fault = only_fault(path, content)

    assert fault.line == 2
    assert "20 levels" in fault.problem


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param("a: x\nb: @y\n", 2, id="an at sign in front"),
        pytest.param("a: x\nb: `y`\n", 2, id="a backtick in front"),
        pytest.param("a: x\nb: *y*\n", 2, id="Markdown in front"),
        pytest.param('a: x\nb: "\\ud800"\n', 2, id="half a character"),
        pytest.param("%YAML 7.0\n---\na: x\n", 1, id="a YAML of the future"),
        pytest.param("{", 1, id="a brace and nothing else"),
    ],
)
def test_a_syntax_error_is_told_with_its_line(path: Path, content: str, line: int) -> None:
    fault = only_fault(path, content)

    assert fault.line == line
    assert fault.problem.startswith("This isn't valid YAML: ")
    assert "quote" in fault.remedy


@pytest.mark.parametrize(
    ("content", "start", "end"),
    [
        pytest.param("a: x\nb: [y,\n  z\n", "[", "]", id="a list at the end"),
        pytest.param("a: x\nb: [y, z\nc: d\n", "[", "]", id="a list before another key"),
        pytest.param("a: x\nb: ['y' 'z']\n", "[", "]", id="a list without a comma"),
        pytest.param("a: x\nb: {y: z\n", "{", "}", id="a mapping at the end"),
    ],
)
def test_a_bracket_that_is_not_closed_is_reported_where_it_opens(
    path: Path, content: str, start: str, end: str
) -> None:
    fault = only_fault(path, content)

    assert (fault.line, fault.problem) == (2, f"A {end} or a comma is missing after the {start} on this line.")
    assert fault.remedy == f"Add it, or put text that starts with {start} in quotes."


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param("a: x\nb\nc: y\n", 2, id="a key without a colon"),
        pytest.param("a: x\nb: y: z\n", 2, id="two colons"),
        pytest.param("a: x\n b: y\n", 2, id="too many spaces"),
        pytest.param("a:\n  - x\n b: y\n", 3, id="too few spaces"),
        pytest.param("a:\n  - x\n - y\n", 3, id="an item with too few spaces"),
        pytest.param("a: x\nb: 'y' z\n", 2, id="text after a quote"),
    ],
)
def test_a_line_that_does_not_fit_is_told_in_plain_words_and_the_parsers(path: Path, content: str, line: int) -> None:
    fault = only_fault(path, content)

    assert fault.line == line
    assert re.fullmatch(r"This line or the one above doesn't fit the lines around it \(.+\)\.", fault.problem)
    assert fault.remedy == (
        "Compare its indentation with its neighbors', then look for a missing quote, colon or space."
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param('a: x\nb: "y\nc: z\n', 2, id="to the end of the file"),
        pytest.param("a: x\n'", 2, id="and nothing else"),
        pytest.param('a: x\nb: "y\nc: "z"\n', 2, id="to the next one"),
        pytest.param('a:\n  - "x\n  - y\n  - "z"\n', 2, id="over several items"),
        pytest.param("b: 'y\nc: it's\nd: e\n", 1, id="to an apostrophe"),
    ],
)
def test_a_quote_that_is_not_closed_is_told_where_it_begins(path: Path, content: str, line: int) -> None:
    fault = only_fault(path, content)

    assert (fault.line, fault.problem) == (
        line,
        "The quote opened on this line isn't closed.",
    )


def test_a_conflict_of_git_is_told_once_each_and_nothing_else(path: Path) -> None:
    conflict = "<<<<<<< HEAD\nb: y\n=======\nb: z\n>>>>>>> theirs\n"
    faults = faults_of(path, f"a: x\n{conflict}c: *x\n{conflict}")

    assert [(fault.line, fault.problem) for fault in faults] == [
        (2, "There's an unresolved Git conflict here."),
        (8, "There's an unresolved Git conflict here."),
    ]
    assert "Keep one of the two versions" in faults[0].remedy


@pytest.mark.parametrize("content", ["a: x\n\tb: y\n", "a:\n\t- x\n"])
def test_a_tab_in_front_of_a_line_is_named(path: Path, content: str) -> None:
    fault = only_fault(path, content)

    assert (fault.line, fault.problem) == (2, "There's a tab at the start of this line.")


def test_text_right_after_a_marker_is_told(path: Path) -> None:
    fault = only_fault(path, "a: x\nb: >- y\n")

    assert (fault.line, fault.problem) == (2, "The text has to start on the next line.")


def test_a_second_document_is_refused_where_it_begins(path: Path) -> None:
    fault = only_fault(path, "---\na: x\n---\nb: y\n")

    assert (fault.line, fault.problem) == (3, "A second document starts here.")
    assert "---" in fault.remedy


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing but a comment\n", "\ufeff"])
def test_an_empty_file_is_refused(path: Path, content: str) -> None:
    fault = only_fault(path, content)

    assert (fault.line, fault.problem) == (1, "The file is empty.")


def test_a_missing_file_is_refused(path: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_document(path)

    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.problem) == ("some.yaml", 1, "The file is missing.")
    assert str(path.parent) in fault.remedy


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path)], ids=["a folder", "an endless link"])
def test_what_is_no_file_is_refused(path: Path, make: Any) -> None:
    make(path)

    with pytest.raises(UnreadableError) as caught:
        read_document(path)

    (fault,) = caught.value.faults
    assert "can't be read" in fault.problem
    assert str(path) in fault.remedy


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes among its files")
def test_a_pipe_is_refused_without_waiting_for_somebody_to_write(path: Path) -> None:
    os.mkfifo(path)

    with pytest.raises(UnreadableError, match=r"The file can't be read: it isn't a regular file\."):
        read_document(path)


@pytest.mark.parametrize("name", ["some.yml", "some.yaml.txt", "Some.yaml"])
def test_a_file_by_nearly_the_name_of_a_missing_one_is_to_be_renamed(path: Path, name: str) -> None:
    path.with_name(name).touch()

    with pytest.raises(UnreadableError) as caught:
        read_document(path)

    (fault,) = caught.value.faults
    assert (fault.problem, fault.remedy) == ("The file is missing.", f"Rename {name} to some.yaml.")


def test_a_file_below_a_file_is_refused(path: Path) -> None:
    path.touch()

    with pytest.raises(UnreadableError, match="can't be read"):
        read_document(path / "some.yaml")


def test_a_path_that_no_system_has_is_refused() -> None:
    with pytest.raises(UnreadableError, match="can't be read"):
        read_document(Path("a\0b"))


def test_a_file_beyond_the_largest_size_is_refused(path: Path) -> None:
    fault = only_fault(path, "a: " + "x" * (MAX_FILE_SIZE - 2))

    assert "1 MiB" in fault.problem


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a: x\nb: caf\xe9\n", 2),
        (b"a: x\r\nb: y\r\nc: \xff", 3),
        ("a: x".encode("utf-16"), 1),
        (b"\xed\xa0\x80", 1),
    ],
)
def test_a_file_that_is_not_utf_8_is_refused_with_the_line(path: Path, content: bytes, line: int) -> None:
    fault = only_fault(path, content)

    assert (fault.line, fault.problem) == (line, "The file isn't UTF-8.")
    assert "UTF-8" in fault.remedy


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ufffe"])
def test_invisible_characters_are_refused_each_with_its_line(path: Path, character: str) -> None:
    faults = faults_of(path, f"a: caf\u00e9 \U0001f499\nb: x{character}y\nc: z\n# {character}\n")

    assert [fault.line for fault in faults] == [2, 4]
    assert all(f"U+{ord(character):04X}" in fault.problem for fault in faults)
    assert {fault.remedy for fault in faults} == {"Delete it."}


def test_a_byte_order_mark_amid_the_text_is_named(path: Path) -> None:
    fault = only_fault(path, "a: x\n\ufeffb: y\n")

    assert fault.line == 2
    assert "U+FEFF" in fault.problem
