"""What time it is on Discord."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp


def _now() -> datetime:
    return datetime.now(UTC)


class DiscordsClock:
    """Tell the time by which Discord makes ids: the local one, corrected by the dates of Discord's responses.

    It is up to a second slow, or as much more as the last response was under way: so nothing is taken for seen that
    wasn't. Until the first response it is the local time.
    """

    def __init__(self, *, local_time: Callable[[], datetime] = _now) -> None:
        self._local_time = local_time
        self._ahead = timedelta(0)  # Discord's, of the local one

    def now(self) -> datetime:
        """Return the time, with its zone."""
        return self._local_time() + self._ahead

    def set_by(self, date: str | None) -> None:
        """Take note of the date of a response that has just arrived; one that can't be read changes nothing."""
        try:
            told = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if told.tzinfo is not None:
            self._ahead = told - self._local_time()

    def set_by_responses(self) -> aiohttp.TraceConfig:
        """Return what lets a client session set this clock with each response."""
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._read)
        return trace

    async def _read(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        self.set_by(end.response.headers.get("Date"))
