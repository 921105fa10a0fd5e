"""A proxy between the bot and Discord's REST address, as nirn-proxy is, which all processes share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot_process import answering
from discords import stop_cleanly
from e2e.questions import CODING, titles
from fake_discord import FakeDiscord, Guild

HOP_BY_HOP = {"connection", "content-encoding", "content-length", "host", "keep-alive", "transfer-encoding"}


class Proxy:
    """Pass each request on, with its headers."""

    def __init__(self, target: str) -> None:
        self._target = target.removesuffix("/api/v10")
        self.address = ""
        self.passed_on = 0

    async def serve(self, request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        async with (
            aiohttp.ClientSession(auto_decompress=True) as session,
            session.request(
                request.method, f"{self._target}{request.path_qs}", headers=headers, data=await request.read()
            ) as response,
        ):
            self.passed_on += 1
            kept = {name: value for name, value in response.headers.items() if name.lower() not in HOP_BY_HOP}
            return web.Response(status=response.status, headers=kept, body=await response.read())


@pytest.fixture
async def proxy(fake: FakeDiscord) -> AsyncIterator[Proxy]:
    running = Proxy(fake.api_url)
    application = web.Application(client_max_size=2**25)
    application.router.add_route("*", "/{path:.*}", running.serve)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    running.address = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    yield running
    await runner.cleanup()


async def test_every_request_goes_through_the_configured_proxy(
    fake: FakeDiscord, guilds: list[Guild], proxy: Proxy, tmp_path: Path
) -> None:
    channel, mia = guilds[0].add_text_channel("general"), guilds[0].add_member("mia")
    async with answering(tmp_path, fake, DISCORD_API_URL=proxy.address) as bot:
        assert titles(await fake.reply_to(await mia.asks(channel, CODING))) == [CODING]
        command = await mia.slash(channel, "ask", question=CODING)
        assert titles(await command.answer()) == [CODING]

        await fake.settled()
        await stop_cleanly(bot)
    assert proxy.passed_on == len(fake.requests)
