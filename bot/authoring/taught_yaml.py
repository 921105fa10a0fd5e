"""Turn what moderators taught into YAML that can be pasted into the knowledge files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.authoring.pasting import KnowledgeFile, Stub, in_order, phrasings_of
from bot.authoring.yaml_writing import STEP, items, pair
from bot.knowledge.loading import SHARED
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.taught import Standing, Taught, laid_over, same
from bot.knowledge.yaml_document import Document

_PLACES = (("faq.yaml", "entries"), ("role.yaml", "sections"))


@dataclass(frozen=True, slots=True)
class Replacement:
    """Another answer for an entry that begins in a line of a file."""

    file: str
    line: int
    entry_id: str
    text: str


@dataclass(frozen=True, slots=True)
class TaughtYaml:
    """What to paste, in this order, and then which answers to replace, from the last line of a file to the first."""

    stubs: tuple[Stub, ...]
    replacements: tuple[Replacement, ...]


def taught_yaml(
    taught: Iterable[Taught], knowledge: KnowledgeBase, documents: Mapping[str, Document], folder: Path
) -> TaughtYaml:
    """Return what to put into the files of a folder so that they say what was taught, and nothing else changes."""
    all_items = tuple(taught)
    laid = laid_over(knowledge, all_items)
    wanted = [item for item in all_items if laid.standings[item.key] in {Standing.NEW_ENTRY, Standing.PHRASING}]
    by_entry: defaultdict[str, list[Taught]] = defaultdict(list)
    for item in wanted:
        by_entry[item.entry_id].append(item)
    files = {name: KnowledgeFile(document, folder) for name, document in documents.items() if not document.is_absent}
    known = {entry.id: entry for entry in knowledge.entries}
    found: list[Stub] = []
    replacements: list[Replacement] = []
    for id_, about in by_entry.items():
        if id_ not in known:
            found.append(_new_entry(files["faq.yaml"], id_, about))
            continue
        there = {same(text) for text in known[id_].phrasings}
        questions = [text for text in _questions(about) if same(text) not in there]
        if questions:
            file, location = phrasings_of(id_, _where(id_, files))
            found.append(
                file.more_items(location, [*items(questions, indentation=0)], f"{_count(questions)} of {id_}.")
            )
        replacements += _replaced(id_, about, documents)
    return TaughtYaml(in_order(found), tuple(sorted(replacements, key=lambda each: (each.file, -each.line))))


def _new_entry(faq: KnowledgeFile, id_: str, about: list[Taught]) -> Stub:
    first, *others = _questions(about)
    part: dict[str, str | list[str]] = {"question": first, "answer": _answer(about) or ""}
    if others:
        part["phrasings"] = others
    return faq.new_part(("entries",), [*pair(id_, part)], f"{id_} is a new entry.")


def _where(id_: str, files: Mapping[str, KnowledgeFile]) -> Mapping[str, KnowledgeFile]:
    """Return the files of the folder that has an entry: a server's own, or the shared one around it."""
    own = any(name in files and files[name].has((key, id_)) for name, key in _PLACES)
    shared = {name.removeprefix(SHARED): file for name, file in files.items() if name.startswith(SHARED)}
    return files if own or not shared else shared


def _replaced(id_: str, about: list[Taught], documents: Mapping[str, Document]) -> Iterator[Replacement]:
    answer = _answer(about)
    for around in ("", SHARED):
        for name, key in _PLACES:
            document = documents.get(f"{around}{name}")
            if answer and document and (key, id_) in document.lines:
                text = "\n".join(pair("answer" if key == "entries" else "text", answer, indentation=2 * STEP))
                yield Replacement(document.file, document.lines[key, id_], id_, text)
                return


def _questions(about: Iterable[Taught]) -> list[str]:
    """Return different ways to ask, in the order in which they were taught."""
    return list({same(item.question): item.question for item in reversed([*about])}.values())[::-1]


def _answer(about: Iterable[Taught]) -> str | None:
    """Return the answer that was taught last."""
    return next((item.answer for item in reversed([*about]) if item.answer), None)


def _count(questions: list[str]) -> str:
    return f"{len(questions)} more way{'' if len(questions) == 1 else 's'} to ask for the answer"
