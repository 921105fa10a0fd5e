"""What moderators taught on Discord, as knowledge; and its end, once the folder says the same."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from bot.knowledge.model import KnowledgeBase
from bot.knowledge.taught import Laid, Standing, Taught, laid_over
from bot.library import Library
from bot.storage.errors import StorageUnavailable
from bot.storage.taught import TaughtItem, TaughtItems

logger = logging.getLogger(__name__)

PAUSE_BETWEEN_LOOKS = 2.0  # seconds
MAX_LEARNED_AHEAD = 20  # servers: with the shipped knowledge, more of them don't fit into memory together


class TaughtKnowledge:
    """What answers in each server of what it was taught: not what waits for approval."""

    def __init__(self, *, items: TaughtItems) -> None:
        self._items = items
        self._converted: dict[int, tuple[tuple[TaughtItem, ...], tuple[Taught, ...]]] = {}

    def of(self, server_id: int) -> tuple[Taught, ...]:
        """Return what a server was taught, the oldest first."""
        items = self._items.of(server_id)
        if not items:
            self._converted.pop(server_id, None)
            return ()
        source, converted = self._converted.get(server_id, ((), ()))
        if source is not items:
            converted = as_knowledge(item for item in items if not item.waits)
            self._converted[server_id] = items, converted
        return converted


def as_knowledge(items: Iterable[TaughtItem]) -> tuple[Taught, ...]:
    """Return what was taught, in the order in which it was last changed."""
    in_order = sorted(items, key=lambda item: (item.taught_at, item.item_id))
    return tuple(Taught(item.item_id, item.entry_id, item.question, item.answer) for item in in_order)


def standings_of(items: Iterable[TaughtItem], folder: KnowledgeBase) -> Laid:
    """Return what becomes of each item with the knowledge of a folder, also of those that wait for approval."""
    return laid_over(folder, as_knowledge(items))


async def retire_repeatedly(library: Library, items: TaughtItems, *, pause: float = PAUSE_BETWEEN_LOOKS) -> None:
    """Keep deleting items that their server's folder now has, until canceled."""
    seen: dict[int, tuple[str, tuple[TaughtItem, ...]]] = {}
    while True:
        for server_id in items.servers:
            folder, there = await library.folder_of_server(server_id), items.of(server_id)
            version, before = seen.get(server_id, ("", ()))
            if (version, before) != (folder.version, there) and await _retire(items, there, folder):
                seen[server_id] = folder.version, items.of(server_id)
                if len(items.servers) <= MAX_LEARNED_AHEAD:
                    await library.learned(server_id)  # so that no question waits for it
        await asyncio.sleep(pause)


async def _retire(items: TaughtItems, there: tuple[TaughtItem, ...], folder: KnowledgeBase) -> bool:
    """Delete the items that a folder holds, and return whether that was possible.

    Those with an answer stay as long as one with an earlier answer to the same entry does, which would come back.
    """
    standings = standings_of(there, folder).standings
    held = {item.item_id for item in there if standings[item.item_id] is Standing.IN_FOLDER}
    left = {item.entry_id for item in there if item.answer and item.item_id not in held}
    retired = [item for item in there if item.item_id in held and not (item.answer and item.entry_id in left)]
    try:
        await items.retire(retired)
    except StorageUnavailable:
        return False
    for item in retired:
        logger.info(
            "Server %s: the files say what was taught as %s, so that was deleted.", item.server_id, item.entry_id
        )
    return True
