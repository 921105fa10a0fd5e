"""The image's own command line, in the environment that each deployment gives it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml
from manifests import KUBERNETES, ROOT, bot_in, environment_of, image_command, image_environment, read
from postgresql import PostgreSQLServer
from storage.postgresql import postgresql  # noqa: F401 - a fixture

from bot_process import TIMEOUT, BotProcess, free_port, settings_for
from discords import running_discord, server
from e2e.questions import CODING, titles
from fake_discord import FakeDiscord, Guild

fake = running_discord()
guild = server("Product people")

PORT = 8080


@dataclass(frozen=True, slots=True)
class Container:
    """A container whose folders are below one of this machine, and whose port is another."""

    root: Path
    port: int
    environment: dict[str, str]

    def here(self, text: str) -> str:
        """Return what a value of the container's is on this machine."""
        for path in ("/data", "/run/secrets"):
            text = text.replace(path, f"{self.root}{path}")
        return text.replace(f":{PORT}", f":{self.port}")

    def command(self, *command: str) -> tuple[list[str], dict[str, str]]:
        """Return a command, as an entry point is found in the image, and its environment."""
        program = str(Path(sys.executable).with_name(command[0]))
        settings = {name: self.here(value) for name, value in {**image_environment(), **self.environment}.items()}
        return [program, *command[1:]], {"PATH": os.environ["PATH"], "ENCODER": "off", **settings}

    def put_secret(self, file: str, content: str) -> None:
        path = Path(self.here(file))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


@asynccontextmanager
async def running(container: Container, fake: FakeDiscord) -> AsyncIterator[BotProcess]:
    """Start a container's main process, with nothing of this machine but what leads it to the fake Discord."""
    container.put_secret("/data/.keep", "")
    command, environment = container.command(*image_command("ENTRYPOINT"), *image_command("CMD"))
    leads = {name: value for name, value in settings_for(fake).items() if name != "DISCORD_TOKEN"}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=container.here("/data"),
        env=environment | leads,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    bot = BotProcess(process)
    try:
        await bot.while_running(fake.ready(commands=True, timeout=TIMEOUT), "connection to Discord")
        yield bot
        assert await bot.stop() == 0, bot.log
    finally:
        await bot.abandon()


async def succeeds(session: aiohttp.ClientSession, address: str) -> None:
    """Wait until a probe succeeds: a bot that has just started on a busy machine may not keep up for a moment."""
    async with asyncio.timeout(TIMEOUT):
        while True:
            async with session.get(address) as response:
                if response.status == 200:
                    return
            await asyncio.sleep(0.1)


async def is_healthy(container: Container) -> bool:
    """Run the image's own health check."""
    command, environment = container.command(*image_command("HEALTHCHECK"))
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.DEVNULL)
    return await process.wait() == 0


async def test_on_kubernetes_the_probes_pass_once_the_bot_answers(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    [stateful_set] = read(KUBERNETES / "base" / "stateful-set.yaml")
    bot_container = bot_in(stateful_set)
    ports = {port["name"]: port["containerPort"] for port in bot_container["ports"]}
    container = Container(tmp_path, free_port(), environment_of(bot_container))
    container.put_secret(container.environment["DISCORD_TOKEN_FILE"], fake.token)
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")

    async with running(container, fake) as bot, aiohttp.ClientSession() as session:
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        assert titles(answer) == [CODING], bot.log
        for name in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = bot_container[name]["httpGet"]
            assert ports[probe["port"]] == PORT
            await succeeds(session, f"http://127.0.0.1:{container.port}{probe['path']}")
        assert await is_healthy(container)
        assert all(line.startswith("{") for line in bot.lines), bot.log

    assert (tmp_path / "data" / "bot.db").exists()


async def test_with_compose_the_bot_keeps_its_data_in_postgresql(
    fake: FakeDiscord,
    guild: Guild,
    tmp_path: Path,
    postgresql: PostgreSQLServer,  # noqa: F811 - the fixture
) -> None:
    compose = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text(encoding="utf-8"))
    environment = compose["services"]["bot"]["environment"]
    user_and_host = "://tpm_bot@database/tpm_bot"
    assert user_and_host in environment["DATABASE_URL"]
    there = postgresql.empty_database().removeprefix("postgresql")
    environment["DATABASE_URL"] = environment["DATABASE_URL"].replace(user_and_host, there)
    container = Container(tmp_path, free_port(), environment)
    container.put_secret(environment["DISCORD_TOKEN_FILE"], fake.token)
    container.put_secret(environment["DATABASE_PASSWORD_FILE"], "any: this server trusts everyone\n")
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")

    async with running(container, fake) as bot:
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        vote = await (await mia.clicks(answer, "👍")).answer()

        assert "I counted your 👍" in vote.said, bot.log
        async with aiohttp.ClientSession() as session:
            await succeeds(session, f"http://127.0.0.1:{container.port}/readyz")
        assert await is_healthy(container)
        assert "any: this server" not in bot.log

    assert not (tmp_path / "data" / "bot.db").exists()
