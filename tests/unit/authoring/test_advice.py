"""What a small knowledge base is advised to do next."""

from __future__ import annotations

from dataclasses import replace

from bot.authoring.advice import AddPhrasings, NameSubject, next_step
from bot.authoring.findings import Finding, Kind, Place
from bot.authoring.folds import Expectation
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import KnowledgeBase, SubjectNames

FEW = Expectation(phrasings_per_entry=4, right=0.4, offered=0.9, weakest="coding")
MANY = replace(FEW, phrasings_per_entry=40, right=0.8)
UNNAMED = replace(load_knowledge(), name="the Brewing Club", subject=SubjectNames())
NAMED = replace(UNNAMED, subject=SubjectNames(("TPM",)))


def as_before(_: KnowledgeBase) -> Expectation:
    return FEW


def better_once_named(knowledge: KnowledgeBase) -> Expectation:
    return replace(FEW, right=0.8 if knowledge.subject.own else 0.4)


def test_naming_the_subject_comes_first_where_it_helps() -> None:
    advice = next_step(UNNAMED, [], FEW, better_once_named)

    assert advice == NameSubject("Brewing Club", 0.8)
    assert "about 8 in 10 correctly" in str(advice)
    assert advice.yaml == "subject:\n  names: [Brewing Club]"


def test_a_name_with_a_colon_is_put_in_quotes() -> None:
    assert NameSubject("Brew: the club", 0.8).yaml == "subject:\n  names: ['Brew: the club']"


def test_naming_the_subject_is_not_advised_where_it_changes_nothing() -> None:
    assert next_step(UNNAMED, [], FEW, as_before) == AddPhrasings("Does a TPM need to code?")


def test_few_phrasings_are_added_first_to_the_entry_that_is_found_least() -> None:
    advice = next_step(NAMED, [], FEW, as_before)

    assert advice == AddPhrasings("Does a TPM need to code?")
    assert "first to “Does a TPM need to code?”" in str(advice)


def test_where_there_is_nothing_to_measure_phrasings_are_added_anywhere() -> None:
    assert next_step(NAMED, [], None, as_before) == AddPhrasings(None)


def test_knowledge_with_many_phrasings_needs_no_advice() -> None:
    assert next_step(NAMED, [], MANY, as_before) is None


def test_errors_come_before_any_advice() -> None:
    broken = Finding(Kind.EXAMPLE, Place("faq.yaml", 1), "It is so.", "Do this.")

    assert next_step(NAMED, [broken], FEW, as_before) is None
