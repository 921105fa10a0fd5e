"""Which messages have been seen, channel by channel."""

from __future__ import annotations

from collections.abc import Mapping

from bot.bounded import BoundedMap

MAX_CHANNELS = 10_000  # that are remembered


class Seen:
    """The newest message seen in each channel. Of too many channels, those that were quiet for longest are forgotten.

    When a session begins without the events since the last one, `begin_gap` keeps what had been seen by then, until
    `end_gap` returns it: what comes in meanwhile must not hide what is missing before it.
    """

    def __init__(self, *, capacity: int = MAX_CHANNELS) -> None:
        self._newest: BoundedMap[int, int] = BoundedMap(capacity)
        self._before_gap: dict[int, int] | None = None

    def note(self, channel_id: int, message_id: int) -> None:
        """Take note of a message."""
        self._newest[channel_id] = max(message_id, self._newest.get(channel_id, 0))

    def begin_gap(self) -> None:
        """Keep what has been seen until now, unless an earlier gap is still to be closed."""
        if self._before_gap is None:
            self._before_gap = dict(self._newest)

    def resume_gap(self, before: Mapping[int, int]) -> None:
        """Keep what had been seen before a gap that couldn't be closed."""
        self._before_gap = dict(before)

    def end_gap(self) -> Mapping[int, int]:
        """Return, by channel, the newest message that had been seen before the gap."""
        before_gap, self._before_gap = self._before_gap, None
        return self._newest if before_gap is None else before_gap
