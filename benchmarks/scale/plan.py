"""How large the proof is: servers, shards, processes, and how much is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CHANNELS, ROLES = 20, 10  # of a server


@dataclass(frozen=True, slots=True)
class ScalePlan:
    """A run of several processes.

    Attributes:
        own_knowledge: how many of the servers have knowledge of their own, and nothing else.
        max_concurrency: sessions that Discord lets begin at once, every `identify_window` seconds.
        questions_a_second: by message, while processes are ended and the database is restarted.
        interactions_a_second: the same with `/ask`.
        chatter: messages a minute in each server that aren't for the bot, at the same time.
        calm: seconds between two incidents, and before the first.
        database_away: seconds.
        rounds: of asking as much as all processes get through, and one alone; 0 leaves that out.
        flood: questions in each of them, and as many again for all processes.
        settling: seconds after the last answer, in which a second one would come.
        patience: seconds in which a process has to be ready, and replies may come after the last question.
    """

    servers: int = 10_000
    shards: int = 16
    processes: int = 4
    own_knowledge: int = 1_000
    max_concurrency: int = 1
    identify_window: float = 5.0
    questions_a_second: float = 12.0
    interactions_a_second: float = 2.0
    chatter: float = 1.0
    calm: float = 10.0
    database_away: float = 3.0
    rounds: int = 3
    flood: int = 1_500
    settling: float = 3.0
    patience: float = 180.0
    settings: Mapping[str, str] = field(default_factory=lambda: {"ENCODER": "off"})
