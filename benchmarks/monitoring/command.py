"""Run the bot on the stand-in, let Prometheus read its metrics, and ask it all that operators will ask it."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from benchmarks.delivery.processes import OURS, running
from benchmarks.monitoring.queries import ALERTS, FOLDER, Query, filled_in, measured_by, of_alerts, of_dashboard
from bot_process import free_port
from fake_discord import FakeDiscord

WINDOW = "20s"  # what rates are computed over
QUESTIONS = 20
TIMEOUT = 60.0
_CONFIGURATION = """\
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: tpm-career-bot
    static_configs:
      - targets: [{target}]
"""


def main() -> None:
    """Check the rules, then each query; exit with 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.monitoring", description=__doc__)
    parser.add_argument("--programs", type=Path, help="the folder of promtool and prometheus, if they aren't on PATH")
    arguments = parser.parse_args()
    path = str(arguments.programs) if arguments.programs else None
    programs = [shutil.which(name, path=path) for name in ("promtool", "prometheus")]
    if None in programs:
        print("promtool and prometheus are needed. On Debian: apt-get install prometheus", file=sys.stderr)
        sys.exit(2)
    promtool, prometheus = (str(program) for program in programs)
    sys.exit(0 if asyncio.run(_check(promtool, prometheus)) else 1)


async def _check(promtool: str, prometheus: str) -> bool:
    rules_pass = await _succeeds(promtool, "check", "rules", str(ALERTS))
    tests_pass = await _succeeds(promtool, "test", "rules", str(FOLDER / "alerts.test.yaml"))
    panels = [filled_in(query, window=WINDOW) for query in of_dashboard()]
    alerts = [part for query in of_alerts() for part in measured_by(query)]
    with tempfile.TemporaryDirectory(prefix="monitoring") as folder:
        missing = await _without_data([*panels, *alerts], prometheus, Path(folder))
    for query in missing:
        print(f"No data: {query.owner}: {query.expression}", file=sys.stderr)
    print(f"{len(panels)} queries of the dashboard and {len(alerts)} of the alerts asked, {len(missing)} without data.")
    return rules_pass and tests_pass and not missing


async def _succeeds(*command: str) -> bool:
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    return await process.wait() == 0


async def _without_data(queries: list[Query], prometheus: str, folder: Path) -> list[Query]:
    """Return the queries that find nothing while a bot answers."""
    target = f"127.0.0.1:{free_port()}"
    async with FakeDiscord() as fake:
        guild = fake.add_guild("Product people")
        async with (
            running(OURS, fake, folder, {"ENCODER": "off", "MONITORING_ADDRESS": target}),
            _prometheus(prometheus, folder, target) as address,
        ):
            channel = guild.add_text_channel("general")
            for number in range(QUESTIONS):
                member = guild.add_member(f"member {number}")
                await fake.reply_to(await member.asks(channel, f"What does a TPM do? {number}"))
                await (await member.slash(channel, "ask", question="Does a TPM need to code?")).answer()
            async with aiohttp.ClientSession(address) as session:
                missing = queries
                async with asyncio.timeout(TIMEOUT):
                    while missing := [query for query in missing if not await _finds(session, query)]:
                        if not await _is_news(session):
                            return missing
        return missing


async def _is_news(session: aiohttp.ClientSession) -> bool:
    """Wait for another scrape; return False once the questions have left the window."""
    await asyncio.sleep(1)
    found = await _result(session, f"sum(increase(tpm_bot_questions_total[{WINDOW}])) > 0")
    return bool(found)


async def _finds(session: aiohttp.ClientSession, query: Query) -> bool:
    return any(value != "NaN" for value in await _result(session, query.expression))


async def _result(session: aiohttp.ClientSession, expression: str) -> list[str]:
    async with session.get("/api/v1/query", params={"query": expression}) as response:
        answer = await response.json()
    if answer["status"] != "success":
        raise ValueError(f"{expression}: {answer['error']}")
    return [sample["value"][1] for sample in answer["data"]["result"]]


@asynccontextmanager
async def _prometheus(program: str, folder: Path, target: str) -> AsyncIterator[str]:
    """Run Prometheus on a bot, with the alerts."""
    configuration = folder / "prometheus.yml"
    rules = f"rule_files: [{ALERTS}]\n"
    configuration.write_text(_CONFIGURATION.format(target=target) + rules, encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    with (folder / "prometheus.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program,
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder / 'samples'}",
            f"--web.listen-address={address}",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        await _is_ready(f"http://{address}/-/ready")
        yield f"http://{address}"
    finally:
        process.terminate()
        await process.wait()


async def _is_ready(address: str) -> None:
    async with asyncio.timeout(TIMEOUT), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(address) as response:
                    if response.ok:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)
