"""Read one YAML file strictly: plain values, the line of each, and every fault at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.faults import Fault, UnreadableError, shown
from bot.knowledge.file_content import LINE_BREAK, decoded, read_file
from bot.knowledge.yaml_errors import (
    MAX_NESTING,
    clear_fault,
    curly_quote_fault,
    marked_lines,
    nesting_fault,
    quote_fault,
    syntax_fault,
)

Location = tuple[str | int, ...]
"""The path from the top of a file to a value: keys and list positions."""

_DISCARDED = -1  # the position of a value whose key can't be used
_TAG = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONFLICT = re.compile(r"<{7}(?: |$)")
_CURLY_QUOTED = re.compile("[“”„][^“”„]*[“”]")
_COMMENT = re.compile("[ \t]+(#.*)")
_ITEM = re.compile("[ ]*- ")


class Unusable(Enum):
    """Stands in for a value that isn't text, a date, a boolean, a list or a mapping."""

    NOT_TEXT = "an unquoted value that YAML reads as a number or a time, such as 010 or 12:30"
    REFUSED = "an alias or a tagged value, which the document's faults already report"


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as dicts, lists, text, dates and booleans; with `faults`, it can't be used.

    `lines` holds the line of each value, `written` the source of each unquoted value that isn't text, and `unclear` the
    lines of faults that a slip elsewhere may be behind. `digest` changes whenever the file does.
    """

    file: str
    data: object
    lines: Mapping[Location, int]
    written: Mapping[Location, str]
    faults: tuple[Fault, ...]
    digest: str
    unclear: tuple[int, ...] = ()

    @property
    def is_absent(self) -> bool:
        """Whether it stands in for a file that isn't there."""
        return not self.digest

    def line(self, location: Location) -> int:
        """Return the line of a value, or of the nearest thing around it that has one."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        UnreadableError: It can't be opened, is too large, isn't UTF-8 or isn't YAML, contains invisible characters, or
            is nested more than `MAX_NESTING` levels deep.
    """
    content = read_file(path)
    return parse(decoded(content, path.name), path.name)


def parse(text: str, file: str) -> Document:
    """Read YAML like `read_document`, from text.

    Raises:
        UnreadableError: It isn't YAML, or is nested more than `MAX_NESTING` levels deep.
    """
    reader = _Reader(text, file)
    return Document(
        file=file,
        data=reader.read(),
        lines=reader.lines,
        written=reader.written,
        faults=tuple(reader.faults),
        unclear=tuple(reader.unclear),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def absent_document(file: str) -> Document:
    """Return what stands in for an optional file that isn't there: an empty mapping without lines."""
    return Document(file, data={}, lines={}, written={}, faults=(), digest="")


class _Reader:
    """Build plain values straight from the parser's events.

    PyYAML's own composer would expand aliases, keep the last of two equal keys, and stop at the first fault. Its
    events have no types.
    """

    def __init__(self, text: str, file: str) -> None:
        self.lines: dict[Location, int] = {}
        self.written: dict[Location, str] = {}
        self.faults: list[Fault] = []
        self.unclear: list[int] = []
        self._file = file
        self._text = text
        self._source = [*LINE_BREAK.split(text), ""]  # an empty value may come after the last line
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._resolver: Any = yaml.resolver.Resolver()
        self._quoted = (0, 0)  # the lines where the last quoted text starts and ends

    def read(self) -> object:
        """Return the value of the file's only document.

        Raises:
            UnreadableError: It isn't YAML, has a second document, or is nested too deeply.
        """
        self._refuse_conflicts()
        try:
            next(self._events)  # the start of the stream
            has_document = isinstance(next(self._events), yaml.DocumentStartEvent)
            root = next(self._events) if has_document else None
            if root is None or (isinstance(root, yaml.ScalarEvent) and not (root.value or root.style or root.tag)):
                self._fault(1, "The file is empty.", "Restore it from an earlier version.")
                raise UnreadableError(*self.faults)
            value = self._value(root, ())
            next(self._events)  # the end of the document
            after = next(self._events)
        except yaml.YAMLError as error:
            if fault := self._unclosed_quote(error) or clear_fault(error, self._text, self._file):
                raise UnreadableError(*self.faults, fault) from None
            fault = syntax_fault(error, self._text, self._file)
            raise UnreadableError(*self.faults, fault, near=marked_lines(error)) from None
        if not isinstance(after, yaml.StreamEndEvent):
            self._fault(after.start_mark.line + 1, "A second document starts here.", "Remove the --- line.")
            raise UnreadableError(*self.faults)
        return value

    def _refuse_conflicts(self) -> None:
        remedy = "Keep one of the two versions and delete the lines with <<<<<<<, ======= and >>>>>>>."
        if found := [number for number, line in enumerate(self._source, start=1) if _CONFLICT.match(line)]:
            raise UnreadableError(
                *(Fault(self._file, line, "There's an unresolved Git conflict here.", remedy) for line in found)
            )

    def _value(self, event: Any, location: Location) -> object:
        line = event.start_mark.line + 1
        self.lines.setdefault(location, line)
        is_refused = self._refuse_constructs(event)
        value: object = None
        if isinstance(event, yaml.CollectionStartEvent):
            if len(location) >= MAX_NESTING:
                raise UnreadableError(*self.faults, nesting_fault(line, self._file))
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            value = self._mapping(location) if is_mapping else self._sequence(location)
        elif isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, location)
        return Unusable.REFUSED if is_refused else value

    def _sequence(self, location: Location) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*location, len(items))))
        return items

    def _mapping(self, location: Location) -> dict[str, object]:
        result: dict[str, object] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, line = self._key(event, location), event.start_mark.line + 1
            if key in result:
                first = self.lines[(*location, key)]
                self._fault(line, f"The key {shown(key)} is already on line {first}.", "Remove one of the two.")
                self.unclear.append(line)
                key = None
            if key is None:
                self._value(next(self._events), (*location, _DISCARDED))
                continue
            self.lines[(*location, key)] = line
            result[key] = self._value(next(self._events), (*location, key))
        return result

    def _key(self, event: Any, location: Location) -> str | None:
        """Return a key, or None for what can't be one."""
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.ScalarEvent):
            self._value(event, (*location, _DISCARDED))
            if isinstance(event, yaml.CollectionStartEvent):
                self._fault(line, "A list or mapping can't be a key.", "Remove the brackets or the question mark.")
            return None
        is_refused = self._refuse_constructs(event)
        self._check_unquoted(event)
        key, kind = str(event.value), self._kind(event)
        if kind == "merge":
            self._fault(line, "Merging with << isn't allowed.", "Write the keys out.")
        elif kind == "null":
            self._fault(line, "A key is empty.", "Write one before the colon.")
        elif kind != "str" and not is_refused:
            self._fault(line, f"YAML doesn't read the key {shown(key)} as text.", f'Put it in quotes: "{shown(key)}"')
        return key

    def _scalar(self, event: Any, location: Location) -> object:
        self._check_unquoted(event)
        kind, written = self._kind(event), str(event.value)
        if kind == "str":
            return written
        self.written[location] = written
        if kind == "null":
            return None
        if kind == "bool":
            return written.casefold() in {"yes", "true", "on"}
        if kind == "timestamp" and _DATE.fullmatch(written):
            try:
                return date.fromisoformat(written)
            except ValueError:  # such as 2026-13-45
                return Unusable.NOT_TEXT
        return Unusable.NOT_TEXT

    def _kind(self, event: Any) -> str:
        """Return what YAML takes a value for, such as str, int or null."""
        if event.style in {"'", '"'}:
            self._quoted = (event.start_mark.line, event.end_mark.line)
        return str(self._resolver.resolve(yaml.ScalarNode, event.value, event.implicit)).removeprefix(_TAG)

    def _refuse_constructs(self, event: Any) -> bool:
        """Report an alias, an anchor or a tag; tell whether the value can't be used because of it."""
        remedy = "Write out what you mean; if it's text, put it in quotes."
        line, tag = event.start_mark.line + 1, getattr(event, "tag", None)
        is_alias = isinstance(event, yaml.AliasEvent)
        if is_alias:
            self._fault(line, f"The alias *{shown(event.anchor)} isn't allowed.", remedy)
        elif event.anchor is not None:
            self._fault(line, f"The anchor &{shown(event.anchor)} isn't allowed.", remedy)
        if tag is not None:
            self._fault(line, f"The tag {shown(tag.replace(_TAG, '!!'))} isn't allowed.", remedy)
        return is_alias or tag is not None

    def _check_unquoted(self, event: Any) -> None:
        """Report text that YAML reads differently than it looks: cut off by a comment, in curly quotes, or two items.

        A comment after a date or a yes or no is fine: nothing can have been cut off.
        """
        if event.style or not event.implicit[0]:
            return
        first, last = event.start_mark.line, event.end_mark.line
        comment = _COMMENT.match(self._source[last], event.end_mark.column)
        if _CURLY_QUOTED.fullmatch(event.value) or (comment and event.value[:1] in set("“”„")):
            self.faults.append(curly_quote_fault(first + 1, self._file))
        elif comment and (not event.value or self._kind(event) == "str"):
            unread = shown(comment[1].rstrip(". "))
            problem = f"Everything after # on this line is a comment, so the bot ignores: {unread}."
            self._fault(last + 1, problem, "Put the text in quotes, or move the comment to its own line.")
        for number in range(first + 1, last + 1):
            if _ITEM.match(self._source[number]):
                problem = "YAML reads this line as the end of the one above, not as an item of its own."
                remedy = "Indent it like its neighbors. If it really belongs to that text, put all of it in quotes."
                self._fault(number + 1, problem, remedy)
                self.unclear.append(number + 1)

    def _unclosed_quote(self, error: yaml.YAMLError) -> Fault | None:
        """Report a quote that isn't closed, so that YAML took the next one, lines below, for its end."""
        first, last = self._quoted
        mark = getattr(error, "problem_mark", None)
        return quote_fault(first + 1, self._file) if mark and first < last == mark.line else None

    def _fault(self, line: int, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self._file, line, problem, remedy))
