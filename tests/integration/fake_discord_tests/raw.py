"""Requests made by hand, with what discord.py wouldn't send."""

from __future__ import annotations

from typing import Any

import aiohttp

from fake_discord import (
    FakeDiscord,
)


def callback(interaction: Any) -> str:
    """Return the path of an interaction's first response."""
    return f"/interactions/{interaction.id}/{interaction.token}/callback"


async def post(fake: FakeDiscord, path: str, body: Any) -> tuple[int, int]:
    """Post without discord.py's own checks; return the status and Discord's code."""
    headers = {"Authorization": f"Bot {fake.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(fake.api_url + path, json=body) as response,
    ):
        return response.status, (await response.json()).get("code", 0)


def row(*custom_ids: str, label: str = "x") -> dict[str, Any]:
    """Return a row of buttons."""
    buttons = [{"type": 2, "style": 1, "label": label, "custom_id": each} for each in custom_ids]
    return {"type": 1, "components": buttons}


def field(name: str = "n", value: str = "v") -> dict[str, Any]:
    """Return an embed's field."""
    return {"name": name, "value": value}
