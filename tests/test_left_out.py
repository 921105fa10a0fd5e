"""To leave a phrasing out by calculation comes to what a matcher says that has never learned it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.decision import AnswerWith, Decision, Refuse, decide
from bot.matching.left_out import LeftOut
from bot.matching.matcher import Matcher, Ranking, read_phrasings
from bot.starter import create_knowledge

CHANCE = random.Random(7)  # noqa: S311 - no secret


@pytest.fixture(scope="module")
def shipped() -> KnowledgeBase:
    return load_knowledge()


@pytest.fixture
def bakery(tmp_path: Path) -> KnowledgeBase:
    create_knowledge(tmp_path / "bakery", today=date(2026, 11, 23))
    return load_knowledge(tmp_path / "bakery")


def left_out(knowledge: KnowledgeBase) -> LeftOut:
    lexicon = read_phrasings(knowledge)
    return LeftOut(knowledge, lexicon=lexicon, matcher=Matcher(knowledge, lexicon=lexicon))


def owners_and_phrasings(knowledge: KnowledgeBase) -> list[tuple[str, str]]:
    owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
    return [(owner.id, text) for owner in owners for text in owner.phrasings]


def never_learned(knowledge: KnowledgeBase, position: int) -> Ranking:
    """Return what a matcher says that has learned all phrasings but one."""
    lexicon = read_phrasings(knowledge)
    owner_id, asked = owners_and_phrasings(knowledge)[position]

    def rest(id_: str, phrasings: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text for text in phrasings if (id_, text) != (owner_id, asked))

    fewer = replace(
        knowledge,
        entries=tuple(replace(entry, phrasings=rest(entry.id, entry.phrasings)) for entry in knowledge.entries),
        off_topics=tuple(replace(each, phrasings=rest(each.id, each.phrasings)) for each in knowledge.off_topics),
    )
    return Matcher(fewer, lexicon=lexicon.without({position})).rank_as_read(asked, lexicon.phrasings[position])


def confidences(ranking: Ranking) -> dict[str, float]:
    return {candidate.entry_id: candidate.confidence for candidate in ranking.candidates}


def test_a_phrasing_left_out_ranks_as_if_it_had_never_been_learned(shipped: KnowledgeBase) -> None:
    together = left_out(shipped)
    for position in CHANCE.sample(range(len(owners_and_phrasings(shipped))), 6):
        calculated, learned = together.rank(position), never_learned(shipped, position)

        assert confidences(calculated) == pytest.approx(confidences(learned), abs=0.03)
        assert calculated.candidates[0].explanation.phrasing == learned.candidates[0].explanation.phrasing
        assert calculated.candidates[0].explanation.unexplained == learned.candidates[0].explanation.unexplained


def test_in_a_small_knowledge_base_it_comes_near(bakery: KnowledgeBase) -> None:
    together = left_out(bakery)
    for position in CHANCE.sample(range(len(owners_and_phrasings(bakery))), 30):
        calculated, learned = confidences(together.rank(position)), confidences(never_learned(bakery, position))

        assert {id_: calculated[id_] for id_ in calculated.keys() & learned.keys()} == pytest.approx(
            {id_: learned[id_] for id_ in calculated.keys() & learned.keys()}, abs=0.15
        )


def taken_by_another(knowledge: KnowledgeBase, decisions: dict[int, Decision]) -> Iterator[int]:
    entries = {entry.id for entry in knowledge.entries}
    owners = [owner for owner, _ in owners_and_phrasings(knowledge)]
    for position, decision in decisions.items():
        match decision:
            case AnswerWith(candidate=taker) if taker.entry_id != owners[position]:
                yield position
            case Refuse(subject=subject) if subject and owners[position] in entries:
                yield position


@pytest.mark.parametrize("name", ["shipped", "bakery"])
def test_the_fast_look_at_all_misses_none_that_a_close_look_at_each_would_find(
    name: str, request: pytest.FixtureRequest
) -> None:
    knowledge: KnowledgeBase = request.getfixturevalue(name)
    together = left_out(knowledge)
    contested = together.contested()
    positions = range(len(owners_and_phrasings(knowledge)))
    decisions = {position: decide(together.rank(position)) for position in positions}

    assert {*taken_by_another(knowledge, decisions)} <= {*contested}
    assert len(contested) < len(positions) / 10
