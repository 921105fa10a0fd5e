from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.encoders.installed import InstalledEncoders
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, SubjectNames, Vocabulary
from bot.matching.corpus import Floats
from bot.matching.decision import MAX_SUGGESTIONS, AnswerWith, Refuse, SuggestFrom, decide
from bot.matching.look import MAX_MEASURED_WORDS
from bot.matching.matcher import Matcher, Ranking
from bot.matching.meaning import Encoders
from bot.matching.text import clean


def entry(id_: str, *phrasings: str) -> Entry:
    return Entry(
        id=id_,
        question=phrasings[0],
        answer=f"About {id_}.",
        phrasings=phrasings,
    )


BAKERY = KnowledgeBase(
    name="the bakery",
    entries=(
        entry(
            "hours", "When do you open?", "what are your opening hours", "are you open on sundays", "until when open"
        ),
        entry("allergens", "Is there gluten in the bread?", "do the rolls contain nuts", "which loaf has no wheat"),
        entry("delivery", "Do you deliver?", "can I get bread brought to my home", "is delivery free of charge"),
        entry("orders", "How do I order a cake?", "can I order a birthday cake", "order a wedding cake online"),
    ),
    off_topics=(
        OffTopic("weather", "the weather", ("will it rain today", "how warm is it outside", "is there snow tomorrow")),
        OffTopic("parking", "parking", ("where can I park my car", "is there a parking space", "parking fee per hour")),
    ),
    vocabulary=Vocabulary({"bread": ("loaf", "rolls", "baguette"), "gluten": ("wheat",)}),
    version="1",
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(BAKERY)


def rank(matcher: Matcher, question: str) -> Ranking:
    return matcher.rank(clean(question))


@pytest.mark.parametrize(
    ("id_", "phrasing"), [(entry.id, text) for entry in BAKERY.entries for text in entry.phrasings]
)
def test_the_exact_words_of_a_phrasing_win(matcher: Matcher, id_: str, phrasing: str) -> None:
    best = rank(matcher, phrasing).candidates[0]

    assert best.entry_id == id_
    assert best.explanation.phrasing == phrasing
    assert best.explanation.unexplained == ()


@pytest.mark.parametrize(
    ("question", "id_"),
    [
        ("at what time are you opening on a sunday", "hours"),
        ("does the baguette have gluten", "allergens"),
        ("is the delivery free", "delivery"),
        ("i want to order a cake for a wedding", "orders"),
        ("ordr a brithday cake", "orders"),
    ],
)
def test_other_words_for_the_same_question_find_its_entry(matcher: Matcher, question: str, id_: str) -> None:
    assert rank(matcher, question).candidates[0].entry_id == id_


def test_words_of_the_vocabulary_are_shared_whichever_was_typed(matcher: Matcher) -> None:
    explanation = rank(matcher, "is there gluten in the baguette?").candidates[0].explanation

    assert explanation.shared == ("gluten", "baguette")


def test_a_question_of_an_off_topic_subject_names_it_and_is_surer_of_nothing(matcher: Matcher) -> None:
    ranking = rank(matcher, "where can I park my car?")

    assert ranking.subject is not None
    assert ranking.subject.off_topic_id == "parking"
    assert ranking.subject.example == "where can I park my car"
    assert ranking.candidates[0].confidence < rank(matcher, "when do you open?").candidates[0].confidence


def test_words_that_nobody_knows_are_listed_and_make_an_answer_less_sure(matcher: Matcher) -> None:
    plain, odd = rank(matcher, "do you deliver?"), rank(matcher, "do you deliver xylophones zigzag?")

    assert plain.unknown == ()
    assert odd.unknown == ("xylophones", "zigzag")
    assert set(odd.unknown) <= set(odd.candidates[0].explanation.unexplained)
    assert odd.candidates[0].confidence < plain.candidates[0].confidence


def test_words_of_other_entries_stay_unexplained_by_this_one(matcher: Matcher) -> None:
    by_id = {c.entry_id: c.explanation for c in rank(matcher, "order a cake with nuts").candidates}

    assert "nuts" in by_id["orders"].unexplained
    assert {"order", "cake"} <= set(by_id["allergens"].unexplained)


def test_repaired_words_are_told(matcher: Matcher) -> None:
    (repair,) = rank(matcher, "how do i order a birthdya cake").repairs

    assert (repair.typed, repair.taken_for) == ("birthdya", "birthday")


def test_the_same_question_has_the_same_ranking_also_in_a_new_matcher(matcher: Matcher) -> None:
    for question in ("do you deliver?", "order bread", "", "something else entirely"):
        assert rank(matcher, question) == rank(matcher, question) == rank(Matcher(BAKERY), question)


def test_the_order_of_the_entries_does_not_choose_the_winner(matcher: Matcher) -> None:
    turned = Matcher(replace(BAKERY, entries=BAKERY.entries[::-1], off_topics=BAKERY.off_topics[::-1]))

    for question in ("when are you open", "gluten in rolls", "bread brought home", "a cake for my birthday"):
        there, here = rank(turned, question).candidates[0], rank(matcher, question).candidates[0]
        assert there.entry_id == here.entry_id
        assert there.confidence == pytest.approx(here.confidence, abs=0.01)


def test_the_ranking_does_not_hang_on_the_order_in_which_python_keeps_sets() -> None:
    program = (
        "from test_matcher import BAKERY, Matcher, rank\n"
        "m = Matcher(BAKERY)\n"
        "for q in ('do you delivr', 'order bread', 'rain', 'brokn oven', 'nuts and cake'): print(rank(m, q))"
    )
    outputs = [
        subprocess.run(  # noqa: S603  our own program, nothing from outside
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert outputs[0] == outputs[1] != ""


def assert_sound(ranking: Ranking, knowledge: KnowledgeBase) -> None:
    confidences = [candidate.confidence for candidate in ranking.candidates]
    ids = [candidate.entry_id for candidate in ranking.candidates]
    assert 1 <= len(ids) == len(set(ids))
    assert set(ids) <= {entry.id for entry in knowledge.entries}
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert (ranking.subject is None) == (not knowledge.off_topics)


known_words = sorted({word for owner in BAKERY.entries for phrasing in owner.phrasings for word in phrasing.split()})
questions = st.text() | st.lists(st.sampled_from(known_words) | st.text(max_size=8), max_size=30).map(" ".join)
SMALL = {
    "the bakery": BAKERY,
    "one entry": replace(BAKERY, entries=BAKERY.entries[:1]),
    "no off-topic subjects": replace(BAKERY, off_topics=()),
    "one entry and nothing else": replace(BAKERY, entries=BAKERY.entries[:1], off_topics=(), vocabulary=Vocabulary({})),
    "one entry with one phrasing": replace(BAKERY, entries=(entry("only", "why?"),), off_topics=()),
}
MATCHERS = {name: Matcher(knowledge) for name, knowledge in SMALL.items()}


@pytest.mark.parametrize("name", SMALL)
@settings(deadline=None)
@given(question=questions)
def test_any_text_has_a_ranking(name: str, question: str) -> None:
    assert_sound(rank(MATCHERS[name], question), SMALL[name])


BAKERY_NAMES = SubjectNames(own=("bakery", "corner bakery"), mistaken_for=("pizzeria", "pastry shop"))
GUARDED = replace(
    BAKERY,
    subject=BAKERY_NAMES,
    entries=(*BAKERY.entries, entry("neighbors", "Where is the pizzeria?", "which pizzeria is near by")),
)


@pytest.fixture(scope="module")
def guarded() -> Matcher:
    return Matcher(GUARDED)


def foreignness(matcher: Matcher, question: str) -> dict[str, float]:
    """Return for each entry whether another subject is asked about, as far as the entry is concerned."""
    weighed = matcher.weigh(clean(question), None)
    return {
        id_: evidence.another_subject
        for id_, evidence in zip(weighed.ids, weighed.evidence, strict=True)
        if not evidence.is_subject
    }


@pytest.mark.parametrize("question", ["when do you open?", "when does the bakery open?", "is the bakery a pizzeria?"])
def test_a_question_that_names_no_other_subject_or_the_own_one_too_is_not_foreign(
    guarded: Matcher, question: str
) -> None:
    assert set(foreignness(guarded, question).values()) == {0.0}


@pytest.mark.parametrize("question", ["when does the pizzeria open?", "When do PIZZERIAS open?"])
def test_what_is_mistaken_for_the_subject_is_foreign_but_to_those_who_speak_of_it(
    guarded: Matcher, question: str
) -> None:
    foreign = foreignness(guarded, question)

    assert [id_ for id_, is_foreign in foreign.items() if not is_foreign] == ["neighbors"]


def test_a_question_about_what_is_mistaken_for_the_subject_is_not_answered(guarded: Matcher, matcher: Matcher) -> None:
    question = "what are the opening hours of a pastry shop"

    assert not isinstance(decide(rank(guarded, question)), AnswerWith)
    assert rank(guarded, question).candidates[0].confidence < rank(matcher, question).candidates[0].confidence
    assert isinstance(decide(rank(guarded, "what are the opening hours of the bakery")), AnswerWith)


def test_knowledge_that_names_its_subject_answers_when_it_is_less_sure(guarded: Matcher, matcher: Matcher) -> None:
    assert rank(guarded, "when do you open?").threshold < rank(matcher, "when do you open?").threshold < 1


def test_a_matcher_learns_other_knowledge_as_a_new_one_would(matcher: Matcher) -> None:
    other = matcher.learn(GUARDED)

    assert rank(other, "where is the pizzeria") == rank(Matcher(GUARDED), "where is the pizzeria")


def test_an_answer_s_own_words_speak_for_it() -> None:
    told = replace(BAKERY.entries[2], answer="A courier on a cargo bicycle comes to you.")
    matcher = Matcher(replace(BAKERY, entries=(*BAKERY.entries[:2], told, BAKERY.entries[3])))

    assert rank(matcher, "does a courier come by bicycle").candidates[0].entry_id == "delivery"


@pytest.fixture(scope="module")
def understanding() -> Matcher:
    """A matcher with the encoders that are installed."""
    return Matcher(BAKERY, encoders=InstalledEncoders(folder=None))


@pytest.mark.parametrize(
    ("question", "id_"),
    [
        ("will a courier take it to my house", "delivery"),
        ("at which hour may I come by on a weekend", "hours"),
        ("wird das Brot zu mir nach Hause gebracht?", "delivery"),
    ],
)
def test_what_shares_few_words_with_any_phrasing_is_found_by_its_meaning(
    understanding: Matcher, question: str, id_: str
) -> None:
    ranking = rank(understanding, question)

    assert ranking.encoder is not None
    assert ranking.candidates[0].entry_id == id_
    assert ranking.candidates[0].explanation.closest in ranking_entry(id_).phrasings


def ranking_entry(id_: str) -> Entry:
    return next(entry for entry in BAKERY.entries if entry.id == id_)


def test_english_and_other_languages_have_an_encoder_each(understanding: Matcher) -> None:
    asked = "will a courier take it to my house", "wird das Brot zu mir nach Hause gebracht?"
    english, german = (understanding.encoder_for(clean(question)) for question in asked)

    assert english is not None
    assert german is not None
    assert english.name != german.name


class NotingEncoder:
    """An encoder that gives texts vectors at random, and notes what people ask."""

    name = "universal"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return self.encode_knowledge(texts)

    def encode_knowledge(self, texts: Sequence[str]) -> Floats:
        vectors = np.random.default_rng(len(texts)).normal(size=(len(texts), 512)).astype(np.float32)
        unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def test_of_hundreds_of_strange_words_few_are_encoded() -> None:
    encoder = NotingEncoder()
    matcher = Matcher(BAKERY, encoders=Encoders(multilingual=encoder))

    ranking = rank(matcher, " ".join(f"zq{number}x" for number in range(500)))

    assert ranking.encoder == encoder.name
    assert 1 < len(encoder.asked) <= MAX_MEASURED_WORDS + 1
    distances = [candidate.explanation.evidence.distance for candidate in ranking.candidates]
    assert min(distances) > 0.5  # those that aren't encoded count as far as the others


def test_words_that_decide_need_no_encoder(understanding: Matcher) -> None:
    question = clean("are you open on sundays")
    ranking = understanding.rank(question)

    assert ranking.encoder is None
    assert ranking.candidates[0].explanation.closest is None
    assert understanding.rank_by_words(question) == ranking


def test_words_that_do_not_decide_leave_the_question_to_an_encoder_if_there_is_one(
    understanding: Matcher, matcher: Matcher
) -> None:
    question = clean("will a courier take it to my house")

    assert understanding.needs_meaning(understanding.rank_by_words(question))
    assert understanding.rank_by_words(question).encoder is None
    assert matcher.rank_by_words(question) == matcher.rank(question)


def test_a_phrasing_without_words_does_no_harm() -> None:
    odd = Matcher(replace(BAKERY, entries=(*BAKERY.entries, entry("odd", "???", "🥐"))))

    assert rank(odd, "do you deliver?").candidates[0].entry_id == "delivery"


def test_a_word_of_the_vocabulary_without_letters_does_no_harm() -> None:
    odd = Matcher(replace(BAKERY, vocabulary=Vocabulary({"bread": ("loaf", "🥐", "&")})))

    assert rank(odd, "is there gluten in the loaf?").candidates[0].entry_id == "allergens"


@settings(deadline=None)
@given(question=questions)
def test_what_is_decided_follows_from_the_ranking(question: str) -> None:
    ranking = rank(MATCHERS["the bakery"], question)
    match decide(ranking):
        case AnswerWith(candidate):
            assert candidate == ranking.candidates[0]
        case SuggestFrom(candidates):
            assert 1 <= len(candidates) <= MAX_SUGGESTIONS
            assert candidates == ranking.candidates[: len(candidates)]
        case Refuse(subject):
            assert subject in {None, ranking.subject}
