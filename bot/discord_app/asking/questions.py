"""Answer and count questions from Discord by the settings of their server."""

from __future__ import annotations

from bot.answering import ReadMessage, UnknownTopic
from bot.discord_app.asking.last_answers import Asker, LastAnswers
from bot.discord_app.clicks import Feature
from bot.discord_app.languages import Languages
from bot.discord_app.page import MAX_CHOICES
from bot.knowledge.model import Entry, KnowledgeBase
from bot.language.languages import Language
from bot.library import LONG_PATIENCE, Library, Scope
from bot.operations.metrics import Metrics
from bot.outcomes import Answered, Outcome, Social
from bot.storage.recorder import Recorder
from bot.storage.resolutions import QuestionSource
from bot.storage.servers import ServerSettingsStore
from bot.storage.statistics import DIRECT_MESSAGES, NO_TOPIC, Event


class Questions(Feature):
    """Answer and count questions. Statistics record what became of a question, never who asked it.

    `server_id` is None in direct messages.
    """

    def __init__(
        self,
        *,
        languages: Languages,
        library: Library,
        metrics: Metrics,
        recorder: Recorder,
        servers: ServerSettingsStore,
    ) -> None:
        self._languages = languages
        self._library = library
        self._metrics = metrics
        self._recorder = recorder
        self._servers = servers
        self.last_answers = LastAnswers()

    async def read(self, text: str, *, scope: Scope, patience: float = LONG_PATIENCE) -> ReadMessage:
        """Read a message, or the title of a forum post; `patience` is how long to wait for what was just taught."""
        return (await self._library.at(scope, patience=patience)).read(text)

    def language_of(self, message: ReadMessage, *, server_id: int | None) -> Language:
        """Return in which language to answer a message: the server's or its own."""
        return self._languages.fixed_in(server_id) or message.language

    async def ask(
        self,
        message: ReadMessage,
        *,
        server_id: int | None,
        asker: Asker,
        replies_to: tuple[str, ...] = (),
        language: Language,
    ) -> Outcome:
        """Answer a message in a language. The caller counts the outcome once it is delivered.

        "Tell me more" refers to the answer it replies to, by the ids of its entries, or to the asker's last one.
        """
        outcome = await message.answer_beside(
            min_confidence=self._min_confidence(server_id),
            after=replies_to or self.last_answers.before(asker),
            language=language,
        )
        if isinstance(outcome, Answered):
            self.last_answers.remember(asker, outcome.topics)
        return outcome

    async def ask_or_pick(self, message: ReadMessage, *, scope: Scope, asker: Asker, language: Language) -> Outcome:
        """Answer a question, or the entry with this id: Discord sends the id when somebody picks a suggestion.

        `language` is what the person reads, and their question's only if that can't be told.
        """
        try:
            outcome = await self.pick(message.text, scope=scope, language=language)
        except UnknownTopic:
            own = self._languages.fixed_in(scope.server_id) or message.language_if(language)
            return await self.ask(message, server_id=scope.server_id, asker=asker, language=own)
        self.last_answers.remember(asker, outcome.topics)
        return outcome

    async def knowledge(self, *, scope: Scope) -> KnowledgeBase:
        """Return what is known there."""
        return (await self._library.at(scope)).knowledge

    async def entries(self, *, scope: Scope, language: Language) -> tuple[Entry, ...]:
        """Return everything that can be answered there, in a language where it's translated."""
        return (await self.knowledge(scope=scope)).in_language(language).entries

    async def complete(self, typed: str, *, scope: Scope, language: Language) -> tuple[Entry, ...]:
        """Return what to suggest while somebody types, with the entry that `ask` would answer first."""
        minimum = self._min_confidence(scope.server_id)
        answering = await self._library.at(scope)
        return answering.complete(typed, MAX_CHOICES, min_confidence=minimum, language=language)

    async def pick(self, *topics: str, scope: Scope, language: Language) -> Answered:
        """Return the answers of entries, in a reader's language.

        Raises:
            UnknownTopic: No entry has one of these ids.
        """
        return (await self._library.at(scope)).pick(*topics, language=language)

    async def known(self, topics: tuple[str, ...], *, server_id: int | None) -> tuple[str, ...]:
        """Return those of some topics that still exist."""
        existing = {entry.id for entry in (await self._library.of_server(server_id)).knowledge.entries}
        return tuple(topic for topic in topics if topic in existing)

    def count(self, event: Event, *, server_id: int | None, topics: tuple[str, ...] = (NO_TOPIC,)) -> None:
        """Count an event once for each topic, or without one."""
        for topic in topics:
            self._recorder.record(event, server_id=server_id or DIRECT_MESSAGES, topic=topic)

    def count_outcome(
        self, outcome: Outcome, source: QuestionSource, *, server_id: int | None, in_statistics: bool = True
    ) -> None:
        """Count a question and its outcome. Manners are no question: only metrics count them."""
        if in_statistics and not isinstance(outcome, Social):
            self.count(Event.asked, server_id=server_id)
            self.count(Event(outcome.label), server_id=server_id, topics=outcome.topics or (NO_TOPIC,))
        self._metrics.question_matched(source, outcome.label)

    def _min_confidence(self, server_id: int | None) -> float | None:
        return None if server_id is None else self._servers.of(server_id).minimum_confidence
