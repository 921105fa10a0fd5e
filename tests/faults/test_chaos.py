"""The short form of the chaos run; `python -m benchmarks.delivery` has the long one."""

from __future__ import annotations

from benchmarks.delivery.chaos import Chaos
from benchmarks.delivery.load import run_load
from benchmarks.delivery.plan import Plan
from benchmarks.delivery.reading import Reading
from benchmarks.delivery.traffic import Traffic
from bot.matching.meaning import Encoders


async def test_when_everything_fails_at_once_nobody_is_answered_twice_or_lost() -> None:
    chaos = Chaos(
        faults=0.1,
        cut_every=1.6,
        database_away_every=1.3,
        database_away=0.5,
        broken_yaml_every=2.0,
        kill_every=2.05,  # while the YAML is broken, which then has to be mended first
        restart_every=2.15,  # which waits for the start, and so strikes a bot that has just come back
    )
    plan = Plan(
        seconds=4.0,
        questions_a_second=20,
        interactions_a_second=10,
        channels=40,
        calm=0.5,
        chaos=chaos,
        settings={"QUESTIONS_A_MINUTE": "12", "ENCODER": "off"},
    )

    report = await run_load(plan, Traffic(Encoders()))

    assert report.account.asked == 120
    for way, account in report.accounts.items():
        assert (account.twice, account.unexplained) == (0, 0), (way, account, report.unexplained)
    assert report.problems == []
    assert (report.restarts, report.kills) == (2, 1)
    assert report.readings["message"][Reading.wrong] == 0, report.misread
