"""What each shard has seen and may have missed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.bounded import BoundedMap

MAX_CHANNELS = 10_000  # whose newest message is remembered


class Shard:
    """One shard. It begins after an outage: nobody knows yet what came before.

    When a session begins without the events since the last one, `begin_outage` keeps what had been seen by then, until
    `end_outage` returns it: what comes in until then must not hide what is missing before it.

    Attributes:
        knows_channels: whether it is known which channels there are in its servers.
        has_outage: whether messages may have been missed that haven't been looked for.
        outage_since: since when, once that is known.
        seen_until: up to when nothing is missing, by Discord's clock; None if that was before this process began.
    """

    def __init__(self, *, capacity: int = MAX_CHANNELS) -> None:
        self.knows_channels = False
        self.has_outage = True
        self.outage_since: datetime | None = None
        self.seen_until: datetime | None = None
        self._newest: BoundedMap[int, int] = BoundedMap(capacity)  # seen in each channel
        self._before_outage: dict[int, int] | None = None

    def note(self, channel_id: int, message_id: int) -> None:
        """Note that a message arrived."""
        self._newest[channel_id] = max(message_id, self._newest.get(channel_id, 0))

    def begin_session(self) -> None:
        """Note that a session begins without the events since the last one."""
        self.knows_channels = False
        self.begin_outage()

    def begin_outage(self) -> None:
        """Note that messages may have been missed, if an earlier outage isn't still to be caught up on."""
        if self._before_outage is None:
            self._before_outage = dict(self._newest)
        self.has_outage = True

    def end_outage(self) -> Mapping[int, int]:
        """Return, by channel, the newest message seen before the outage, in order to catch up."""
        self.has_outage = False
        before_outage, self._before_outage = self._before_outage, None
        return self._newest if before_outage is None else before_outage

    def resume_outage(self, seen: Mapping[int, int]) -> None:
        """Note that catching up isn't finished, and by channel what has been seen or read so far."""
        self._before_outage = dict(seen)
        self.has_outage = True
