"""Which knowledge answers where: the shared one, or a server's own, with what was taught there."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.answering import Answering
from bot.knowledge.combining import applies, restricted_to
from bot.knowledge.faults import Fault
from bot.knowledge.file_content import Stamps, stamp_of
from bot.knowledge.loading import KnowledgeError, load_server
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.server_folders import ServerFolder, ServerFolders, find_server_folders, stamps_of_servers
from bot.knowledge.taught import Taught, laid_over

logger = logging.getLogger(__name__)

MAX_MEMORY = 512 * 1024 * 1024  # bytes, for the knowledge of the servers that were asked last
PAUSE_BETWEEN_LOOKS = 2.0  # seconds
PATIENCE = 0.5  # seconds to wait for what was just taught; then what answered before answers
LONG_PATIENCE = 20.0  # seconds, where nothing has to be answered within 3


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a question is asked: a thread is also in the channel around it. `server_id` is None in direct messages."""

    server_id: int | None = None
    channel_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Refused:
    """A server's folder can't be used; what was loaded before still answers there, or else the shared knowledge."""

    folder: str
    faults: tuple[Fault, ...]
    has_last_good: bool


@dataclass(frozen=True, slots=True)
class Recovered:
    """A server's folder can be used again."""

    folder: str


@dataclass(frozen=True, slots=True)
class Edited:
    """Servers' folders were edited, added or removed."""


FolderNews = Refused | Recovered | Edited

Load = Callable[[Path, KnowledgeBase | None], KnowledgeBase]
"""Reads a server's folder, on top of the shared knowledge or, for None, without it; raises `KnowledgeError`."""

_Key = tuple[str, int | None, frozenset[str] | None]
"""A folder's name, or nothing for the shared knowledge; the server, if something was taught there; and the entries for
certain channels that apply."""


class TaughtThere(Protocol):
    """What servers were taught on Discord."""

    def of(self, server_id: int) -> tuple[Taught, ...]:
        """Return what a server was taught, the oldest first, without waiting for anything."""


class NothingTaught:
    """No server was taught anything."""

    def of(self, _server_id: int) -> tuple[Taught, ...]:
        """Return nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class _Edition:
    """What answers somewhere, and what it was made from: a version, and the files as they were."""

    answering: Answering
    made_from: object
    size: int


class Library:
    """Find what answers where. A server's own knowledge is loaded when it is first needed, and after edits.

    Args:
        shared: answers in direct messages and in servers without knowledge of their own.
        directory: the knowledge folder, with a folder for each such server below `servers`.
        load: reads such a folder.
        taught: what is added to that on Discord.
        report: told in the event loop of each folder that can't be used, once it can, and of edits.
        capacity: bytes of memory for servers' knowledge, about; beyond that, the one asked longest ago is dropped.
        pause: between looks at the files of all servers, and until an edit counts as finished, in seconds.
    """

    def __init__(
        self,
        *,
        shared: Answering,
        directory: Path,
        load: Load = load_server,
        taught: TaughtThere | None = None,
        report: Callable[[FolderNews], None] = lambda _: None,
        capacity: int = MAX_MEMORY,
        pause: float = PAUSE_BETWEEN_LOOKS,
    ) -> None:
        self.shared = shared
        self._directory = directory
        self._load = load
        self._taught = taught or NothingTaught()
        self._report = report
        self._capacity = capacity
        self._pause = pause
        self._folders = ServerFolders()
        self._stamps: dict[str, Stamps] = {}
        self._editions: OrderedDict[_Key, _Edition] = OrderedDict()
        self._images: dict[str, Mapping[Path, object]] = {}  # their stamps when they were read, by folder
        self._image_edits: Counter[str] = Counter()
        self._refused: dict[str, object] = {}
        self._teaching: dict[_Key, tuple[object, asyncio.Task[Answering]]] = {}
        self._loading = asyncio.Lock()  # one at a time: it is work for the processor

    @property
    def has_role(self) -> bool:
        """Return whether any server may have a job description."""
        return self.shared.knowledge.role is not None or any(folder.has_role for folder in self._folders)

    async def at(self, scope: Scope, *, patience: float = PATIENCE) -> Answering:
        """Return what answers a question asked there; `patience` is how long to wait for what was just taught."""
        folder = self._folders.of(scope.server_id, scope.channel_ids)
        key, whole = await self._whole(folder, scope.server_id, patience=patience)
        return await self._in_channels(key, whole, scope.channel_ids)

    async def of_server(self, server_id: int | None) -> Answering:
        """Return what answers in a server, with the entries for all of its channels."""
        return (await self._whole(self._folders.of(server_id, frozenset()), server_id))[1]

    async def learned(self, server_id: int) -> None:
        """Wait until what a server was taught answers there."""
        await self._whole(self._folders.of(server_id, frozenset()), server_id, patience=None)

    async def folder_of_server(self, server_id: int) -> KnowledgeBase:
        """Return the knowledge of a server without what was taught on Discord."""
        folder = self._folders.of(server_id, frozenset())
        return ((await self._of(folder) if folder else None) or self.shared).knowledge

    async def open(self) -> None:
        """Find the servers' folders, without loading them."""
        self._folders, self._stamps = await asyncio.to_thread(self._look)
        for fault in self._folders.faults:
            logger.warning("%s", fault)

    async def watch(self) -> None:
        """Reload each server's folder after an edit of it, until canceled."""
        while True:
            await asyncio.sleep(self._pause)
            if await asyncio.to_thread(self._is_edited):
                await asyncio.sleep(self._pause)  # for files that are still being written
                await self.reload()

    async def reload(self) -> None:
        """Look for edits now."""
        before = self._stamps
        with_new_images = await asyncio.to_thread(self._with_new_images)
        await self.open()
        for name in with_new_images:
            self._images.pop(name, None)
        self._image_edits.update(with_new_images)
        edited = {folder.name for folder in self._folders if before.get(folder.name) != self._stamps.get(folder.name)}
        for folder in self._folders:
            if folder.name in edited | with_new_images:
                await self._of(folder)
        if with_new_images or before != self._stamps:
            self._report(Edited())

    def _is_edited(self) -> bool:
        return stamps_of_servers(self._directory) != self._stamps or bool(self._with_new_images())

    def _with_new_images(self) -> set[str]:
        """Return the names of the folders of which an image file was written since it was read."""
        read = list(self._images.items())
        return {name for name, stamps in read if any(stamp_of(path) != stamp for path, stamp in stamps.items())}

    def _look(self) -> tuple[ServerFolders, dict[str, Stamps]]:
        stamps = stamps_of_servers(self._directory)
        self.shared.encoders.keep_only(stamps)
        return find_server_folders(self._directory), stamps

    async def _of(self, folder: ServerFolder) -> Answering | None:
        """Return what answers from a folder, as last it could be read; None if it never could."""
        shared = self.shared.knowledge if folder.extends else None
        made_from = (shared and shared.version, self._stamps.get(folder.name), self._image_edits[folder.name])
        key = (folder.name, None, None)
        if self._refused.get(folder.name) == made_from:
            return self._last_good(key)
        try:
            answering = await self._made(key, made_from, partial(self._read, folder, shared))
        except KnowledgeError as error:
            self._refused[folder.name] = made_from
            found = self._last_good(key)
            logger.warning("The knowledge in %s can't be used. %s", folder.name, error.faults[0])
            self._report(Refused(folder.name, error.faults, has_last_good=found is not None))
            return found
        if self._refused.pop(folder.name, None) is not None:
            logger.info("The knowledge in %s can be used again.", folder.name)
            self._report(Recovered(folder.name))
        return answering

    def _last_good(self, key: _Key) -> Answering | None:
        found = self._editions.get(key)
        return found.answering if found else None

    def _read(self, folder: ServerFolder, shared: KnowledgeBase | None) -> Answering:
        try:
            knowledge = self._load(folder.directory, shared)
        except KnowledgeError as error:
            self._images[folder.name] = error.image_stamps
            raise
        own = (path for path in knowledge.image_stamps if path.is_relative_to(folder.directory))
        self._images[folder.name] = {path: knowledge.image_stamps[path] for path in own}
        return self.shared.with_knowledge(knowledge, encoders=self.shared.encoders.kept_as(folder.name))

    async def _whole(
        self, folder: ServerFolder | None, server_id: int | None, *, patience: float | None = PATIENCE
    ) -> tuple[_Key, Answering]:
        """Return what answers in a server from a folder, or from the shared knowledge, for all channels."""
        own = await self._of(folder) if folder else None
        name, base = (folder.name, own) if folder and own else ("", self.shared)
        items = () if server_id is None else self._taught.of(server_id)
        if not items:
            return (name, None, None), base
        key, made_from = (name, server_id, None), (base.knowledge.version, items)
        if (found := self._current(key, made_from)) is not None:
            return key, found
        underway, learning = self._teaching.get(key, (None, None))
        if learning is None or underway != made_from:
            learning = asyncio.create_task(self._made(key, made_from, partial(_taught, base, items)))
            self._teaching[key] = made_from, learning
            learning.add_done_callback(partial(self._note_taught, key))
        if (await asyncio.wait({learning}, timeout=patience))[0]:
            return key, await learning
        return key, self._last_good(key) or base

    def _note_taught(self, key: _Key, learning: asyncio.Task[Answering]) -> None:
        if self._teaching.get(key, (None, None))[1] is learning:
            del self._teaching[key]
        if not learning.cancelled() and (error := learning.exception()):
            logger.error("Learning what a server was taught failed.", exc_info=error)

    async def _in_channels(self, key: _Key, whole: Answering, channel_ids: frozenset[int]) -> Answering:
        """Leave out the entries that apply to other channels only."""
        limited = [entry for entry in whole.knowledge.entries if entry.channels]
        here = frozenset(entry.id for entry in limited if applies(entry, channel_ids))
        if len(here) == len(limited):
            return whole
        name, server_id, _ = key
        key = (name, server_id, here)
        return await self._made(key, whole.knowledge.version, partial(_restricted, whole, channel_ids))

    async def _made(self, key: _Key, made_from: object, make: Callable[[], Answering]) -> Answering:
        """Return what was made of the same before, or make it, in a thread."""
        if (found := self._current(key, made_from)) is not None:
            return found
        async with self._loading:
            if (found := self._current(key, made_from)) is not None:  # another task made it in the meantime
                return found
            answering = await asyncio.to_thread(make)
            self._keep(key, _Edition(answering, made_from, self._size_of(answering)))
            return answering

    def _current(self, key: _Key, made_from: object) -> Answering | None:
        found = self._editions.get(key)
        if found is None or found.made_from != made_from:
            return None
        self._editions.move_to_end(key)
        return found.answering

    def _size_of(self, answering: Answering) -> int:
        """Return the bytes of memory it takes, with the images that aren't in memory anyway."""
        shared = self.shared.knowledge.image_files
        images = answering.knowledge.image_files.items()
        return answering.size + sum(len(file.content) for path, file in images if path not in shared)

    def _keep(self, key: _Key, edition: _Edition) -> None:
        """Keep what was used last, as much as there is room for."""
        self._editions[key] = edition
        self._editions.move_to_end(key)
        size = sum(each.size for each in self._editions.values())
        while size > self._capacity and len(self._editions) > 1:
            size -= self._editions.popitem(last=False)[1].size


def _restricted(whole: Answering, channel_ids: frozenset[int]) -> Answering:
    return whole.with_knowledge(restricted_to(whole.knowledge, channel_ids))


def _taught(base: Answering, items: tuple[Taught, ...]) -> Answering:
    knowledge = laid_over(base.knowledge, items).knowledge
    return base if knowledge is base.knowledge else base.with_knowledge(knowledge)
