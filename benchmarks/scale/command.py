"""How much memory a server takes, and how long a bot with many takes to be ready."""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from bot_process import TIMEOUT, BotProcess, answering
from fake_discord import FakeDiscord, RateLimits

SERVER_COUNTS = (1, 100, 1_000, 10_000)
SERVERS_A_SHARD = 2_500  # Discord allows no more
CHANNELS, ROLES = 20, 10  # of a server
MESSAGES = 2_000
QUESTION = "Does a TPM need to code?"


@dataclass(frozen=True, slots=True)
class Scale:
    """What was measured with so many servers.

    Attributes:
        ready_after: seconds from the start until the bot knew all servers.
        megabytes: resident memory then.
        message_milliseconds: processor time of a message that isn't for the bot.
    """

    servers: int
    shards: int
    ready_after: float
    megabytes: float
    message_milliseconds: float


async def measure(servers: int, *, encoder: str = "off") -> Scale:
    """Start a bot that is in so many servers, by itself, and measure it."""
    shards = ceil(servers / SERVERS_A_SHARD)
    async with FakeDiscord(rate_limits=RateLimits.generous(), shards=shards, openapi="") as fake:
        for number in range(servers):
            guild = fake.add_guild(f"Server {number}")
            for name in range(CHANNELS):
                guild.add_text_channel(f"channel-{name}")
            for name in range(ROLES):
                guild.add_role(f"role {name}")
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            async with answering(Path(folder), fake, ENCODER=encoder) as bot:
                await bot.logged("Ready as")
                ready_after, megabytes = time.monotonic() - begun, bot.resident_megabytes()
                return Scale(servers, shards, ready_after, megabytes, await _milliseconds_a_message(fake, bot))


async def _milliseconds_a_message(fake: FakeDiscord, bot: BotProcess) -> float:
    """Let people talk to each other, then ask: with the answer, the bot has read everything before it."""
    guild = next(iter(fake.guilds.values()))
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
    await fake.reply_to(await mia.asks(channel, QUESTION))
    before = _processor_seconds(bot.pid)
    for number in range(MESSAGES):
        await mia.says(channel, f"And another thing, number {number}, which nobody needs to answer.")
    await fake.reply_to(await mia.asks(channel, QUESTION), timeout=TIMEOUT)
    return (_processor_seconds(bot.pid) - before) / MESSAGES * 1000


def _processor_seconds(pid: int) -> float:
    """Return how long a process has computed, from Linux's /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def markdown(measured: Iterable[Scale]) -> str:
    """Return a table; what a server takes is calculated from the first row on."""
    rows = [*measured]
    lines = [
        "| servers | shards | ready after | memory | each | a message |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        more = row.servers - rows[0].servers
        each = f"{(row.megabytes - rows[0].megabytes) / more * 1024:.0f} KiB" if more else ""
        lines.append(
            f"| {row.servers:,} | {row.shards} | {row.ready_after:.0f} s | {row.megabytes:.0f} MiB | {each} "
            f"| {row.message_milliseconds:.2f} ms |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--servers", type=int, nargs="+", default=SERVER_COUNTS)
    parser.add_argument("--encoder", choices=("on", "off"), default="off")
    arguments = parser.parse_args()
    print(markdown([asyncio.run(measure(servers, encoder=arguments.encoder)) for servers in arguments.servers]))
