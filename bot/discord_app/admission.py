"""Decide which interactions are taken up, before anything is done about them."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.recent import RecentIds
from bot.discord_app.rest.circuit import Circuit

MAX_REMEMBERED = 10_000  # interactions; at 40 a second, more than Discord would repeat


class Admission:
    """Admit each command, click and wish for suggestions once: after a broken connection, Discord may send it again.

    The second response to an interaction is refused in the same words as a response that is repeated because its
    success was lost, so it couldn't be told later. Suggestions aren't worth a request while all are held back: they
    come with every key that somebody types, and nobody misses them when they are late.

    Args:
        circuit: holds requests back while Cloudflare blocks them.
        capacity: how many interactions are remembered.
    """

    def __init__(self, *, circuit: Circuit, capacity: int = MAX_REMEMBERED) -> None:
        self._circuit = circuit
        self._admitted = RecentIds(capacity=capacity)

    def admits(self, interaction: discord.Interaction[Any]) -> bool:
        """Tell whether to take an interaction up, and remember it."""
        if interaction.id in self._admitted:
            return False
        self._admitted.add((interaction.id,))
        return interaction.type is not discord.InteractionType.autocomplete or not self._circuit.is_open
