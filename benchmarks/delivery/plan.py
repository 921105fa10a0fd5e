"""The load on the bot: how much, how long, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.delivery.chaos import Chaos
from fake_discord import RateLimits


@dataclass(frozen=True, slots=True)
class Plan:
    """A load: how much is asked, for how long, and what goes wrong.

    Attributes:
        calm: seconds between the bot's connection and the first question, and between the last reply and the end.
        patience: seconds after the last question in which replies may still come.
        limits: Discord's own by default.
    """

    seconds: float = 60.0
    questions_a_second: float = 40.0
    interactions_a_second: float = 20.0
    autocompletes_a_second: float = 5.0
    people: int = 400
    channels: int = 100
    servers: int = 4
    calm: float = 3.0
    patience: float = 45.0
    chaos: Chaos | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: {"QUESTIONS_A_MINUTE": "12"})
    limits: RateLimits = field(default_factory=RateLimits)
