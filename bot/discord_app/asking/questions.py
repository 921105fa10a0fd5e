"""From a question to its outcome, by the settings of the server it comes from, and counted."""

from __future__ import annotations

from bot.answering import Answered, Answering, Outcome, UnknownTopic
from bot.discord_app.page import MAX_CHOICES
from bot.knowledge.model import Entry
from bot.operations.metrics import Metrics
from bot.storage.resolutions import Face
from bot.storage.statistics import DIRECT_MESSAGES, NO_TOPIC, Event
from bot.storage.stores import Stores


class Questions:
    """Ask for people on Discord. The statistics learn what became of a question, and nothing about who asked it.

    `server_id` is None in direct messages.
    """

    def __init__(self, *, answering: Answering, stores: Stores, metrics: Metrics) -> None:
        self._answering = answering
        self._stores = stores
        self._metrics = metrics

    async def ask(self, text: str, *, server_id: int | None) -> Outcome:
        """Answer a question, or the title of a forum post. Whoever brings the outcome to people counts it."""
        return await self._answering.answer_beside(text, min_confidence=self._min_confidence(server_id))

    async def ask_or_pick(self, text: str, *, server_id: int | None) -> Outcome:
        """Answer a question or, if it is the id of a topic, with that: Discord sends the id of a choice."""
        try:
            return Answered((self._answering.topic(text),), confidence=1.0, decisions=())
        except UnknownTopic:
            return await self.ask(text, server_id=server_id)

    def complete(self, typed: str, *, server_id: int | None) -> tuple[Entry, ...]:
        """Return what to suggest while somebody types: first what `ask` would answer."""
        minimum = self._min_confidence(server_id)
        return self._answering.complete(typed, MAX_CHOICES, min_confidence=minimum)

    def count(self, event: Event, *, server_id: int | None, topics: tuple[str, ...] = (NO_TOPIC,)) -> None:
        """Count an event once for each topic, or without one."""
        for topic in topics:
            self._stores.recorder.record(event, server_id=server_id or DIRECT_MESSAGES, topic=topic)

    def count_outcome(self, outcome: Outcome, face: Face, *, server_id: int | None) -> None:
        """Count a question that somebody put to the bot, by what it got."""
        self.count(Event.asked, server_id=server_id)
        self.count(Event(outcome.label), server_id=server_id, topics=outcome.topics or (NO_TOPIC,))
        self._metrics.question_matched(face, outcome.label)

    def _min_confidence(self, server_id: int | None) -> float | None:
        return None if server_id is None else self._stores.servers.of(server_id).minimum_confidence
