"""Slips of the keyboard in YAML: which small change makes a line what it was meant to be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from rapidfuzz import fuzz, process

from bot.knowledge.faults import shown

MIN_LIKENESS = 70  # of a misspelled key and the one that is meant, of 100
MAX_LINES_ABOVE = 5  # that a line of a text is traced back over

_ITEM = re.compile(r" *- ")
_SQUEEZED_ITEM = re.compile(r"( *)-(?=[^\s-])(.*)")
_SQUEEZED_KEY = re.compile(r"( *)([A-Za-z_][\w-]*):(?=[^\s:/])(.*)")
_WORD = re.compile(r"( *)([\w-]+)\s*")
_WORD_AND_TEXT = re.compile(r"( *)([\w-]+) +(\S.*)")
_KEY = re.compile(r"( *)([\w-]+)(\s*:(?:\s.*)?)")
_LONG_TEXT = re.compile(r" *(answer|text):\s*")
_BEFORE_TEXT = (re.compile(r" *- +"), re.compile(r" *[\w-]+: +"))
_COLON = re.compile(r":(?:\s|$)")
_BLOCK_START = re.compile(r"[|>][-+\d]*(?:\s|$)")
_IN_QUOTES = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*""")
_NEEDS_QUOTES = set("@`%&*![{'\"|>-?#")  # if text starts with it


@dataclass(frozen=True, slots=True)
class Slip:
    """What may be wrong with a line, what to do about it, and the file's text once it's done. Lines count from 1.

    `is_shift` tells that the line only moves sideways, `is_key` that it has one of the format's keys, which it must
    keep, and `start` where the edit starts, if that is a line above.
    """

    line: int
    problem: str
    remedy: str
    mended: str
    is_shift: bool = False
    is_key: bool = False
    start: int | None = None

    @property
    def edited_line(self) -> int:
        """The first line that `mended` changes."""
        return self.start or self.line


def slips_near(text: str, near: Iterable[int], names: Collection[str]) -> Iterator[Slip]:
    """Yield what may be wrong with lines and the ones they depend on, the likeliest first.

    `names` are the keys that the file's format has.
    """
    page = _Page(text.split("\n"))
    numbers = [*dict.fromkeys(number for line in near for number in page.around(line - 1))]
    for find in (_squeezed, _unquoted, _unmarked):
        for number in numbers:
            yield from find(page, number)
    for number in numbers:
        yield from _without_colon(page, number, names)
    for number in numbers:
        yield from _misspelled(page, number, names)
    shifts = [shift for number in numbers for shift in _shifts(page, number, names)]
    yield from (slip for _, slip in sorted(shifts, key=itemgetter(0)))
    for number in numbers:
        yield from _unquoted_lines(page, number)


class _Page:
    """The lines of a file, counted from 0 like all numbers here."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    def around(self, number: int) -> Iterator[int]:
        """Yield a line, its neighbors, the lines above that it belongs to, and the first line that belongs to each."""
        if not 0 <= number < len(self.lines):
            return
        yield number
        yield from self.neighbors(number)
        least = self.indent(number)
        for above in range(number - 1, -1, -1):
            if self._has_content(above) and self.indent(above) < least:
                least = self.indent(above)
                yield above
                yield from self._next(above, 1)
        yield from self._next(-1, 1)

    def neighbors(self, number: int) -> tuple[int, ...]:
        """Return the nearest lines above and below that aren't empty or a comment."""
        return (*self._next(number, -1), *self._next(number, 1))

    def indent(self, number: int) -> int:
        """Return how many spaces a line starts with."""
        return len(self.lines[number]) - len(self.lines[number].lstrip(" "))

    def below(self, number: int) -> Sequence[str]:
        """Return the lines right below with more spaces in front, to the first empty one."""
        end = number + 1
        while end < len(self.lines) and self.lines[end].strip() and self.indent(end) > self.indent(number):
            end += 1
        return self.lines[number + 1 : end]

    def mended(self, number: int, *lines: str) -> str:
        """Return the text with these lines in the place of as many."""
        return "\n".join([*self.lines[:number], *lines, *self.lines[number + len(lines) :]])

    def _next(self, number: int, step: int) -> tuple[int, ...]:
        while 0 <= (number := number + step) < len(self.lines):
            if self._has_content(number):
                return (number,)
        return ()

    def _has_content(self, number: int) -> bool:
        return bool(self.lines[number].strip()) and not self.lines[number].lstrip().startswith("#")


def _squeezed(page: _Page, number: int) -> Iterator[Slip]:
    """Find hyphens and colons without a space after them."""
    line, indent = page.lines[number], " " * page.indent(number)
    if item := _SQUEEZED_ITEM.fullmatch(line):
        items = [item]
        while number + len(items) < len(page.lines):
            below = _SQUEEZED_ITEM.fullmatch(page.lines[number + len(items)])
            if not below or below[1] != item[1]:
                break
            items.append(below)
        problem = "There's no space after the hyphen."
        remedy = _add(f"- {item[2]}")
        if len(items) > 1:
            remedy += f" Do the same on the next {'line' if len(items) == 2 else f'{len(items) - 1} lines'}."  # noqa: PLR2004
        yield Slip(number + 1, problem, remedy, page.mended(number, *(f"{indent}- {each[2]}" for each in items)))
    if key := _SQUEEZED_KEY.fullmatch(line):
        problem = "There's no space after the colon."
        mended = f"{key[2]}: {key[3]}"
        yield Slip(number + 1, problem, _add(mended), page.mended(number, indent + mended))


def _unquoted(page: _Page, number: int) -> Iterator[Slip]:
    """Find text on one line that YAML takes for something else."""
    line = page.lines[number]
    for before in filter(None, (pattern.match(line) for pattern in _BEFORE_TEXT)):
        yield from _quoted(page, number, before.group(), [line[before.end() :]])


def _unquoted_lines(page: _Page, number: int) -> Iterator[Slip]:
    """Find text of several lines that YAML takes for something else."""
    for first in range(number, max(-1, number - MAX_LINES_ABOVE), -1):
        line, below = page.lines[first], page.below(first)
        if not line.strip():
            return
        if not below or number > first + len(below):
            continue
        for before in filter(None, (pattern.match(line) for pattern in _BEFORE_TEXT)):
            yield from _quoted(page, first, before.group(), [line[before.end() :], *below])
        if key := _LONG_TEXT.fullmatch(line):
            yield _unmarked_text(page, first, key[1], _colon(below))


def _unmarked_text(page: _Page, number: int, key: str, colon_at: int | None) -> Slip:
    """Mark the lines below a key as text."""
    mended = page.mended(number, f"{page.lines[number].rstrip()} |-")
    if colon_at is None:
        problem = "The lines below this one aren't read as text."
        return Slip(number + 1, problem, f"If that's what they are, write {key}: |- here.", mended)
    problem = "There's a colon in text without quotes."
    remedy = f"Put all of the text in quotes, or write {key}: |- above it."
    return Slip(number + 2 + colon_at, problem, remedy, mended, start=number + 1)


def _quoted(page: _Page, first: int, before: str, texts: Sequence[str]) -> Iterator[Slip]:
    """Put quotes around text that starts after a key or a hyphen and may go on over more lines."""
    start, at = texts[0][:1], _colon(texts)
    is_open = start in {"'", '"'} and texts[0].count(start) == 1
    is_marked = _BLOCK_START.match(texts[0]) or _IN_QUOTES.fullmatch(texts[0])
    if not start or is_open or is_marked or (at is None and start not in _NEEDS_QUOTES):
        return
    problem = "There's a colon in text without quotes."
    if at is None:
        problem = f"Text that starts with {start} needs quotes."
    quote = "'" if any('"' in text or "\\" in text for text in texts) else '"'
    inside = [text.rstrip().replace("'", "''") if quote == "'" else text.rstrip() for text in texts]
    remedy = f"Put it in quotes: {quote}{shown(inside[0])}{quote}"
    if len(texts) > 1:
        remedy = "Put all of the text in quotes."
    inside[0] = before + quote + inside[0]
    inside[-1] += quote
    yield Slip(first + 1 + (at or 0), problem, remedy, page.mended(first, *inside), start=first + 1)


def _colon(texts: Sequence[str]) -> int | None:
    return next((number for number, text in enumerate(texts) if _COLON.search(text)), None)


def _unmarked(page: _Page, number: int) -> Iterator[Slip]:
    """Find an item without a hyphen, and a key without a colon."""
    line, indent = page.lines[number], page.indent(number)
    items = [each for each in page.neighbors(number) if _ITEM.match(page.lines[each])]
    if not _ITEM.match(line) and any(page.indent(each) == indent for each in items):
        problem = "There's no hyphen in front of this item."
        mended = f"- {line.strip()}"
        yield Slip(number + 1, problem, _add(mended), page.mended(number, " " * indent + mended))
    if word := _WORD.fullmatch(line):
        problem = f"There's no colon after {shown(word[2])}."
        yield Slip(number + 1, problem, _add(f"{word[2]}:"), page.mended(number, f"{line.rstrip()}:"))


def _without_colon(page: _Page, number: int, names: Collection[str]) -> Iterator[Slip]:
    """Find one of the format's keys that has its value, but no colon before it."""
    key = _WORD_AND_TEXT.fullmatch(page.lines[number])
    if key and key[2] in names:
        problem = f"There's no colon after {key[2]}."
        mended = f"{key[2]}: {key[3]}"
        yield Slip(number + 1, problem, _add(mended), page.mended(number, key[1] + mended))


def _misspelled(page: _Page, number: int, names: Collection[str]) -> Iterator[Slip]:
    """Find a key that is nearly one of the format's."""
    key = _KEY.fullmatch(page.lines[number])
    if key is None or key[2] in names:
        return
    nearest = process.extractOne(key[2].casefold(), names, scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS)
    if nearest:
        problem = f"There's no key {shown(key[2])} here."
        mended = page.mended(number, key[1] + nearest[0] + key[3])
        yield Slip(number + 1, problem, f"Did you mean {nearest[0]}?", mended)


def _shifts(page: _Page, number: int, names: Collection[str]) -> Iterator[tuple[tuple[int, bool], Slip]]:
    """Move a line by a space or two, or to where its neighbors start; also return how unlikely that was meant."""
    line, indent = page.lines[number].lstrip(" "), page.indent(number)
    key = _KEY.fullmatch(line)
    is_key = key is not None and key[2] in names
    near = {page.indent(each) for each in page.neighbors(number)} | {indent + by for by in (-2, -1, 1, 2)}
    for start in sorted(start for start in near - {indent} if start >= 0):
        by = abs(start - indent)
        surplus = f"{'one space' if by == 1 else f'{by} spaces'} too {'many' if start < indent else 'few'}"
        problem = f"This line starts with {surplus}."
        remedy = f"Start it with {'one space' if start == 1 else f'{start} spaces'}, not {indent}."
        if not start:
            remedy = "Start it at the left edge."
        mended = page.mended(number, " " * start + line)
        yield (by, start % 2 == 1), Slip(number + 1, problem, remedy, mended, is_shift=True, is_key=is_key)


def _add(mended: str) -> str:
    return f"Add one: {shown(mended)}"
