"""Recognize messages that ask nothing about the knowledge: greetings, thanks, questions about the bot."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain

from bot.knowledge.manners import asking_words, manners
from bot.matching.lexicon import Lexicon, Reading
from bot.matching.text import clean, stem, words

MAX_WORDS = 20  # of a sentence that is read as manners

Meanings = frozenset[str]
"""The words of a text, stemmed, in no order."""


@dataclass(frozen=True)
class Manners:
    """Recognize manners, except for those that an entry of the knowledge has among its phrasings.

    `phrasings` are those of the entries. What `knows` finds in the knowledge is no typo.
    """

    phrasings: Sequence[Reading]
    knows: Callable[[str], bool]

    @cached_property
    def _taken(self) -> Mapping[Meanings, str]:
        """The phrasings that are manners, by the meanings of these. Few messages ask for them."""
        is_used = _known().meanings.__contains__  # few phrasings have no other words
        likely = (phrasing for phrasing in self.phrasings if all(map(is_used, _stems(phrasing))))
        fitting = ((_fitting(frozenset(_stems(phrasing))), phrasing.source) for phrasing in likely)
        return {pattern.phrasing: text for pattern, text in fitting if pattern}

    def read(self, sentence: str) -> Told:
        """Read a cleaned sentence, by all of its words."""
        spelled = words(sentence)
        if not 0 < len(spelled) <= MAX_WORDS:
            return Told(None, sentence)
        reading = _known().lexicon.read(sentence)
        if any(self.knows(repair.typed) for repair in reading.repairs):
            return Told(None, sentence)
        pattern = _fitting(frozenset(reading.meanings))
        if pattern is None:
            return Told(None if sentence.endswith("?") else _opened(spelled), sentence)
        if pattern.phrasing in self._taken:
            return Told(None, self._taken[pattern.phrasing])
        return Told(pattern.kind, sentence)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with the kind of manners it is, if it is any.

    One that an entry has as a phrasing is none; `text` is then that phrasing.
    """

    kind: str | None
    text: str


def foremost(kinds: Iterable[str]) -> str:
    """Return which of some kinds goes first in the list of manners."""
    return min(kinds, key=list(manners()).index)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A phrasing, and the words that may stand beside it."""

    kind: str
    phrasing: Meanings
    beside: Meanings

    def fits(self, sentence: Meanings) -> bool:
        return self.phrasing <= sentence and sentence - self.phrasing <= self.beside


@dataclass(frozen=True, slots=True)
class _Known:
    """The words of all manners, the patterns by the rarest word of each, and openings with their kinds."""

    lexicon: Lexicon
    meanings: Meanings
    patterns: Mapping[str, tuple[_Pattern, ...]]
    openings: tuple[tuple[str, str], ...]


@cache
def _known() -> _Known:
    texts = (clean(text) for manner in manners().values() for text in (manner.beside, *manner.phrasings))
    lexicon = Lexicon({}, texts)
    readings = iter(lexicon.texts)
    patterns: list[_Pattern] = []
    for manner in manners().values():
        beside = frozenset(next(readings).meanings)
        patterns += (_Pattern(manner.kind, frozenset(next(readings).meanings), beside) for _ in manner.phrasings)
    uses = Counter(word for pattern in patterns for word in pattern.phrasing)
    by_rarest: defaultdict[str, list[_Pattern]] = defaultdict(list)
    for pattern in sorted(patterns, key=lambda pattern: -len(pattern.phrasing)):
        by_rarest[min(sorted(pattern.phrasing), key=uses.__getitem__)].append(pattern)
    openings = (
        (" ".join(words(clean(opening))), manner.kind) for manner in manners().values() for opening in manner.openings
    )
    return _Known(
        lexicon=lexicon.without(range(len(lexicon.texts))),
        meanings=frozenset(chain.from_iterable(reading.meanings for reading in lexicon.texts)),
        patterns={word: tuple(found) for word, found in by_rarest.items()},
        openings=tuple(openings),
    )


def _stems(reading: Reading) -> Iterator[str]:
    """Yield the stem of each word, even of those that form a phrase."""
    return (stem(word) for term in reading.terms for word in term.typed.split())


def _opened(spelled: list[str]) -> str | None:
    """Return the kind of a sentence that begins like manners and goes on without asking."""
    if not asking_words().isdisjoint(spelled):
        return None
    text = " ".join(spelled)
    return next((kind for opening, kind in _known().openings if f"{text} ".startswith(f"{opening} ")), None)


def _fitting(sentence: Meanings) -> _Pattern | None:
    """Return the longest phrasing that a sentence is; of equally long ones, that of the first kind."""
    patterns = _known().patterns
    fitting = [pattern for word in sentence for pattern in patterns.get(word, ()) if pattern.fits(sentence)]
    longest = max((len(pattern.phrasing) for pattern in fitting), default=0)
    candidates = {pattern.kind: pattern for pattern in fitting if len(pattern.phrasing) == longest}
    return candidates[foremost(candidates)] if candidates else None
