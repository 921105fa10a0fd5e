"""Read one YAML file the strict way: plain values, the line of each, and every fault at once."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

max_file_size = 1024 * 1024  # bytes
max_nesting = 20  # lists and mappings inside one another
max_shown = 60  # characters of a file's text that a message quotes
max_path = 500  # characters of a path that a message names

Location = tuple[str | int, ...]
"""The way from the top of a file to a value: keys and list positions."""

_TAG = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LINE_BREAK = re.compile(r"\r\n?|\n")
# What YAML refuses, and what it takes for a line break or the start of a file though no editor does.
_INVISIBLE = re.compile("[^\t\r\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a file: where, what, and how to put it right. Lines count from 1."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem} {self.remedy}"


class UnreadableError(Exception):
    """Say that a file could not be read as YAML at all; carries the faults found."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class Unusable(Enum):
    """Stand for a value that is neither text, date, boolean, list nor mapping."""

    NOT_TEXT = "an unquoted value that YAML reads as a number or a time, such as 010 or 12:30"
    REFUSED = "an alias or a tagged value; a fault of the document tells of it already"


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as dicts, lists, text, dates and booleans; `faults` hinders its use.

    `lines` has the line of each value, `written` what stands there for each unquoted value that isn't text, and
    `digest` changes whenever the file does.
    """

    file: str
    data: object
    lines: Mapping[Location, int]
    written: Mapping[Location, str]
    faults: tuple[Fault, ...]
    digest: str

    def line(self, location: Location) -> int:
        """Return the line of a value, or of the nearest thing around it that has one."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def shown(text: str, most: int = max_shown) -> str:
    """Return a file's text as a message can quote it: printable, in one line, and not too long."""
    line = "".join(character if character.isprintable() else " " for character in text[:most])
    return line if len(text) <= most else f"{line}…"


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        UnreadableError: It can't be opened, is too large, isn't UTF-8 or isn't YAML, contains invisible characters, or
            nests deeper than `max_nesting`.
    """
    content = _read(path)
    text = _decode(content, path.name)
    refused = _refused_constructs(text, path.name)
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        # An alias without an anchor is found only here, and told already.
        raise UnreadableError(*(refused.faults or [_syntax_fault(error, text, path.name)])) from None
    if root is None or _is_nothing(root):
        raise UnreadableError(Fault(path.name, 1, "The file is empty.", "Restore it from an earlier version."))
    conversion = _Conversion(path.name, refused)
    return Document(
        file=path.name,
        data=conversion.value(root, ()),
        lines=conversion.lines,
        written=conversion.written,
        faults=tuple(conversion.faults),
        digest=hashlib.sha256(content).hexdigest(),
    )


def _is_nothing(root: yaml.Node) -> bool:
    """Tell whether a document that is begun with --- has nothing in it, not even a word for nothing."""
    return isinstance(root, yaml.ScalarNode) and root.tag == f"{_TAG}null" and not root.value


def _read(path: Path) -> bytes:
    _refuse_link_out_of_folder(path)
    try:
        with path.open("rb") as file:
            content = file.read(max_file_size + 1)
    except FileNotFoundError:
        raise UnreadableError(Fault(path.name, 1, "The file is missing.", f"Put it into {path.parent}.")) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or str(error)
        remedy = f"Check that {path} is a file that the bot may read."
        raise UnreadableError(Fault(path.name, 1, f"The file can't be read: {reason}.", remedy)) from None
    if len(content) > max_file_size:
        raise UnreadableError(Fault(path.name, 1, "The file is larger than 1 MiB.", "Shorten it."))
    return content


def _refuse_link_out_of_folder(path: Path) -> None:
    """Let links lead anywhere inside the folder, as Kubernetes makes them, but not to what lies outside."""
    try:
        if not path.is_symlink():
            return
        target, folder = Path(os.path.realpath(path)), Path(os.path.realpath(path.parent))
    except (OSError, ValueError):
        return  # opening it will say why
    if not target.is_relative_to(folder):
        problem = f"The file is a symbolic link out of its folder, to {shown(str(target), max_path)}."
        remedy = "Put a copy of the file there instead of the link."
        raise UnreadableError(Fault(path.name, 1, problem, remedy))


def _decode(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len((content[: error.start] + b"?").splitlines())
        raise UnreadableError(Fault(file, line, "The file is not UTF-8.", "Save it with the encoding UTF-8.")) from None
    faults = [
        Fault(file, number, f"There is an invisible character (U+{ord(match.group()):04X}) in this line.", "Delete it.")
        for number, line in enumerate(_LINE_BREAK.split(text), start=1)
        if (match := _INVISIBLE.search(line))
    ]
    if faults:
        raise UnreadableError(*faults)
    return text


@dataclass(frozen=True, slots=True)
class _Refused:
    """What a file may not use: the faults, and where the values with a tag begin (line, column)."""

    faults: list[Fault]
    tagged: set[tuple[int, int]]


def _refused_constructs(text: str, file: str) -> _Refused:
    """Look at the parser's events, before anything is built from them."""
    refused = _Refused([], set())
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            mark: Any = event.start_mark
            for problem in _refusals(event):
                remedy = "Write out what is meant; if it is text, put it in quotes."
                refused.faults.append(Fault(file, mark.line + 1, problem, remedy))
            if getattr(event, "tag", None) is not None:
                refused.tagged.add((mark.line, mark.column))
            documents += isinstance(event, yaml.DocumentStartEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if documents > 1:
                fault = Fault(file, mark.line + 1, "A second document begins here.", "Remove the line with ---.")
                raise UnreadableError(*refused.faults, fault)
            if depth > max_nesting:
                raise UnreadableError(*refused.faults, _nesting_fault(mark.line + 1, file))
    except yaml.YAMLError as error:
        raise UnreadableError(*refused.faults, _syntax_fault(error, text, file)) from None
    return refused


def _refusals(event: yaml.Event) -> Iterator[str]:
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor is not None and isinstance(event, yaml.AliasEvent):
        yield f"The alias *{shown(anchor)} is not allowed."
    elif anchor is not None:
        yield f"The anchor &{shown(anchor)} is not allowed."
    if tag is not None:
        yield f"The tag {shown(tag.replace(_TAG, '!!'))} is not allowed."


def _syntax_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    context = getattr(error, "context", None) or ""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be parsed"
    if "nesting depth" in problem:  # the parser has a limit of its own, and may read far ahead of what it tells of
        mark = getattr(error, "problem_mark", None)
        return _nesting_fault(mark.line + 1 if mark else 1, file)
    # What was begun and never ended is at fault where it begins; anything else where the parser gave up.
    never_ended = "end of stream" in problem or "expected ':'" in problem or "flow" in context
    mark = getattr(error, "context_mark" if never_ended else "problem_mark", None)
    lines = _LINE_BREAK.split(text.rstrip("\r\n"))
    line = min(mark.line + 1, len(lines)) if mark else 1
    remedy = "Look here and one line above for a missing quote, colon or space; text with ': ' or ' #' in it, or with "
    remedy += "one of @ ` % & * ! [ { ' \" in front, needs quotes."
    if "\t" in lines[line - 1]:
        remedy = "There is a tab in this line: replace it with spaces."
    return Fault(file, line, f"This is not valid YAML: {' '.join(filter(None, [problem, context]))}.", remedy)


def _nesting_fault(line: int, file: str) -> Fault:
    return Fault(file, line, f"More than {max_nesting} levels are nested.", "Flatten the structure.")


class _Conversion:
    """Turn a node graph into plain values, noting the line of each."""

    def __init__(self, file: str, refused: _Refused) -> None:
        self.lines: dict[Location, int] = {}
        self.written: dict[Location, str] = {}
        self.faults = refused.faults
        self._file = file
        self._tagged = refused.tagged
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, location: Location) -> object:
        mark = node.start_mark
        self.lines.setdefault(location, mark.line + 1)
        # The graph has one node for an anchor and all its aliases: walking those would never end, or explode.
        if id(node) in self._seen or (mark.line, mark.column) in self._tagged:
            return Unusable.REFUSED
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*location, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, location)

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(line, "A list or mapping can't be a key.", "Remove the brackets or the question mark.")
                continue
            key = str(key_node.value)
            self._check_key(key, key_node.tag.removeprefix(_TAG), line)
            if key in result:
                first = self.lines[(*location, key)]
                problem = f"The key {shown(key)} stands here twice, first in line {first}."
                self._fault(line, problem, "Remove one of them.")
                continue
            self.lines[(*location, key)] = line
            result[key] = self.value(value_node, (*location, key))
        return result

    def _check_key(self, key: str, kind: str, line: int) -> None:
        if kind == "merge":
            self._fault(line, "Merging with << is not allowed.", "Write the keys out.")
        elif kind == "null":
            self._fault(line, "A key is empty.", "Write one in front of the colon.")
        elif kind != "str":
            self._fault(line, f"YAML does not read the key {shown(key)} as text.", f'Put it in quotes: "{shown(key)}"')

    def _scalar(self, node: yaml.Node, location: Location) -> object:
        kind, written = node.tag.removeprefix(_TAG), str(node.value)
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

    def _fault(self, line: int, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self._file, line, problem, remedy))
