"""Read the questions and answers in a table, as spreadsheets export it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

from bot.authoring.importing.collected import Collected, Item, NothingFound
from bot.authoring.importing.columns import ANSWER, GROUP, ID, QUESTION, WORDINGS, role_of
from bot.authoring.importing.discord_text import from_cell, plain_cell
from bot.knowledge.faults import shown

DELIMITERS = ",;\t|"
SAMPLE_ROWS = 20
MAX_SHOWN_COLUMNS = 8
_IS_NEEDED = {QUESTION, ANSWER}
_SEPARATOR_LINE = re.compile(r"\A\s*sep=.\n", re.IGNORECASE)  # which Excel writes
Row = tuple[int, list[str]]  # the number of its first line, and its cells


def read_table(text: str, name: str) -> Collected:
    """Return the questions of a CSV or TSV file, whatever separates its columns.

    Raises:
        NothingFound: It has no columns of questions and answers, or isn't such a file.
    """
    text = _SEPARATOR_LINE.sub("", text, count=1)
    try:
        delimiter = max(DELIMITERS, key=lambda each: _fitness(text, each))
        rows = [*_rows(text, delimiter)]
    except csv.Error:
        raise NothingFound(f"{name} can't be read as a table. Look for a quote that isn't closed.") from None
    if not rows:
        raise NothingFound(f"{name} is empty.")
    head, body = rows[0], rows[1:]
    roles = [role_of(cell) for cell in head[1]]
    if not _IS_NEEDED.issubset(roles):
        if not (len(head[1]) == len(_IS_NEEDED) and head[1][0].strip().endswith("?")):
            named = ", ".join(cell.strip() or "(no name)" for cell in head[1][:MAX_SHOWN_COLUMNS])
            raise NothingFound(
                f"{name} needs a column named question and one named answer. Its first line has: {shown(named, 200)}."
            )
        roles, body = [QUESTION, ANSWER], rows
    places = {role: roles.index(role) for role in (QUESTION, ANSWER, WORDINGS, ID, GROUP) if role in roles}
    collected = Collected()
    for line, cells in body:
        found = {role: cells[place].strip() if place < len(cells) else "" for role, place in places.items()}
        _add(collected, line, found)
    return collected


def _add(collected: Collected, line: int, found: dict[frozenset[str], str]) -> None:
    def warn(problem: str) -> None:
        collected.warnings.append(f"line {line}: {problem}")

    questions = [plain_cell(each) for each in found[QUESTION].splitlines() if each.strip()]
    answer = from_cell(found[ANSWER], warn)
    if not questions or not answer:
        warn(f"The row has no {'answer' if questions else 'question'}, so it was left out.")
        return
    wordings = [plain_cell(each) for each in re.split(r"[\n|]", found.get(WORDINGS, "")) if each.strip()]
    collected.add(
        Item(
            questions[0],
            answer,
            f"line {line}",
            wordings=[*questions[1:], *wordings],
            id=found.get(ID, ""),
            group=plain_cell(found.get(GROUP, "")),
        )
    )


def _fitness(text: str, delimiter: str) -> tuple[bool, int]:
    """Return how well a text is parted by a delimiter: into columns with known names, or into many equal rows."""
    rows = [cells for _, cells in islice(_rows(text, delimiter), SAMPLE_ROWS)]
    equal = [cells for cells in rows if len(cells) == len(rows[0]) > 1]
    return _IS_NEEDED.issubset(map(role_of, rows[0] if rows else ())), len(equal)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1
