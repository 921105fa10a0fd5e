"""What time it is on Discord."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp


def _now() -> datetime:
    return datetime.now(UTC)


class DiscordsClock:
    """Discord's time, which is in its ids: that of its last response, plus the time since.

    It may be a second slow, or more if the response took long or the machine slept. It's never fast, so nothing counts
    as seen that wasn't. Until the first response it is the local time.
    """

    def __init__(
        self, *, local_time: Callable[[], datetime] = _now, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """Go by these clocks; correcting the local time doesn't change what has elapsed."""
        self._local_time = local_time
        self._elapsed = elapsed
        self._told: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """Return the time, with its zone."""
        if self._told is None:
            return self._local_time()
        told, at = self._told
        return told + timedelta(seconds=self._elapsed() - at)

    def set_by(self, date: str | None) -> None:
        """Set the time by the date of a response that has just arrived; ignore a date that can't be read."""
        try:
            told = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if told.tzinfo is not None:
            self._told = told, self._elapsed()

    def set_by_responses(self) -> aiohttp.TraceConfig:
        """Return what makes a client session set this clock with each response."""
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._read)
        return trace

    async def _read(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        self.set_by(end.response.headers.get("Date"))
