"""Hot reload: serve an edit of the knowledge once it is good, and keep the last good knowledge until then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answering import Answering
from bot.authoring.comparison import ContentChanges, compare_content
from bot.authoring.examples import broken_examples
from bot.authoring.findings import Places
from bot.authoring.snapshot import Snapshot, cut_off, stamps_of, take_snapshot
from bot.knowledge.faults import Fault
from bot.knowledge.file_content import Stamps, stamp_of
from bot.knowledge.loading import KnowledgeError, load_with_documents
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.yaml_document import Document
from bot.matching.matcher import Matcher

logger = logging.getLogger(__name__)

Load = Callable[[Path], tuple[KnowledgeBase, Mapping[str, Document]]]

MAX_ATTEMPTS = 5  # to read the files while none of them changes
LOGGED_FAULTS = 3


@dataclass(frozen=True, slots=True)
class Served:
    """The edit is being served; `broken` are the examples with the wrong outcome."""

    version: str
    changes: ContentChanges
    broken: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """The edit can't be served, for this reason; the last good knowledge still is."""

    reason: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The files hold what is already being served."""

    version: str


Reload = Served | Kept | Unchanged


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        poll: between looks at the files. Polling works on network shares and Kubernetes mounts too, and costs next to
            nothing for a few files.
        quiet: without another change, until an edit counts as finished.
        longest: for that, if the changes don't stop.
    """

    poll: float = 0.5
    quiet: float = 0.3
    longest: float = 2.0


@dataclass(frozen=True, slots=True)
class _Edition:
    """A consistent reading of the files, and what they looked like."""

    knowledge: KnowledgeBase
    documents: Mapping[str, Document]
    snapshot: Snapshot


class KnowledgeWatcher:
    """Keep the answers up to date with a folder of knowledge.

    Each edit becomes a whole new knowledge base, which then replaces the one in service in a single step.
    """

    def __init__(
        self,
        *,
        answering: Answering,
        loaded_from: Snapshot,
        load: Load = load_with_documents,
        report: Callable[[Reload], None] = lambda _: None,
        patience: Patience | None = None,
    ) -> None:
        """Serve edits of a folder through `answering`.

        `loaded_from` was taken before the folder was first loaded; nothing is read again until the files differ from
        it. `load` reads them, in a thread. `report` is called with each result, in the event loop.
        """
        self._answering = answering
        self._directory = loaded_from.folder
        self._load_from = load
        self._report = report
        self._patience = patience or Patience()
        self._turn = asyncio.Lock()
        self._served = loaded_from
        self._seen = loaded_from.stamps  # when the files were last read, good or bad
        self._images = answering.knowledge.image_stamps  # likewise
        self._last: Reload | None = None

    async def watch(self) -> None:
        """Warn of examples that are broken from the start, then reload after each edit until cancelled."""
        await asyncio.to_thread(self._warn_of_broken_examples)
        while True:
            if await self._stamps() != (self._seen, self._images):
                await self._settle()
                await self._reload(force=False, is_asked_for=False)
            await asyncio.sleep(self._patience.poll)

    async def reload(self) -> Reload:
        """Reload because someone asked: accept an edit even if it loses much or breaks examples.

        Still refuse one that can't be read, or that may be half-written because the files changed a moment ago.
        """
        return await self._reload(force=await self._is_quiet())

    async def _settle(self) -> None:
        """Wait until the files stop changing, but not forever."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._patience.longest
        while not await self._is_quiet() and clock() < deadline:
            pass

    async def _is_quiet(self) -> bool:
        before = await self._stamps()
        await asyncio.sleep(self._patience.quiet)
        return await self._stamps() == before

    async def _stamps(self) -> object:
        return await asyncio.to_thread(self._look)

    def _look(self) -> tuple[Stamps, Mapping[Path, object]]:
        return stamps_of(self._directory), {path: stamp_of(path) for path in self._images}

    async def _reload(self, *, force: bool, is_asked_for: bool = True) -> Reload:
        async with self._turn:
            outcome = await asyncio.to_thread(self._load, force)
            is_news = outcome != self._last and (isinstance(self._last, Kept) or not isinstance(outcome, Unchanged))
            self._last = outcome
        if is_news or is_asked_for:
            _log(outcome)
            try:
                self._report(outcome)
            except Exception:
                logger.exception("Reporting a reload failed.")
        return outcome

    def _load(self, force: bool) -> Reload:  # noqa: FBT001 - called through a thread
        served = self._answering.knowledge
        try:
            edition = self._read_stable()
            if edition is None:
                return Kept("The files keep changing.")
            found = edition.knowledge
            if found.version == served.version:
                return Unchanged(served.version)
            if not force and (loss := _loss(served, found) or cut_off(self._served, edition.snapshot)):
                return Kept(loss)
            matcher = self._answering.learn(found)
            broken, is_news = self._broken_examples(edition, matcher)
            if is_news and not force:
                return Kept("This edit breaks examples. If that's on purpose, use /manage reload.", broken)
            self._answering.replace(knowledge=found, matcher=matcher)
            self._served = edition.snapshot
            return Served(found.version, compare_content(served, found), broken)
        except KnowledgeError as error:
            return Kept("The files can't be used.", error.faults)
        except Exception:
            logger.exception("Reading the knowledge failed.")
            return Kept("Reading the files failed; see the bot's log.")

    def _broken_examples(self, edition: _Edition, matcher: Matcher) -> tuple[tuple[Fault, ...], bool]:
        """Return the broken examples, and whether the edit broke any; if it did, only those."""
        broken = broken_examples(Answering(knowledge=edition.knowledge, matcher=matcher))
        if not broken:
            return (), False
        known = {each.identity for each in broken_examples(self._answering)}
        news = tuple(each for each in broken if each.identity not in known)
        places = Places(edition.documents)
        faults = (
            Fault(*places.of(each.owner_id, each.key, each.position), each.problem, each.remedy)
            for each in news or broken
        )
        return tuple(faults), bool(news)

    def _warn_of_broken_examples(self) -> None:
        """Name the examples that are broken already, since they don't keep an edit from being served."""
        if broken := broken_examples(self._answering):
            told = _first([f"{each.problem} {each.remedy}" for each in broken])
            logger.warning("Some examples are broken; `tpm-bot check` says where. %s", told)

    def _read_stable(self) -> _Edition | None:
        """Return what the files hold at one moment; None if they change each time they are read."""
        for _ in range(MAX_ATTEMPTS):
            snapshot = take_snapshot(self._directory)
            self._seen = snapshot.stamps
            try:
                knowledge, documents = self._load_from(self._directory)
            except KnowledgeError as error:
                self._images = error.image_stamps
                if self._look() == (self._seen, self._images):
                    raise
            else:
                self._images = knowledge.image_stamps
                if self._look() == (self._seen, self._images):
                    return _Edition(knowledge, documents, snapshot)
        return None


def _loss(served: KnowledgeBase, found: KnowledgeBase) -> str:
    """Say if more than half is gone, as when a file is half-written; return nothing otherwise."""
    counts = {
        "entries": (len(served.entries), len(found.entries)),
        "phrasings": (_phrasing_count(served), _phrasing_count(found)),
    }
    for what, (before, now) in counts.items():
        if 2 * now < before:
            return (
                f"Only {now} of {before} {what} are left, as if a file were half-written. If that's on purpose, use "
                "/manage reload."
            )
    return ""


def _phrasing_count(knowledge: KnowledgeBase) -> int:
    return sum(len(owner.phrasings) for owner in knowledge.owners)


def _log(outcome: Reload) -> None:
    match outcome:
        case Served(version=version, changes=changes, broken=broken):
            counts = (len(changes.added), len(changes.changed), len(changes.removed))
            logger.info("The knowledge is now version %s: %d added, %d changed, %d removed.", version, *counts)
            if broken:
                logger.warning("Some examples are broken. %s", _first(broken))
        case Kept(reason=reason, faults=faults):
            logger.warning("Keeping the last good knowledge. %s", " ".join(filter(None, [reason, _first(faults)])))
        case Unchanged(version=version):
            logger.info("The knowledge is unchanged: version %s.", version)


def _first(faults: Sequence[object]) -> str:
    more = f" And {len(faults) - LOGGED_FAULTS} more." if len(faults) > LOGGED_FAULTS else ""
    return " ".join(map(str, faults[:LOGGED_FAULTS])) + more
