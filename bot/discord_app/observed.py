"""What of a running bot is shown to whoever monitors it."""

from __future__ import annotations

from bot.authoring import watching
from bot.authoring.watching import Kept, Served, Unchanged
from bot.discord_app.client import CareerBot
from bot.discord_app.services import Services
from bot.operations.metrics import Dropped, Reload, State


def reload_of(outcome: watching.Reload) -> Reload:
    """Return what became of an edit."""
    match outcome:
        case Served():
            return Reload.replaced
        case Kept():
            return Reload.refused
        case Unchanged():
            return Reload.unchanged


def state_of(services: Services, bot: CareerBot) -> State:
    """Return the current state."""
    stores = services.stores
    return State(
        knowledge_version=services.answering.knowledge.version,
        database_up=stores.database.is_available,
        circuit_open=services.circuit.is_open,
        circuit_opened=services.circuit.opened,
        questions_in_flight=len(services.in_flight),
        shards=bot.shard_states,
        dropped={Dropped.statistics: stores.recorder.dropped, Dropped.claims: stores.claims.dropped},
    )
