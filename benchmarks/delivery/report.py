"""Write what was measured as Markdown, and say which figures are reached."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.delivery import comparison
from benchmarks.delivery.account import Account
from benchmarks.delivery.chaos import Chaos
from benchmarks.delivery.comparison import Measured
from benchmarks.delivery.figures import Figure, at_least, at_most, number, percentile, percentile_of_buckets
from benchmarks.delivery.load import Report
from benchmarks.delivery.reading import Reading


@dataclass(frozen=True, slots=True)
class Measurements:
    """Everything that was measured; what wasn't is empty."""

    questions: int
    compared: tuple[Measured, ...] = ()
    load: Report | None = None
    chaos: Report | None = None


def figures_of(measured: Measurements) -> tuple[Figure, ...]:
    """Return the figures that are required of what was measured."""
    figures = comparison.figures_of(measured.compared) if measured.compared else ()
    figures += _figures_under_load(measured.load) if measured.load else ()
    return figures + (_figures_of_the_account("with chaos", measured.chaos) if measured.chaos else ())


def _figures_under_load(report: Report) -> tuple[Figure, ...]:
    return (
        at_most(250, "under load: event to reply, p99", percentile(report.latencies, 0.99), "ms"),
        at_most(500, "under load: interactions acknowledged, p99", percentile(report.acknowledged, 0.99), "ms"),
        at_most(50, "under load: loop lag, p99", 1000 * percentile_of_buckets(report.lag, 0.99), "ms"),
        at_most(0, "under load: closed", report.account.closed.total()),
        at_most(0, "under load: errors logged", len(report.errors_logged)),
        *_figures_of_the_account("under load", report),
    )


def _figures_of_the_account(when: str, report: Report) -> tuple[Figure, ...]:
    return (
        at_least(90, f"{when}: questions answered in full", 100 * _share_in_full(report), "%"),
        at_most(0, f"{when}: answers to something else", sum(one[Reading.wrong] for one in report.readings.values())),
        at_most(0, f"{when}: answered twice", report.account.twice),
        at_most(0, f"{when}: unexplained", report.account.unexplained),
        at_most(0, f"{when}: requests that Discord would refuse, exit codes", len(report.problems)),
    )


def _share_in_full(report: Report) -> float:
    readings = report.readings["message"]
    return readings[Reading.full] / readings.total() if readings else math.nan


def markdown(measured: Measurements) -> str:
    """Return the report."""
    sections = [_introduction(), _figures(figures_of(measured))]
    sections += [_side_by_side(measured)] if measured.compared else []
    sections += [_under_load("Under load", measured.load)] if measured.load else []
    sections += [_under_load("Under load, with chaos", measured.chaos)] if measured.chaos else []
    return "\n\n".join(sections) + "\n"


def _introduction() -> str:
    return f"""\
# Delivery benchmark

<!-- Made by `python -m benchmarks.delivery`; what is written here by hand is lost. -->

The bot as an operator starts it, a process of its own, against a stand-in for Discord on loopback \
(`tests/fake_discord`). What was asked, when, and what came back is counted by the stand-in, not by the bot.

```
pip install -e '.[dev]'
python -m benchmarks.delivery              # all of this, about 20 minutes
python -m benchmarks.delivery --compare --questions 10000
python -m benchmarks.delivery --load
python -m benchmarks.delivery --chaos --kill
python -m benchmarks.delivery --chaos --minutes 60
```

Measured with Python {platform.python_version()} and discord.py {version("discord.py")} on {platform.system()} \
{platform.machine()}, {os.cpu_count()} cores that the stand-in, the bot and other work share."""


def _figures(figures: Sequence[Figure]) -> str:
    rows = [
        (
            figure.name,
            figure.required,
            f"{number(figure.value)} {figure.unit}".strip(),
            "yes" if figure.is_kept else "**no**",
        )
        for figure in figures
    ]
    return f"## Figures\n\n{_table(('figure', 'required', 'measured', 'reached'), rows, texts=1)}"


def _side_by_side(measured: Measurements) -> str:
    rows = [
        (
            one.name,
            number(one.p50),
            number(one.p99),
            f"{one.rate:,.0f}",
            number(one.computing_each),
            f"{one.resident_at_rest:.0f}",
            f"{one.resident_warm:.0f}",
            f"{one.resident[-1]:.0f}",
            f"{one.full:,} of {one.asked:,}",
        )
        for one in measured.compared
    ]
    header = (
        "bot",
        "p50 ms",
        "p99 ms",
        "messages/s",
        "CPU ms each",
        "MiB at rest",
        f"MiB after {comparison.warm_up:,}",
        f"MiB after {measured.questions:,}",
        "in full",
    )
    return f"""\
## Side by side

Three bots, each with a stand-in of its own in one and the same process, take turns in {comparison.rounds} rounds, so \
that what disturbs one disturbs all: one that replies "pong" to everything (`benchmarks/delivery/pong.py`, discord.py \
with the same intents and no caches), this bot with its claims in the database, and with its claims in memory only. In \
each round {comparison.steady_rate:.0f} questions a second for {comparison.steady_seconds:.0f} seconds give the times \
from the event to the reply; then {comparison.in_flight} questions at a time, the next as soon as one is answered, \
give messages a second and CPU time; these two are medians over the rounds. {comparison.channels:,} channels in \
{comparison.servers} servers, and as many people as it takes for nobody to ask more than five questions a minute.

A stand-in needs about as much computing as a bot that says pong, so that one is held up by it more than ours is.

{_table(header, rows)}"""


def _under_load(title: str, report: Report) -> str:
    plan, whole = report.plan, report.account
    setting = plan.settings.get("QUESTIONS_A_MINUTE", "5")
    return f"""\
## {title}

{plan.questions_a_second:.0f} questions a second from {plan.people} people in {plan.channels} channels, and \
{plan.interactions_a_second:.0f} interactions a second (`/ask`, `/faq`, buttons), for {plan.seconds:.0f} s. Half of \
the messages ask two questions, so that no channel sees the same answer twice in a minute. \
{plan.questions_a_second * 60 / plan.people:.0f} questions a minute and person, and their `/ask`, are more than the 5 \
that one person has by default, so QUESTIONS_A_MINUTE is {setting} here. Discord's own rate limits are in force. Each \
answer is compared, text by text, with what the same code answers in the benchmark's process.{_chaos(report)}

{_table(("", *report.accounts), _account_rows(report))}

Asked {whole.asked:,} = answered once {whole.answered:,} + declined {whole.declined.total():,} + closed \
{whole.closed.total():,} + twice {whole.twice:,} + unexplained {whole.unexplained:,}. What was only typed is counted \
apart: nobody asks twice for suggestions that didn't come.

{_table(("ms", "p50", "p99", "longest"), _time_rows(report))}

Memory from {min(report.resident, default=math.nan):.0f} to {max(report.resident, default=math.nan):.0f} MiB. \
{report.refused} requests were refused with 401, 403 or 429, {report.retries:.0f} were tried again by the bot. \
{report.identifies} sessions were begun, {report.resumes} resumed. {len(report.errors_logged)} errors were logged."""


def _chaos(report: Report) -> str:
    chaos = report.plan.chaos
    return f"\n\n{_damage(chaos)} The bot was ended and started again {report.restarts} times." if chaos else ""


def _damage(chaos: Chaos) -> str:
    failures = "500, 503, reset, disconnect, 2 s of silence, a lost response"
    damage = [f"{100 * chaos.faults:.0f} % of all REST requests fail ({failures})"]
    if chaos.cut_every:
        damage.append(f"the gateway drops its connection every {chaos.cut_every:g} s")
    if chaos.database_away_every:
        damage.append(
            f"somebody holds the database for {chaos.database_away:g} s every {chaos.database_away_every:g} s"
        )
    if chaos.broken_yaml_every:
        damage.append(f"the knowledge is broken and mended every {chaos.broken_yaml_every:g} s")
    if chaos.restart_every:
        damage.append(f"SIGTERM and a new start every {chaos.restart_every:g} s")
    if chaos.kill_every:
        damage.append(f"SIGKILL and a new start every {chaos.kill_every:g} s")
    return f"Meanwhile: {'; '.join(damage)}."


def _account_rows(report: Report) -> Iterator[tuple[str, ...]]:
    accounts: list[Account] = list(report.accounts.values())
    yield "asked", *(f"{one.asked:,}" for one in accounts)
    yield "answered once", *(f"{one.answered:,}" for one in accounts)
    for reading in (Reading.full, Reading.link, Reading.apology, Reading.wrong):
        yield f"- {reading}", *(f"{readings[reading]:,}" for readings in report.readings.values())
    for reason in sorted({reason for one in accounts for reason in one.declined}):
        yield reason, *(f"{one.declined[reason]:,}" for one in accounts)
    for reason in sorted({reason for one in accounts for reason in one.closed}):
        yield reason, *(f"{one.closed[reason]:,}" for one in accounts)
    yield "twice", *(f"{one.twice:,}" for one in accounts)
    yield "unexplained", *(f"{one.unexplained:,}" for one in accounts)


def _time_rows(report: Report) -> Iterator[tuple[str, ...]]:
    for name, times in (
        ("message to reply", report.latencies),
        ("interaction to acknowledgement", report.acknowledged),
    ):
        yield name, *(number(percentile(times, share)) for share in (0.5, 0.99, 1.0))
    lag = [1000 * percentile_of_buckets(report.lag, share) for share in (0.5, 0.99, 1.0)]
    yield "loop lag, not above", *map(number, lag)
    yield "lag of the benchmark's own loop", *(number(percentile(report.own_lag, share)) for share in (0.5, 0.99, 1.0))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    def lines() -> Iterator[str]:
        yield f"| {' | '.join(header)} |"
        yield f"|{' --- |' * texts}{' ---: |' * (len(header) - texts)}"
        for row in rows:
            yield f"| {' | '.join(row)} |"

    return "\n".join(lines())
