"""Which messages have been seen, channel by channel."""

from __future__ import annotations

from collections.abc import Mapping

from bot.bounded import BoundedMap

MAX_CHANNELS = 10_000  # that are remembered


class Seen:
    """The newest message seen in each channel. Of too many channels, those that were quiet for longest are forgotten.

    When a session begins without the events since the last one, `begin_outage` keeps what had been seen by then, until
    `end_outage` returns it: what comes in until then must not hide what is missing before it.
    """

    def __init__(self, *, capacity: int = MAX_CHANNELS) -> None:
        self._newest: BoundedMap[int, int] = BoundedMap(capacity)
        self._before_outage: dict[int, int] | None = None

    def note(self, channel_id: int, message_id: int) -> None:
        """Note a message."""
        self._newest[channel_id] = max(message_id, self._newest.get(channel_id, 0))

    def begin_outage(self) -> None:
        """Keep what has been seen until now, unless an earlier outage is still to be caught up on."""
        if self._before_outage is None:
            self._before_outage = dict(self._newest)

    def resume_outage(self, before: Mapping[int, int]) -> None:
        """Keep what had been seen before an outage that isn't caught up on yet."""
        self._before_outage = dict(before)

    def end_outage(self) -> Mapping[int, int]:
        """Return, by channel, the newest message seen before the outage."""
        before_outage, self._before_outage = self._before_outage, None
        return self._newest if before_outage is None else before_outage
