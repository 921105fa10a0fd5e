"""Time and identity: a clock that tests may push forward, and Discord's snowflakes."""

from __future__ import annotations

import datetime as dt
import time

DISCORD_EPOCH_MS = 1_420_070_400_000


class Clock:
    """Tell the time in seconds; `advance` moves it forward without waiting."""

    __slots__ = ("_offset",)

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> float:
        """Return a monotonic time, for spans."""
        return time.monotonic() + self._offset

    def wall(self) -> float:
        """Return the Unix time, for snowflakes and timestamps."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once, for everything that the fake Discord measures."""
        self._offset += seconds


class Snowflakes:
    """Hand out unique ids that sort by the moment they stand for."""

    __slots__ = ("_clock", "_serial")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._serial = 0

    def next(self, *, ago: float = 0.0) -> int:
        """Return a new id, as though made `ago` seconds before now."""
        self._serial += 1
        milliseconds = int((self._clock.wall() - ago) * 1000) - DISCORD_EPOCH_MS
        # 22 bits below the time: enough for four million ids before any two of one
        # millisecond could sort the wrong way round.
        return (milliseconds << 22) | (self._serial & 0x3FFFFF)


def timestamp(snowflake: int) -> str:
    """Return the moment in `snowflake` as ISO 8601 text."""
    return iso(((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000)


def iso(seconds: float) -> str:
    """Return a Unix time as ISO 8601 text with its zone."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
