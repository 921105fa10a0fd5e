"""The load on the bot: how much, how long, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from benchmarks.delivery.chaos import Chaos
from fake_discord import RateLimits


@dataclass(frozen=True, slots=True)
class Plan:
    """A load: how much is asked, for how long, and what goes wrong.

    Attributes:
        calm: seconds between the bot's connection and the first question, and between the last reply and the end.
        patience: seconds after the last question in which replies may still come.
        limits: Discord's own by default.
        beside: whether people teach the bot and ask humans beside the questions.
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
    beside: bool = False
    settings: Mapping[str, str] = field(default_factory=lambda: {"QUESTIONS_A_MINUTE": "12"})
    limits: RateLimits = field(default_factory=RateLimits)

    def with_much_beside(self) -> Plan:
        """Return a smaller load with chaos, and with people who teach the bot and ask humans beside it.

        Without encoders, as checking what is taught would otherwise take most of the time.
        """
        return replace(
            self,
            seconds=max(self.seconds, 120.0),
            questions_a_second=4.0,
            interactions_a_second=2.0,
            autocompletes_a_second=1.0,
            people=40,
            channels=40,
            chaos=Chaos(kill_every=40.0, restart_every=70.0),
            beside=True,
            settings={**self.settings, "ENCODER": "off"},
        )
