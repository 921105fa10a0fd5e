from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.yaml_additions import CannotAdd, Instead, with_additions
from bot.authoring.yaml_writing import Value, key, pair, scalar
from bot.knowledge.yaml_document import read_document


def yaml_text(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


FAQ = yaml_text("""
    # Our club. Edit with care.
    name:   "Riverside"   # spaces as they were

    entries:
      join:
        question: How do I join?
        phrasings:
          - How do I join?
          - 'where do I sign up'   # asked twice
          # - is there a form
        answer: |-
          Come to a meeting.

          # not a comment

      dues:
        question: What does it cost?
        answer: >-
          Thirty
          pounds.
        # Nothing to add here yet.
    off_topic: {}
    """)


def untouched(before: str, after: str) -> bool:
    """Return whether each line from before is still there, in the same order."""
    lines = iter(after.splitlines())
    return all(line in lines for line in before.splitlines())


def test_an_item_is_added_below_the_last_one_and_every_other_line_stays() -> None:
    added = with_additions(FAQ, {"entries": {"join": {"phrasings": ["sign me up", "no"]}}})

    assert added == FAQ.replace("# asked twice\n", '# asked twice\n      - sign me up\n      - "no"\n')


def test_a_missing_list_comes_at_the_end_of_its_entry() -> None:
    added = with_additions(FAQ, {"entries": {"join": {"not": ["may I leave"]}, "dues": {"phrasings": ["the fee"]}}})

    assert "      # not a comment\n    not:\n      - may I leave\n\n  dues:" in added
    assert "      pounds.\n    phrasings:\n      - the fee\n    # Nothing to add here yet.\n" in added
    assert untouched(FAQ, added)


def test_a_new_part_is_set_apart_by_a_blank_line_where_its_neighbors_are() -> None:
    added = with_additions(FAQ, {"entries": {"leave": {"question": "How do I leave?"}}})

    assert "    # Nothing to add here yet.\n\n  leave:\n    question: How do I leave?\noff_topic: {}\n" in added


def test_empty_brackets_become_a_list_or_a_mapping_with_a_line_for_each_item() -> None:
    added = with_additions(FAQ, {"off_topic": {"leaving": {"name": "leaving", "phrasings": ["may I leave"]}}})

    assert added.endswith("off_topic:\n  leaving:\n    name: leaving\n    phrasings:\n      - may I leave\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: [x, y]\n", 'a: [x, y,\n  "z",\n  "é: 1"]\n'),
        ("a: [\n  x,\n  y,\n]  # both\n", 'a: [\n  x,\n  y,\n  "z",\n  "é: 1",\n]  # both\n'),
        ("a: []\n", 'a:\n  - z\n  - "é: 1"\n'),
        ("a:\n- x\n", 'a:\n- x\n- z\n- "é: 1"\n'),
        ("a:\n    - x\n# end\n", 'a:\n    - x\n    - z\n    - "é: 1"\n# end\n'),
        ("a:\n  - |-\n    x\n\n    y\n\nb: c\n", 'a:\n  - |-\n    x\n\n    y\n  - z\n  - "é: 1"\n\nb: c\n'),
        ("a:\n  - x", 'a:\n  - x\n  - z\n  - "é: 1"\n'),
        ("b: c", 'b: c\na:\n  - z\n  - "é: 1"\n'),
        ("{a: [x], b: c}\n", '{a: [x,\n  "z",\n  "é: 1"], b: c}\n'),
        ("{b: c}\n", '{b: c,\n  a: ["z", "é: 1"]}\n'),
    ],
)
def test_a_list_grows_in_whatever_style_it_is_written(before: str, after: str) -> None:
    assert with_additions(before, {"a": ["z", "é: 1"]}) == after


def test_the_line_breaks_of_windows_stay() -> None:
    added = with_additions("a:\r\n  - x\r\nb: c\r\n", {"a": ["y"]})

    assert added == "a:\r\n  - x\r\n  - y\r\nb: c\r\n"


@pytest.mark.parametrize("text", ["a: text\n", "a: {b: c}\n", "- a\n", "a:\n"])
def test_what_cannot_grow_is_refused(text: str) -> None:
    with pytest.raises(CannotAdd):
        with_additions(text, {"a": ["x"]})


@pytest.mark.parametrize("file", ["faq.yaml", "phrasings.yaml"])
def test_the_shipped_files_keep_every_line(file: str) -> None:
    path = Path(__file__).parents[3] / "knowledge" / file
    before = path.read_text(encoding="utf-8")
    top = "entries" if "entries" in yaml.safe_load(before) else "phrasings"
    ids = [*yaml.safe_load(before)[top]]
    added: dict[str, Value] = {id_: ["one more"] if top == "phrasings" else {"not": ["one more"]} for id_ in ids}

    after = with_additions(before, {top: added})

    assert untouched(before, after)
    assert len(after.splitlines()) >= len(before.splitlines()) + len(ids)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cn", "Co"]), min_size=1))
def test_text_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    written = tmp_path_factory.mktemp("written") / "faq.yaml"
    text = text.strip() or "x"
    written.write_text(f"a: {scalar(text)}\nb:\n  - {scalar(text)}\n", encoding="utf-8")

    document = read_document(written)

    assert document.faults == ()
    assert document.data == {"a": text, "b": [text]}


@pytest.mark.parametrize(
    "text", ["no", "2026-11-22", "12:30", "~", "1e3", "- a", "a # b", "a: b", "“hi”", "Null", "a,"]
)
def test_text_that_means_something_else_to_yaml_is_quoted(text: str) -> None:
    assert scalar(text).startswith('"')


@pytest.mark.parametrize("text", ["How do I join?", "what's the fee, for students", "café", "C++ or C"])
def test_plain_text_has_no_quotes(text: str) -> None:
    assert scalar(text) == text


def test_text_of_several_lines_is_written_as_it_reads() -> None:
    lines = [*pair("answer", "One.\n\n- two: 2\n  - three", indentation=2)]

    assert lines == ["  answer: |-", "    One.", "", "    - two: 2", "      - three"]
    assert yaml.safe_load("\n".join(lines)) == {"answer": "One.\n\n- two: 2\n  - three"}


@pytest.mark.parametrize("name", ["no", "2026", "on"])
def test_a_key_is_read_as_text(name: str) -> None:
    assert yaml.safe_load(f"{key(name)}: x") == {name: "x"}


def test_a_value_is_replaced_and_nothing_else_changes() -> None:
    text = (
        "a:\n  one: 1st  # kept\n  # about two\n  two:\n    - x\n    - |-\n      long\n"
        "\n  # about three\n  three: 3rd\n"
    )
    instead = Instead({"of": "it", "list": ["y", "z: 1"]})

    assert with_additions(text, {"a": {"two": instead}}) == (
        "a:\n  one: 1st  # kept\n  # about two\n  two:\n    of: it\n    list:\n      - y\n"
        '      - "z: 1"\n\n  # about three\n  three: 3rd\n'
    )


def test_a_value_that_is_not_there_yet_is_added() -> None:
    assert (
        with_additions("a:\n  one: first\n", {"a": {"two": Instead("second")}}) == "a:\n  one: first\n  two: second\n"
    )


def test_a_value_in_brackets_is_not_replaced() -> None:
    with pytest.raises(CannotAdd):
        with_additions("a: {one: two}\n", {"a": {"one": Instead("three")}})
