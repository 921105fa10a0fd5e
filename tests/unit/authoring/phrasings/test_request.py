from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from home_brewers import FAQ, write_faq

from bot.authoring.phrasings.reply import read_reply
from bot.authoring.phrasings.request import make_request
from bot.authoring.requests import Request, UnknownId
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.matching.meaning import Encoders
from lighthouse import write_knowledge

OFF_TOPIC = "off_topic:\n  wine:\n    name: wine and cider\n    phrasings: [how do I make cider]\n"


@pytest.fixture
def knowledge(tmp_path: Path) -> KnowledgeBase:
    return load_knowledge(write_faq(tmp_path / "ours", FAQ + OFF_TOPIC))


def ids_of(knowledge: KnowledgeBase) -> set[str]:
    return {*(entry.id for entry in knowledge.entries), *(subject.id for subject in knowledge.off_topics)}


def request(knowledge: KnowledgeBase, *ids: str, count: int = 40, per_request: int = 8) -> Request:
    made = make_request(knowledge, Encoders(), own=ids_of(knowledge), ids=ids, count=count, per_request=per_request)
    assert made is not None
    return made


def test_the_model_gets_question_answer_and_what_is_there_already(knowledge: KnowledgeBase) -> None:
    text = request(knowledge).text

    assert "**Riverside Home Brewers**" in text
    assert "## membership\n\nQuestion: How much is the membership fee?\n\nAnswer:\n> Twenty dollars a year.\n" in text
    assert "Has already:\n- How much is the membership fee?\n" in text
    assert "write 40 phrasings" in text
    assert "- wine: wine and cider" in text


def test_all_the_entries_that_fit_in_are_asked_for_and_the_rest_later(knowledge: KnowledgeBase) -> None:
    first = request(knowledge, per_request=2)

    assert (first.asked, first.later) == (("meetings", "beginners"), ("membership",))
    assert "\n## membership" not in first.text
    assert "- membership: How much is the membership fee? Twenty dollars a year." in first.text


def test_the_entries_named_are_asked_for_in_that_order(knowledge: KnowledgeBase) -> None:
    named = request(knowledge, "membership", "meetings", "membership", per_request=1)

    assert (named.asked, named.later) == (("membership", "meetings"), ("beginners",))


def test_an_entry_with_enough_phrasings_is_asked_for_only_by_name(knowledge: KnowledgeBase) -> None:
    many = replace(knowledge.entries[0], phrasings=tuple(f"way {number}" for number in range(8)))
    grown = replace(knowledge, entries=(many, *knowledge.entries[1:]))

    assert request(grown, count=10).asked == ("beginners", "membership")
    assert request(grown, "meetings", count=10).asked == ("meetings",)
    assert (
        make_request(replace(grown, entries=(many,)), Encoders(), own={many.id}, ids=(), count=10, per_request=8)
        is None
    )


def test_an_off_topic_subject_can_be_asked_for(knowledge: KnowledgeBase) -> None:
    text = request(knowledge, "wine").text

    assert "## wine\n\nAn off-topic subject." in text
    assert 'off_topic:\n  wine:\n    phrasings:\n      - "…"' in text


def test_each_entry_names_those_it_is_mistaken_for(tmp_path: Path) -> None:
    knowledge = load_knowledge(write_knowledge(tmp_path / "lighthouse"))

    assert "Easily confused with: definition (What is a lighthouse keeper?)" in request(knowledge, "duties").text


def test_an_unknown_id_is_refused_with_the_one_that_may_be_meant(knowledge: KnowledgeBase) -> None:
    with pytest.raises(UnknownId, match=r"^This folder has no entry member. Do you mean membership\?$"):
        request(knowledge, "member")


@pytest.mark.parametrize("ids", [(), ("membership",), ("wine",), ("meetings", "wine")])
def test_a_reply_in_the_form_shown_is_understood(knowledge: KnowledgeBase, ids: tuple[str, ...]) -> None:
    made = request(knowledge, *ids)
    shown = made.text.split("```yaml\n")[1].split("```")[0].replace("…\n", "").replace('"…"', '"some words"')

    reply = read_reply(
        f"```yaml\n{shown}```", questions={e.id: e.question for e in knowledge.entries}, off_topics=frozenset({"wine"})
    )

    assert {each.id for each in reply.proposals} == {*made.asked[:2]}
    assert all(each.phrasings == ["some words"] * 2 for each in reply.proposals)
    assert [(each.id, each.name) for each in reply.subjects] == [("an-id", "some words")]
    assert reply.unknown == {}


def test_the_parts_of_the_phrasings_asked_for_add_up(knowledge: KnowledgeBase) -> None:
    for count in (5, 20, 40, 100):
        text = request(knowledge, count=count).text
        parts = [int(line.split()[1]) for line in text.split("phrasings, about\n")[1].splitlines()[:6]]
        assert abs(sum(parts) + 1 - count) <= 2, (count, parts)


def test_what_is_shared_with_other_servers_is_not_asked_for(knowledge: KnowledgeBase) -> None:
    made = make_request(knowledge, Encoders(), own={"meetings"}, ids=(), count=40, per_request=8)

    assert made is not None
    assert (made.asked, made.later) == (("meetings",), ())
    assert "wine: wine and cider" not in made.text
    with pytest.raises(UnknownId):
        make_request(knowledge, Encoders(), own={"meetings"}, ids=("membership",), count=40, per_request=8)
