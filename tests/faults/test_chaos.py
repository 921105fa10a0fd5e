"""The short form of the chaos run; `python -m benchmarks.delivery` has the long one."""

from __future__ import annotations

from benchmarks.delivery.chaos import Chaos
from benchmarks.delivery.load import Plan, run_load
from benchmarks.delivery.reading import Reading


async def test_when_everything_goes_wrong_at_once_nobody_is_answered_twice_and_nobody_is_lost() -> None:
    chaos = Chaos(
        faults=0.1,
        cut_every=2.5,
        database_away_every=3.0,
        database_away=1.0,
        broken_yaml_every=None,  # a bot that is started while it is broken refuses to
        restart_every=4.5,
    )

    report = await run_load(Plan(seconds=11.0, questions_a_second=20, interactions_a_second=10, chaos=chaos))

    account = report.account
    assert account.asked >= 250
    assert (account.twice, account.unexplained) == (0, 0), account
    assert report.problems == []
    assert report.restarts >= 2
    assert report.readings["message"][Reading.wrong] == 0, report.misread
