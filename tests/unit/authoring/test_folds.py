"""What becomes of phrasings that weren't learned, and what that lets one expect."""

from __future__ import annotations

from dataclasses import replace

from bot.authoring.folds import expect, leave_out
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.meaning import Encoders


def cut(knowledge: KnowledgeBase, count: int) -> KnowledgeBase:
    return replace(
        knowledge,
        entries=tuple(replace(entry, phrasings=entry.phrasings[:count]) for entry in knowledge.entries),
        off_topics=tuple(replace(subject, phrasings=subject.phrasings[:count]) for subject in knowledge.off_topics),
    )


def test_each_phrasing_is_left_out_once() -> None:
    knowledge = cut(load_knowledge(), 6)
    left_out = [(each.owner.id, each.text) for each in leave_out(knowledge)]

    owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
    assert sorted(left_out) == sorted((owner.id, text) for owner in owners for text in owner.phrasings)


def test_an_owner_with_a_single_phrasing_keeps_it() -> None:
    assert list(leave_out(cut(load_knowledge(), 1))) == []
    assert expect(cut(load_knowledge(), 1), Encoders()) is None


def test_phrasings_that_share_nothing_promise_nothing() -> None:
    knowledge = cut(load_knowledge(), 4)
    strange = replace(
        knowledge,
        entries=tuple(
            replace(entry, phrasings=tuple(f"qx{number}{place}zz vw{place}{number}" for place in range(4)))
            for number, entry in enumerate(knowledge.entries)
        ),
    )

    known, unknown = expect(knowledge, Encoders()), expect(strange, Encoders())

    assert known is not None
    assert unknown is not None
    assert 0.2 < known.right <= known.offered <= 1
    assert unknown.right == 0


def test_the_entry_whose_phrasings_share_nothing_is_the_weakest() -> None:
    first, *others = cut(load_knowledge(), 6).entries
    strange = replace(first, phrasings=tuple(f"qx{place}zz vw{place}" for place in range(6)))

    expected = expect(replace(load_knowledge(), entries=(strange, *others)), Encoders())

    assert expected
    assert expected.weakest == first.id


def test_what_to_expect_is_a_plain_sentence() -> None:
    expected = expect(cut(load_knowledge(), 4), Encoders())

    assert str(expected).startswith("At 4 phrasings per entry, expect about ")
    assert str(expected).endswith(" to be answered or offered.")
