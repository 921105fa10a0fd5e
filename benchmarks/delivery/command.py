"""The command line of the delivery benchmark."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.delivery.books import Report
from benchmarks.delivery.chaos import Chaos
from benchmarks.delivery.comparison import compare
from benchmarks.delivery.load import run_load
from benchmarks.delivery.plan import Plan
from benchmarks.delivery.report import Measurements, figures_of, markdown
from benchmarks.delivery.traffic import Traffic
from bot.matching.meaning import Encoders


def main() -> None:
    """Measure what the command line asks for, write the report, and exit with 1 if a figure isn't reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivery", description=__doc__)
    parser.add_argument("--compare", action="store_true", help="only beside a bot that says pong")
    parser.add_argument("--load", action="store_true", help="only the load without chaos")
    parser.add_argument("--chaos", action="store_true", help="only the load with chaos")
    parser.add_argument("--kill", action="store_true", help="in the chaos, end the bot with SIGKILL too")
    parser.add_argument(
        "--beside", action="store_true", help="only a small load with chaos and SIGKILL, and what goes on beside"
    )
    parser.add_argument("--minutes", type=float, default=1.0, help="how long each load lasts; more for a soak")
    parser.add_argument("--questions", type=int, default=100_000, help="how many each bot is asked side by side")
    parser.add_argument("--out", type=Path, help="the Markdown file to write; docs/delivery-benchmark.md if all is run")
    arguments = parser.parse_args()
    everything = not (arguments.compare or arguments.load or arguments.chaos or arguments.beside)
    traffic = Traffic()
    by_words = Traffic(Encoders())
    plan = Plan(seconds=60 * arguments.minutes)
    chaos = Chaos(kill_every=23.0 if arguments.kill else None)
    measured = Measurements(
        questions=arguments.questions,
        compared=asyncio.run(compare(by_words, arguments.questions)) if everything or arguments.compare else (),
        load=_run(plan, traffic) if everything or arguments.load else None,
        chaos=_run(replace(plan, chaos=chaos), traffic) if everything or arguments.chaos else None,
        beside=_run(plan.with_much_beside(), by_words) if everything or arguments.beside else None,
    )
    out = arguments.out or (Path("docs/delivery-benchmark.md") if everything else None)
    text = markdown(measured)
    if out is not None:
        out.write_text(text, encoding="utf-8")
        print(f"{out} is written.")
    else:
        print(text)
    missed = [figure for figure in figures_of(measured) if not figure.is_kept]
    for figure in missed:
        print(f"Not reached: {figure}", file=sys.stderr)
    sys.exit(1 if missed else 0)


def _run(plan: Plan, traffic: Traffic) -> Report:
    report = asyncio.run(run_load(plan, traffic))
    print(f"the load {'with' if plan.chaos else 'without'} chaos: {report.account}", flush=True)
    for tally in report.beside:
        print(f"  {tally}")
    for line in (*report.misread, *report.unexplained, *report.problems[:20], *report.errors_logged[:20]):
        print(f"  {line}")
    return report
