"""Hot reload: serve an edit of the knowledge once it is good, and the last good knowledge until then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from watchfiles import awatch

from bot.answering import Answering
from bot.authoring.comparison import ContentChanges, compare_content
from bot.authoring.examples import broken_examples
from bot.authoring.findings import Places
from bot.authoring.snapshot import Snapshot, cut_off, stamps_of, take_snapshot
from bot.knowledge.faults import Fault
from bot.knowledge.file_format import FORMATS
from bot.knowledge.loading import KnowledgeError, load_with_documents
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.knowledge.yaml_document import Document
from bot.matching.matcher import Matcher

logger = logging.getLogger(__name__)

Load = Callable[[Path], tuple[KnowledgeBase, Mapping[str, Document]]]

MAX_ATTEMPTS = 5  # to read the files while none of them changes
LOGGED_FAULTS = 3


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What the files hold now is served; `broken` are the examples that have another outcome than they should."""

    version: str
    changes: ContentChanges
    broken: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What the files hold can't be served, for this reason; the last good knowledge still is."""

    reason: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The files hold what is served already."""

    version: str


Outcome = Reloaded | Kept | Unchanged


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        quiet: without another change, until an edit counts as done.
        longest: for that, when changes don't end.
        poll: between looks at folders whose changes the system doesn't tell of, such as some network shares.
    """

    quiet: float = 0.3
    longest: float = 2.0
    poll: float = 5.0


@dataclass(frozen=True, slots=True)
class _Loaded:
    knowledge: KnowledgeBase
    matcher: Matcher
    changes: ContentChanges
    broken: tuple[Fault, ...]
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class _Read:
    """What the files hold together, and what they were like."""

    knowledge: KnowledgeBase
    documents: Mapping[str, Document]
    snapshot: Snapshot


class KnowledgeWatcher:
    """Keep what is answered from up with a folder of knowledge.

    Each time, a whole new knowledge base is made beside the one in service and then takes its place in one step.
    """

    def __init__(
        self,
        *,
        answering: Answering,
        loaded_from: Snapshot,
        load: Load = load_with_documents,
        report: Callable[[Outcome], None] = lambda _: None,
        patience: Patience | None = None,
    ) -> None:
        """Serve through `answering` what the folder holds that it was loaded from.

        `loaded_from` was taken before that: while the files are as they were then, none is read again. `load` reads
        them as was done at first, in a thread; `report` is told each outcome, in the event loop.
        """
        self._answering = answering
        self._directory = loaded_from.folder
        self._load_from = load
        self._report = report
        self._patience = patience or Patience()
        self._turn = asyncio.Lock()
        self._served = loaded_from
        self._seen = loaded_from.stamps  # when the files were last read, for good or not
        self._last: Outcome | None = None

    async def watch(self) -> None:
        """Warn of what is wrong from the start; then reload after each edit, until cancelled."""
        await asyncio.to_thread(self._warn_of_broken_examples)
        while True:
            try:
                await self._watch_folder()
            except Exception as error:  # noqa: BLE001 - such as no folder, or no more inotify watches: look without
                logger.debug("The knowledge folder can't be watched now: %s", error)
                await asyncio.sleep(self._patience.poll)
                await self._reload_if_changed()

    async def reload(self) -> Outcome:
        """Reload at once, as somebody asks for it: then an edit is served, too, that loses much or breaks examples.

        Only not one that can't be read, or may still be half written because the files were changed a moment ago.
        """
        before = await asyncio.to_thread(stamps_of, self._directory)
        await asyncio.sleep(self._patience.quiet)
        is_settled = await asyncio.to_thread(stamps_of, self._directory) == before
        return await self._reload(is_meant_so=is_settled)

    async def _watch_folder(self) -> None:
        """Reload after each edit, until the folder itself is another one."""
        folder = _identity(self._directory)
        await self._reload_if_changed()  # since the last look, or since the first load
        changes = awatch(
            self._directory,
            watch_filter=None,
            debounce=_milliseconds(self._patience.longest),
            step=_milliseconds(self._patience.quiet),
            rust_timeout=_milliseconds(self._patience.poll),
            yield_on_timeout=True,
            recursive=False,
        )
        async with aclosing(changes):
            async for found in changes:
                if any(Path(path).name in FORMATS for _, path in found):
                    await self._reload(is_meant_so=False, is_asked_for=False)
                else:  # a link that leads to the files may have been changed, or nothing
                    await self._reload_if_changed()
                if _identity(self._directory) != folder:
                    return

    async def _reload_if_changed(self) -> None:
        if await asyncio.to_thread(stamps_of, self._directory) != self._seen:
            await self._reload(is_meant_so=False, is_asked_for=False)

    async def _reload(self, *, is_meant_so: bool, is_asked_for: bool = True) -> Outcome:
        async with self._turn:
            loaded = await asyncio.to_thread(self._load, is_meant_so)
            if isinstance(loaded, _Loaded):
                self._answering.replace(knowledge=loaded.knowledge, matcher=loaded.matcher)
                self._served = loaded.snapshot
                outcome: Outcome = Reloaded(loaded.knowledge.version, loaded.changes, loaded.broken)
            else:
                outcome = loaded
            is_news = outcome != self._last and (isinstance(self._last, Kept) or not isinstance(outcome, Unchanged))
            self._last = outcome
        if is_news or is_asked_for:
            _log(outcome)
            try:
                self._report(outcome)
            except Exception:
                logger.exception("Telling of the knowledge failed.")
        return outcome

    def _load(self, is_meant_so: bool) -> _Loaded | Kept | Unchanged:  # noqa: FBT001 - called through a thread
        served = self._answering.knowledge
        try:
            read = self._read_in_peace()
            if read is None:
                return Kept("The files change all the time.")
            if read.knowledge.version == served.version:
                return Unchanged(served.version)
            if not is_meant_so and (loss := _loss(served, read.knowledge) or cut_off(self._served, read.snapshot)):
                return Kept(loss)
            matcher = self._answering.learn(read.knowledge)
            broken, is_news = self._broken_examples(read, matcher)
            if is_news and not is_meant_so:
                return Kept(
                    "Examples have another outcome than they should. If that is meant so, ask the bot to reload.",
                    broken,
                )
            changes = compare_content(served, read.knowledge)
            return _Loaded(read.knowledge, matcher, changes, broken, read.snapshot)
        except KnowledgeError as error:
            return Kept("The files can't be used.", error.faults)
        except Exception:
            logger.exception("Reading the knowledge failed.")
            return Kept("Reading them failed; the log of the bot says more.")

    def _broken_examples(self, read: _Read, matcher: Matcher) -> tuple[tuple[Fault, ...], bool]:
        """Return the examples that go wrong, and whether any does that didn't before; only those if so."""
        broken = broken_examples(Answering(knowledge=read.knowledge, matcher=matcher))
        if not broken:
            return (), False
        known = {each.identity for each in broken_examples(self._answering)}
        news = tuple(each for each in broken if each.identity not in known)
        places = Places(read.documents)
        faults = (
            Fault(*places.of(each.owner_id, each.key, each.position), each.problem, each.remedy)
            for each in news or broken
        )
        return tuple(faults), bool(news)

    def _warn_of_broken_examples(self) -> None:
        """Name the examples that go wrong; an edit that leaves them as they are is served all the same."""
        if broken := broken_examples(self._answering):
            told = _first([f"{each.problem} {each.remedy}" for each in broken])
            logger.warning("Examples have another outcome than they should; `tpm-bot check` says where. %s", told)

    def _read_in_peace(self) -> _Read | None:
        """Return what the files hold; None if some change each time they are read."""
        for _ in range(MAX_ATTEMPTS):
            snapshot = take_snapshot(self._directory)
            self._seen = snapshot.stamps
            try:
                knowledge, documents = self._load_from(self._directory)
            except KnowledgeError:
                if stamps_of(self._directory) == self._seen:
                    raise
            else:
                if stamps_of(self._directory) == self._seen:
                    return _Read(knowledge, documents, snapshot)
        return None


def _loss(served: KnowledgeBase, found: KnowledgeBase) -> str:
    """Say that more than half is gone, as when a file is only half written; nothing if that isn't so."""
    counts = {
        "topics": (len(served.entries), len(found.entries)),
        "phrasings": (_phrasing_count(served), _phrasing_count(found)),
    }
    for what, (before, now) in counts.items():
        if 2 * now < before:
            return (
                f"Of {before} {what} only {now} are left, as if a file were only half written. If that is meant so, "
                "ask the bot to reload."
            )
    return ""


def _phrasing_count(knowledge: KnowledgeBase) -> int:
    owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
    return sum(len(owner.phrasings) for owner in owners)


def _identity(directory: Path) -> tuple[int, int]:
    """Return which folder stands there.

    Raises:
        OSError: None does.
    """
    found = directory.stat()
    return found.st_dev, found.st_ino


def _log(outcome: Outcome) -> None:
    match outcome:
        case Reloaded(version=version, changes=changes, broken=broken):
            counts = (len(changes.added), len(changes.changed), len(changes.removed))
            logger.info("The knowledge is now version %s: %d added, %d changed, %d removed.", version, *counts)
            if broken:
                logger.warning("Examples have another outcome than they should. %s", _first(broken))
        case Kept(reason=reason, faults=faults):
            logger.warning("The knowledge stays as it is. %s", " ".join(filter(None, [reason, _first(faults)])))
        case Unchanged(version=version):
            logger.info("The knowledge is version %s, as before.", version)


def _first(faults: Sequence[object]) -> str:
    more = f" And {len(faults) - LOGGED_FAULTS} more." if len(faults) > LOGGED_FAULTS else ""
    return " ".join(map(str, faults[:LOGGED_FAULTS])) + more


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
