"""What teaching something would change, before it is saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering import Answering
from bot.authoring.trying_out import Taken, Trial, try_out
from bot.knowledge.taught import Taught
from lighthouse import answering_from, name_subject, write_knowledge

NIGHT = "Does a keeper work at night?"
FERRY = Taught(1, "ferry", "When does the ferry leave?", "At **nine**.")


@pytest.fixture
def now(tmp_path: Path) -> Answering:
    return answering_from(name_subject(write_knowledge(tmp_path / "knowledge")))


def trial(now: Answering, wanted: Taught) -> Trial:
    return try_out(now, now.knowledge, (), wanted)


def test_something_new_takes_nothing_and_would_be_answered(now: Answering) -> None:
    found = trial(now, FERRY)

    assert (found.taken, found.broken) == ((), ())
    assert found.entry.answer == "At **nine**."
    assert found.answering.answer("when does the ferry leave").topics == ("ferry",)
    assert now.answer("when does the ferry leave").topics == ()


def test_a_question_that_an_entry_answers_now_would_be_taken_from_it(now: Answering) -> None:
    found = trial(now, replace(FERRY, question="does a keeper work at night"))

    assert Taken("does a keeper work at night", "night-shift", NIGHT) in found.taken


def test_a_question_that_is_refused_now_would_be_taken_from_its_subject(now: Answering) -> None:
    found = trial(now, replace(FERRY, question="what does a keeper earn"))

    assert found.taken[0] == Taken("what does a keeper earn", "salary", "salaries")


def test_a_phrasing_of_an_entry_that_resembles_the_question_would_be_taken(now: Answering) -> None:
    found = trial(now, replace(FERRY, question="when do keepers sleep at night"))

    assert "night-shift" in {taken.owner_id for taken in found.taken}


def test_an_example_that_would_go_wrong_is_named_unless_it_does_already(tmp_path: Path) -> None:
    folder = write_knowledge(tmp_path / "knowledge")
    faq = folder / "faq.yaml"
    examples = "    examples:\n      - when do the keepers go to sleep\n      - what is the price of bread\n"
    faq.write_text(faq.read_text(encoding="utf-8").replace("off_topic:", f"{examples}off_topic:"), encoding="utf-8")
    now = answering_from(name_subject(folder))

    found = trial(now, replace(FERRY, question="when do the keepers go to sleep"))

    assert [example.text for example in found.broken] == ["when do the keepers go to sleep"]
