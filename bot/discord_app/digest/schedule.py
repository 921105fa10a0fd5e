"""When a weekly digest is due, by the clocks of a time zone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

DAYS_OF_WEEK = 7
HOURS_OF_DAY = 24
WEEK = timedelta(days=DAYS_OF_WEEK)
USUAL_ZONES = (  # one for each offset that many people live by, from west to east
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "UTC",
    "Europe/London",
    "Africa/Lagos",
    "Europe/Berlin",
    "Europe/Athens",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Pacific/Auckland",
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """An hour of a weekday, once a week.

    When clocks go forward over that hour, it's due at the moment of the change. When they go back and the hour comes
    twice, it's due the first time.

    Attributes:
        weekday: from 0, which is Monday.
        hour: from 0 to 23, by the clocks of the zone.
        time_zone: by its IANA name; one that isn't known counts as UTC.
    """

    weekday: int
    hour: int
    time_zone: str

    def latest(self, now: datetime) -> datetime:
        """Return the last moment that was due, in UTC; `now` counts."""
        return max(moment for moment in self._around(now) if moment <= now)

    def next(self, now: datetime) -> datetime:
        """Return the first moment that is due after now, in UTC."""
        return min(moment for moment in self._around(now) if moment > now)

    def _around(self, now: datetime) -> list[datetime]:
        today = now.astimezone(self._zone).date()
        this_week = today - timedelta(days=(today.weekday() - self.weekday) % DAYS_OF_WEEK)
        return [self._moment(this_week + weeks * WEEK) for weeks in (-1, 0, 1)]

    def _moment(self, day: date) -> datetime:
        """Return when it is that hour on a day. `fold=0` is right for an hour that is skipped, and one that repeats."""
        return datetime(day.year, day.month, day.day, self.hour, tzinfo=self._zone, fold=0).astimezone(UTC)

    @property
    def _zone(self) -> tzinfo:
        return find_zone(self.time_zone) or UTC


def find_zone(name: str) -> ZoneInfo | None:
    """Return the time zone with a name; None if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last two for what is a folder, or no relative path
        return None


def zones_like(typed: str, *, most: int) -> tuple[str, ...]:
    """Return the names of time zones that contain a text; first those that begin with it, or whose city does."""
    wanted = typed.strip().replace(" ", "_").casefold()
    if not wanted:
        return USUAL_ZONES[:most]
    found = [name for name in _all_zones() if wanted in name.casefold()]
    return tuple(sorted(found, key=lambda name: (not _begins(name, wanted), name))[:most])


def _begins(name: str, wanted: str) -> bool:
    return any(part.casefold().startswith(wanted) for part in (name, name.rpartition("/")[2]))


@cache
def _all_zones() -> tuple[str, ...]:
    """Return the names of all time zones; finding them means reading a folder."""
    return tuple(sorted(available_timezones()))
