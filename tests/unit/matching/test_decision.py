"""When the bot answers, suggests, or refuses, and when it names an off-topic subject."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering import Answering
from bot.matching.decision import AnswerWith, Refuse, SuggestFrom, decide
from bot.matching.matcher import Ranking, Subject


@pytest.fixture(scope="module")
def ranking(request: pytest.FixtureRequest) -> Ranking:
    """A ranking of four entries by words alone."""
    answering: Answering = request.getfixturevalue("answering")
    [decision] = answering.answer("does a tpm need to code").decisions
    return decision.ranking


def with_confidences(ranking: Ranking, *confidences: float, subject: Subject | None = None) -> Ranking:
    candidates = tuple(
        replace(candidate, confidence=confidence)
        for candidate, confidence in zip(ranking.candidates, confidences, strict=False)
    )
    return replace(ranking, candidates=candidates, subject=subject, threshold=0.5)


def subject(confidence: float) -> Subject:
    return Subject("salary", confidence, "what does a TPM earn")


def test_an_entry_at_the_threshold_answers(ranking: Ranking) -> None:
    assert isinstance(decide(with_confidences(ranking, 0.5, 0.1, 0.0, 0.0)), AnswerWith)


@pytest.mark.parametrize(
    ("confidences", "offered"),
    [((0.4, 0.01, 0.0, 0.0), 2), ((0.4, 0.3, 0.01, 0.0), 2), ((0.3, 0.2, 0.1, 0.08), 3)],
)
def test_two_or_three_are_offered_once_one_is_near(
    ranking: Ranking, confidences: tuple[float, ...], offered: int
) -> None:
    decision = decide(with_confidences(ranking, *confidences))

    assert isinstance(decision, SuggestFrom)
    assert [candidate.confidence for candidate in decision.candidates] == list(confidences[:offered])


def test_the_only_entry_there_is_is_offered_alone(ranking: Ranking) -> None:
    decision = decide(with_confidences(ranking, 0.4))

    assert isinstance(decision, SuggestFrom)
    assert len(decision.candidates) == 1


def test_nothing_is_offered_if_nothing_is_near(ranking: Ranking) -> None:
    decision = decide(with_confidences(ranking, 0.05, 0.04, 0.0, 0.0))

    assert isinstance(decision, Refuse)
    assert decision.subject is None


@pytest.mark.parametrize(
    ("confidence", "is_foreign", "encoder", "is_offered"),
    [(0.09, False, None, True), (0.09, True, "universal", True), (0.09, True, None, False), (0.11, True, None, True)],
)
def test_by_words_alone_more_is_needed_to_be_offered_in_another_language(
    ranking: Ranking, confidence: float, *, is_foreign: bool, encoder: str | None, is_offered: bool
) -> None:
    asked = replace(with_confidences(ranking, confidence), is_foreign=is_foreign, encoder=encoder)

    assert isinstance(decide(asked), SuggestFrom if is_offered else Refuse)


@pytest.mark.parametrize(
    ("found", "encoder", "is_named"),
    [
        (subject(0.91), "minilm", True),
        (subject(0.89), "minilm", False),
        (subject(0.96), None, True),
        (subject(0.94), None, False),
    ],
)
def test_an_off_topic_subject_is_named_only_if_it_is_sure(
    ranking: Ranking, found: Subject, encoder: str | None, *, is_named: bool
) -> None:
    decision = decide(replace(with_confidences(ranking, 0.01, 0.0, 0.0, 0.0, subject=found), encoder=encoder))

    assert isinstance(decision, Refuse)
    assert decision.subject == (found if is_named else None)


def test_what_may_be_about_an_off_topic_subject_is_offered_what_is_near(ranking: Ranking) -> None:
    assert isinstance(decide(with_confidences(ranking, 0.1, 0.0, 0.0, 0.0, subject=subject(0.89))), SuggestFrom)
