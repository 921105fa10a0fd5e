"""Turn groups of unanswered questions into YAML that can be pasted into the knowledge files."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from bot.gaps import Failure, Gap
from bot.knowledge.file_format import max_id_length, max_phrasing_length, max_question_length
from bot.knowledge.yaml_document import Document, Location
from bot.matching.lexicon import is_function_word
from bot.matching.text import clean, words

most_phrasings = 10  # of a group
_words_of_an_id = 4
_STEP = "  "


@dataclass(frozen=True, slots=True)
class Stub:
    """Lines to paste below a line of a file (0: at its top), and for whom and why, in a sentence.

    Attributes:
        below: the line's content.
    """

    file: str
    line: int
    below: str
    reason: str
    text: str


def stubs(gaps: Sequence[Gap], documents: Mapping[str, Document], folder: Path, *, today: date) -> tuple[Stub, ...]:
    """Return what to paste where so that the gaps are closed; pasted in this order, the lines' numbers hold.

    For a question without a near entry there are two stubs, a new entry and a new off-topic subject: one is enough.
    """
    phrasings, faq = (_File(documents[name], folder) for name in ("phrasings.yaml", "faq.yaml"))
    found: list[Stub] = []
    for id_, near in _by_nearest(gap for gap in gaps if _is_near(gap)).items():
        items = list(dict.fromkeys(text for gap in near for text in _phrasings(gap)))
        found.append(phrasings.more_items(("phrasings", id_), items, f"{_count(near)} near {id_}."))
    below_a_key = 2  # parts of a location
    taken = {str(place[1]) for each in documents.values() for place in each.lines if len(place) == below_a_key}
    for gap in gaps:
        if _is_near(gap):
            continue
        id_ = _new_id(gap, taken)
        why = f"{_count([gap])} far from everything"
        if gap.nearest and gap.nearest.off_topic_id:
            why = f"{_count([gap])} taken for the off-topic subject {gap.nearest.off_topic_id}"
        elif gap.nearest and gap.nearest.failure is Failure.VOTED_DOWN:
            why = f"{_count([gap])} answered with {gap.nearest.entry_id} and voted down"
        entry, subject = _entry(id_, gap, today), _subject(id_, gap)
        if gap.nearest and gap.nearest.failure is not Failure.FAR:
            found.append(faq.new_part("entries", entry, f"{why}: a new answer."))
        else:
            found.append(
                faq.new_part("entries", entry, f"{why}: a new answer. Paste either this or the same below off_topic.")
            )
            found.append(
                faq.new_part(
                    "off_topic",
                    subject,
                    f"{why}: a new subject without an answer. Paste either this or the same below entries.",
                )
            )
    return tuple(sorted(_with_one_key(found), key=lambda stub: (stub.file, -stub.line)))


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


def _is_near(gap: Gap) -> bool:
    return gap.nearest is not None and gap.nearest.failure is Failure.UNSURE


def _by_nearest(gaps: Iterable[Gap]) -> Mapping[str, Sequence[Gap]]:
    found: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in gaps:
        if gap.nearest:
            found[gap.nearest.entry_id].append(gap)
    return found


def _count(gaps: Sequence[Gap]) -> str:
    number = sum(len(gap.questions) for gap in gaps)
    return f"{number} question{'' if number == 1 else 's'}"


def _phrasings(gap: Gap) -> Sequence[str]:
    """Return different ways in which it was asked, the most typical first."""
    texts = [gap.representative.text, *(question.text for question in gap.questions)]
    different: dict[str, str] = {}
    for text in texts:
        different.setdefault(clean(text), _cut(text, max_phrasing_length))
    return list(different.values())[:most_phrasings]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0] or text[:most]


def _new_id(gap: Gap, taken: set[str]) -> str:
    """Return an id made of the words that carry the subject, which nothing else has."""
    spelled = words(clean(gap.representative.text))
    content = [re.sub(r"[^a-z0-9]+", "", word) for word in spelled if not is_function_word(word)]
    stem = "-".join(list(filter(None, content))[:_words_of_an_id])[: max_id_length - 3].strip("-") or "new-topic"
    id_, number = stem, 1
    while id_ in taken:
        number += 1
        id_ = f"{stem}-{number}"
    taken.add(id_)
    return id_


def _key(id_: str) -> str:
    """Return an id as YAML reads it as text: not `no` or `2026`, say."""
    return id_ if isinstance(yaml.safe_load(id_), str) else _quoted(id_)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # in double quotes, YAML reads what JSON does


def _entry(id_: str, gap: Gap, today: date) -> list[str]:
    return [
        f"{_key(id_)}:",
        f"{_STEP}question: {_quoted(_cut(gap.representative.text, max_question_length))}",
        f'{_STEP}answer: "TODO: write the answer."',
        f'{_STEP}source_section: "TODO: name the section of the source."',
        f"{_STEP}reviewed: {today}",
        f"{_STEP}phrasings:",
        *(f"{_STEP * 2}- {_quoted(text)}" for text in _phrasings(gap)),
    ]


def _subject(id_: str, gap: Gap) -> list[str]:
    return [
        f"{_key(id_)}:",
        f'{_STEP}name: "TODO: name it, as in: I have nothing on salaries"',
        f"{_STEP}phrasings:",
        *(f"{_STEP * 2}- {_quoted(text)}" for text in _phrasings(gap)),
    ]


class _File:
    """A knowledge file, for the places where something can be pasted."""

    def __init__(self, document: Document, folder: Path) -> None:
        self._document = document
        text = (folder / document.file).read_text(encoding="utf-8-sig")
        self._lines = re.split(r"\r\n?|\n", text)

    def more_items(self, location: Location, items: Sequence[str], reason: str) -> Stub:
        """Return items for the list at a location below a top key; with its key, if it isn't there yet."""
        key = str(location[-1])
        if location not in self._document.lines:
            new_list = [f"{_key(key)}:", *(f"{_STEP}- {_quoted(text)}" for text in items)]
            return self.new_part(str(location[0]), new_list, reason)
        line = self._document.lines[location]
        first = self._indentation((*location, 0), line)
        return self._stub(line, reason, [f"{first}- {_quoted(text)}" for text in items])

    def new_part(self, key: str, lines: Sequence[str], reason: str) -> Stub:
        """Return lines for the mapping of a top key; with the key, if it isn't there yet."""
        if (key,) not in self._document.lines:
            last = max(number for number, line in enumerate(self._lines, start=1) if line.strip())
            return self._stub(last, reason, [f"{key}:", *(f"{_STEP}{each}" for each in lines)])
        line = self._document.lines[key,]
        children = [location for location in self._document.lines if location[:-1] == (key,)]
        indentation = self._indentation(children[0], line) if children else _STEP
        return self._stub(line, reason, [f"{indentation}{each}" for each in lines])

    def _indentation(self, location: Location, above: int) -> str:
        """Return what stands in front of a list's or a mapping's first part, whose parent stands in a line above."""
        line = self._document.line(location)
        if line > above:
            return _spaces(self._lines[line - 1])
        return f"{_spaces(self._lines[above - 1])}{_STEP}"

    def _stub(self, line: int, reason: str, lines: Sequence[str]) -> Stub:
        below = self._lines[line - 1].strip() if line else ""
        if re.search(r":\s*[\[{]", below):
            reason += " That line has brackets: write what is in them in lines of its own first."
        return Stub(self._document.file, line, below, reason, "\n".join(lines) + "\n")


def _spaces(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]
