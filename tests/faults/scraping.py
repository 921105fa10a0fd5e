"""What a running bot says of itself at its monitoring address."""

from __future__ import annotations

import re
from typing import Any

import aiohttp

_SAMPLE = re.compile(r"^(tpm_bot_\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


async def readiness(address: str) -> tuple[int, dict[str, Any]]:
    """Return the status of /readyz, and what it says of each thing that answering needs."""
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/readyz") as answer:
        return answer.status, await answer.json()


async def metrics_text(address: str) -> str:
    """Return /metrics as it stands."""
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}/metrics") as answer:
        return await answer.text()


async def samples(address: str) -> dict[str, float]:
    """Return what /metrics counts; a sample's labels belong to its name, without quotes: `fates_total{face=post}`."""
    found = _SAMPLE.findall(await metrics_text(address))
    named = ((name.removeprefix("tpm_bot_"), labels.replace('"', ""), value) for name, labels, value in found)
    return {f"{name}{{{labels}}}" if labels else name: float(value) for name, labels, value in named}
