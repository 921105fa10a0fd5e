from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.lexicon import LONGEST_REPAIRABLE_WORD, Lexicon, Repair
from bot.matching.text import clean, words

CONCEPTS = {
    "keeper": ("lighthouse keeper", "lightkeeper"),
    "light": ("lamp", "beacon", "light house lamp"),
    "duty": ("duties", "task", "has to do"),
}
PHRASINGS = (
    "what does the keeper do at night?",
    "how is the lighthouse painted?",
    "who repairs a broken window?",
    "which ships sail past the island?",
    "why?",
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(CONCEPTS, PHRASINGS)


def meanings(lexicon: Lexicon, text: str) -> list[str]:
    return [term.meaning for term in lexicon.read(clean(text)).content]


def repairs(lexicon: Lexicon, text: str) -> tuple[Repair, ...]:
    return lexicon.read(clean(text)).repairs


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lamp", "beacon"),
        ("lamp", "light"),
        ("lamps", "beacon"),  # in any of its forms
        ("lighthouse keeper", "lightkeepers"),
        ("lighthouse-keeper", "keeper"),
        ("tasks", "has to do"),
    ],
)
def test_words_and_phrases_that_mean_the_same_are_read_alike(lexicon: Lexicon, one: str, other: str) -> None:
    assert meanings(lexicon, one) == meanings(lexicon, other)
    assert len(meanings(lexicon, one)) == 1


def test_the_longest_phrase_of_the_vocabulary_is_taken(lexicon: Lexicon) -> None:
    assert meanings(lexicon, "the light house lamp") == meanings(lexicon, "light")
    assert len(meanings(lexicon, "the light house")) == 2
    assert meanings(lexicon, "lighthouse keeper") != meanings(lexicon, "lighthouse painter")


def test_what_was_typed_stays_visible_beside_its_meaning(lexicon: Lexicon) -> None:
    assert [term.typed for term in lexicon.read("the lighthouse keeper paints").terms] == [
        *("the", "lighthouse keeper", "paints")
    ]


def test_forms_of_a_word_are_read_alike(lexicon: Lexicon) -> None:
    assert meanings(lexicon, "repairing windows") == meanings(lexicon, "repair window")


def test_words_that_hold_a_sentence_together_are_no_content(lexicon: Lexicon) -> None:
    reading = lexicon.read("what is the island")

    assert len(reading.terms) == 4
    assert [term.typed for term in reading.content] == ["island"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("islnd", "island"),  # a letter missing
        ("islannd", "island"),  # one too many
        ("ilsand", "island"),  # two swapped
        ("islamd", "island"),  # one wrong
        ("lihgthouse", "lighthouse"),
        ("repiars", "repairs"),
        ("nigth", "night"),
        ("shps", "ships"),
    ],
)
def test_a_mistyped_word_is_read_as_the_known_one(lexicon: Lexicon, typed: str, meant: str) -> None:
    assert repairs(lexicon, f"the {typed}?") == (Repair(typed, meant),)
    assert meanings(lexicon, typed) == meanings(lexicon, meant)


@pytest.mark.parametrize("word", ["isl", "wy", "shp", "ngt"])
def test_a_short_word_is_left_as_it_is(lexicon: Lexicon, word: str) -> None:
    assert repairs(lexicon, word) == ()


@pytest.mark.parametrize(
    ("word", "like"), [("food", "fond"), ("mate", "make"), ("unsuccessful", "successful"), ("right", "night")]
)
def test_an_english_word_is_left_as_it_is_however_like_a_known_one(word: str, like: str) -> None:
    assert repairs(Lexicon({}, (f"is it {like}?",)), f"is it {word}?") == ()


def test_a_word_that_only_the_knowledge_base_knows_is_what_a_typing_error_meant() -> None:
    lexicon = Lexicon({"fresnel": ()}, ("who polishes the fresnel",))

    assert repairs(lexicon, "the frensel") == (Repair("frensel", "fresnel"),)


@pytest.mark.parametrize("word", ["island", "islands", "ship", "painting", "lamps", "would", "which"])
def test_a_known_word_in_any_form_is_left_as_it_is(lexicon: Lexicon, word: str) -> None:
    assert repairs(lexicon, word) == ()


@pytest.mark.parametrize("word", ["photosynthesis", "banana", "i5l4nd", "x" * (LONGEST_REPAIRABLE_WORD + 1), "остров"])
def test_a_word_unlike_all_known_ones_is_left_as_it_is(lexicon: Lexicon, word: str) -> None:
    assert repairs(lexicon, word) == ()


def test_a_missing_space_is_put_back(lexicon: Lexicon) -> None:
    assert repairs(lexicon, "brokenwindow") == (Repair("brokenwindow", "broken window"),)
    assert meanings(lexicon, "brokenwindow") == meanings(lexicon, "broken window")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("wat r the reqs 4 u?", "what are the requirements for you?"),
        ("y is the islnd so far?", "why is the island so far?"),
        ("who's on the brokenwindow", "who is on the broken window"),
    ],
)
def test_a_text_is_read_with_short_forms_written_out_and_what_was_mistyped_repaired(
    lexicon: Lexicon, typed: str, read: str
) -> None:
    assert lexicon.read(clean(typed)).text == read


def test_a_script_without_spaces_is_read_in_pairs_that_other_questions_share() -> None:
    lexicon = Lexicon({}, ("灯台守は夜に働きますか",))
    reading = lexicon.read("灯台守の仕事")

    assert [term.typed for term in reading.terms] == ["灯台", "台守", "守の", "の仕", "仕事"]
    assert [term.is_known for term in reading.terms] == [True, True, False, False, False]


@pytest.mark.parametrize(
    "text",
    ["does the keeper work at night?", "where is the beacon", "does a lightkeeper paint", "can i visit it"],
)
def test_english_is_recognized_with_the_words_of_the_knowledge(lexicon: Lexicon, text: str) -> None:
    assert lexicon.is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "arbeitet der wärter auch nachts?",
        "est-ce que le gardien travaille la nuit ?",
        "¿qué hace el farero por la noche?",
        "что делает смотритель маяка ночью?",
        "灯台守は夜に働きますか",
    ],
)
def test_other_languages_are_told_from_english(lexicon: Lexicon, text: str) -> None:
    assert not lexicon.is_english(text)


def test_words_of_translations_are_known_and_do_not_make_a_text_english() -> None:
    translated = frozenset({"arbeitet der wärter auch nachts?", "putzt der wärter das fenster?"})
    lexicon = Lexicon(CONCEPTS, (*PHRASINGS, *translated), translated=translated)

    assert lexicon.knows("wärter")
    assert not lexicon.is_english("putzt der wärter auch nachts das fenster?")
    assert lexicon.is_english("where is the lightkeeper")


def test_a_foreign_word_is_not_a_typo_of_a_similar_word() -> None:
    translated = frozenset({"arbeitet der wärter auch nachts?"})
    lexicon = Lexicon({}, ("the interview", "who is responsible?", "nobody", *translated), translated=translated)

    def read(text: str, *, is_foreign: bool) -> list[str]:
        return [repair.taken_for for repair in lexicon.read(text, is_foreign=is_foreign).repairs]

    assert read("arbietet intervient whonobody", is_foreign=False) == ["arbeitet", "interview", "who nobody"]
    assert read("arbietet intervient whonobody", is_foreign=True) == ["arbeitet"]
    assert read("responsable dernachts", is_foreign=True) == ["responsible", "der nachts"]


def test_a_word_of_both_languages_is_one_of_the_knowledge() -> None:
    plain = Lexicon(CONCEPTS, ("was gehört zum lumen fidei?",))
    both = Lexicon(
        CONCEPTS, ("was gehört zum lumen fidei?", "lumen fidei"), translated=frozenset({"was gehört zum lumen fidei?"})
    )

    assert plain.is_english("the lumen fidei")
    assert both.is_english("the lumen fidei")


def test_a_lexicon_without_vocabulary_reads_words_as_themselves() -> None:
    lexicon = Lexicon({}, ("broken window",))

    assert len(meanings(lexicon, "broken window")) == 2
    assert repairs(lexicon, "brokne") == (Repair("brokne", "broken"),)


def test_a_lexicon_that_has_learned_nothing_repairs_nothing() -> None:
    assert Lexicon({}, ()).read("some sentence about islands").repairs == ()


def test_nothing_is_read_from_a_text_without_words(lexicon: Lexicon) -> None:
    assert lexicon.read("?! ...").terms == ()


@given(st.text() | st.lists(st.sampled_from([*" ".join(PHRASINGS).split(), "lamp", "qwertz"])).map(" ".join))
def test_any_text_is_read_the_same_way_every_time(text: str) -> None:
    lexicon = Lexicon(CONCEPTS, PHRASINGS)
    reading = lexicon.read(clean(text))

    assert reading == lexicon.read(clean(text)) == Lexicon(CONCEPTS, PHRASINGS).read(clean(text))
    assert bool(reading.terms) == bool(words(clean(text)))
    assert set(reading.content) <= set(reading.terms)
