"""Write what was measured as Markdown, and say which bounds are kept."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import mean

from benchmarks.delivery.figures import Figure, at_least, at_most, number, percentile
from benchmarks.delivery.reading import Reading
from benchmarks.delivery.tables import account_rows, figure_rows, plural
from benchmarks.scale.capacity import Capacity, Throughput
from benchmarks.scale.run import Proven
from benchmarks.scale.sizes import Size, Sizes, kilobytes_each
from benchmarks.tables import table

BUSY = 0.5  # of the machine's load beside the benchmark, as a share of its cores, from which figures are doubtful
FULLY = 0.8  # of the cores busy, from which they are what limits the rate


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was measured; what wasn't is None.

    `load` is how many processes wanted to compute on the machine in the 5 minutes before, by Linux.
    """

    load: float
    sizes: Sizes | None = None
    proven: Proven | None = None


def figures_of(results: Results) -> tuple[Figure, ...]:
    """Return the figures that are required of what was measured."""
    figures = _figures_of_the_proof(results.proven) if results.proven else ()
    if results.sizes and len(results.sizes.ours) > 1:
        first, *_, last = results.sizes.ours
        figures += (at_most(20, f"memory per server, of {last.servers:,}", kilobytes_each(last, first), "KiB"),)
    return figures


def _figures_of_the_proof(proven: Proven) -> tuple[Figure, ...]:
    report, messages = proven.report, proven.report.readings["message"]
    asked = sum(one.asked for one in report.accounts.values())
    answered = messages[Reading.full] + messages[Reading.link]
    figures = (
        at_most(0, f"of {asked:,} questions, lost", report.account.unexplained),
        at_most(0, "answered twice", sum(one.twice for one in report.accounts.values())),
        at_most(0, "messages closed without an answer", report.accounts["message"].closed.total()),
        at_most(0, "answers to something else", sum(one[Reading.wrong] for one in report.readings.values())),
        at_least(99, "messages answered in full or by a link to that", 100 * answered / max(1, messages.total()), "%"),
        at_most(0, f"of {proven.sessions.begun} sessions, begun too early", proven.sessions.too_early),
        at_most(1, "times the commands were registered", proven.registered),
        at_most(0, "requests that Discord would refuse, exit codes other than 0", len(report.problems)),
    )
    if proven.capacity is None:
        return figures
    flooded = f"of {proven.capacity.asked:,} questions as fast as possible, not answered exactly once"
    return (*figures, at_most(0, flooded, proven.capacity.other_than_once))


def markdown(results: Results) -> str:
    """Return what was measured."""
    parts = [_introduction(results)]
    if results.proven:
        parts += [_proof(results.proven), *([_capacity(results.proven)] if results.proven.capacity else [])]
    if results.sizes:
        parts.append(_sizes(results.sizes))
    return "\n\n".join(parts)


def _introduction(results: Results) -> str:
    figures = figures_of(results)
    kept = sum(figure.is_kept for figure in figures)
    verdict = f"All {kept} bounds are kept." if kept == len(figures) else f"{kept} of {len(figures)} bounds are kept."
    cores = os.cpu_count() or 1
    busy = "other work kept the machine busy, so times and rates are worse than they could be"
    quiet = "little else ran"
    return f"""\
### Measured

**{verdict}** Measured with Python {platform.python_version()} and discord.py
{version("discord.py")} on {cores} cores that the processes, PostgreSQL, and the stand-in for
Discord share. Before it began, {results.load:.1f} processes on average wanted to compute:
{busy if results.load > BUSY * cores else quiet}.

{table(("figure", "bound", "measured", "verdict"), figure_rows(figures))}"""


def _proof(proven: Proven) -> str:
    plan, report = proven.plan, proven.report
    sessions = proven.sessions
    shortest = "no two in a bucket" if math.isinf(sessions.shortest) else f"{sessions.shortest:.2f} s"
    incidents = [(one.what, f"{one.away:.1f} s", f"{one.ready_after:.1f} s") for one in proven.incidents]
    accounts = {way: account for way, account in report.accounts.items() if account.asked}
    times = (number(percentile(report.latencies, share) / 1000) for share in (0.5, 0.9, 0.99, 1.0))
    return f"""\
**What became of questions.** {plan.processes} processes with {plan.shards} shards in {plan.servers:,} servers,
{plan.own_knowledge:,} of which have knowledge of their own. {plan.questions_a_second:g} questions a
second by message and {plan.interactions_a_second:g} with `/ask`, over all servers, and
{plan.chatter:g} message a minute in each that isn't for the bot, under Discord's own rate limits.
During the run:

{table(("what happens", "away for", "ready after"), incidents)}

{table(("what became of it", *(f"{way}s" for way in accounts)), account_rows(accounts))}

A command that is closed without an answer came while its server had no session, or its process was ended: Discord
tells whoever used it, and never sends it again. Half of the messages were answered within {next(times)} s, 90% within
{next(times)} s, 99% within {next(times)} s, and the last after {next(times)} s: those asked while a process was away
wait until the next one has read their channel. Discord's limits refused {plural(report.refused, "request")} at first.

All processes started at once, and each shard answers as soon as its session begins. Discord allows
{plural(plan.max_concurrency, "session")} every {plan.identify_window:g} s, so the first process was ready after
{min(proven.ready_after):.0f} s and the last after {max(proven.ready_after):.0f} s. There were
{plural(sessions.begun, "session")} in all, the shortest time between two in a bucket was {shortest}. One process
registered the commands, {plural(proven.registered, "time")}.

Memory of each process when it was ready: {_megabytes(proven.resident_ready)}. After a question in
each server, with the servers' own knowledge loaded: {_megabytes(proven.resident_asked)}."""


def _megabytes(resident: Sequence[float]) -> str:
    return f"{mean(resident):.0f} MiB" if resident else "not measured"


def _capacity(proven: Proven) -> str:
    capacity = proven.capacity
    assert capacity is not None
    return f"""\
**Questions a second.** As many at a time as it takes, first in all servers, then only in those of one process, in
{plural(len(capacity.alone.rates), "turn")}; the rates are medians. The stand-in sets no rate limits here. It
computes for its side of the connection, and for the people who ask.

{table(_CAPACITY_HEADER, map(_capacity_row, (capacity.alone, capacity.everyone)))}

{proven.plan.processes} processes get through {capacity.ratio:.2f} times as much as one.
{_limit(capacity)}"""


_CAPACITY_HEADER = (
    "processes",
    "questions/s",
    "CPU ms per question: bot",
    "stand-in",
    "PostgreSQL",
    "cores busy",
)


def _capacity_row(one: Throughput) -> tuple[str, ...]:
    return (str(one.processes), f"{one.rate:,.0f}", *(f"{each:.2f}" for each in one.computing), f"{one.busy:.1f}")


def _limit(capacity: Capacity) -> str:
    everyone, cores = capacity.everyone, os.cpu_count() or 1
    whole = sum(everyone.computing)
    if everyone.busy < FULLY * cores:
        cause = "Other work took the rest, so more is possible"
    else:
        cause = "The limit is this machine"
    return f"""They, the stand-in, and PostgreSQL kept {everyone.busy:.1f} of {plural(cores, "core")} busy. {cause}: at
{whole:.1f} ms of CPU for a question, {plural(cores, "core")} can do no more than {1000 * cores / whole:,.0f} a
second. All that the bot's processes share is PostgreSQL, which takes {everyone.computing[-1]:.2f} ms for a question."""


def _sizes(sizes: Sizes) -> str:
    return f"""\
**One process by servers.** Servers have {sizes.ours[0].channels} channels and {sizes.ours[0].roles} roles.
*A message* is the CPU time for a message that isn't for the bot, *each* the memory per further server.

{table(_SIZES_HEADER, _size_rows(sizes.ours))}{_anatomy(sizes)}"""


_SIZES_HEADER = ("servers", "shards", "ready after", "memory", "each", "a message")


def _size_rows(ours: Sequence[Size]) -> Iterator[tuple[str, ...]]:
    for row in ours:
        each = f"{kilobytes_each(row, ours[0]):.1f} KiB" if row.servers > ours[0].servers else ""
        yield (
            f"{row.servers:,}",
            str(row.shards),
            f"{row.ready_after:.0f} s",
            f"{row.megabytes:.0f} MiB",
            each,
            f"{row.message_milliseconds:.2f} ms",
        )


def _anatomy(sizes: Sizes) -> str:
    if (parts := sizes.anatomy) is None:
        return ""
    full, first = parts.full, sizes.ours[0]
    a_channel = _kilobytes(parts.without_roles, parts.bare) / max(1, full.channels)
    a_role = _kilobytes(full, parts.without_roles) / max(1, full.roles)
    alone = kilobytes_each(parts.pong, parts.pong_in_one)
    return f"""


What grows is what discord.py keeps of a server: {kilobytes_each(parts.bare, first):.1f} KiB for one with nothing in
it but the bot, {a_channel:.2f} KiB for a channel, and {a_role:.2f} KiB for a role, measured in {full.servers:,}
servers. There, a bot that only says pong (`benchmarks/delivery/pong.py`) takes {alone:.1f} KiB for each server, and
all of this bot {kilobytes_each(full, first):.1f} KiB."""


def _kilobytes(more: Size, less: Size) -> float:
    return 1024 * (more.megabytes - less.megabytes) / more.servers
