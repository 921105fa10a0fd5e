"""Refusals as discord.py raises them, and Discord behind a Cloudflare that gives some."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.discord_app.rest.circuit import Circuit


def refusal(status: int, code: int = 0, **headers: str) -> discord.HTTPException:
    """Return what discord.py raises for a response with this status, code, and headers (`_` stands for `-`)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raised = discord.Forbidden if status == HTTPStatus.FORBIDDEN else discord.HTTPException
    response: Any = SimpleNamespace(status=status, reason="", headers=named)
    return raised(response, {"code": code, "message": ""})


BLOCKED = refusal(429)


class Door:
    """Discord behind Cloudflare: it gives these answers in turn, then lets everything through, and notes when."""

    def __init__(self, *answers: Exception | None) -> None:
        self._answers = list(answers)
        self.knocks: list[float] = []
        self.at_once = 0
        self.most_at_once = 0

    async def knock(self) -> str:
        """Take one request."""
        self.knocks.append(asyncio.get_running_loop().time())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        answer = self._answers.pop(0) if self._answers else None
        await asyncio.sleep(0.01)  # a request takes time, in which others could come
        self.at_once -= 1
        if answer is not None:
            raise answer
        return "come in"

    @property
    def pauses(self) -> list[float]:
        """Return the seconds between the knocks."""
        return [later - earlier for earlier, later in zip(self.knocks, self.knocks[1:], strict=False)]


async def opened(door: Door, *, pause: float) -> Circuit:
    """Return a circuit that has just been opened by the door's first answer."""
    circuit = Circuit(first_pause=pause)
    with pytest.raises(discord.HTTPException):
        await circuit.call(door.knock)
    assert circuit.is_open
    return circuit
