"""The words a knowledge base knows: what each means here, and which known word a mistyped one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.text import clean, stem, words

function_word_weight = 0.1  # of a content word's 1
context_weight = 0.35
shortest_repairable_word = 4  # letters
longest_repairable_word = 30  # letters
max_cached_stems = 50_000
repair_cutoff = 0.78  # similarity from 0 to 1; one typo in five letters is 0.8

_FUNCTION_WORDS = frozenset(
    """a about all also am an and another any anybody anyone anything are as at be been being but by can could did do
    does doing done else even ever for from get gets getting go going got had has have having he her here hers hey hi
    him his how i if in into is it its just kind know like lot lots many may maybe me might mine more most much my no
    nobody not now of off ok on one only or other our out over own per please really same say says shall she should
    so some somebody someone something sort still stuff such tell than that the their them then there these they
    thing things this those though to too up us very was we well were what when where whether which while who whom
    whose why will with would yes yet you your""".split()
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a question: as it was typed, what it means here, and how much it counts (0 to 1)."""

    typed: str
    meaning: str
    weight: float
    known: bool

    @property
    def is_content(self) -> bool:
        """Tell a word that carries the subject from one that only holds the sentence together."""
        return self.weight > function_word_weight


@dataclass(frozen=True, slots=True)
class Repair:
    """A word that nobody knows, and the known word that was read in its place."""

    typed: str
    taken_for: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as the matcher reads it."""

    terms: tuple[Term, ...]
    repairs: tuple[Repair, ...] = ()

    @property
    def content(self) -> tuple[Term, ...]:
        """Return the words that carry the subject, without those of the context."""
        return tuple(term for term in self.terms if term.weight == 1)

    def leaning_on(self, context: Reading) -> Reading:
        """Return this question with the content words of what stood before it, which count less."""
        added = tuple(replace(term, weight=context_weight) for term in context.content)
        return Reading((*added, *self.terms), (*context.repairs, *self.repairs))


class Lexicon:
    """Read text as terms, using the words of one knowledge base.

    The longest phrase of the vocabulary becomes one term; other words are stemmed. A word of four letters or more that
    is unknown is repaired to the nearest known one.
    """

    def __init__(self, concepts: Mapping[str, tuple[str, ...]], texts: Iterable[str]) -> None:
        self._concepts: dict[tuple[str, ...], str] = {}
        self._stems: dict[str, str] = {}
        self._known: dict[str, None] = {}
        self._repaired: dict[str, str | None] = {}
        for name, phrases in concepts.items():
            for phrase in (name, *phrases):
                spelled = words(clean(phrase))
                self._known.update(dict.fromkeys(spelled))
                self._concepts[tuple(map(self._stem, spelled))] = name
        self._longest = max(map(len, self._concepts), default=1)
        for text in texts:
            self._known.update(dict.fromkeys(words(clean(text))))
        self._known_stems = set(map(self._stem, self._known))
        self._repairable = [word for word in self._known if len(word) >= shortest_repairable_word]

    def read(self, text: str) -> Reading:
        """Read cleaned text, repairing what was mistyped."""
        repairs: list[Repair] = []
        spelled: list[str] = []
        for word in words(text):
            taken_for = self._repair(word)
            if taken_for != word:
                repairs.append(Repair(word, taken_for))
            spelled += taken_for.split()
        return Reading(tuple(self._terms(spelled)), tuple(repairs))

    def _terms(self, spelled: list[str]) -> Iterator[Term]:
        stems = [self._stem(word) for word in spelled]
        position = 0
        while position < len(stems):
            length, meaning = self._longest_concept(stems, position)
            typed = " ".join(spelled[position : position + length])
            if length == 1 and typed in _FUNCTION_WORDS:
                yield Term(typed, typed, function_word_weight, known=True)
            else:
                yield Term(typed, meaning, 1.0, known=meaning.startswith("=") or meaning in self._known_stems)
            position += length

    def _longest_concept(self, stems: list[str], position: int) -> tuple[int, str]:
        for length in range(min(self._longest, len(stems) - position), 0, -1):
            name = self._concepts.get(tuple(stems[position : position + length]))
            if name is not None:
                return length, f"={name}"
        return 1, stems[position]

    def _stem(self, word: str) -> str:
        if word not in self._stems:
            if len(self._stems) > max_cached_stems:
                self._stems.clear()
            self._stems[word] = stem(word)
        return self._stems[word]

    def _repair(self, word: str) -> str:
        """Return the known word, or two of them, that this one was meant to be; the word itself if there is none."""
        if word in self._known or self._stem(word) in self._known_stems or len(word) < shortest_repairable_word:
            return word
        if not word.isalpha() or len(word) > longest_repairable_word:
            return word
        scored = process.extract(
            word, self._repairable, scorer=OSA.normalized_similarity, score_cutoff=repair_cutoff - 0.06, limit=5
        )
        best, best_score = word, repair_cutoff
        for candidate, similarity, _ in scored:
            score = similarity + 0.03 * (candidate[0] == word[0]) + 0.03 * (candidate[-1] == word[-1])
            if score > best_score:
                best, best_score = candidate, score
        return best if best != word else self._parted(word)

    def _parted(self, word: str) -> str:
        """Put back the space that is missing between two known words."""
        for cut in range(3, len(word) - 2):
            if word[:cut] in self._known and word[cut:] in self._known:
                return f"{word[:cut]} {word[cut:]}"
        return word
