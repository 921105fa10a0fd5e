"""Say where in the knowledge files something can be pasted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.authoring.yaml_writing import key
from bot.knowledge.yaml_document import Document, Location

_STEP = "  "


@dataclass(frozen=True, slots=True)
class Stub:
    """Text to paste below a line of a file (0: at the top), and why.

    Attributes:
        below: the line's content.
    """

    file: str
    line: int
    below: str
    reason: str
    text: str


def in_order(found: Iterable[Stub]) -> tuple[Stub, ...]:
    """Return stubs in an order in which the lines' numbers hold while they are pasted."""
    return tuple(sorted(_with_one_key(found), key=lambda stub: (stub.file, -stub.line)))


def phrasings_of(id_: str, files: Mapping[str, KnowledgeFile]) -> tuple[KnowledgeFile, Location]:
    """Return where more phrasings of an entry belong: in the file for them, or in the entry if there is none."""
    if "phrasings.yaml" in files:
        return files["phrasings.yaml"], ("phrasings", id_)
    faq = files["faq.yaml"]
    if faq.has(("entries", id_)):
        return faq, ("entries", id_, "phrasings")
    return files["role.yaml"], ("sections", id_, "phrasings")


def _with_one_key(found: Iterable[Stub]) -> Iterable[Stub]:
    """Put together what brings the same top key along: it may stand in a file only once."""
    by_key: dict[tuple[str, str], Stub] = {}
    for number, stub in enumerate(found):
        key, _, below = stub.text.partition("\n")
        place = (stub.file, key if not key.startswith(" ") else str(number))
        former = by_key.get(place)
        by_key[place] = (
            replace(former, reason=f"{former.reason} {stub.reason}", text=former.text + below) if former else stub
        )
    return by_key.values()


class KnowledgeFile:
    """A knowledge file, for the places where something can be pasted."""

    def __init__(self, document: Document, folder: Path) -> None:
        self._document = document
        text = (folder / document.file).read_text(encoding="utf-8-sig")
        self._lines = re.split(r"\r\n?|\n", text)

    def has(self, location: Location) -> bool:
        """Return whether the file has anything at a location."""
        return location in self._document.lines

    def has_key(self, key: str) -> bool:
        """Return whether the file uses a key anywhere."""
        return any(location[-1:] == (key,) for location in self._document.lines)

    def more_items(self, location: Location, items: Sequence[str], reason: str) -> Stub:
        """Return items for the list at a location; with its key, if it isn't there yet."""
        if not self.has(location):
            new_list = [f"{key(str(location[-1]))}:", *(f"{_STEP}{item}" for item in items)]
            return self.new_part(location[:-1], new_list, reason)
        line = self._document.lines[location]
        first = self._indentation((*location, 0), line)
        return self._stub(line, reason, [f"{first}{item}" for item in items])

    def new_part(self, around: Location, lines: Sequence[str], reason: str) -> Stub:
        """Return lines for the mapping at a location; with its key, if that is a top key and isn't there yet."""
        if not self.has(around):
            top = str(around[0])
            return self._stub(self.line_above(top), reason, [f"{top}:", *(f"{_STEP}{each}" for each in lines)])
        line = self._document.line(around)
        children = [location for location in self._document.lines if location[:-1] == around]
        indentation = self._indentation(children[0], line) if children else _STEP
        return self._stub(line, reason, [f"{indentation}{each}" for each in lines])

    def line_above(self, key: str) -> int:
        """Return the line below which something for a top key is pasted: the key's own, or the last one without it."""
        last = max(number for number, line in enumerate(self._lines, start=1) if line.strip())
        return self._document.lines.get((key,), last)

    def _indentation(self, location: Location, above: int) -> str:
        """Return what stands in front of a list's or a mapping's first part, whose parent stands in a line above."""
        line = self._document.line(location)
        if line > above:
            return _spaces(self._lines[line - 1])
        return f"{_spaces(self._lines[above - 1])}{_STEP}"

    def _stub(self, line: int, reason: str, lines: Sequence[str]) -> Stub:
        below = self._lines[line - 1].strip() if line else ""
        if re.search(r":\s*[\[{]", below):
            reason += " That line has brackets: first write their contents on separate lines."
        return Stub(self._document.file, line, below, reason, "\n".join(lines) + "\n")


def _spaces(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]
