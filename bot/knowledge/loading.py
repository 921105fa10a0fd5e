"""Turn a folder of YAML into a `KnowledgeBase`, or report everything wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.knowledge.assembling import assemble, profile_of
from bot.knowledge.combining import extended
from bot.knowledge.faults import Fault, UnreadableError
from bot.knowledge.file_content import is_absent
from bot.knowledge.file_format import (
    FORMATS,
    MAX_JOB_DESCRIPTION_LENGTH,
    OPTIONAL_FILES,
    FaqFile,
    PhrasingsFile,
    RoleFile,
)
from bot.knowledge.images import read_images
from bot.knowledge.job_description import as_markdown
from bot.knowledge.mending import Reading
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.reading import read_part
from bot.knowledge.references import clashing_names, dangling_ids
from bot.knowledge.saying import said_in, ways_to_ask
from bot.knowledge.server_folders import read_server_folder
from bot.knowledge.translations import language_of, read_translations
from bot.knowledge.yaml_document import Document, absent_document
from bot.language.languages import Language

SHIPPED_KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
"""The knowledge that ships with the bot: next to the `bot` package, in the source and in the wheel."""

SHARED = "../../"
"""Where a server's folder finds the shared knowledge."""


class KnowledgeError(Exception):
    """A folder holds no usable knowledge; carries every fault found, causes before their consequences.

    `image_stamps` tell whether one of the image files that it names was written since.
    """

    def __init__(
        self,
        directory: Path,
        faults: Iterable[Fault],
        *,
        consequences: Iterable[Fault] = (),
        image_stamps: Mapping[Path, object] | None = None,
    ) -> None:
        self.directory = directory
        self.image_stamps = image_stamps or {}
        self.faults = tuple(dict.fromkeys([*sorted(faults), *sorted(consequences)]))
        super().__init__("\n".join(map(str, self.faults)))


def load_knowledge(
    directory: Path = SHIPPED_KNOWLEDGE, *, source_url: str | None = None, contact_url: str | None = None
) -> KnowledgeBase:
    """Load `faq.yaml` from a folder, and `role.yaml`, `phrasings.yaml` and translations if they are there.

    The addresses, if given, replace those of the source and of the `contact` section, if it has these. A server's
    folder is loaded on top of the shared knowledge around it, unless its `server.yaml` says otherwise.

    Raises:
        KnowledgeError: Anything is wrong with the files; carries every fault that could be found.
    """
    return load_with_documents(directory, source_url=source_url, contact_url=contact_url)[0]


def load_with_documents(
    directory: Path, *, source_url: str | None = None, contact_url: str | None = None
) -> tuple[KnowledgeBase, Mapping[str, Document]]:
    """Load a folder like `load_knowledge`, and also return its files by name, for line numbers.

    For an optional file that isn't there, that is an empty document. The names of shared files begin with `SHARED`.
    """
    if not _extends(directory):
        return _load_own(directory, None, source_url=source_url, contact_url=contact_url)
    around = directory.resolve().parents[1]
    shared, documents = _load_own(around, None, source_url=source_url, contact_url=contact_url)
    own, own_documents = _load_own(directory, shared)
    beside = {f"{SHARED}{name}": replace(each, file=f"{SHARED}{name}") for name, each in documents.items()}
    return extended(shared, own), {**beside, **own_documents}


def load_server(directory: Path, shared: KnowledgeBase | None) -> KnowledgeBase:
    """Load a server's folder on top of the shared knowledge, or for None by itself.

    Raises:
        KnowledgeError: Anything is wrong with the files.
    """
    own, _ = _load_own(directory, shared)
    return extended(shared, own) if shared else own


def _extends(directory: Path) -> bool:
    """Return whether a folder is a server's that adds to the shared knowledge around it."""
    try:
        folder = read_server_folder(directory)
    except UnreadableError as error:
        raise KnowledgeError(directory, error.faults) from None
    return folder is not None and folder.extends


def _load_own(
    directory: Path, shared: KnowledgeBase | None, *, source_url: str | None = None, contact_url: str | None = None
) -> tuple[KnowledgeBase, Mapping[str, Document]]:
    """Load the files of a folder, which may refer to entries of the shared knowledge."""
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
    language = _language(faq, shared)
    translations = read_translations(directory, own=language)
    faults += translations.faults
    said = {each: said_in(file, faq, role) for each, file in translations.by_language.items()} if faq else {}
    if role:
        faults += _length_faults(role, documents["role.yaml"])
    if len(documents) == len(FORMATS):
        faults += _name_faults(faq, documents, shared)
        faults += clashing_names(documents)
        consequences += dangling_ids(documents, [entry.id for entry in shared.entries] if shared else [])
    images = read_images(directory, documents)
    faults += images.faults
    if faq is None or language is None or faults or consequences:
        raise KnowledgeError(directory, faults, consequences=consequences, image_stamps=images.stamps)
    documents |= translations.documents
    digests = "".join(document.digest for document in documents.values()) + images.digest
    own = assemble(
        faq,
        role,
        parts["phrasings.yaml"] or PhrasingsFile(),
        language=language,
        translations=said,
        foreign=ways_to_ask(translations.by_language.values()),
        images=images.files,
        version=hashlib.sha256(digests.encode()).hexdigest()[:12],
    )
    return replace(own, name=faq.name or shared.name) if shared else own, documents


def _read(path: Path) -> Reading:
    if path.name in OPTIONAL_FILES and is_absent(path):
        return Reading((), absent_document(path.name))
    return read_part(path, FORMATS[path.name])


def _language(faq: FaqFile | None, shared: KnowledgeBase | None) -> Language | None:
    """Return the language of the knowledge: of a server's, the shared one's, unless it says otherwise."""
    if faq and (shared is None or "language" in faq.model_fields_set):
        return language_of(faq.language)
    return shared.language if shared else None


def _length_faults(role: RoleFile, document: Document) -> Iterator[Fault]:
    length = len(as_markdown(profile_of(role)))
    if length > MAX_JOB_DESCRIPTION_LENGTH:
        problem = f"The sections with a heading make a job description of {length} characters."
        remedy = f"Shorten them to {MAX_JOB_DESCRIPTION_LENGTH} in all."
        yield Fault(document.file, document.line(("sections",)), problem, remedy)


def _name_faults(
    faq: FaqFile | None, documents: Mapping[str, Document], shared: KnowledgeBase | None
) -> Iterator[Fault]:
    """Without a role, whose title would do, or shared knowledge around it, the knowledge needs a name."""
    if faq and faq.name is None and documents["role.yaml"].is_absent and shared is None:
        remedy = "Add what the bot answers questions about, such as name: Riverside Home Brewers."
        yield Fault("faq.yaml", documents["faq.yaml"].line(()), "The key name is missing.", remedy)
