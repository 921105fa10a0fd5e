"""Turn groups of unanswered questions into YAML that can be pasted into the knowledge files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.authoring.ids import id_for
from bot.authoring.unanswered import MAX_NAMED_WORDS, Diagnosed, Failure, Nearest, UnansweredGroup
from bot.authoring.yaml_writing import key, quoted
from bot.knowledge.file_format import MAX_PHRASING_LENGTH, MAX_QUESTION_LENGTH
from bot.knowledge.yaml_document import Document, Location
from bot.matching.text import clean

MAX_PHRASINGS = 10  # of a group
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


def stubs(
    groups: Sequence[UnansweredGroup], documents: Mapping[str, Document], folder: Path, *, today: date
) -> tuple[Stub, ...]:
    """Return what to paste where so that the groups are closed; pasted in this order, the lines' numbers hold.

    A question that may be another way to ask for an entry becomes a phrasing of it. For the others there are two stubs,
    a new entry and a new off-topic subject, of which one is enough; or only the entry, if their subject is known.
    """
    files = {name: _File(document, folder) for name, document in documents.items() if not document.is_absent}
    faq = files["faq.yaml"]
    found: list[Stub] = []
    for id_, near in _by_entry(groups).items():
        why = f"{_count(near)} near {id_}. Keep only the ones its answer fits."
        file, location = _phrasings_of(id_, files)
        found.append(file.more_items(location, _items(near), why))
    below_a_key = 2  # parts of a location
    taken = {str(place[1]) for each in documents.values() for place in each.lines if len(place) == below_a_key}
    for group in filter(None, map(_without_near_ones, groups)):
        id_ = id_for(group.representative.text, taken)
        taken.add(id_)
        found += _new_parts(faq, group, id_, today)
    return tuple(sorted(_with_one_key(found), key=lambda stub: (stub.file, -stub.line)))


def _phrasings_of(id_: str, files: Mapping[str, _File]) -> tuple[_File, Location]:
    """Return where more phrasings of an entry belong: in the file for them, or in the entry if there is none."""
    if "phrasings.yaml" in files:
        return files["phrasings.yaml"], ("phrasings", id_)
    faq = files["faq.yaml"]
    if faq.has(("entries", id_)):
        return faq, ("entries", id_, "phrasings")
    return files["role.yaml"], ("sections", id_, "phrasings")


def _new_parts(faq: _File, group: UnansweredGroup, id_: str, today: date) -> Iterator[Stub]:
    """Yield a new entry and, unless it is known what the questions are about, a new subject to choose instead."""
    entry, subject = f"{_why(group)}: a new answer.", f"{_why(group)}: a new off-topic subject."
    if group.nearest is None or group.nearest.failure in {Failure.FAR, Failure.UNSURE}:
        yield faq.new_part(("off_topic",), _subject(id_, group), f"{subject} {_either(faq, 'off_topic', 'entries')}")
        entry += f" {_either(faq, 'entries', 'off_topic')}"
    yield faq.new_part(("entries",), _entry(id_, group, [*_optional_keys(faq, today)]), entry)


def _either(faq: _File, here: str, there: str) -> str:
    line = faq.line_above(there)
    way = "further down" if line < faq.line_above(here) else "further up"  # what stands last comes first
    return f"Paste this or the one below {there} (line {line}, {way}), not both."


def _why(group: UnansweredGroup) -> str:
    count = _count(group.missed)
    match group.nearest:
        case Nearest(off_topic_id=str() as subject):
            return f"{count} taken for the off-topic subject {subject}"
        case Nearest(failure=Failure.VOTED_DOWN, entry_id=id_):
            return f"{count} answered with {id_} and voted down"
        case Nearest(failure=Failure.UNSURE, entry_id=id_):
            return f"{count} not close enough to {id_}"
        case _:
            return f"{count} close to nothing"


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


def _by_entry(groups: Iterable[UnansweredGroup]) -> Mapping[str, Sequence[Diagnosed]]:
    """Return the questions that may be other ways to ask for an entry, by its id, those of a group together."""
    found: defaultdict[str, list[Diagnosed]] = defaultdict(list)
    for group in groups:
        for missed in group.missed:
            if missed.nearest and missed.nearest.may_be_meant:
                found[missed.nearest.entry_id].append(missed)
    return found


def _without_near_ones(group: UnansweredGroup) -> UnansweredGroup | None:
    """Return a group without the questions that may be other ways to ask for an entry; None if nothing is left."""
    left = tuple(missed for missed in group.missed if not (missed.nearest and missed.nearest.may_be_meant))
    return UnansweredGroup(left, group.typical if group.typical in left else left[0]) if left else None


def _count(missed: Sequence[Diagnosed]) -> str:
    return f"{len(missed)} question{'' if len(missed) == 1 else 's'}"


def _items(missed: Iterable[Diagnosed]) -> Sequence[str]:
    """Return different ways to ask as items of a list, each with a comment on what came nearest."""
    different: dict[str, str] = {}
    for each in missed:
        text = each.question.text
        different.setdefault(clean(text), f"- {quoted(_cut(text, MAX_PHRASING_LENGTH))}{_remark(each.nearest)}")
    return list(different.values())[:MAX_PHRASINGS]


def _remark(nearest: Nearest | None) -> str:
    if nearest is None:
        return ""
    unknown = f"; unknown: {', '.join(nearest.unknown[:MAX_NAMED_WORDS])}" if nearest.unknown else ""
    return f"  # {nearest.entry_id} {nearest.confidence:.2f}{unknown}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0] or text[:most]


def _optional_keys(faq: _File, today: date) -> Iterator[str]:
    """Yield what an entry needs besides its answer where the file keeps account of it."""
    if faq.has(("source",)):
        yield 'source_section: "TODO: name the section of the source."'
    if faq.has_key("reviewed"):
        yield f"reviewed: {today}"


def _entry(id_: str, group: UnansweredGroup, optional: Iterable[str]) -> list[str]:
    return [
        f"{key(id_)}:",
        f"{_STEP}question: {quoted(_cut(group.representative.text, MAX_QUESTION_LENGTH))}",
        f'{_STEP}answer: "TODO: write the answer."',
        *(f"{_STEP}{each}" for each in optional),
        f"{_STEP}phrasings:",
        *(f"{_STEP * 2}{item}" for item in _items([group.typical, *group.missed])),
    ]


def _subject(id_: str, group: UnansweredGroup) -> list[str]:
    return [
        f"{key(id_)}:",
        f'{_STEP}name: "TODO: name it, as in: I have nothing on salaries"',
        f"{_STEP}phrasings:",
        *(f"{_STEP * 2}{item}" for item in _items([group.typical, *group.missed])),
    ]


class _File:
    """A knowledge file, for the places where something can be pasted."""

    def __init__(self, document: Document, folder: Path) -> None:
        self._document = document
        text = (folder / document.file).read_text(encoding="utf-8-sig")
        self._lines = re.split(r"\r\n?|\n", text)

    def has(self, location: Location) -> bool:
        """Tell whether the file has something at a location."""
        return location in self._document.lines

    def has_key(self, key: str) -> bool:
        """Tell whether the file has a key anywhere."""
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
            key = str(around[0])
            return self._stub(self.line_above(key), reason, [f"{key}:", *(f"{_STEP}{each}" for each in lines)])
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
