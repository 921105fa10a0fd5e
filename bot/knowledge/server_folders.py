"""Find which servers and channels have knowledge of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.knowledge.faults import Fault, UnreadableError
from bot.knowledge.file_content import Stamps, is_absent, stamps_of
from bot.knowledge.file_format import FORMATS, SERVER_FILE, ServerFile
from bot.knowledge.reading import read_part
from bot.knowledge.translations import translation_names
from bot.knowledge.yaml_document import Document

SERVERS = "servers"


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """A folder with knowledge for some servers, or for some channels in them if it names any."""

    directory: Path
    server_ids: frozenset[int]
    channel_ids: frozenset[int]
    extends: bool
    has_role: bool

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.directory.name


@dataclass(frozen=True, slots=True)
class ServerFolders:
    """All such folders that can be used, by server, and what is wrong with the others.

    A server or channel that two folders name belongs to the first by name.
    """

    by_server: Mapping[int, tuple[ServerFolder, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def __iter__(self) -> Iterator[ServerFolder]:
        """Yield each folder once, by name."""
        found = {folder.name: folder for folders in self.by_server.values() for folder in folders}
        return iter(found[name] for name in sorted(found))

    def of(self, server_id: int | None, channel_ids: frozenset[int]) -> ServerFolder | None:
        """Return the folder for a channel of a server, else that for the server, if there is one."""
        folders = () if server_id is None else self.by_server.get(server_id, ())
        own = (folder for folder in folders if not folder.channel_ids.isdisjoint(channel_ids))
        return next(own, next((folder for folder in folders if not folder.channel_ids), None))


def find_server_folders(directory: Path) -> ServerFolders:
    """Look for server folders in a knowledge folder."""
    by_server: dict[int, list[ServerFolder]] = {}
    faults: list[Fault] = []
    for file in sorted((directory / SERVERS).glob(f"*/{SERVER_FILE}")):
        try:
            folder, document = _read(file)
        except UnreadableError as error:
            faults += (_in_folder(fault, file) for fault in error.faults)
            continue
        faults += (_in_folder(fault, file) for fault in _claimed_before(folder, document, by_server))
        for server_id in sorted(folder.server_ids):
            by_server.setdefault(server_id, []).append(folder)
    return ServerFolders({id_: tuple(folders) for id_, folders in by_server.items()}, tuple(faults))


def stamps_of_servers(directory: Path) -> dict[str, Stamps]:
    """Return, by folder, something that differs once one of its files has been written, replaced or removed."""
    return {file.parent.name: _stamps(file.parent) for file in (directory / SERVERS).glob(f"*/{SERVER_FILE}")}


def read_server_folder(directory: Path) -> ServerFolder | None:
    """Read what a folder's `server.yaml` says; return None if it has none.

    Raises:
        UnreadableError: The file can't be used.
    """
    file = directory / SERVER_FILE
    return None if is_absent(file) else _read(file)[0]


def _stamps(folder: Path) -> Stamps:
    names = (SERVER_FILE, *FORMATS, *translation_names(folder))
    return names, stamps_of(folder, names)


def _read(file: Path) -> tuple[ServerFolder, Document]:
    reading = read_part(file, ServerFile)
    if reading.faults or reading.document is None:
        raise UnreadableError(*reading.faults)
    found: ServerFile = reading.part
    folder = ServerFolder(
        directory=file.parent,
        server_ids=frozenset(map(int, found.servers)),
        channel_ids=frozenset(map(int, found.channels)),
        extends=found.extends,
        has_role=(file.parent / "role.yaml").exists(),
    )
    return folder, reading.document


def _claimed_before(
    folder: ServerFolder, document: Document, by_server: Mapping[int, list[ServerFolder]]
) -> Iterator[Fault]:
    for server_id in sorted(folder.server_ids):
        for other in by_server.get(server_id, ()):
            both = folder.channel_ids & other.channel_ids
            if both or folder.channel_ids == other.channel_ids:
                key, id_ = ("channels", min(both)) if both else ("servers", server_id)
                problem = f"The {key.removesuffix('s')} {id_} is already named by the folder {other.name}."
                remedy = f"Remove it from one of the two. Until then, {other.name} answers there."
                yield Fault(document.file, _line_of(id_, key, document), problem, remedy)


def _line_of(id_: int, key: str, document: Document) -> int:
    data = document.data if isinstance(document.data, dict) else {}
    return document.line((key, data[key].index(str(id_))))


def _in_folder(fault: Fault, file: Path) -> Fault:
    """Say in which folder a file is."""
    return Fault(f"{SERVERS}/{file.parent.name}/{fault.file}", fault.line, fault.problem, fault.remedy)
