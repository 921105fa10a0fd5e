"""Decide which interactions to handle."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.recent import RecentIds
from bot.discord_app.rest.circuit import Circuit

MAX_REMEMBERED = 10_000  # interactions; at 40 a second, more than Discord would repeat


class Admission:
    """Admit each command, click, and request for suggestions once: after a lost connection, Discord may send it again.

    Later it would be too late to notice: Discord refuses a second response in the same words as a retried one.
    Suggestions aren't admitted while requests are held back: there is one for each key that somebody types.

    Args:
        circuit: holds requests back while Cloudflare blocks them.
        capacity: how many interactions are remembered.
    """

    def __init__(self, *, circuit: Circuit, capacity: int = MAX_REMEMBERED) -> None:
        self._circuit = circuit
        self._admitted = RecentIds(capacity=capacity)

    def admits(self, interaction: discord.Interaction[Any]) -> bool:
        """Return whether to handle an interaction, and remember it."""
        if interaction.id in self._admitted:
            return False
        self._admitted.add((interaction.id,))
        return interaction.type is not discord.InteractionType.autocomplete or not self._circuit.is_open
