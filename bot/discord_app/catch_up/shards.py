"""What each shard has seen, and where it may have missed something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.discord_app.catch_up.seen import Seen


class Shard:
    """One shard. It begins with a gap: nobody knows yet what came before.

    Attributes:
        knows_channels: whether it is known which channels there are in its servers.
        has_gap: whether messages may have been missed that haven't been looked for.
        gap_since: since when, once that is known.
        seen_until: up to when nothing is missing, by Discord's clock; None if that was before this process began.
    """

    def __init__(self) -> None:
        self.knows_channels = False
        self.has_gap = True
        self.gap_since: datetime | None = None
        self.seen_until: datetime | None = None
        self._seen = Seen()

    def note(self, channel_id: int, message_id: int) -> None:
        """Take note of a message that came in."""
        self._seen.note(channel_id, message_id)

    def begin_session(self) -> None:
        """Take note that a session begins without the events since the last one."""
        self.knows_channels = False
        self.begin_gap()

    def begin_gap(self) -> None:
        """Take note that messages may have been missed."""
        self._seen.begin_gap()
        self.has_gap = True

    def end_gap(self) -> Mapping[int, int]:
        """Begin to close the gap; return, by channel, the newest message that had been seen before it."""
        self.has_gap = False
        return self._seen.end_gap()

    def resume_gap(self, seen: Mapping[int, int]) -> None:
        """Take note that the gap couldn't be closed, and by channel what has been seen before it or read since."""
        self._seen.resume_gap(seen)
        self.has_gap = True
