"""What became of a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.knowledge.manners import is_emoji
from bot.knowledge.model import Entry, OffTopic, Source
from bot.language.formats import listing
from bot.language.languages import ENGLISH, SPOKEN, Language, same_in
from bot.language.names import name_of
from bot.language.speech import _
from bot.matching.decision import Decision

MAX_OFFERS = 3  # next to the answers


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry with what is shown next to it: its related entries and its source, if it has one."""

    entry: Entry
    related: tuple[Entry, ...]
    source: Source | None


class Label(StrEnum):
    """What a message got, as metrics and statistics call it."""

    answered = "answered"
    suggested = "suggested"
    off_topic = "off_topic"
    refused = "refused"
    social = "social"


@dataclass(frozen=True, slots=True, kw_only=True)
class _InLanguage:
    """What every outcome says about languages.

    `language` is the message's, even if the bot doesn't speak it. What the outcome holds is in it, where it's
    translated. `answers_in` are the languages of all answers.
    """

    language: Language = ENGLISH
    answers_in: tuple[Language, ...] = field(default=(ENGLISH,), compare=False)

    @property
    def is_understood(self) -> bool:
        """Return whether the bot speaks the language of the message, or has answers in it."""
        return same_in((*SPOKEN, *self.answers_in), self.language) is not None


@dataclass(frozen=True, slots=True)
class Answered(_InLanguage):
    """The message is answered.

    `suggestions` may answer its other questions. `declined` are the off-topic subjects it also asks about.
    `decisions` are those behind the outcome, one for each question; none if the topic was chosen by its id.
    """

    answers: tuple[Answer, ...]
    confidence: float
    decisions: tuple[Decision, ...]
    suggestions: tuple[Entry, ...] = ()
    declined: tuple[OffTopic, ...] = ()

    @property
    def label(self) -> Label:
        """What the message got."""
        return Label.answered

    @property
    def topics(self) -> tuple[str, ...]:
        """The ids of the entries that answer."""
        return tuple(answer.entry.id for answer in self.answers)

    @property
    def offers(self) -> tuple[Entry, ...]:
        """What to offer next to the answers: the suggestions, then related entries, without the ones just given."""
        given = self.topics
        related = (entry for answer in self.answers for entry in answer.related)
        offered = {entry.id: entry for entry in (*self.suggestions, *related) if entry.id not in given}
        return tuple(offered.values())[:MAX_OFFERS]


@dataclass(frozen=True, slots=True)
class Suggested(_InLanguage):
    """One of these entries may answer the message, but none is sure enough."""

    entries: tuple[Entry, ...]
    confidence: float
    decisions: tuple[Decision, ...]

    @property
    def label(self) -> Label:
        """What the message got."""
        return Label.suggested

    @property
    def topics(self) -> tuple[str, ...]:
        """None: a suggestion is no answer."""
        return ()


@dataclass(frozen=True, slots=True)
class Unanswered(_InLanguage):
    """No entry answers the message; `off_topic` is the subject it is about, if that is sure."""

    off_topic: OffTopic | None
    confidence: float
    decisions: tuple[Decision, ...]

    @property
    def label(self) -> Label:
        """What the message got."""
        return Label.off_topic if self.off_topic else Label.refused

    @property
    def topics(self) -> tuple[str, ...]:
        """The id of the off-topic subject, if that is sure."""
        return (self.off_topic.id,) if self.off_topic else ()


@dataclass(frozen=True, slots=True)
class Social(_InLanguage):
    """The message asks nothing: it greets, thanks, or is about the bot; `reply` is Discord's Markdown.

    `offers` are related to an earlier answer, if the message asks for more on it.
    """

    kind: str
    reply: str
    offers: tuple[Entry, ...] = ()
    confidence: float = 1.0
    decisions: tuple[Decision, ...] = ()

    @property
    def label(self) -> Label:
        """What the message got."""
        return Label.social

    @property
    def topics(self) -> tuple[str, ...]:
        """None: manners are no entry's."""
        return ()

    @property
    def reaction(self) -> str | None:
        """The emoji to react with, if that is all there is to say."""
        return self.reply if is_emoji(self.reply) else None


Outcome = Answered | Suggested | Unanswered | Social


def topics_of(outcome: Outcome) -> frozenset[str]:
    """Return the ids of the entries that answer and of all off-topic subjects recognized."""
    declined = outcome.declined if isinstance(outcome, Answered) else ()
    return frozenset({*outcome.topics, *(subject.id for subject in declined)})


def remark_on_language(outcome: Outcome) -> str:
    """Return what to add to a reply that isn't in its asker's language; nothing if it is, or if it is only manners.

    What was taught on Discord may be in any language.
    """
    if isinstance(outcome, Social):
        return ""
    if not outcome.is_understood:
        return _("I only speak {languages}.", languages=listing(tuple(map(name_of, outcome.answers_in))))
    answered = [answer.entry for answer in outcome.answers] if isinstance(outcome, Answered) else []
    others = {entry.language: None for entry in answered if entry.language != outcome.language and not entry.is_taught}
    if not others:
        return ""
    return _("I only have this in {languages}.", languages=listing(tuple(map(name_of, others))))


@dataclass(frozen=True, slots=True)
class Likely:
    """An entry that may answer a message, and its confidence (0 to 1)."""

    entry: Entry
    confidence: float
