"""Add values to a YAML text and change nothing else: comments, order, quotes and spaces stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.authoring.yaml_writing import STEP, Value, flow, items, pair
from bot.knowledge.file_content import LINE_BREAK


@dataclass(frozen=True, slots=True)
class Instead:
    """A value to write in place of the one that is there, if one is."""

    value: Value


Additions = Mapping[str, "Value | Instead | Additions"]
"""What to add, by key: a list is appended to the list that is there, a mapping is merged into the one that is there."""


class CannotAdd(Exception):
    """The text is written in a way that nothing can be added to without changing it."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """Text that takes the place of what stands between two offsets."""

    start: int
    end: int
    text: str


def with_additions(text: str, additions: Additions) -> str:
    """Return a YAML text whose top is a mapping, with values added to it.

    Raises:
        CannotAdd: It can't be done; an example is a value that must be replaced to add to it.
    """
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise CannotAdd
    added = _Text(text).edited(root, additions)
    if yaml.safe_load(added) != _merged(yaml.safe_load(text), additions):
        raise CannotAdd
    return added


def _merged(value: Any, addition: Any) -> Any:
    """Return what must stand where a value stood, once something is added to it."""
    if isinstance(addition, str):
        return addition
    if isinstance(addition, Instead):
        return _merged(None, addition.value)
    if isinstance(addition, Mapping):
        before = value or {}
        return before | {name: _merged(before.get(name), below) for name, below in addition.items()}
    return [*(value or ()), *addition]


class _Text:
    """A YAML text, for the places where its nodes end."""

    def __init__(self, text: str) -> None:
        self._newline = found.group() if (found := LINE_BREAK.search(text)) else "\n"
        self._text = text if LINE_BREAK.search(text[-1:]) else text + self._newline
        self._starts = [0, *(match.end() for match in LINE_BREAK.finditer(self._text))]
        self._lines = LINE_BREAK.split(self._text)

    def edited(self, root: yaml.MappingNode, additions: Additions) -> str:
        """Return the text with additions."""
        parts, place = [], 0
        # Of edits at the same place, the one found first belongs to the value further in, and comes first.
        for edit in sorted(self._in_mapping(root, additions), key=lambda edit: edit.start):
            parts += [self._text[place : edit.start], edit.text]
            place = edit.end
        return "".join([*parts, self._text[place:]])

    def _in_mapping(self, node: yaml.MappingNode, additions: Additions) -> Iterator[_Edit]:
        present = {name.value: (name, value) for name, value in node.value}
        for name, addition in additions.items():
            if name in present and isinstance(addition, Instead):
                yield self._instead(node, *present[name], addition.value)
            elif name in present:
                yield from self._in_value(node, *present[name], addition)
        if missing := {name: _plain(addition) for name, addition in additions.items() if name not in present}:
            yield self._after_last(node, missing)

    def _in_value(self, parent: yaml.MappingNode, key: Any, node: Any, addition: Any) -> Iterator[_Edit]:
        is_fitting = isinstance(node, yaml.MappingNode if isinstance(addition, Mapping) else yaml.SequenceNode)
        if isinstance(addition, str) or not is_fitting:
            raise CannotAdd
        if not node.value and not parent.flow_style:
            yield from self._instead_of_brackets(parent, key, node, _plain(addition))
        elif isinstance(addition, Mapping):
            yield from self._in_mapping(node, addition)
        elif node.flow_style:
            yield self._in_brackets(node, [*map(flow, addition)])
        else:
            column = node.start_mark.column
            yield self._below(self._last_line(node), column, items(addition, indentation=column))

    def _after_last(self, node: yaml.MappingNode, missing: Mapping[str, Value]) -> _Edit:
        """Add pairs at the end of a mapping."""
        if node.flow_style:
            return self._in_brackets(node, [flow({name: value})[1:-1] for name, value in missing.items()])
        column = node.start_mark.column
        between = [""] if self._is_spaced(node) else []
        step = _list_step(node)
        lines = (
            line
            for name, value in missing.items()
            for line in (*between, *pair(name, value, indentation=column, list_step=step))
        )
        return self._below(self._last_line(node), column, lines)

    def _instead(self, parent: yaml.MappingNode, key: Any, node: Any, value: Value) -> _Edit:
        """Rewrite a key with another value."""
        if parent.flow_style:
            raise CannotAdd
        column = key.start_mark.column
        lines = pair(key.value, value, indentation=column, list_step=_list_step(parent))
        text = "".join(f"{line}{self._newline}" for line in lines)
        end = self._starts[max(key.start_mark.line, self._last_line(node)) + 1]
        return _Edit(self._offset(key.start_mark), end, text[column:])

    def _instead_of_brackets(self, parent: yaml.MappingNode, key: Any, node: Any, addition: Value) -> Iterator[_Edit]:
        """Write a list or a mapping, one item a line, where an empty one stands in brackets."""
        start, end = self._offset(node.start_mark), self._offset(node.end_mark)
        while self._text[start - 1] == " ":
            start -= 1
        yield _Edit(start, end, "")
        column = key.start_mark.column
        below = [*pair("_", addition, indentation=column, list_step=_list_step(parent))][1:]
        yield self._below(node.end_mark.line, column, below)

    def _in_brackets(self, node: Any, values: Sequence[str]) -> _Edit:
        """Add values behind the last one in brackets, each on a line of its own."""
        start_line = self._lines[node.start_mark.line]
        spaces = " " * (len(start_line) - len(start_line.lstrip(" ")) + STEP)
        separator = f",{self._newline}{spaces}"
        if not node.value:
            place = self._offset(node.start_mark) + 1
            return _Edit(place, place, separator.join(values))
        last = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
        place = self._offset(last.end_mark)
        return _Edit(place, place, "".join(f"{separator}{value}" for value in values))

    def _below(self, line: int, column: int, lines: Iterable[str]) -> _Edit:
        """Add lines that begin at a column below a line, and below the comments that belong to what ends there."""
        for number, below in enumerate(self._lines[line + 1 :], start=line + 1):
            is_comment = below.lstrip(" ").startswith("#")
            if below.strip() and not (is_comment and _indentation(below) > column):
                break
            if is_comment:
                line = number
        place = self._starts[line + 1]
        return _Edit(place, place, "".join(f"{each}{self._newline}" for each in lines))

    def _offset(self, mark: Any) -> int:
        return int(self._starts[mark.line] + mark.column)

    def _is_spaced(self, node: yaml.MappingNode) -> bool:
        """Return whether a blank line, or one and a comment, comes before the last of a mapping's pairs."""
        if len(node.value) == 1:
            return False
        line = int(node.value[-1][0].start_mark.line) - 1
        while self._lines[line].lstrip().startswith("#"):
            line -= 1
        return not self._lines[line].strip()

    def _last_line(self, node: Any) -> int:
        """Return the last line of a value, without the comments and blank lines that follow it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._last_line(last[1] if isinstance(last, tuple) else last)
        if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
            return self._last_line_of_block(node)
        return int(node.end_mark.line)

    def _last_line_of_block(self, node: yaml.ScalarNode) -> int:
        """Return the last line of text after | or >, which the parser takes to reach up to whatever comes next."""
        numbers = range(node.start_mark.line + 1, min(node.end_mark.line + 1, len(self._lines)))
        written = [number for number in numbers if self._lines[number].strip()]
        if not written:
            return int(node.start_mark.line)
        inner = _indentation(self._lines[written[0]])
        end = next((number for number in written if _indentation(self._lines[number]) < inner), node.end_mark.line + 1)
        return max(number for number in written if number < end)


def _plain(addition: Any) -> Value:
    """Return what to write where nothing is yet."""
    if isinstance(addition, Instead):
        return addition.value
    return {name: _plain(below) for name, below in addition.items()} if isinstance(addition, Mapping) else addition


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _list_step(node: yaml.MappingNode) -> int:
    """Return how much further in than their key a mapping's lists stand."""
    for key, value in node.value:
        if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
            return int(value.start_mark.column - key.start_mark.column)
    return STEP
