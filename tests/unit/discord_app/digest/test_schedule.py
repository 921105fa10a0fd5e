"""When a weekly digest is due, also in weeks in which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.digest.schedule import USUAL_ZONES, Schedule, find_zone, zones_like
from bot.discord_app.page import MAX_MENU_OPTIONS

SUNDAY, MONDAY = 6, 0
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due_in(schedule: Schedule, start: datetime, weeks: int) -> list[str]:
    """Return all moments that are due within some weeks, looking every ten minutes as a bot would."""
    looks = (start + timedelta(minutes=10) * number for number in range(weeks * 7 * 24 * 6))
    found = dict.fromkeys(schedule.latest(now) for now in looks)
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in found if moment > start]


def test_it_is_due_at_the_hour_in_the_zone() -> None:
    tokyo = Schedule(MONDAY, 9, "Asia/Tokyo")

    assert tokyo.latest(at("2026-11-30 00:00")) == at("2026-11-30 00:00")
    assert tokyo.latest(at("2026-11-29 23:59")) == at("2026-11-23 00:00")
    assert tokyo.next(at("2026-11-30 00:00")) == at("2026-12-07 00:00")


@pytest.mark.parametrize(
    ("zone", "hour", "start", "due"),
    [
        pytest.param(
            "Europe/Berlin",
            2,
            "2026-03-16 00:00",
            ["2026-03-22 01:00", "2026-03-29 01:00", "2026-04-05 00:00"],
            id="Berlin goes forward over the hour",
        ),
        pytest.param(
            "Europe/Berlin",
            2,
            "2026-10-12 00:00",
            ["2026-10-18 00:00", "2026-10-25 00:00", "2026-11-01 01:00"],
            id="Berlin goes back, and the hour comes twice",
        ),
        pytest.param(
            "America/New_York",
            2,
            "2026-03-02 00:00",
            ["2026-03-08 07:00", "2026-03-15 06:00", "2026-03-22 06:00"],
            id="New York goes forward over the hour",
        ),
        pytest.param(
            "America/New_York",
            1,
            "2026-10-26 00:00",
            ["2026-11-01 05:00", "2026-11-08 06:00", "2026-11-15 06:00"],
            id="New York goes back, and the hour comes twice",
        ),
        pytest.param(
            "Australia/Sydney",
            2,
            "2026-09-27 00:00",
            ["2026-10-03 16:00", "2026-10-10 15:00", "2026-10-17 15:00"],
            id="Sydney goes forward over the hour in October",
        ),
        pytest.param(
            "Australia/Sydney",
            2,
            "2026-03-23 00:00",
            ["2026-03-28 15:00", "2026-04-04 15:00", "2026-04-11 16:00"],
            id="Sydney goes back in April, and the hour comes twice",
        ),
        pytest.param(
            "America/Santiago",
            0,
            "2026-08-31 00:00",
            ["2026-09-06 04:00", "2026-09-13 03:00", "2026-09-20 03:00"],
            id="Santiago goes forward over midnight",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            2,
            "2026-09-27 00:00",
            ["2026-10-03 15:30", "2026-10-10 15:00", "2026-10-17 15:00"],
            id="Lord Howe goes forward by half an hour",
        ),
    ],
)
def test_a_week_in_which_clocks_change_has_the_hour_once(zone: str, hour: int, start: str, due: list[str]) -> None:
    assert due_in(Schedule(SUNDAY, hour, zone), at(start), 3) == due


def test_a_day_that_a_zone_skips_still_has_its_hour_once() -> None:
    apia = Schedule(4, 9, "Pacific/Apia")  # there was no Friday, December 30, 2011

    assert due_in(apia, at("2011-12-20 00:00"), 3) == ["2011-12-23 19:00", "2011-12-30 19:00", "2012-01-05 19:00"]


@given(
    st.integers(0, 6),
    st.integers(0, 23),
    st.sampled_from(USUAL_ZONES),
    st.timedeltas(timedelta(0), 40 * 52 * WEEK).map(lambda since: datetime(2000, 1, 1, tzinfo=UTC) + since),
)
def test_the_latest_and_the_next_are_a_week_apart_except_for_clock_changes(
    weekday: int, hour: int, zone: str, now: datetime
) -> None:
    schedule = Schedule(weekday, hour, zone)
    latest, following = schedule.latest(now), schedule.next(now)

    assert latest <= now < following
    assert abs(following - latest - WEEK) <= HOUR
    assert schedule.latest(following) == following
    assert schedule.next(latest) == following


@pytest.mark.parametrize("name", ["", "Nowhere/Special", "America", "../etc/passwd", "/etc/passwd", "a\0b", "ä" * 300])
def test_an_unknown_time_zone_is_not_found_and_counts_as_utc(name: str) -> None:
    assert find_zone(name) is None
    assert Schedule(MONDAY, 9, name).latest(at("2026-11-30 12:00")) == at("2026-11-30 09:00")


def test_the_usual_zones_exist_and_fit_into_a_menu_with_one_more() -> None:
    assert all(find_zone(name) for name in USUAL_ZONES)
    assert len(set(USUAL_ZONES)) == len(USUAL_ZONES) == MAX_MENU_OPTIONS - 1


@pytest.mark.parametrize(
    ("typed", "first"),
    [("tokyo", "Asia/Tokyo"), ("sao p", "America/Sao_Paulo"), ("europe/be", "Europe/Belfast"), ("", USUAL_ZONES[0])],
)
def test_time_zones_are_found_by_what_somebody_types(typed: str, first: str) -> None:
    assert zones_like(typed, most=25)[0] == first


def test_no_more_time_zones_are_found_than_wanted() -> None:
    assert len(zones_like("a", most=25)) == 25
    assert zones_like("nowhere", most=25) == ()
