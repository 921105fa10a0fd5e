"""What more servers would need, up to a million: multiplied, not measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from benchmarks.scale.capacity import Capacity
from benchmarks.scale.sizes import Size, kilobytes_each
from benchmarks.tables import table
from bot.discord_app.catch_up.catching_up import MAX_OUTAGE
from bot.discord_app.catch_up.missed import PAUSE_WHILE_ASKED
from bot.storage.identify_turns import INTERVAL

SERVERS = (1, 1_000, 10_000, 100_000, 1_000_000)
SERVERS_A_SHARD = 1_000
SERVERS_A_PROCESS = 5_000
MESSAGES_A_SECOND = 1 / 60  # in a server, that aren't for the bot
QUESTIONS_A_SECOND = 1 / 86_400  # in a server
REQUESTS_A_SECOND = 50  # that Discord allows, one for each answer
MANY_BUCKETS = 16  # that Discord grants to large bots
PATIENCE = 300.0  # seconds in which everything should be back


@dataclass(frozen=True, slots=True)
class Costs:
    """What was measured, as far as estimates need it. Memory in MiB and KiB, times in milliseconds of CPU."""

    base: float
    server: float
    message: float
    question: float
    database: float

    @classmethod
    def of(cls, first: Size, last: Size, capacity: Capacity) -> Costs:
        """Take them from measurements."""
        bots, _, database = capacity.everyone.computing
        return cls(first.megabytes, kilobytes_each(last, first), last.message_milliseconds, bots, database)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What so many servers need: memory in GiB of all processes, cores, and seconds until all sessions have begun."""

    servers: int
    shards: int
    processes: int
    memory: float
    cores: float
    database_cores: float
    questions_a_second: float
    begun_after: float


def estimate(costs: Costs, servers: int) -> Estimate:
    """Multiply what was measured."""
    shards, processes = ceil(servers / SERVERS_A_SHARD), ceil(servers / SERVERS_A_PROCESS)
    questions = servers * QUESTIONS_A_SECOND
    return Estimate(
        servers=servers,
        shards=shards,
        processes=processes,
        memory=(processes * costs.base + servers * costs.server / 1024) / 1024,
        cores=(servers * MESSAGES_A_SECOND * costs.message + questions * costs.question) / 1000,
        database_cores=questions * costs.database / 1000,
        questions_a_second=questions,
        begun_after=(shards - 1) * INTERVAL,
    )


def markdown(costs: Costs) -> str:
    """Return the estimates, and what runs out first."""
    return f"""\
### Estimated

Not measured, but multiplied: {costs.base:.0f} MiB for a process and {costs.server:.1f} KiB for each server,
{costs.message:.2f} ms of CPU for each message and {costs.question:.1f} ms for each question, and {costs.database:.2f}
ms of PostgreSQL's. It assumes one message a minute and one question a day in each server, a shard per
{SERVERS_A_SHARD:,} servers, and a process per {SERVERS_A_PROCESS:,}. With the encoders, a question takes about 9 ms
more, and each process 255 MB ([what it needs](operating.md#what-it-needs)). A server's own knowledge takes about 0.2
MiB while it is loaded, and all of it together at most 512 MiB per process.

{table(_HEADER, _rows(costs))}

What you run out of first, in this order:

{_limits(costs)}"""


_HEADER = (
    "servers",
    "shards",
    "processes",
    "memory in all",
    "cores",
    "of PostgreSQL",
    "questions/s",
    "all sessions begun within",
)


def _rows(costs: Costs) -> Iterator[tuple[str, ...]]:
    for servers in SERVERS:
        one = estimate(costs, servers)
        yield (
            f"{servers:,}",
            f"{one.shards:,}",
            str(one.processes),
            f"{one.memory:.1f} GiB",
            f"{one.cores:.2f}",
            f"{one.database_cores:.3f}",
            f"{one.questions_a_second:.2f}",
            _time(one.begun_after),
        )


def _time(seconds: float) -> str:
    return f"{ceil(seconds)} s" if seconds < 60 else f"{ceil(seconds / 60)} min"


def _limits(costs: Costs) -> str:
    began = int(PATIENCE / INTERVAL) * SERVERS_A_SHARD
    found = int(MAX_OUTAGE.total_seconds() / PAUSE_WHILE_ASKED)
    a_day, peak = REQUESTS_A_SECOND / QUESTIONS_A_SECOND, 4
    a_core = 1000 / costs.message / MESSAGES_A_SECOND
    limits = (
        f"""**Catching up.** After a restart, a process reads the channels with news, {1 / PAUSE_WHILE_ASKED:.0f} a
        second while people ask, those with the latest news first, and gives up on questions older than
        {MAX_OUTAGE.total_seconds() / 60:.0f} minutes. That's {found:,} channels. With more servers than that in one
        process, some questions from a restart may go unanswered, so use more processes.""",
        f"""**Starting all sessions.** With one bucket, {began:,} servers are back within {PATIENCE / 60:.0f} minutes of
        a complete restart, and a million take {_time(estimate(costs, 1_000_000).begun_after)}. With the {MANY_BUCKETS}
        buckets that Discord grants to large bots, it's a {MANY_BUCKETS}th of that. Replace processes one at a time.""",
        f"""**Requests.** {REQUESTS_A_SECOND} a second for the whole token, and each answer is one. That's enough for
        {a_day / 1e6:.1f} million servers with one question a day, spread over the day, or {a_day / peak / 1e6:.1f}
        million at peaks of {peak} times that. Discord grants large bots more.""",
        """**Settings and taught answers.** Each process reads those of all servers, and checks every two seconds
        which servers were taught something. That's cheap for thousands of such servers and wasteful for a hundred
        thousand.""",
        f"""**One core per process.** Reading the messages of {a_core:,.0f} servers keeps a process fully busy.""",
        f"""**PostgreSQL.** One core of it stores {1000 / max(costs.database, 0.001):,.0f} questions a second.""",
    )
    return "\n".join(f"{position}. {text}" for position, text in enumerate(limits, start=1))
