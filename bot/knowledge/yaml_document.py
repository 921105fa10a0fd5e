"""Read one YAML file the strict way: plain values, the line of each, and every fault at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

import yaml

from bot.knowledge.faults import Fault, UnreadableError, shown
from bot.knowledge.file_content import decoded, read_file
from bot.knowledge.yaml_syntax import YAML_TAG, Refused, refused_constructs, syntax_fault

Location = tuple[str | int, ...]
"""The way from the top of a file to a value: keys and list positions."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


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


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        UnreadableError: It can't be opened, is too large, isn't UTF-8 or isn't YAML, contains invisible characters, or
            nests deeper than `max_nesting`.
    """
    content = read_file(path)
    text = decoded(content, path.name)
    refused = refused_constructs(text, path.name)
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        # An alias without an anchor is found only here, and told already.
        raise UnreadableError(*(refused.faults or [syntax_fault(error, text, path.name)])) from None
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
    return isinstance(root, yaml.ScalarNode) and root.tag == f"{YAML_TAG}null" and not root.value


class _Conversion:
    """Turn a node graph into plain values, noting the line of each."""

    def __init__(self, file: str, refused: Refused) -> None:
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
            self._check_key(key, key_node.tag.removeprefix(YAML_TAG), line)
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
        kind, written = node.tag.removeprefix(YAML_TAG), str(node.value)
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
