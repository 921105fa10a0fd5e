"""Chromium without a window, told what to do through its debugging protocol."""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp

PATIENCE = 30.0  # seconds
SCALE = 2  # pixels of the picture for each

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--allow-file-access-from-files",  # a module may import another from the disk
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing comes from the network
    "--remote-debugging-address=127.0.0.1",
    "--remote-debugging-port=0",
)

SETTLED = """
(async () => {
  for (const element of document.querySelectorAll('*')) await element.updateComplete;
  await window.drawn;
  await Promise.all([...document.images].map((image) => image.decode()));
  await document.fonts.ready;
  const { width, height } = document.querySelector('main').getBoundingClientRect();
  return { x: 0, y: 0, width, height: Math.ceil(height), scale: 1 };
})()
"""


class Browser:
    """One tab of a browser that shows a document and takes a picture of its element `main`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    @classmethod
    @asynccontextmanager
    async def started(cls, program: str, profile: Path, *, width: int) -> AsyncIterator[Self]:
        """Start the browser with a profile of its own and a window of so many CSS pixels; end it when done."""
        process = await asyncio.create_subprocess_exec(
            program,
            *FLAGS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                port = await _port(profile)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
                    [tab, *_] = [each for each in await response.json() if each["type"] == "page"]
                async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    browser = cls(socket)
                    await browser._do("Page.enable")
                    metrics = {"width": width, "height": 600, "deviceScaleFactor": SCALE, "mobile": False}
                    await browser._do("Emulation.setDeviceMetricsOverride", **metrics)
                    yield browser
        finally:
            process.terminate()
            await process.wait()

    async def picture(self, document: Path) -> bytes:
        """Return a document as PNG, cut to what it holds."""
        await self._do("Page.navigate", url=document.as_uri())
        await self._hear(lambda message: message.get("method") == "Page.loadEventFired")
        settled = await self._do("Runtime.evaluate", expression=SETTLED, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in settled:
            raise RuntimeError(f"{document.name} can't be drawn: {settled['exceptionDetails']}")
        clip = settled["result"]["value"]
        shot = await self._do("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    async def _do(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        message = await self._hear(lambda message: message.get("id") == number)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        return message["result"]

    async def _hear(self, is_it: Callable[[dict[str, Any]], bool]) -> Any:
        async with asyncio.timeout(PATIENCE):
            while not is_it(message := await self._socket.receive_json()):
                pass
        return message


async def _port(profile: Path) -> int:
    """Return where the browser listens, once it has written that down."""
    file = profile / "DevToolsActivePort"
    while not file.is_file() or not (lines := file.read_text(encoding="utf-8").splitlines()):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return int(lines[0])
