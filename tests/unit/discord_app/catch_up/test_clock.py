"""Discord's time, told from the dates of its responses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.discord_app.catch_up.clock import DiscordsClock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class LocalClock:
    """A clock that stands until it is set, or until time passes."""

    def __init__(self) -> None:
        self.time = NOON
        self.elapsed = 0.0

    def pass_by(self, time: timedelta) -> None:
        self.time += time
        self.elapsed += time.total_seconds()


@pytest.fixture
def local() -> LocalClock:
    return LocalClock()


@pytest.fixture
def clock(local: LocalClock) -> DiscordsClock:
    return DiscordsClock(local_time=lambda: local.time, elapsed=lambda: local.elapsed)


def test_before_any_response_it_is_the_local_time(clock: DiscordsClock) -> None:
    assert clock.now() == NOON


@pytest.mark.parametrize(
    ("date", "an_hour_later"),
    [
        ("Sun, 22 Nov 2026 11:57:00 GMT", NOON + timedelta(minutes=57)),
        ("Sun, 22 Nov 2026 12:03:00 GMT", NOON + timedelta(minutes=63)),
    ],
    ids=["slow", "fast"],
)
def test_it_goes_on_from_the_date_of_the_last_response(
    clock: DiscordsClock, local: LocalClock, date: str, an_hour_later: datetime
) -> None:
    clock.set_by("Sun, 22 Nov 2026 00:00:00 GMT")
    clock.set_by(date)
    local.pass_by(timedelta(hours=1))

    assert clock.now() == an_hour_later


def test_setting_the_local_time_right_does_not_change_it(clock: DiscordsClock, local: LocalClock) -> None:
    clock.set_by("Sun, 22 Nov 2026 12:03:00 GMT")
    local.time += timedelta(minutes=3)

    assert clock.now() == NOON + timedelta(minutes=3)


@pytest.mark.parametrize("date", [None, "", "noon", "Sun, 22 Nov 2026 11:57:00 -0000"])
def test_without_a_date_that_can_be_read_it_stays_as_it_is(clock: DiscordsClock, date: str | None) -> None:
    clock.set_by(date)

    assert clock.now() == NOON
