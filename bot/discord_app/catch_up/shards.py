"""What each shard has seen and may have missed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.discord_app.catch_up.seen import Seen


class Shard:
    """One shard. It begins after an outage: nobody knows yet what came before.

    Attributes:
        knows_channels: whether it is known which channels there are in its servers.
        has_outage: whether messages may have been missed that haven't been looked for.
        outage_since: since when, once that is known.
        seen_until: up to when nothing is missing, by Discord's clock; None if that was before this process began.
    """

    def __init__(self) -> None:
        self.knows_channels = False
        self.has_outage = True
        self.outage_since: datetime | None = None
        self.seen_until: datetime | None = None
        self._seen = Seen()

    def note(self, channel_id: int, message_id: int) -> None:
        """Note that a message arrived."""
        self._seen.note(channel_id, message_id)

    def begin_session(self) -> None:
        """Note that a session begins without the events since the last one."""
        self.knows_channels = False
        self.begin_outage()

    def begin_outage(self) -> None:
        """Note that messages may have been missed."""
        self._seen.begin_outage()
        self.has_outage = True

    def end_outage(self) -> Mapping[int, int]:
        """Return, by channel, the newest message seen before the outage, in order to catch up."""
        self.has_outage = False
        return self._seen.end_outage()

    def resume_outage(self, seen: Mapping[int, int]) -> None:
        """Note that catching up isn't finished, and by channel what has been seen or read so far."""
        self._seen.resume_outage(seen)
        self.has_outage = True
