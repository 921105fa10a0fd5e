"""Turn a folder of YAML into a `KnowledgeBase`, or say everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.job_description import as_markdown
from bot.knowledge.file_format import (
    FORMATS,
    FaqFile,
    PhrasingsFile,
    RoleFile,
    SectionPart,
    max_answer_length,
    max_job_description_length,
)
from bot.knowledge.model import (
    Entry,
    KnowledgeBase,
    OffTopic,
    RoleProfile,
    RoleSection,
    Source,
    Vocabulary,
)
from bot.knowledge.yaml_document import Document, Fault, Location, NotText, Unreadable, read_document

shipped_knowledge = Path(__file__).parents[2] / "knowledge"
"""The knowledge that comes with the program: beside the `bot` package in the source and in the wheel."""


class KnowledgeError(Exception):
    """Say that a folder holds no usable knowledge; carries every fault found, sorted."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


def load_knowledge(directory: Path = shipped_knowledge) -> KnowledgeBase:
    """Load `faq.yaml`, `role.yaml` and `phrasings.yaml` from a folder.

    Raises:
        KnowledgeError: Anything is wrong with them; every fault that could be found is in it.
    """
    faults: list[Fault] = []
    documents: dict[str, Document] = {}
    parts: dict[str, Any] = {}
    for file, format_ in FORMATS.items():
        try:
            documents[file] = document = read_document(directory / file)
            faults += document.faults
            parts[file] = format_.model_validate(document.data)
        except Unreadable as error:
            faults += error.faults
        except ValidationError as error:
            faults += _format_faults(error, document)
    if len(parts) == len(FORMATS):
        files = _Files(documents, parts["faq.yaml"], parts["role.yaml"], parts["phrasings.yaml"])
        faults += files.faults()
        if not faults:
            return files.knowledge_base(_version(directory))
    raise KnowledgeError(faults)


def _version(directory: Path) -> str:
    digest = hashlib.sha256()
    for file in FORMATS:
        digest.update((directory / file).read_bytes())
    return digest.hexdigest()[:12]


def _format_faults(error: ValidationError, document: Document) -> Iterator[Fault]:
    for detail in error.errors(include_url=False):
        location = tuple(step for step in detail["loc"] if step != "[key]")
        problem, remedy = _explain(detail["type"], location, detail, document)
        yield Fault(document.file, document.line(location), problem, remedy)


def _explain(kind: str, location: Location, detail: Any, document: Document) -> tuple[str, str]:
    """Say what pydantic found in words for somebody who edits YAML."""
    name = ".".join(map(str, location)) or "the file"
    context = detail.get("ctx", {})
    value = detail["input"]
    written = document.written.get(location)
    if kind == "missing":
        return f"{name} is missing.", f"Add it to {'.'.join(map(str, location[:-1])) or 'the file'}."
    if kind == "extra_forbidden":
        return f"The key {location[-1]!r} is unknown here.", "Correct its spelling or remove it."
    if value is None:
        return f"{name} is empty.", "Write something there or remove the key."
    if isinstance(value, NotText) or (written is not None and kind == "string_type"):
        return f"{name}: YAML does not read {written} as text.", f'Put it in quotes: "{written}"'
    if kind == "string_type":
        return f"{name} is not text.", "If it contains ': ' or ' #' or starts with a sign, put it in quotes."
    if kind == "string_too_short":
        return f"{name} is empty.", "Write something there or remove the key."
    if kind == "too_short":
        return f"{name} has no items.", "Add at least one."
    if kind == "string_too_long":
        return f"{name} has {len(value)} characters.", f"Shorten it to {context['max_length']}."
    if kind == "too_long":
        return f"{name} has {len(value)} items.", f"Keep at most {context['max_length']}."
    if kind == "string_pattern_mismatch" and "http" in context["pattern"]:
        return f"{name} is not a web address.", "Begin it with https:// and leave out spaces and brackets."
    if kind == "string_pattern_mismatch":
        return f"{value!r} is not an id.", "Use small letters, digits and single hyphens, such as tpm-vs-pm."
    if kind.startswith("date"):
        return f"{name} is not a date.", "Write it as year-month-day without quotes, such as 2026-11-22."
    expected = {"bool_type": "true or false", "list_type": "a list", "dict_type": "a mapping"}.get(kind)
    expected = expected or ("a mapping" if kind == "model_type" else detail["msg"])
    return f"{name} should be {expected}.", "Compare it with its neighbours, also the spaces in front."


class _Files:
    """The three files, each right in itself, on their way to one `KnowledgeBase`."""

    def __init__(
        self, documents: Mapping[str, Document], faq: FaqFile, role: RoleFile, phrasings: PhrasingsFile
    ) -> None:
        self._documents = documents
        self._faq = faq
        self._role = role
        self._phrasings = phrasings

    def faults(self) -> Iterator[Fault]:
        """Find what is wrong between the files, and lengths that only the whole shows."""
        yield from self._id_faults()
        yield from self._related_faults()
        yield from self._section_faults()
        yield from self._vocabulary_faults()

    def knowledge_base(self, version: str) -> KnowledgeBase:
        """Put the files together; only after `faults` has found none."""
        faq, profile = self._faq, self._profile()
        sections = (
            self._entry(id_, part, _section_answer(part, profile), part.link)
            for id_, part in self._role.sections.items()
        )
        entries = (self._entry(id_, part, part.answer, None) for id_, part in faq.entries.items())
        off_topics = (
            OffTopic(id_, part.name, self._ways_to_ask(id_, part.phrasings), part.reply, part.reaction)
            for id_, part in faq.off_topic.items()
        )
        return KnowledgeBase(
            source=Source(faq.source.publisher, faq.source.title, faq.source.url),
            entries=(*sections, *entries),
            off_topics=tuple(off_topics),
            vocabulary=Vocabulary({name: tuple(words) for name, words in self._phrasings.vocabulary.items()}),
            role=profile,
            version=version,
        )

    def _entry(self, id_: str, part: Any, answer: str, link: str | None) -> Entry:
        return Entry(
            id=id_,
            question=part.question,
            answer=answer,
            source_section=part.source_section,
            related=tuple(part.related),
            reviewed=part.reviewed,
            phrasings=self._ways_to_ask(id_, [part.question, *part.phrasings]),
            link=link,
        )

    def _ways_to_ask(self, id_: str, own: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*own, *self._phrasings.phrasings.get(id_, ())]))

    def _profile(self) -> RoleProfile:
        return RoleProfile(
            self._role.title,
            tuple(
                RoleSection(id_, part.heading, part.text or "", tuple(part.items), part.link)
                for id_, part in self._role.sections.items()
                if part.heading
            ),
        )

    def _id_faults(self) -> Iterator[Fault]:
        places: dict[str, str] = {}
        groups = [
            ("role.yaml", "sections", self._role.sections),
            ("faq.yaml", "entries", self._faq.entries),
            ("faq.yaml", "off_topic", self._faq.off_topic),
        ]
        for file, group, parts in groups:
            for id_ in parts:
                place = f"{file}:{self._documents[file].line((group, id_))}"
                if id_ in places:
                    problem = f"The id {id_!r} is taken: it stands in {places[id_]} already."
                    yield self._fault(file, (group, id_), problem, "Give one of the two another id.")
                places.setdefault(id_, place)
        for id_ in self._phrasings.phrasings:
            if id_ not in places:
                problem = f"Nothing in faq.yaml or role.yaml has the id {id_!r}."
                yield self._fault("phrasings.yaml", ("phrasings", id_), problem, "Correct the id or remove its list.")

    def _related_faults(self) -> Iterator[Fault]:
        known = {*self._role.sections, *self._faq.entries}
        for file, group, parts in (
            ("role.yaml", "sections", self._role.sections),
            ("faq.yaml", "entries", self._faq.entries),
        ):
            for id_, part in parts.items():
                for index, related in enumerate(part.related):
                    location = (group, id_, "related", index)
                    if related not in known:
                        yield self._fault(file, location, f"{related!r} is no topic's id.", "Correct or remove it.")
                    elif related == id_:
                        yield self._fault(file, location, f"{id_!r} is related to itself.", "Remove it.")

    def _section_faults(self) -> Iterator[Fault]:
        profile = self._profile()
        for id_, part in self._role.sections.items():
            location = ("sections", id_)
            if not (part.text or part.items or part.job_description):
                yield self._fault("role.yaml", location, f"{id_} has no text and no items.", "Add one of them.")
                continue
            length = len(_section_answer(part, profile))
            limit = max_job_description_length if part.job_description else max_answer_length
            if length > limit:
                what = "The job description" if part.job_description else f"The text of {id_} with its items"
                yield self._fault("role.yaml", location, f"{what} has {length} characters.", f"Shorten it to {limit}.")

    def _vocabulary_faults(self) -> Iterator[Fault]:
        owners: dict[str, str] = {}
        for name, words in self._phrasings.vocabulary.items():
            for index, word in enumerate(words):
                owner = owners.setdefault(word.casefold(), name)
                if owner != name:
                    location = ("vocabulary", name, index)
                    problem = f"{word!r} means {owner!r} already."
                    yield self._fault("phrasings.yaml", location, problem, "Remove it from one of the two.")

    def _fault(self, file: str, location: Location, problem: str, remedy: str) -> Fault:
        return Fault(file, self._documents[file].line(location), problem, remedy)


def _section_answer(part: SectionPart, profile: RoleProfile) -> str:
    if part.job_description:
        return as_markdown(profile)
    return "\n\n".join(filter(None, [part.text, "\n".join(f"- {item}" for item in part.items)]))
