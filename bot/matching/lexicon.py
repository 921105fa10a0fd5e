"""The words a knowledge base knows, what they mean in it, and which of them a typo stands for."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.english import is_english, is_word
from bot.matching.text import clean, rewritten, stem, words

SHORTEST_REPAIRABLE_WORD = 4  # letters
LONGEST_REPAIRABLE_WORD = 30  # letters
SHORTEST_PART = 3  # letters, of words run together
MAX_REPAIRS = 12  # unknown words tried per question; more are another language, not typos
REPAIR_CUTOFF = 0.78  # similarity from 0 to 1; one typo in five letters is 0.8
_ENDS = (0, -1)  # of a word
END_BONUS = 0.03  # for the same first or last letter
UNKNOWN = -1  # the number of a meaning that no phrasing has

_FUNCTION_WORDS = frozenset(
    """a about all also am an and another any anybody anyone anything are as at be because been being but by can could
    did do does doing done else even ever for from get gets getting go going got had has have having he her here hers
    hey hi him his how i if in into is it its just kind know like lot lots many may maybe me might mine more most
    much my no nobody not now of off ok on one only or other our out over own per please really same say says shall
    she should so some somebody someone something sort still stuff such tell than that the their them then there
    these they thing things this those though to too up us very was we well were what when where whether which while
    who whom whose why will with would yes yet you your bro bruh btw deadass dude fam haha hmm imo kinda legit lmao
    lol lowkey highkey ngl omg rn sorta tbf tbh umm yall yeah yo""".split()
)


_meaning_of = attrgetter("meaning")


def is_function_word(word: str) -> bool:
    """Return whether a word has only a grammatical function."""
    return word in _FUNCTION_WORDS


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a question, as typed, and its meaning in this knowledge base.

    `number` stands for the meaning in arrays; it is `UNKNOWN` if no text has it.
    """

    typed: str
    meaning: str
    number: int
    is_content: bool
    """Whether it is a content word, not a function word."""
    begins_phrase: bool = False

    @property
    def is_known(self) -> bool:
        """Return whether the knowledge base has this word. Function words count as known."""
        return self.number != UNKNOWN or not self.is_content


@dataclass(frozen=True, slots=True)
class Repair:
    """An unknown word and the known word it was read as."""

    typed: str
    taken_for: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the matcher reads it; `source` is the cleaned text."""

    source: str
    terms: tuple[Term, ...]
    repairs: tuple[Repair, ...] = ()

    @property
    def text(self) -> str:
        """Return the text with short forms expanded and typos repaired."""
        return rewritten(self.source, {repair.typed: repair.taken_for for repair in self.repairs})

    @property
    def meanings(self) -> tuple[str, ...]:
        """Return the meanings of the terms, in order."""
        return tuple(map(_meaning_of, self.terms))

    @property
    def content(self) -> tuple[Term, ...]:
        """Return the content words, each meaning once."""
        return tuple({term.meaning: term for term in reversed(self.terms) if term.is_content}.values())[::-1]


class Lexicon:
    """Read text as terms, using the words of one knowledge base.

    The longest phrase of the vocabulary becomes one term; other words are stemmed. A word of four letters or more that
    is neither known nor English is repaired to the nearest known one. `texts` holds what the words were learned from,
    as read, and `size` how many meanings they have; these are numbered from 0.
    """

    texts: tuple[Reading, ...]
    size: int

    def __init__(
        self,
        concepts: Mapping[str, tuple[str, ...]],
        texts: Iterable[str],
        *,
        translated: AbstractSet[str] = frozenset(),
    ) -> None:
        """Learn the words of a vocabulary and of cleaned texts, some of which are `translated` into other languages."""
        numbers: dict[str, int] = {}
        self._concepts: dict[str, list[tuple[list[str], str]]] = {}
        self._terms: dict[str, Term] = {}
        of_concepts: set[str] = set()
        for name, phrases in concepts.items():
            for phrase in (name, *phrases):
                spelled = words(clean(phrase))
                of_concepts.update(spelled)
                stems = list(map(stem, spelled))
                if not stems:
                    continue  # such as "&" or an emoji
                self._concepts.setdefault(stems[0], []).append((stems, f"={name}"))
        for beginning_alike in self._concepts.values():
            beginning_alike.sort(key=lambda phrase: -len(phrase[0]))
        self._number: Callable[[str], int] = lambda meaning: numbers.setdefault(meaning, len(numbers))
        shared: dict[str, Term] = {}  # phrases come often, and would take memory each time
        own, foreign = {*_FUNCTION_WORDS, *of_concepts}, set[str]()
        readings = []
        for text in texts:
            spelled = words(text)
            self._terms.update((word, self._term(word)) for word in spelled if word not in self._terms)
            (foreign if text in translated else own).update(spelled)
            readings.append(Reading(text, self._read(spelled, shared)))
        self.texts = tuple(readings)
        self._translated = frozenset(foreign)
        self._foreign = frozenset(foreign - own)
        self._foreign_stems = frozenset(map(stem, foreign)) - frozenset(map(stem, own)) if foreign else frozenset()
        self._number = lambda meaning: numbers.get(meaning, UNKNOWN)  # a question adds no words
        self.size = len(numbers)
        self._terms |= {word: self._term(word) for word in of_concepts - self._terms.keys()}
        numbers |= dict.fromkeys({*map(stem, of_concepts)} - numbers.keys(), UNKNOWN)
        self._known_stems = numbers.keys()
        self._repairable: dict[tuple[int, str], list[str]] = {}
        known = sorted(self._terms.keys() | _FUNCTION_WORDS)
        for word in (word for word in known if len(word) >= SHORTEST_REPAIRABLE_WORD):
            for end in _ENDS:
                self._repairable.setdefault((end, word[end]), []).append(word)

    def without(self, left_out: Container[int]) -> Lexicon:
        """Return a lexicon with the same words and without the texts at some positions."""
        fewer = copy(self)
        fewer.texts = tuple(reading for position, reading in enumerate(self.texts) if position not in left_out)
        return fewer

    def read(self, text: str, *, is_foreign: bool = False) -> Reading:
        """Read cleaned text, repairing typos.

        One that `is_foreign` isn't in the language of the knowledge. Its words are no typos of that language's, but
        those that begin and end alike may be cognates, as "responsable" is of "responsible".
        """
        spelled = words(text)
        strange = dict.fromkeys(word for word in spelled if word not in self._terms and not self.knows(word))
        taken_for = {word: self._repair(word, is_foreign=is_foreign) for word in islice(strange, MAX_REPAIRS)}
        mended = {word: known for word, known in taken_for.items() if known != word}
        repairs = tuple(Repair(word, known) for word, known in mended.items())
        read = " ".join(mended.get(word, word) for word in spelled).split() if mended else spelled
        return Reading(text, self._read(read, {}), repairs)

    def is_english(self, text: str) -> bool:
        """Return whether a cleaned text is English, apart from the words of the knowledge base in its own language."""
        spelled = words(text)
        return is_english(spelled, frozenset(filter(self._has_of_its_own, spelled)))

    def knows(self, word: str) -> bool:
        """Return whether a text has a word, or a form of it."""
        return self._has(word) or stem(word) in self._known_stems

    def _has(self, word: str) -> bool:
        """Return whether a text or the vocabulary has a word; all function words count."""
        return word in self._terms or word in _FUNCTION_WORDS

    def _has_of_its_own(self, word: str) -> bool:
        """Return whether a text that isn't translated has a word, or a form of it."""
        is_known = self._has(word) and word not in self._foreign
        return is_known or ((form := stem(word)) in self._known_stems and form not in self._foreign_stems)

    def _read(self, spelled: list[str], phrases: dict[str, Term]) -> tuple[Term, ...]:
        """Return words as terms, the longest phrases of the vocabulary as one each; `phrases` are those seen before."""
        terms = [self._terms.get(word) or self._term(word) for word in spelled]
        stems = [term.meaning for term in terms]
        read: list[Term] = []
        position = 0
        for start in [place for place, term in enumerate(terms) if term.begins_phrase]:
            if start >= position and (found := self._phrase_at(start, stems)):
                length, meaning = found
                typed = " ".join(spelled[start : start + length])
                if typed not in phrases:
                    phrases[typed] = Term(typed, meaning, self._number(meaning), is_content=True)
                read += (*terms[position:start], phrases[typed])
                position = start + length
        return (*read, *terms[position:])

    def _phrase_at(self, start: int, stems: list[str]) -> tuple[int, str] | None:
        """Return how many words form a phrase of the vocabulary, as many as possible, and its meaning."""
        for phrase, meaning in self._concepts[stems[start]]:
            if stems[start : start + len(phrase)] == phrase:
                return len(phrase), meaning
        return None

    def _term(self, word: str) -> Term:
        """Return a word by itself."""
        meaning = stem(word)
        return Term(
            word,
            meaning,
            self._number(meaning),
            is_content=word not in _FUNCTION_WORDS,
            begins_phrase=meaning in self._concepts,
        )

    def _repair(self, word: str, *, is_foreign: bool) -> str:
        """Return the known word, or two of them, that a typo stands for; the word itself if there is none.

        Typos seldom touch both ends, so that only words are compared that begin or end alike.
        """
        if not (word.isalpha() and SHORTEST_REPAIRABLE_WORD <= len(word) <= LONGEST_REPAIRABLE_WORD) or is_word(word):
            return word
        scored = [
            match
            for end in _ENDS
            for match in process.extract(
                word,
                self._repairable_in(word, end, is_foreign=is_foreign),
                scorer=OSA.normalized_similarity,
                score_cutoff=REPAIR_CUTOFF - 2 * END_BONUS,
                limit=5,
            )
        ]
        best, best_score = word, REPAIR_CUTOFF
        for candidate, similarity, _ in scored:
            score = similarity + END_BONUS * ((candidate[0] == word[0]) + (candidate[-1] == word[-1]))
            if score > best_score:
                best, best_score = candidate, score
        return best if best != word else _parted(word, self._translated.__contains__ if is_foreign else self._has)

    def _repairable_in(self, word: str, end: int, *, is_foreign: bool) -> Sequence[str]:
        """Return the words with the same end that a word may stand for."""
        alike = self._repairable.get((end, word[end]), ())
        if not is_foreign:
            return alike
        return [known for known in alike if known in self._translated or (known[0], known[-1]) == (word[0], word[-1])]


def _parted(word: str, is_meant: Callable[[str], bool]) -> str:
    """Put back the space that is missing between two words."""
    for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        if is_meant(word[:cut]) and is_meant(word[cut:]):
            return f"{word[:cut]} {word[cut:]}"
    return word
