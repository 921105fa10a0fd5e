"""Write what was measured as Markdown, and say which figures are reached."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.delivery import comparison
from benchmarks.delivery.asking import IN_FLIGHT
from benchmarks.delivery.beside import EVERY
from benchmarks.delivery.books import Report
from benchmarks.delivery.comparison import Measured
from benchmarks.delivery.figures import Figure, at_least, at_most, number, percentile, percentile_of_buckets
from benchmarks.delivery.reading import Reading
from benchmarks.delivery.tables import account_rows, figure_rows, plural
from benchmarks.tables import table


@dataclass(frozen=True, slots=True)
class Measurements:
    """Everything that was measured; what wasn't is empty."""

    questions: int
    compared: tuple[Measured, ...] = ()
    load: Report | None = None
    chaos: Report | None = None
    beside: Report | None = None


def figures_of(measured: Measurements) -> tuple[Figure, ...]:
    """Return the figures that are required of what was measured."""
    figures = comparison.figures_of(measured.compared) if measured.compared else ()
    figures += _figures_under_load(measured.load) if measured.load else ()
    figures += _figures_of_the_account("with chaos", measured.chaos) if measured.chaos else ()
    return figures + (_figures_of_the_account("with much beside", measured.beside) if measured.beside else ())


def _figures_under_load(report: Report) -> tuple[Figure, ...]:
    return (
        at_most(250, "load: event to reply, p99", percentile(report.latencies, 0.99), "ms"),
        at_most(500, "load: interactions acknowledged, p99", percentile(report.acknowledged, 0.99), "ms"),
        at_most(50, "load: loop lag, p99", 1000 * percentile_of_buckets(report.lag, 0.99), "ms"),
        at_most(0, "load: closed without an answer", report.account.closed.total()),
        at_most(0, "load: errors logged", len(report.errors_logged)),
        *_figures_of_the_account("load", report),
    )


def _figures_of_the_account(when: str, report: Report) -> tuple[Figure, ...]:
    return (
        at_least(90, f"{when}: messages answered in full", 100 * _share_in_full(report), "%"),
        at_most(0, f"{when}: answers to something else", sum(one[Reading.wrong] for one in report.readings.values())),
        at_most(0, f"{when}: answered twice", sum(one.twice for one in report.accounts.values())),
        at_most(0, f"{when}: unexplained", sum(one.unexplained for one in report.accounts.values())),
        at_most(0, f"{when}: requests that Discord would refuse, exit codes other than 0", len(report.problems)),
        *(at_most(0, f"{when}: {one.what} lost, twice, or given up", one.begun - one.once) for one in report.beside),
    )


def _share_in_full(report: Report) -> float:
    readings = report.readings["message"]
    return readings[Reading.full] / readings.total() if readings else math.nan


def markdown(measured: Measurements) -> str:
    """Return the report."""
    sections = [_introduction(figures_of(measured)), _RERUN]
    sections += [_side_by_side(measured.compared)] if measured.compared else []
    loads = [(title, one) for title, one in (("Load", measured.load), ("Load with chaos", measured.chaos)) if one]
    sections += [_load(title, report, is_first=not number) for number, (title, report) in enumerate(loads)]
    sections += [_load("Teaching, hand-offs, and more beside it", measured.beside)] if measured.beside else []
    return "\n\n".join(sections) + "\n"


_RERUN = """\
## Measure it again

```
pip install -e '.[dev]'
python -m benchmarks.delivery                                # all of this, about 20 minutes; writes this file
python -m benchmarks.delivery --compare --questions 10000    # only side by side, and shorter
python -m benchmarks.delivery --load                         # only the load
python -m benchmarks.delivery --chaos --kill                 # only the load with chaos, and with SIGKILL too
python -m benchmarks.delivery --beside                       # only a small load, with all else that people do beside it
python -m benchmarks.delivery --chaos --minutes 60           # the load with chaos as a soak
```

It exits with 1 if a bound is missed. Parts of it print their report, or write it to the file that `--out` names."""


def _introduction(figures: Sequence[Figure]) -> str:
    kept = sum(figure.is_kept for figure in figures)
    verdict = f"All {kept} bounds are kept." if kept == len(figures) else f"{kept} of {len(figures)} bounds are kept."
    return f"""\
# Delivery benchmark

<!-- Made by `python -m benchmarks.delivery`; what is written here by hand is lost. -->

What an answer costs, and what becomes of every question on good days and bad ones. The bot runs as an operator starts \
it, a process of its own, against a stand-in for Discord on loopback (`tests/support/fake_discord`). The stand-in \
counts what was asked, when, and what came back; the bot's own record is asked only for the reason of an answer that \
never came.

**{verdict}** Measured with Python {platform.python_version()} and discord.py {version("discord.py")} on \
{platform.system()} {platform.machine()}, {os.cpu_count()} cores that the stand-in, the bot and other work share.

{table(("figure", "bound", "measured", "verdict"), figure_rows(figures))}"""


def _side_by_side(compared: Sequence[Measured]) -> str:
    speed = [
        (
            one.name,
            number(one.p50),
            number(one.p99),
            f"{one.rate:,.0f}",
            number(one.computing_each),
            f"{one.full:,} of {one.asked:,}",
        )
        for one in compared
    ]
    memory = [
        (
            one.name,
            f"{one.resident_at_rest:.0f}",
            f"{one.resident_warm:.0f}",
            f"{one.resident[-1]:.0f}",
            f"{100 * one.growth:+.1f} %",
            f"{100 * one.drift:.1f} %",
        )
        for one in compared
    ]
    warm = f"{comparison.WARM_UP:,}"
    columns = ("resident MiB", "at rest", f"after {warm}", "after all", "rest to end", f"at worst since {warm}")
    return f"""\
## Side by side with a bot that says pong

With ENCODER=off, since what is compared is the delivery; the load runs with the encoders.

Two bots: one that replies "pong" to everything (`benchmarks/delivery/pong.py`, discord.py with the same intents and \
no caches), and this bot. They take turns in {comparison.ROUNDS} rounds, so that what disturbs one disturbs both. \
In each round {comparison.STEADY_RATE:.0f} questions a second for {comparison.STEADY_SECONDS:.0f} seconds give the \
times from event to reply; then {IN_FLIGHT} questions at a time, the next as soon as one is answered, give \
messages a second and CPU time, as medians over the rounds. {comparison.CHANNELS:,} channels in {comparison.SERVERS} \
servers, and as many people as it takes for nobody to ask more than five questions a minute.

{table(("bot", "p50 ms", "p99 ms", "messages/s", "CPU ms each", "answered in full"), speed)}

The stand-ins share a process, and need about as much computing as a bot that says pong: that one is held up by them \
more than ours is.

{table(columns, memory)}

Flatness is judged from {warm} questions on: a process that has answered nothing yet hasn't loaded what answering \
needs. The change from rest stands beside it."""


def _load(title: str, report: Report, *, is_first: bool = True) -> str:
    whole = report.account
    return f"""\
## {title}

{_plan(report) if is_first else "The same load."}{_damage(report)}

{table(("what became of it", *(f"{way}s" for way in report.accounts)), account_rows(report.accounts))}

Asked {whole.asked:,} = answered once {whole.answered:,} + declined {whole.declined.total():,} + closed \
{whole.closed.total():,} + twice {whole.twice:,} + unexplained {whole.unexplained:,}. Autocompletes are \
counted apart: they are no questions. Reasons in `code` are those that the bot recorded \
([what they mean](delivery.md)); the others are what the stand-in knows.

{table(("what the answers said", *(f"{way}s" for way in report.readings)), _reading_rows(report))}

An apology, as when the database is away, is an answer, but no full one.

{table(("ms", "p50", "p99", "longest"), _time_rows(report))}

Resident memory between {min(report.resident, default=math.nan):.0f} and \
{max(report.resident, default=math.nan):.0f} MiB. {plural(report.refused, "request")} refused with 401, 403 or 429, \
{report.retries:,.0f} tried again by the bot. {plural(report.identifies, "session")} begun, {report.resumes} resumed. \
{plural(len(report.errors_logged), "error")} logged.{_beside(report)}"""


def _beside(report: Report) -> str:
    if not report.beside:
        return ""
    rows = [
        (one.what, *(f"{count:,}" for count in (one.begun, one.once, one.twice, one.lost, one.given_up)))
        for one in report.beside
    ]
    return f"""

This is a run of its own, as `--beside` makes it. Beside the questions, with ENCODER=off and in a server of its own, a \
moderator teaches a new entry every {EVERY:g} s unless still busy with the one before, a member hands a question to \
humans as often and one of them replies in the thread, and a board gets a button for each question that is taught. If \
nothing comes of a click, or they are told to try again, they click again. As often, a weekly digest falls due in one \
more server: its hour, the full hour before the run, and an unanswered question are stored before the bot starts, and \
its channel during the run. A digest counts if it quotes the question.

{table(("what became of it", "begun", "once", "twice", "lost", "given up"), rows)}

Lost is what isn't there although somebody was told that it is, or was to do nothing for it."""


def _plan(report: Report) -> str:
    plan = report.plan
    return f"""\
{plan.questions_a_second:.0f} questions a second from {plan.people} people in {plan.channels} channels, \
{plan.interactions_a_second:.0f} interactions a second (`/ask`, `/faq`, buttons) and \
{plural(round(plan.autocompletes_a_second), "autocomplete")}, for {plan.seconds:.0f} s, under Discord's own rate \
limits. Half of the messages ask two questions, so that no channel sees the same answer twice in a minute. People ask \
more than the five questions a minute that one person has by default, so QUESTIONS_A_MINUTE is \
{plan.settings.get("QUESTIONS_A_MINUTE", "5")}. Each answer is compared, text by text, with what the same code answers \
in the benchmark's own process."""


def _damage(report: Report) -> str:
    chaos = report.plan.chaos
    if chaos is None:
        return ""
    failures = "500, 503, reset, disconnect, 2 s of silence, a lost response"
    harm = [f"{100 * chaos.faults:.0f} % of all REST requests fail ({failures})"]
    for every, what in (
        (chaos.cut_every, "the gateway drops its connections"),
        (chaos.database_away_every, f"another process locks the database for {chaos.database_away:g} s"),
        (chaos.broken_yaml_every, "someone breaks the knowledge, and fixes it after a third of that time"),
        (chaos.restart_every, "SIGTERM and a restart"),
        (chaos.kill_every, "SIGKILL and a restart"),
    ):
        harm += [f"every {every:g} s {what}"] if every else []
    listed = "\n".join(f"- {one}" for one in harm)
    ended = f"{plural(report.restarts, 'time')}, {report.kills} of them with SIGKILL"
    return f" During the run:\n\n{listed}\n\nThe bot was restarted {ended}."


def _reading_rows(report: Report) -> Iterator[tuple[str, ...]]:
    for reading in (Reading.full, Reading.link, Reading.slow_down, Reading.apology, Reading.wrong):
        yield reading, *(f"{readings[reading]:,}" for readings in report.readings.values())


def _time_rows(report: Report) -> Iterator[tuple[str, ...]]:
    for name, times in (
        ("message to reply", report.latencies),
        ("interaction to acknowledgement", report.acknowledged),
    ):
        yield name, *(number(percentile(times, share)) for share in (0.5, 0.99, 1.0))
    lag = [1000 * percentile_of_buckets(report.lag, share) for share in (0.5, 0.99, 1.0)]
    yield "the bot's loop lag, not above", *map(number, lag)
    own = [percentile(report.own_lag, share) for share in (0.5, 0.99, 1.0)]
    yield "the benchmark's own loop lag", *map(number, own)
