from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, RoleProfile, Source, Vocabulary
from bot.matching.decision import AnswerWith, Refuse, SuggestFrom, decide, MAX_SUGGESTIONS
from bot.matching.matcher import Matcher, Ranking
from bot.matching.text import clean


def entry(id_: str, *phrasings: str) -> Entry:
    return Entry(
        id=id_,
        question=phrasings[0],
        answer=f"About {id_}.",
        source_section="The handbook",
        related=(),
        reviewed=date(2026, 11, 22),
        phrasings=phrasings,
    )


BAKERY = KnowledgeBase(
    source=Source("The Bakers' Guild", "Handbook"),
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
    role=RoleProfile("Baker", ()),
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
@given(question=questions, context=questions)
def test_any_text_has_a_ranking(name: str, question: str, context: str) -> None:
    assert_sound(rank(MATCHERS[name], question), SMALL[name])
    assert_sound(MATCHERS[name].rank(clean(question), context=(clean(context),)), SMALL[name])


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
