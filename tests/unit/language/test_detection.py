from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from benchmarks.languages import detect_all, read_own, report
from bot.language.detection import Detector
from bot.language.function_words import LANGUAGES_OF_WORDS
from bot.language.languages import ENGLISH, SPOKEN, Language, by_own_code, primary
from bot.language.latin import LatinLanguages

GERMAN, JAPANESE, PORTUGUESE = Language("de"), Language("ja"), Language("pt-BR")
DETECTOR = Detector(latin=LatinLanguages())  # loads its model on first use


def detect(text: str, *, home: Language = ENGLISH) -> Language:
    return DETECTOR.detect(text, home=home, spoken=by_own_code(SPOKEN))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what does a tpm do all day", "en"),
        ("wat skils do i ned", "en"),
        ("was verdient man als tpm", "de"),
        ("voraussetzungen?", "de"),
        ("product owner oder tpm, was ist besser", "de"),
        ("c koi un tpm", "fr"),
        ("el sprint planning lo hace el tpm o el po", "es"),
        ("o tpm lidera time?", "pt-BR"),
        ("qual a diferença entre pm e tpm", "pt-BR"),
        ("hola", "es"),
        ("tpmって何する人", "ja"),
        ("technical product managerとは", "ja"),
        ("tpm 業務内容", "ja"),
    ],
)
def test_a_short_question_full_of_english_terms_is_in_its_own_language(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("연봉은 얼마예요", "ko"),
        ("tpm是什么", "zh-CN"),
        ("這個職位要怎麼應徵", "zh-CN"),
        ("что такое tpm", "ru"),
        ("πόσα βγάζει ένας tpm", "el"),
        ("qual è lo stipendio di un tpm", "it"),
        ("wat doet een tpm de hele dag", "nl"),
        ("vilken lön har man som tpm", "sv-SE"),
        ("ما راتب tpm", "ar"),
        ("מה עושה tpm", "he"),
        ("சம்பளம் எவ்வளவு", "und"),
    ],
)
def test_a_language_that_is_not_spoken_is_recognized(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    "text",
    ["", "xqzt vlrm wpfk", "???", "12", "tpm", "scrum?", "lol ¯\\_(ツ)_/¯", "maaş?", "do tpms use μtorrent", "🎉"],
)
def test_the_home_language_wins_when_unsure(text: str) -> None:
    assert detect(text) == ENGLISH


@pytest.mark.parametrize("text", ["is the são paulo office hiring", "what does お疲れ mean", "do i attach my résumé"])
def test_a_foreign_word_does_not_change_the_language(text: str) -> None:
    assert detect(text) == ENGLISH


@pytest.mark.parametrize("home", [GERMAN, JAPANESE, PORTUGUESE])
def test_a_term_stays_in_the_language_of_the_knowledge(home: Language) -> None:
    assert detect("scrum?", home=home) == home


def test_english_is_found_where_the_knowledge_is_japanese() -> None:
    assert detect("what does a tpm do all day", home=JAPANESE) == ENGLISH


def test_a_language_the_knowledge_adds_has_the_code_it_has_there() -> None:
    assert DETECTOR.detect("vilken lön har man", home=ENGLISH, spoken=by_own_code((*SPOKEN, Language("sv")))) == "sv"


def test_no_words_are_looked_up_in_the_model_where_the_letters_tell() -> None:
    class Untouched(LatinLanguages):
        def of(self, text: str) -> Mapping[str, float]:
            raise AssertionError(text)

    assert Detector(latin=Untouched()).detect("tpmとは何ですか", home=ENGLISH, spoken={}) == JAPANESE


def test_without_a_model_that_knows_the_home_language_wins() -> None:
    class Unknowing(LatinLanguages):
        def of(self, _text: str) -> Mapping[str, float]:
            return {}

    assert Detector(latin=Unknowing()).detect("was ist das leuchtfeuer", home=ENGLISH, spoken={}) == ENGLISH


@given(st.text(max_size=200))
def test_any_text_has_a_language(text: str) -> None:
    assert detect(text)


def test_a_lone_surrogate_does_no_harm() -> None:
    assert detect("was ist ein tpm \ud83d") == GERMAN


@pytest.mark.parametrize(
    "text",
    [
        "was macht ein tpm",
        "o que faz um tpm",
        "qual è lo stipendio",
        "làm việc từ xa được không",
        "jaké jsou požadavky",
    ],
)
def test_the_smaller_model_ranks_languages_as_the_one_it_is_made_from(whole: LanguageIdentifier, text: str) -> None:
    ranked = LatinLanguages().of(text)

    assert max(ranked, key=ranked.__getitem__) == next(each for each, _ in whole.rank(text) if each in ranked)


@pytest.fixture(scope="module")
def whole() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)


def test_function_words_are_those_of_languages_the_model_knows() -> None:
    languages = {language for having in LANGUAGES_OF_WORDS.values() for language in having}

    assert languages <= LatinLanguages().of("a text").keys()


def test_the_benchmark_finds_98_of_100_short_questions_and_leaves_english_alone() -> None:
    found = detect_all(list(read_own()))
    spoken = [each for each in found if primary(each.asked.language) in set(map(primary, SPOKEN))]
    unseen = [each for each in spoken if each.asked.source.endswith("unseen")]
    english = [each for each in found if each.asked.language == ENGLISH]

    assert sum(each.is_right for each in unseen) >= 0.98 * len(unseen)
    assert all(each.is_right for each in english)
    assert "| short, unseen | ja | 26 of 26 | 100.0% |" in report(found)
