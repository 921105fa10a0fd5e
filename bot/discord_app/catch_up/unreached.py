"""Servers and direct messages that can't be looked through yet although their shard is connected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import discord

Part = int | None
"""A server, by its id, or direct messages (None)."""


class Unreached:
    """Parts, and since when each is missed, as the id that a message of that time would have."""

    def __init__(self) -> None:
        self._since: dict[Part, int] = {}

    def __iter__(self) -> Iterator[Part]:
        return iter(self._since)

    def __contains__(self, part: Part) -> bool:
        return part in self._since

    @property
    def oldest(self) -> int | None:
        """Since when something is missed, if anything is."""
        return min(self._since.values(), default=None)

    def note(self, part: Part, since: int) -> None:
        """Note that a part is missed since a time, unless it is since an earlier one."""
        self._since[part] = min(since, self._since.get(part, since))

    def keep(self, which: Callable[[Part], bool]) -> None:
        """Forget the parts that `which` rejects."""
        self._since = {part: since for part, since in self._since.items() if which(part)}

    def take(self) -> Unreached:
        """Hand over all parts, so that what is noted from now on can be told from them."""
        taken = Unreached()
        taken._since, self._since = self._since, {}
        return taken

    def put_back(self, taken: Unreached, *, but: Collection[Part] = ()) -> None:
        """Note again the parts that were taken, except some."""
        for part, since in taken._since.items():
            if part not in but:
                self.note(part, since)

    def beginning(self, part: Part, since: int, *, earliest: int) -> int:
        """Return since when to look through a part: a time, or earlier if it has been unreached since then."""
        return min(since, max(self._since.get(part, since), earliest))

    def uncover(self, seen: Mapping[int, int], guilds: Iterable[discord.Guild]) -> dict[int, int]:
        """Return the newest message seen by channel, without what hides something that is missing before it."""
        places = {guild.id: {place.id for place in (*guild.channels, *guild.threads)} for guild in guilds}
        hiding = set().union(*(ids for id_, ids in places.items() if id_ in self))
        if None in self:
            hiding |= seen.keys() - set().union(*places.values())
        return {id_: newest for id_, newest in seen.items() if id_ not in hiding}
