"""What moderators taught, laid over the knowledge of a folder."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.knowledge.model import Entry, Image, KnowledgeBase, OffTopic, Vocabulary
from bot.knowledge.taught import Standing, Taught, laid_over

FEE = Entry("fee", "What does it cost?", "Twenty.", ("What does it cost?", "membership fee"), source_section="Money")
MEETINGS = Entry("meetings", "When do you meet?", "On Tuesdays.", ("When do you meet?",))
KNOWLEDGE = KnowledgeBase(
    "Brewers",
    (FEE, MEETINGS),
    (OffTopic("pay", "pay", ("is it paid", "do you pay")),),
    Vocabulary({}),
    version="1",
)
NEW = Taught(1, "where", "Where do you meet?", "At the pier.")


def entry(items: tuple[Taught, ...], entry_id: str, knowledge: KnowledgeBase = KNOWLEDGE) -> Entry:
    return laid_over(knowledge, items).knowledge.entry(entry_id)


def test_nothing_taught_leaves_the_knowledge_as_it_is() -> None:
    assert laid_over(KNOWLEDGE, ()).knowledge is KNOWLEDGE


def test_a_new_entry_joins_the_others_and_changes_the_version() -> None:
    laid = laid_over(KNOWLEDGE, (NEW,))

    assert laid.standings == {1: Standing.NEW_ENTRY}
    assert laid.knowledge.entries[:2] == KNOWLEDGE.entries
    assert laid.knowledge.entry("where").phrasings == ("Where do you meet?",)
    assert laid.knowledge.version not in {"1", laid_over(KNOWLEDGE, (replace(NEW, answer="Here."),)).knowledge.version}


def test_a_phrasing_alone_keeps_the_answer_with_its_source() -> None:
    grown = entry((Taught(1, "fee", "how much do I pay", None),), "fee")

    assert grown == replace(FEE, phrasings=(*FEE.phrasings, "how much do I pay"))


def test_another_answer_replaces_the_entrys_with_its_source_and_image() -> None:
    pictured = replace(KNOWLEDGE, entries=(replace(FEE, image=Image("https://x.example/a.png", "A coin.")), MEETINGS))
    grown = entry((Taught(1, "fee", "how much do I pay", "Thirty."),), "fee", pictured)

    assert (grown.answer, grown.source_section, grown.image, grown.is_taught) == ("Thirty.", None, None, True)


def test_the_last_answer_to_an_entry_stands() -> None:
    items = (NEW, Taught(2, "where", "which place", "At the mill."), Taught(3, "where", "what address", None))

    assert entry(items, "where").answer == "At the mill."
    assert entry(items, "where").phrasings == ("Where do you meet?", "which place", "what address")


def test_a_taught_question_is_taken_from_whatever_else_has_it_but_never_its_last() -> None:
    items = (
        Taught(1, "meetings", "Membership fee?", None),
        Taught(2, "fee", "when do you meet", None),
        Taught(3, "pay", "is it paid", "No."),
        Taught(4, "new", "do you pay", "No."),
    )
    laid = laid_over(replace(KNOWLEDGE, off_topics=(OffTopic("work", "work", ("is it paid", "jobs")),)), items)

    assert laid.knowledge.entry("fee").phrasings == ("What does it cost?", "when do you meet")
    assert "When do you meet?" not in laid.knowledge.entry("meetings").phrasings
    assert laid.knowledge.off_topic("work").phrasings == ("jobs",)
    assert entry((Taught(1, "fee", "when do you meet", None),), "meetings").phrasings == ("When do you meet?",)


def test_an_entry_takes_the_place_of_an_off_topic_subject_with_its_id() -> None:
    laid = laid_over(KNOWLEDGE, (Taught(1, "pay", "is it paid", "No."),))

    assert laid.knowledge.entry("pay").answer == "No."
    assert laid.knowledge.off_topics == ()


def test_a_phrasing_of_a_taught_entry_stays_one_when_that_was_changed_later() -> None:
    items = (Taught(2, "where", "which place", None), replace(NEW, answer="At the mill."))
    laid = laid_over(KNOWLEDGE, items)

    assert laid.standings == {1: Standing.NEW_ENTRY, 2: Standing.PHRASING}
    assert (laid.knowledge.entry("where").question, laid.knowledge.entry("where").answer) == (
        "Where do you meet?",
        "At the mill.",
    )


def test_an_earlier_answer_is_no_longer_looked_for_in_the_folder() -> None:
    items = (Taught(1, "fee", "membership fee", "Thirty."), Taught(2, "fee", "What does it cost?", "Twenty."))

    assert set(laid_over(KNOWLEDGE, items).standings.values()) == {Standing.IN_FOLDER}


@pytest.mark.parametrize(
    "item",
    [
        Taught(1, "fee", "Membership  fee?", None),
        Taught(1, "gone", "membership fee", None),  # its entry has another id by now
        Taught(1, "gone", "what does it cost", "Twenty.\n"),
        Taught(1, "fee", "What does it cost?", "Twenty."),
    ],
)
def test_what_the_folder_says_too_is_left_to_it(item: Taught) -> None:
    laid = laid_over(KNOWLEDGE, (item,))

    assert laid.standings == {1: Standing.IN_FOLDER}
    assert laid.knowledge is KNOWLEDGE


@pytest.mark.parametrize(
    "item",
    [
        Taught(1, "meetings", "membership fee", None),
        Taught(1, "fee", "membership fee", "Thirty."),
        Taught(1, "fee", "membership dues", "Twenty."),
    ],
)
def test_what_the_folder_says_differently_stays_taught(item: Taught) -> None:
    assert laid_over(KNOWLEDGE, (item,)).standings == {1: Standing.PHRASING}


def test_without_its_entry_an_answer_makes_one_and_a_phrasing_does_nothing() -> None:
    items = (Taught(1, "gone", "who brews", None), Taught(2, "lost", "who is the brewer", "Ann."))
    laid = laid_over(KNOWLEDGE, items)

    assert laid.standings == {1: Standing.WITHOUT_ENTRY, 2: Standing.NEW_ENTRY}
    assert laid.knowledge.entry("lost").phrasings == ("who is the brewer",)
