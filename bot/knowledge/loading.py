"""Turn a folder of YAML into a `KnowledgeBase`, or report everything wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.knowledge.faults import Fault, UnreadableError, shown
from bot.knowledge.file_content import decoded, is_absent, read_file
from bot.knowledge.file_format import (
    EMOJI_PATTERN,
    FORMATS,
    ID_PATTERN,
    LINE_PATTERN,
    LINK_PATTERN,
    MAX_JOB_DESCRIPTION_LENGTH,
    OPTIONAL_FILES,
    EntryPart,
    FaqFile,
    PhrasingsFile,
    RoleFile,
    SectionPart,
)
from bot.knowledge.job_description import as_markdown
from bot.knowledge.mending import Reading, unclear_lines, without_slips
from bot.knowledge.model import (
    Entry,
    KnowledgeBase,
    OffTopic,
    RoleProfile,
    RoleSection,
    Source,
    SubjectNames,
    Vocabulary,
)
from bot.knowledge.references import clashing_names, dangling_ids
from bot.knowledge.yaml_document import Document, Location, Unusable, absent_document, parse

SHIPPED_KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
"""The knowledge that ships with the bot: next to the `bot` package, in the source and in the wheel."""


class KnowledgeError(Exception):
    """A folder holds no usable knowledge; carries every fault found, causes before their consequences."""

    def __init__(self, directory: Path, faults: Iterable[Fault], *, consequences: Iterable[Fault] = ()) -> None:
        self.directory = directory
        self.faults = tuple(dict.fromkeys([*sorted(faults), *sorted(consequences)]))
        super().__init__("\n".join(map(str, self.faults)))


def load_knowledge(
    directory: Path = SHIPPED_KNOWLEDGE, *, source_url: str | None = None, contact_url: str | None = None
) -> KnowledgeBase:
    """Load `faq.yaml` from a folder, and `role.yaml` and `phrasings.yaml` if they are there.

    The addresses, if given, replace those of the source and of the `contact` section, if there are these.

    Raises:
        KnowledgeError: Anything is wrong with the files; carries every fault that could be found.
    """
    return load_with_documents(directory, source_url=source_url, contact_url=contact_url)[0]


def load_with_documents(
    directory: Path, *, source_url: str | None = None, contact_url: str | None = None
) -> tuple[KnowledgeBase, Mapping[str, Document]]:
    """Load a folder like `load_knowledge`, and also return its files by name, for line numbers.

    For an optional file that isn't there, that is an empty document.
    """
    faults: list[Fault] = []
    consequences: list[Fault] = []
    documents: dict[str, Document] = {}
    parts: dict[str, Any] = {}
    for file in FORMATS:
        reading = _read(directory / file)
        parts[file] = reading.part
        faults += reading.faults
        if reading.document:
            documents[file] = reading.document
    faq: FaqFile | None = parts["faq.yaml"]
    role: RoleFile | None = parts["role.yaml"]
    if faq and source_url:
        faq = faq.with_source_url(source_url)
    if role and contact_url:
        role = role.with_contact_url(contact_url)
    if role:
        faults += _length_faults(role, documents["role.yaml"])
    if len(documents) == len(FORMATS):
        faults += _name_faults(faq, documents)
        faults += clashing_names(documents)
        consequences += dangling_ids(documents)
    if faq is None or faults or consequences:
        raise KnowledgeError(directory, faults, consequences=consequences)
    digests = "".join(document.digest for document in documents.values())
    version = hashlib.sha256(digests.encode()).hexdigest()[:12]
    return _assemble(faq, role, parts["phrasings.yaml"] or PhrasingsFile(), version), documents


def _read(path: Path) -> Reading:
    """Read one of the files, as if slips that explain faults hadn't been made."""
    if path.name in OPTIONAL_FILES and is_absent(path):
        return Reading((), absent_document(path.name))
    try:
        text = decoded(read_file(path), path.name)
    except UnreadableError as error:
        return Reading(error.faults)
    return without_slips(text, path.name, partial(_read_text, path.name))


def _read_text(file: str, text: str) -> Reading:
    try:
        document = parse(text, file)
    except UnreadableError as error:
        return Reading(error.faults, near=error.near, stopped_at=next(iter(error.near), None))
    faults, near, part = document.faults, document.unclear, None
    try:
        part = FORMATS[file].model_validate(document.data)
    except ValidationError as error:
        faults += tuple(_format_faults(error, document))
        near += tuple(unclear_lines(error, document, text))
    return Reading(faults, document, part, near)


_SPACES = "Compare it and its indentation with its neighbors."
_EMPTY = ("{name} is empty.", "Fill it in or remove the key.")
# What pydantic finds, in words for someone who edits YAML: the problem and the remedy.
_EXPLANATIONS = {
    "missing": ("{name} is missing.", "Add it to {parent}."),
    "extra_forbidden": ("There's no key {key} here.", "Fix its spelling or remove it."),
    "string_type": ("{name} isn't text.", "If it contains ': ' or ' #', or starts with a symbol, put it in quotes."),
    "string_too_short": _EMPTY,
    "string_too_long": ("{name} has {length} characters.", "Shorten it to {max_length}."),
    "unwritten": ("{name} hasn't been written yet.", "Write it or remove the entry."),
    "too_short": ("{name} has no items.", "Add at least one."),
    "too_long": ("{name} has {actual_length} items.", "Keep at most {max_length}."),
    "bool_type": ("{name} is neither true nor false.", "Write true or false, without quotes."),
    "date_type": ("{name} isn't a date.", "Write it as year-month-day without quotes, such as 2026-11-22."),
    "list_type": ("{name} isn't a list.", f"Start each item with a hyphen and a space. {_SPACES}"),
    "dict_type": ("{name} isn't a mapping.", f"Write a key, a colon and a space before each value. {_SPACES}"),
    "model_type": ("{name} isn't a mapping.", f"Write a key, a colon and a space before each value. {_SPACES}"),
    "no_answer": ("{name} has no text and no items.", "Add one of them."),
    "two_answers": (
        "{name} is the job description but has a heading, text or items of its own.",
        "Move them to another section, or remove the job_description line.",
    ),
    "answer_too_long": ("{name}: text and items together have {length} characters.", "Shorten it to {max_length}."),
    ID_PATTERN: (
        "The id {value} can't be used.",
        "Use lowercase letters, digits and single hyphens, such as tpm-vs-pm.",
    ),
    LINE_PATTERN: ("{name} has more than one line.", "Write it on one line, or after >-, which joins lines."),
    LINK_PATTERN: ("{name} isn't a web address.", "Start it with https:// and leave out spaces and brackets."),
    EMOJI_PATTERN: ("{name} isn't an emoji.", "Paste just one, in quotes."),
    "anything else": ("{name} isn't what belongs here.", _SPACES),
}


def _format_faults(error: ValidationError, document: Document) -> Iterator[Fault]:
    for detail in error.errors(include_url=False):
        location, kind, value = detail["loc"], detail["type"], detail["input"]
        if location[-1:] == ("[key]",) and location not in document.lines:  # pydantic's name for the key itself
            location = location[:-1]
        if value is Unusable.REFUSED and kind != "extra_forbidden":
            continue
        problem, remedy = _explanation(kind, location, value, detail.get("ctx", {}), document)
        yield Fault(document.file, document.line(location), problem, remedy)


def _explanation(
    kind: str, location: Location, value: object, context: Mapping[str, Any], document: Document
) -> tuple[str, str]:
    written = shown(document.written.get(location, ""))
    facts = {
        "name": _name(location),
        "parent": _path(location[:-1]),
        "key": _path(location[-1:]),
        "value": shown(str(value)),
        "length": len(value) if isinstance(value, str) else 0,
        **context,
    }
    if kind == "string_too_long" and location[-1:] == ("reaction",):
        kind, context = "string_pattern_mismatch", {"pattern": EMOJI_PATTERN}
    if value is None and kind != "extra_forbidden":
        problem, remedy = _EMPTY
    elif kind == "string_type" and written:
        problem, remedy = "{name}: YAML doesn't read {written} as text.", 'Put it in quotes: "{written}"'
        facts["written"] = written
    else:
        key = context["pattern"] if kind == "string_pattern_mismatch" else kind
        problem, remedy = _EXPLANATIONS.get(key, _EXPLANATIONS["anything else"])
    return problem.format_map(facts), remedy.format_map(facts)


def _name(location: Location) -> str:
    """Return the start of a sentence about a value; people count items from 1."""
    if not location:
        return "The file"
    *around, last = location
    if isinstance(last, int):
        return f"The {_ordinal(last + 1)} item of {_path(tuple(around))}"
    return f"The key {_path(location)}"


def _path(location: Location) -> str:
    return shown(".".join(map(str, location))) or "the file"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _length_faults(role: RoleFile, document: Document) -> Iterator[Fault]:
    length = len(as_markdown(_profile(role)))
    if length > MAX_JOB_DESCRIPTION_LENGTH:
        problem = f"The sections with a heading make a job description of {length} characters."
        remedy = f"Shorten them to {MAX_JOB_DESCRIPTION_LENGTH} in all."
        yield Fault(document.file, document.line(("sections",)), problem, remedy)


def _name_faults(faq: FaqFile | None, documents: Mapping[str, Document]) -> Iterator[Fault]:
    """Without a role, whose title would do, the knowledge needs a name."""
    if faq and faq.name is None and documents["role.yaml"].is_absent:
        remedy = "Add what the bot answers questions about, such as name: Riverside Home Brewers."
        yield Fault("faq.yaml", documents["faq.yaml"].line(()), "The key name is missing.", remedy)


def _assemble(faq: FaqFile, role: RoleFile | None, phrasings: PhrasingsFile, version: str) -> KnowledgeBase:
    """Combine files without faults."""
    profile = _profile(role) if role else None
    source = Source(faq.source.publisher, faq.source.title, faq.source.url) if faq.source else None

    def ways_to_ask(id_: str, own: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*own, *phrasings.phrasings.get(id_, ())]))

    def entry(id_: str, part: EntryPart | SectionPart, answer: str, link: str | None) -> Entry:
        return Entry(
            id=id_,
            question=part.question,
            answer=answer,
            phrasings=ways_to_ask(id_, [part.question, *part.phrasings]),
            related=tuple(part.related),
            source_section=part.source_section,
            reviewed=part.reviewed,
            link=link,
            examples=tuple(part.examples),
            not_examples=tuple(part.not_examples),
        )

    sections = (
        entry(id_, part, as_markdown(profile) if profile and part.job_description else part.answer, part.link)
        for id_, part in (role.sections if role else {}).items()
    )
    entries = (entry(id_, part, part.answer, None) for id_, part in faq.entries.items())
    off_topics = (
        OffTopic(
            id=id_,
            name=part.name,
            phrasings=ways_to_ask(id_, part.phrasings),
            reply=part.reply,
            reaction=part.reaction,
            examples=tuple(part.examples),
            not_examples=tuple(part.not_examples),
        )
        for id_, part in faq.off_topic.items()
    )
    return KnowledgeBase(
        name=faq.name or (role.title if role else ""),
        about=faq.about,
        source=source,
        entries=(*sections, *entries),
        off_topics=tuple(off_topics),
        vocabulary=Vocabulary({name: tuple(words) for name, words in phrasings.vocabulary.items()}),
        role=profile,
        version=version,
        language=faq.language,
        subject=SubjectNames(tuple(faq.subject.names), tuple(faq.subject.mistaken_for))
        if faq.subject
        else SubjectNames(),
    )


def _profile(role: RoleFile) -> RoleProfile:
    return RoleProfile(
        role.title,
        tuple(
            RoleSection(id_, part.heading, part.text or "", tuple(part.items), part.link)
            for id_, part in role.sections.items()
            if part.heading
        ),
    )
