"""Make a knowledge folder out of a file of questions and answers."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, get_args

from bot.authoring.findings import quoted
from bot.authoring.ids import id_for, slug, unique_id
from bot.authoring.importing.collected import Collected, Item, NothingFound
from bot.authoring.importing.discord_text import cut
from bot.authoring.importing.json_faq import read_json
from bot.authoring.importing.markdown_faq import read_markdown
from bot.authoring.importing.tables import read_table
from bot.authoring.incoming import MEBIBYTE, UnusableFile, read_text
from bot.authoring.starter import make_folder, refuse_taken
from bot.authoring.yaml_writing import STEP, Value, key, pair, scalar
from bot.knowledge.file_content import without_invisible
from bot.knowledge.file_format import (
    MAX_ANSWER_LENGTH,
    MAX_NAME_LENGTH,
    MAX_PHRASING_LENGTH,
    MAX_QUESTION_LENGTH,
    UNWRITTEN_PATTERN,
    LanguageCode,
)
from bot.knowledge.loading import KnowledgeError, load_knowledge
from bot.matching.english import is_english
from bot.matching.lexicon import is_function_word
from bot.matching.text import clean, words

MAX_IMPORT = 5 * MEBIBYTE
_FORMATS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdx": "markdown",
    ".txt": "markdown",
    ".csv": "table",
    ".tsv": "table",
    ".tab": "table",
    ".json": "json",
    ".jsonl": "json",
}
_FAQ = re.compile(
    r"\b(?:faqs?|f\.a\.q\.|frequently asked questions|questions (?:and|&) answers|q ?& ?a)\b", re.IGNORECASE
)
_LANGUAGES = ", ".join(get_args(LanguageCode))
_AROUND_A_NAME = " \t:-\u2013\u2014|,()"
_HEAD = """\
# yaml-language-server: $schema=schemas/faq.schema.json
#
# Questions and answers, imported from {source}. From now on, edit this file, and run `tpm-bot check .` after each edit.
# Other ways to ask go below `phrasings:`. The more there are, and the more they differ, the better the bot understands.

"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was imported, and what to look at."""

    name: str
    entries: int
    phrasings: int
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Entry:
    """An entry as it comes to stand in faq.yaml."""

    item: Item
    question: str
    answer: str
    wordings: list[str] = field(default_factory=list)


def import_file(
    file: BinaryIO, directory: Path, *, source: str, name: str | None = None, language: LanguageCode | None = None
) -> Imported:
    """Make a folder from a Markdown, CSV, TSV or JSON file, all of it or nothing.

    `source` is the file's name. The knowledge is called by `name`; without it, by the file's title or the folder.
    Without a `language`, it is taken for English.

    Raises:
        UnusableFile: The file isn't text, or is too large.
        NothingFound: It has no questions with answers.
        FolderTaken: Something is in the folder already.
        OSError: The file can't be read or the folder can't be written.
    """
    refuse_taken(directory)
    collected = _collect(without_invisible(read_text(file, name=source, most=MAX_IMPORT)), source)
    entries = _entries(collected)
    if not entries:
        raise NothingFound(f"{source} has no questions with answers.{_hint(collected)}")
    called = _name(name or collected.title, directory, collected.warnings)
    if language is None and not _is_english(entries):
        collected.warnings.append(f"This doesn't look like English. Use --language with one of {_LANGUAGES}.")
    content = "".join(f"{line}\n" for line in _lines(called, language, entries, source))
    _try_out(content, source)
    make_folder(directory, content)
    phrasings = sum(1 + len(entry.wordings) for entry in entries)
    warnings = sorted(collected.warnings, key=_position)
    return Imported(called, len(entries), phrasings, tuple(warnings))


def _position(warning: str) -> int:
    """Return the number of the line or the question that a warning is about."""
    match = re.match(r"\w+ (\d+): ", warning)
    return int(match[1]) if match else 0


def _try_out(content: str, source: str) -> None:
    """Load the folder to be before it is made."""
    with tempfile.TemporaryDirectory(prefix="tpm-bot-") as place:
        Path(place, "faq.yaml").write_text(content, encoding="utf-8", newline="\n")
        try:
            load_knowledge(Path(place))
        except KnowledgeError as error:
            raise NothingFound(f"{source} can't be imported as it is. {error.faults[0]}") from None


def _collect(text: str, source: str) -> Collected:
    try:
        match _FORMATS.get(Path(source).suffix.lower()) or _guess(text):
            case "json":
                return read_json(text, source)
            case "table":
                return read_table(text, source)
            case _:
                return read_markdown(text)
    except RecursionError:
        raise UnusableFile(f"{source} is nested too deeply.") from None


def _guess(text: str) -> str:
    """Return the format of a file whose name doesn't tell."""
    if text.lstrip().startswith(("{", "[")):
        return "json"
    return "markdown" if re.search(r"^#{1,6} |^\*\*", text, re.MULTILINE) else "table"


def _hint(collected: Collected) -> str:
    if collected.warnings:
        return f" {collected.warnings[0][:1].upper()}{collected.warnings[0][1:]}"
    return " Write each question as a heading or in bold, with its answer below."


def _entries(collected: Collected) -> list[_Entry]:
    """Join what repeats a question or an answer, and cut what is too long."""
    by_question: dict[str, _Entry] = {}
    by_answer: dict[str, _Entry] = {}
    entries: list[_Entry] = []
    for item in collected.items:
        if re.match(UNWRITTEN_PATTERN, item.answer):
            _warn(collected, item, "The answer says it is yet to be written, so it was left out.")
            continue
        key = _key(item.question)
        known = by_question.get(key)
        if known and known.item.answer != item.answer:
            _warn(collected, item, f"The question was answered before ({known.item.place}), so this was left out.")
            continue
        if known := known or by_answer.get(item.answer):
            known.wordings += [item.question, *item.wordings]
            continue
        entry = _Entry(item, item.question, item.answer, [*item.wordings])
        entries.append(entry)
        by_question[key] = by_answer[item.answer] = entry
    for entry in entries:
        _shorten(collected, entry)
    return entries


def _key(question: str) -> str:
    """Return what two spellings of a question have in common."""
    return " ".join(words(clean(question))) or question


def _shorten(collected: Collected, entry: _Entry) -> None:
    """Keep to the limits of the knowledge files."""
    item = entry.item
    if len(item.answer) > MAX_ANSWER_LENGTH:
        entry.answer = cut(item.answer, MAX_ANSWER_LENGTH)
        told = f"The answer has {len(item.answer)} characters and was cut to {len(entry.answer)}. Shorten it yourself."
        _warn(collected, item, told)
    if len(item.question) > MAX_QUESTION_LENGTH:
        entry.question = _first_words(item.question, MAX_QUESTION_LENGTH)
        entry.wordings.append(item.question)
        _warn(collected, item, f"The question has {len(item.question)} characters and was cut. Reword it.")
    different = {_key(text): text for text in reversed(entry.wordings) if _key(text) != _key(entry.question)}
    if any(len(text) > MAX_PHRASING_LENGTH for text in entry.wordings):
        _warn(collected, item, f"A wording with more than {MAX_PHRASING_LENGTH} characters was left out.")
    entry.wordings = [text for text in reversed(different.values()) if len(text) <= MAX_PHRASING_LENGTH]


def _first_words(text: str, most: int) -> str:
    return f"{text[: most - 1].rpartition(' ')[0] or text[: most - 1]}…"


def _warn(collected: Collected, item: Item, problem: str) -> None:
    collected.warnings.append(f"{item.place}: {problem}")


def _name(title: str, directory: Path, warnings: list[str]) -> str:
    """Return what the knowledge is called: by its title without the word FAQ, else like its folder."""
    without = _FAQ.sub("", title).strip(_AROUND_A_NAME)
    name = re.sub(r"^(?:about|for|on|of)\s+", "", without, flags=re.IGNORECASE)
    if not name:
        words_of_folder = re.sub(r"[-_\s]+", " ", directory.resolve().name).strip()
        name = words_of_folder[:1].upper() + words_of_folder[1:] or "Our community"
        warnings.append(
            f"The name is {quoted(name)}, like the folder. Change it at the top of faq.yaml, or use --name."
        )
    return name if len(name) <= MAX_NAME_LENGTH else _first_words(name, MAX_NAME_LENGTH)


def _is_english(entries: Sequence[_Entry]) -> bool:
    """Return whether most questions and answers look English."""
    texts = [words(clean(f"{entry.question} {entry.answer}")) for entry in entries]
    return 2 * sum(map(is_english, texts)) >= len(texts)


def _lines(name: str, language: LanguageCode | None, entries: Sequence[_Entry], source: str) -> Iterator[str]:
    yield from _HEAD.format(source=" ".join(source.split())).splitlines()
    yield f"name: {scalar(name)}"
    if language is not None:
        yield f"language: {key(language)}"
    yield ""
    yield "entries:"
    taken: set[str] = set()
    group = ""
    for number, entry in enumerate(entries):
        if number:
            yield ""
        if entry.item.group and entry.item.group != group:
            group = entry.item.group
            yield f"  # {group}"
        id_ = _id(entry, name, taken)
        taken.add(id_)
        value: dict[str, Value] = {"question": entry.question, "answer": entry.answer}
        if entry.wordings:
            value["phrasings"] = entry.wordings
        yield from pair(id_, value, indentation=STEP)


def _id(entry: _Entry, name: str, taken: set[str]) -> str:
    """Return what the file calls an entry, or an id made of its question without the name of it all."""
    given = slug(entry.item.id)
    if re.search(r"[a-z]", given):
        return unique_id(given, taken)
    named = {*words(clean(name))}
    spelled = words(clean(entry.question))
    telling = [word for word in spelled if word not in named]
    is_enough = any(not is_function_word(word) for word in telling)
    return id_for(" ".join(telling if is_enough else spelled), taken)
