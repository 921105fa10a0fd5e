"""How much memory a server takes, what of it, and how long a process with many servers takes to be ready."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from benchmarks.delivery.comparison import OUR_BOT, PONG, Program
from benchmarks.delivery.processes import cpu_seconds, running
from benchmarks.scale.plan import CHANNELS, ROLES
from benchmarks.scale.world import add_servers
from bot_process import TIMEOUT, BotProcess
from fake_discord import FakeDiscord, RateLimits

SERVER_COUNTS = (1, 100, 1_000, 10_000)
SERVERS_A_SHARD = 2_500  # Discord allows no more
MESSAGES = 2_000
QUESTION = "Does a TPM need to code?"
PATIENCE = 180.0  # seconds


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured of one process in so many servers.

    Attributes:
        ready_after: seconds from the start until it knew all servers.
        megabytes: resident memory then, in MiB.
        message_milliseconds: processor time of a message that isn't for the bot.
    """

    program: str
    servers: int
    channels: int
    roles: int
    shards: int
    ready_after: float
    megabytes: float
    message_milliseconds: float


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What a server takes, in as many as a shard may have: our bot with less and less in each, and one that pongs."""

    full: Size
    without_roles: Size
    bare: Size
    pong: Size
    pong_in_one: Size


@dataclass(frozen=True, slots=True)
class Sizes:
    """What was measured of our bot by the number of servers, the fewest first, and of what a server takes."""

    ours: Sequence[Size]
    anatomy: Anatomy | None = None


async def measure_sizes(counts: Sequence[int], *, anatomy: int = 0) -> Sizes:
    """Measure each number of servers in a process of its own; with `anatomy` servers also what each of them takes."""
    ours = [await measure(OUR_BOT, servers) for servers in sorted(counts)]
    if not anatomy:
        return Sizes(ours)
    return Sizes(
        ours,
        Anatomy(
            full=await measure(OUR_BOT, anatomy),
            without_roles=await measure(OUR_BOT, anatomy, roles=0),
            bare=await measure(OUR_BOT, anatomy, channels=0, roles=0),
            pong=await measure(PONG, anatomy),
            pong_in_one=await measure(PONG, 1),
        ),
    )


async def measure(program: Program, servers: int, *, channels: int = CHANNELS, roles: int = ROLES) -> Size:
    """Start a bot that is in so many servers, by itself, and measure it."""
    shards = ceil(servers / SERVERS_A_SHARD)
    async with FakeDiscord(rate_limits=RateLimits.generous(), shards=shards, openapi="") as fake:
        add_servers(fake, servers, channels=channels, roles=roles)
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            async with running(program.arguments, fake, Path(folder), program.settings) as bot:
                await bot.logged("Ready as", patience=PATIENCE)
                ready_after, megabytes = time.monotonic() - begun, bot.resident_megabytes()
                milliseconds = await _milliseconds_a_message(fake, bot)
    print(f"{program.name} in {servers:,} servers: {megabytes:.0f} MiB, ready after {ready_after:.1f} s", flush=True)
    return Size(program.name, servers, channels, roles, shards, ready_after, megabytes, milliseconds)


async def _milliseconds_a_message(fake: FakeDiscord, bot: BotProcess) -> float:
    """Let people talk to each other, then ask: with the answer, the bot has read everything before it."""
    guild = next(iter(fake.guilds.values()))
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
    await fake.reply_to(await mia.asks(channel, QUESTION), timeout=TIMEOUT)
    before = cpu_seconds(bot.pid)
    for number in range(MESSAGES):
        await mia.says(channel, f"And another thing, number {number}, which nobody needs to answer.")
    await fake.reply_to(await mia.asks(channel, QUESTION), timeout=TIMEOUT)
    return (cpu_seconds(bot.pid) - before) / MESSAGES * 1000


def run_sizes(counts: Sequence[int], *, anatomy: int) -> Sizes:
    """Measure from outside an event loop."""
    return asyncio.run(measure_sizes(counts, anatomy=anatomy))


def kilobytes_each(more: Size, less: Size) -> float:
    """Return how much memory each further server takes, in KiB."""
    return 1024 * (more.megabytes - less.megabytes) / (more.servers - less.servers)
