"""Read one YAML file the strict way: plain values, the line of each, and every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

max_file_size = 1024 * 1024  # bytes
max_nesting = 20  # lists and mappings inside one another

Location = tuple[str | int, ...]
"""The way from the top of a file to a value: keys and list positions."""

_TAG = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a file: where, what, and how to put it right. Lines count from 1."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem} {self.remedy}"


class Unreadable(Exception):
    """Say that a file could not be read as YAML at all; carries the faults found."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as dicts, lists, text, dates and booleans; `faults` hinders its use."""

    file: str
    data: object
    lines: Mapping[Location, int]
    written: Mapping[Location, str]
    faults: tuple[Fault, ...]

    def line(self, location: Location) -> int:
        """Return the line of a value, or of the nearest thing around it that has one."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        Unreadable: It can't be opened, is too large, isn't UTF-8, isn't YAML, or uses what is refused outright
            (anchors, aliases, tags, nesting beyond `max_nesting`).
    """
    text = _read_text(path)
    try:
        faults = tuple(_refused_constructs(text, path.name))
        if faults:
            raise Unreadable(*faults)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Unreadable(_syntax_fault(error, path.name)) from None
    if root is None:
        raise Unreadable(Fault(path.name, 1, "The file is empty.", "Restore it from an earlier version."))
    return _Conversion(path.name).document(root)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(max_file_size + 1)
    except FileNotFoundError:
        raise Unreadable(Fault(path.name, 1, "The file is missing.", f"Put it into {path.parent}.")) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unreadable(Fault(path.name, 1, f"The file can't be read: {reason}.", "Check its permissions.")) from None
    if len(content) > max_file_size:
        raise Unreadable(Fault(path.name, 1, "The file is larger than 1 MiB.", "Shorten it."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(Fault(path.name, line, "The file is not UTF-8.", "Save it with the encoding UTF-8.")) from None


def _refused_constructs(text: str, file: str) -> Iterator[Fault]:
    """Look at the parser's events, before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            yield Fault(file, line, f"The alias *{event.anchor} is not allowed.", "Write the text out.")
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            yield Fault(file, line, f"The anchor &{event.anchor} is not allowed.", "Put the text in quotes.")
        elif getattr(event, "tag", None) is not None:
            tag = str(event.tag).replace(_TAG, "!!")
            yield Fault(file, line, f"The tag {tag} is not allowed.", "Remove it, or put the text in quotes.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > max_nesting:
                yield Fault(file, line, f"More than {max_nesting} levels are nested.", "Flatten the structure.")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _syntax_fault(error: yaml.YAMLError, file: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "the text can't be parsed"
    return Fault(
        file,
        line,
        f"This is not valid YAML: {problem}.",
        "Look at this line and the one above for a missing quote, colon or space; text with ': ', '#' or a '?' in "
        "brackets needs quotes.",
    )


class _Conversion:
    """Turn a node graph into plain values, noting the line of each."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._lines: dict[Location, int] = {}
        self._written: dict[Location, str] = {}
        self._faults: list[Fault] = []

    def document(self, root: yaml.Node) -> Document:
        data = self._value(root, ())
        return Document(self._file, data, self._lines, self._written, tuple(self._faults))

    def _value(self, node: yaml.Node, location: Location) -> object:
        self._lines[location] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*location, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, location)

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != _TAG + "str":
                shown = key_node.value if isinstance(key_node, yaml.ScalarNode) else "a list or mapping"
                self._fault(line, f"The key {shown!s} is not text.", "Put the key in quotes.")
                continue
            key = str(key_node.value)
            if key in result:
                first = self._lines[(*location, key)]
                self._fault(line, f"The key {key!r} stands here twice, first in line {first}.", "Remove one of them.")
                continue
            result[key] = self._value(value_node, (*location, key))
            self._lines[(*location, key)] = line
        return result

    def _scalar(self, node: yaml.Node, location: Location) -> object:
        kind, written = node.tag.removeprefix(_TAG), str(node.value)
        if kind == "str":
            return written
        self._written[location] = written
        if kind == "null":
            return None
        if kind == "bool":
            return written.casefold() in {"yes", "true", "on"}
        if kind == "timestamp" and _DATE.fullmatch(written):
            try:
                return date.fromisoformat(written)
            except ValueError:
                return NotText(kind)
        return NotText(kind)

    def _fault(self, line: int, problem: str, remedy: str) -> None:
        self._faults.append(Fault(self._file, line, problem, remedy))


@dataclass(frozen=True, slots=True)
class NotText:
    """Stand for an unquoted value that YAML reads as a number or a time, such as 010 or 12:30."""

    kind: str
