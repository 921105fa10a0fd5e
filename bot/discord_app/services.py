"""What a bot is made of and doesn't make itself: one for the whole process, however often it has to log in anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.answering import Answering
from bot.discord_app.clock import DiscordsClock
from bot.discord_app.flood import FloodLimits
from bot.discord_app.in_flight import InFlight
from bot.discord_app.pauses import IdentifyPace
from bot.discord_app.rest.circuit import Circuit
from bot.knowledge.watching import KnowledgeWatcher
from bot.metrics import Metrics
from bot.storage.stores import Stores
from bot.unanswered import QuestionKeeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of the program that the Discord face needs."""

    answering: Answering
    stores: Stores
    keeper: QuestionKeeper
    watcher: KnowledgeWatcher
    metrics: Metrics
    clock: DiscordsClock = field(default_factory=DiscordsClock)
    limits: FloodLimits = field(default_factory=FloodLimits)
    circuit: Circuit = field(default_factory=Circuit)
    in_flight: InFlight = field(default_factory=InFlight)
    identify_pace: IdentifyPace = field(default_factory=IdentifyPace)
