"""Which of the bot's shards a process has. Every server belongs to one shard, and direct messages to the first."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

SHARD_OF_DIRECT_MESSAGES = 0


class BadShards(Exception):
    """Say what is wrong with the settings of shards, and how to fix it."""


@dataclass(frozen=True, slots=True)
class Sharding:
    """The shards of one process.

    Attributes:
        count: how many there are, in all processes together; None: as many as Discord recommends.
        ids: those of this process, in order; None: all.
    """

    count: int | None = None
    ids: tuple[int, ...] | None = None

    @property
    def is_part(self) -> bool:
        """Whether other processes have shards, too."""
        return self.ids is not None and len(self.ids) != self.count


def choose_shards(
    *, count: int | None, ids: str | None, processes: int | None, process: str | None, host: str
) -> Sharding:
    """Return the shards that the settings name.

    Args:
        count: of all shards.
        ids: of this process, such as "0-3,7".
        processes: among which the shards are divided.
        process: this one of them, counted from 0, or a name that ends in such a number.
        host: the machine's name, which is the pod's in Kubernetes; it stands in for `process`.

    Raises:
        BadShards: They contradict each other, or name shards or processes that aren't there.
    """
    if ids is not None and processes is not None:
        raise BadShards("Both SHARD_IDS and SHARD_PROCESSES are set. Remove one of them.")
    if process is not None and processes is None:
        raise BadShards("SHARD_PROCESS is set, but not SHARD_PROCESSES. Set how many processes there are.")
    if count is None:
        if ids is not None or processes is not None:
            name = "SHARD_IDS" if ids is not None else "SHARD_PROCESSES"
            raise BadShards(f"{name} needs SHARD_COUNT: how many shards all processes have together.")
        return Sharding()
    if ids is not None:
        return Sharding(count, _read_ids(ids, count))
    if processes is not None:
        return Sharding(count, _share_of(_ordinal(process, host), processes, count))
    return Sharding(count)


def shard_of(server_id: int | None, *, count: int) -> int:
    """Return the shard of a server, by Discord's rule, or that of direct messages for None."""
    return SHARD_OF_DIRECT_MESSAGES if server_id is None else (server_id >> 22) % count


def _read_ids(text: str, count: int) -> tuple[int, ...]:
    ids: Counter[int] = Counter()
    for part in text.split(","):
        found = re.fullmatch(r"\s*([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?\s*", part)
        if found is None:
            raise BadShards(f"SHARD_IDS should look like 0-3 or 0,2,5. {part.strip()!r} doesn't.")
        first = int(found[1])
        last = int(found[2] or first)
        if last < first:
            raise BadShards(f"SHARD_IDS has a range that ends before it begins: {part.strip()}.")
        if last >= count:
            raise BadShards(f"SHARD_IDS names shard {last}, but with SHARD_COUNT={count} the last one is {count - 1}.")
        ids.update(range(first, last + 1))
    if twice := [id_ for id_, times in sorted(ids.items()) if times > 1]:
        raise BadShards(f"SHARD_IDS names shard {twice[0]} twice.")
    return tuple(sorted(ids))


def _ordinal(process: str | None, host: str) -> int:
    name = host if process is None else process
    found = re.fullmatch(r"(?:.*[^0-9])?([0-9]{1,6})", name.strip())
    if found is None:
        told = f"This machine's name is {name}" if process is None else f"SHARD_PROCESS is {name}"
        raise BadShards(f"{told}, which doesn't end in a number. Set SHARD_PROCESS to this process's, from 0 on.")
    return int(found[1])


def _share_of(ordinal: int, processes: int, count: int) -> tuple[int, ...]:
    """Return the shards of one of several processes: consecutive ones, and as many as the others have, or one more."""
    if processes > count:
        raise BadShards(f"SHARD_PROCESSES is {processes}, more than SHARD_COUNT={count}: some would have none.")
    if ordinal >= processes:
        raise BadShards(
            f"This is process {ordinal}, but with SHARD_PROCESSES={processes} the last one is {processes - 1}. "
            "Processes are counted from 0."
        )
    return tuple(range(ordinal * count // processes, (ordinal + 1) * count // processes))
