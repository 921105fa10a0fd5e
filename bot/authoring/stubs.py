"""Turn groups of unanswered questions into YAML that can be pasted into the knowledge files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from bot.authoring.ids import id_for
from bot.authoring.pasting import KnowledgeFile, Stub, in_order, phrasings_of
from bot.authoring.unanswered import MAX_NAMED_WORDS, Diagnosed, Failure, Nearest, UnansweredGroup
from bot.authoring.yaml_writing import key, quoted
from bot.knowledge.file_format import MAX_PHRASING_LENGTH, MAX_QUESTION_LENGTH
from bot.knowledge.yaml_document import Document
from bot.matching.text import clean

MAX_PHRASINGS = 10  # of a group
_STEP = "  "


def stubs(
    groups: Sequence[UnansweredGroup], documents: Mapping[str, Document], folder: Path, *, today: date
) -> tuple[Stub, ...]:
    """Return what to paste where so that the groups are closed; pasted in this order, the lines' numbers hold.

    A question that may be another way to ask for an entry becomes a phrasing of it. For the others there are two stubs,
    a new entry and a new off-topic subject, of which one is enough; or only the entry, if their subject is known.
    """
    files = {name: KnowledgeFile(document, folder) for name, document in documents.items() if not document.is_absent}
    faq = files["faq.yaml"]
    found: list[Stub] = []
    for id_, near in _by_entry(groups).items():
        why = f"{_count(near)} near {id_}. Keep only the ones its answer fits."
        file, location = phrasings_of(id_, files)
        found.append(file.more_items(location, _items(near), why))
    below_a_key = 2  # parts of a location
    taken = {str(place[1]) for each in documents.values() for place in each.lines if len(place) == below_a_key}
    for group in filter(None, map(_without_near_ones, groups)):
        id_ = id_for(group.representative.text, taken)
        taken.add(id_)
        found += _new_parts(faq, group, id_, today)
    return in_order(found)


def _new_parts(faq: KnowledgeFile, group: UnansweredGroup, id_: str, today: date) -> Iterator[Stub]:
    """Yield a new entry and, unless it is known what the questions are about, a new subject to choose instead."""
    entry, subject = f"{_why(group)}: a new answer.", f"{_why(group)}: a new off-topic subject."
    if group.nearest is None or group.nearest.failure in {Failure.FAR, Failure.UNSURE}:
        yield faq.new_part(("off_topic",), _subject(id_, group), f"{subject} {_either(faq, 'off_topic', 'entries')}")
        entry += f" {_either(faq, 'entries', 'off_topic')}"
    yield faq.new_part(("entries",), _entry(id_, group, [*_optional_keys(faq, today)]), entry)


def _either(faq: KnowledgeFile, here: str, there: str) -> str:
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


def _optional_keys(faq: KnowledgeFile, today: date) -> Iterator[str]:
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
        f'{_STEP}name: "TODO: name it, as in: I don\'t have anything on salaries"',
        f"{_STEP}phrasings:",
        *(f"{_STEP * 2}{item}" for item in _items([group.typical, *group.missed])),
    ]
