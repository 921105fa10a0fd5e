"""Find the language of a question: most are short, and many are full of English terms."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Mapping
from math import sqrt
from typing import Protocol

from bot.language.function_words import LANGUAGES_OF_WORDS
from bot.language.languages import Language, primary

LEAD_OF_HOME = 1.0  # how much likelier another language must be than that of the knowledge
LEAD_OF_SPOKEN = 2.0  # how much likelier a language that isn't spoken must be than one that is
WEIGHT_OF_A_WORD = 2.0  # what a function word adds
FEWEST_WORDS = 2  # in a language that isn't spoken: a single word may as well be a name or a typo
SHARE_OF_SCRIPT = 0.25  # of the letters that decide, though function words of another script are there
TERMS_AT_MOST = 2  # words in Latin letters that are terms in any language: "Scrum?"

_WORD = re.compile(r"[^\W\d_]+")
_WITHOUT_VOWELS = re.compile(r"(?<![^\W\d_])[b-df-hj-np-tv-xz]{3,}(?![^\W\d_])")  # such as "tpm" or "sql"
_LANGUAGE_OF_SCRIPT = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HEBREW": "he",
    "ARABIC": "ar",
    "THAI": "th",
    "DEVANAGARI": "hi",
}
_SCRIPTED = frozenset(_LANGUAGE_OF_SCRIPT.values()) | {"zh", "uk", "bg"}  # not written in Latin letters
_IDEOGRAPHS = frozenset({"CJK", "IDEOGRAPHIC"})
_CHINESE = frozenset("你您們怎麼這哪沒呢吧啊")  # known to Japan's encoding, and no longer used there
_JAPANESE = "cp932"
_LATIN = "LATIN"
_FIRST_WORD = re.compile(r"[A-Z]*")
_KAOMOJI = frozenset("ツシノωДдº益ಠಥ彡ヽ□△▽∀з")  # letters that are drawn with rather than written
_AS_DISCORD_WRITES = {"pt": "pt-BR", "zh": "zh-CN", "sv": "sv-SE"}


class Likelihoods(Protocol):
    """How likely a text is in each of the languages written in Latin letters."""

    def prepare(self) -> None:
        """Load what is needed now, rather than with the first text."""
        ...

    def of(self, text: str) -> Mapping[str, float]:
        """Return the logarithm of a text's likelihood by language, whose codes have no region; empty if unknown."""
        ...


class Detector:
    """Find the language of a text: by its letters, or in Latin letters by their sequences and by function words."""

    def __init__(self, *, latin: Likelihoods) -> None:
        self._latin = latin

    def prepare(self) -> None:
        """Load what is needed now, so that no question has to wait for it."""
        self._latin.prepare()

    def detect(self, text: str, *, home: Language, spoken: Mapping[str, Language]) -> Language:
        """Return the language of a cleaned text: `home` if unsure, and preferably a `spoken` one, by its own code.

        It may be one that isn't spoken. The codes are Discord's, or as they are in `home` and `spoken`.
        """
        own = primary(home)
        found = self._found(text, own, spoken)
        if found == own:
            return home
        return spoken.get(found, Language(_AS_DISCORD_WRITES.get(found, found)))

    def _found(self, text: str, home: str, spoken: Container[str]) -> str:
        words = _WORD.findall(text)
        if not words:
            return home
        hits = Counter(language for word in words for language in LANGUAGES_OF_WORDS.get(word, ()))
        by_script = _language_of_script(text, is_latin_sentence=max(hits.values(), default=0) > 1)
        if by_script is not None:
            return by_script
        told = [language for language, count in hits.items() if count == len(words)]
        if len(told) == 1 and (told[0] == home or told[0] in spoken):
            return told[0]
        is_mere_term = home in _SCRIPTED and not hits and len(words) <= TERMS_AT_MOST
        telling = _WITHOUT_VOWELS.sub("", text)
        likelihoods = {} if is_mere_term or not _WORD.search(telling) else self._latin.of(telling)
        if not likelihoods:
            return home
        length = sqrt(len(telling.encode(errors="surrogatepass")))  # long texts say the same thing over and over

        scores = {
            language: likelihood / length
            + WEIGHT_OF_A_WORD * hits[language]
            + (LEAD_OF_HOME if language == home else 0.0 if language in spoken else -LEAD_OF_SPOKEN)
            for language, likelihood in likelihoods.items()
        }
        found = max(scores, key=scores.__getitem__)
        if found == home or found in spoken or len(words) >= FEWEST_WORDS:
            return found
        understood = (language for language in scores if language == home or language in spoken)
        return max(understood, key=scores.__getitem__, default=home)


def _language_of_script(text: str, *, is_latin_sentence: bool) -> str | None:
    """Return the language that is written in the letters of a text; None if they are Latin, or too few aren't."""
    if text.isascii():
        return None
    scripts = Counter(_script(letter) for letter in text if letter.isalpha() and letter not in _KAOMOJI)
    latin = scripts.pop(_LATIN, 0)
    others = scripts.total()
    is_enough = others >= SHARE_OF_SCRIPT * (latin + others) or (others > 1 and not is_latin_sentence)
    if not others or not is_enough:
        return None
    if scripts.keys() <= _IDEOGRAPHS:
        return _language_of_ideographs(text)
    script = max(scripts.keys() - _IDEOGRAPHS, key=scripts.__getitem__)
    return _LANGUAGE_OF_SCRIPT.get(script, "und")


def _script(letter: str) -> str:
    """Return the first word of a letter's name, which is its script."""
    if letter.isascii():
        return _LATIN
    return _FIRST_WORD.match(unicodedata.name(letter, "")).group()  # type: ignore[union-attr] # it matches anything


def _language_of_ideographs(text: str) -> str:
    """Tell Chinese from Japanese without kana, such as "TPM 業務内容", by the characters that either doesn't write."""
    ideographs = "".join(letter for letter in text if _script(letter) in _IDEOGRAPHS)
    try:
        ideographs.encode(_JAPANESE)
    except UnicodeEncodeError:
        return "zh"
    return "ja" if _CHINESE.isdisjoint(ideographs) else "zh"
