"""What a bot is made of and doesn't make itself: one for the whole process, however often it has to log in anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.answering import Answering
from bot.authoring.watching import KnowledgeWatcher
from bot.discord_app.asking.flood import FloodLimits
from bot.discord_app.catch_up.clock import DiscordsClock
from bot.discord_app.identify_pace import IdentifyPace
from bot.discord_app.in_flight import InFlight
from bot.discord_app.rest.circuit import Circuit
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.operations.metrics import Metrics
from bot.storage.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of the program that the Discord client needs."""

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
