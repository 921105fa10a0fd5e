"""The command line of the benchmark of scale."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from postgresql import programs_folder, running_postgresql

from benchmarks.delivery.traffic import Traffic
from benchmarks.scale import estimates
from benchmarks.scale.document import with_part, wrapped
from benchmarks.scale.plan import ScalePlan
from benchmarks.scale.report import Results, figures_of, markdown
from benchmarks.scale.run import Proven, run_proof
from benchmarks.scale.sizes import SERVER_COUNTS, SERVERS_A_SHARD, run_sizes
from bot.encoders.installed import InstalledEncoders
from bot.matching.meaning import EncoderChoice, Encoders

DOCUMENT = Path(__file__).parents[2] / "docs" / "scaling.md"


def main() -> None:
    """Measure what the command line asks for, write the report, and exit with 1 if a bound is missed."""
    plan = ScalePlan()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", action="store_true", help="only one process, by the number of servers")
    parser.add_argument("--proof", action="store_true", help="only several processes, ended and replaced")
    parser.add_argument("--counts", type=int, nargs="+", default=SERVER_COUNTS, help="servers of one process")
    parser.add_argument("--anatomy", type=int, default=SERVERS_A_SHARD, help="servers to take apart; 0 for none")
    parser.add_argument("--servers", type=int, default=plan.servers, help="of several processes")
    parser.add_argument("--own-knowledge", type=int, default=plan.own_knowledge, help="how many of them have their own")
    parser.add_argument("--shards", type=int, default=plan.shards)
    parser.add_argument("--processes", type=int, default=plan.processes)
    parser.add_argument("--buckets", type=int, default=plan.max_concurrency, help="sessions that may begin at once")
    parser.add_argument("--rounds", type=int, default=plan.rounds, help="of asking as fast as possible; 0 for none")
    parser.add_argument("--encoder", choices=("on", "off"), default="off", help="of several processes")
    parser.add_argument("--out", type=Path, help="the file to write into, between its marks; docs/scaling.md for all")
    options = parser.parse_args()
    everything = not (options.sizes or options.proof)
    load = os.getloadavg()[1]
    proven = None
    if everything or options.proof:
        proven = _prove(
            replace(
                plan,
                servers=options.servers,
                own_knowledge=options.own_knowledge,
                shards=options.shards,
                processes=options.processes,
                max_concurrency=options.buckets,
                rounds=options.rounds,
                settings={"ENCODER": options.encoder},
            )
        )
    sizes = run_sizes(options.counts, anatomy=options.anatomy) if everything or options.sizes else None
    results = Results(load, sizes, proven)
    report = _report(results)
    if out := options.out or (DOCUMENT if everything else None):
        out.write_text(with_part(out.read_text(encoding="utf-8"), report), encoding="utf-8")
    else:
        print(report)
    missed = [figure for figure in figures_of(results) if not figure.is_kept]
    for figure in missed:
        print(figure, file=sys.stderr)
    if proven:
        for problem in (*proven.report.unexplained, *proven.report.misread, *proven.report.problems):
            print(problem, file=sys.stderr)
    sys.exit(1 if missed else 0)


def _prove(plan: ScalePlan) -> Proven:
    programs = programs_folder()
    if programs is None:
        print("PostgreSQL is needed. On Debian: apt-get install postgresql", file=sys.stderr)
        sys.exit(2)
    encoders: EncoderChoice = Encoders() if plan.settings["ENCODER"] == "off" else InstalledEncoders(folder=None)
    with running_postgresql(programs) as postgresql:
        return run_proof(plan, Traffic(encoders), postgresql)


def _report(results: Results) -> str:
    parts = [markdown(results)]
    if results.sizes and len(results.sizes.ours) > 1 and results.proven and results.proven.capacity:
        first, *_, last = results.sizes.ours
        parts.append(estimates.markdown(estimates.Costs.of(first, last, results.proven.capacity)))
    return wrapped("\n\n".join(parts))
