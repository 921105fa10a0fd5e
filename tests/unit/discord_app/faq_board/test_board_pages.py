"""A board as messages: its sections, what fits into one, and what tells that a message is out of date."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sendable import LINES, NAMES, assert_sendable, components_of, entries, several

from bot.discord_app.asking.buttons import TopicButton
from bot.discord_app.faq_board.texts import (
    MAX_MESSAGES,
    MAX_QUESTIONS,
    MAX_SHOWN,
    BoardState,
    render_board,
    render_offer,
    render_state,
    version_of,
)
from bot.discord_app.page import Page
from bot.discord_app.permissions import MissingPermission
from bot.discord_app.posts import Whereabouts
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import Entry, KnowledgeBase, RoleProfile, RoleSection, Vocabulary
from fake_discord.components import walk

SHIPPED = load_knowledge()


def known(count: int, *, role_sections: int = 0) -> KnowledgeBase:
    entries = tuple(Entry(f"e{number}", f"Question {number}?", "Answer.", ()) for number in range(count))
    sections = tuple(RoleSection(entry.id, entry.question, "Text.", ()) for entry in entries[:role_sections])
    role = RoleProfile("Cellar Keeper", sections) if sections else None
    return KnowledgeBase("Home brewing", entries, (), Vocabulary({}), "1", role=role)


def topics(*pages: Page) -> list[str]:
    items = [item for page in pages for card in page.cards for item in card.items]
    return [item.topic_id for item in items if isinstance(item, TopicButton)]


def test_every_shipped_question_is_on_the_board_in_sections() -> None:
    [page] = render_board(SHIPPED)

    assert [card.title for card in page.cards] == ["Technical Product Manager", "More questions"]
    assert topics(page) == [entry.id for entry in SHIPPED.entries]


def test_a_section_goes_on_in_the_next_message() -> None:
    pages = render_board(known(MAX_QUESTIONS + 3, role_sections=MAX_QUESTIONS + 1))

    assert [[card.title for card in page.cards] for page in pages] == [
        ["Cellar Keeper"],
        ["Cellar Keeper (continued)", "More questions"],
    ]


def test_without_a_role_there_is_one_list_in_the_order_of_the_knowledge() -> None:
    [page] = render_board(known(3))

    assert [card.title for card in page.cards] == [""]
    assert topics(page) == ["e0", "e1", "e2"]


def test_only_the_first_message_says_what_the_board_is() -> None:
    first, second = render_board(known(MAX_QUESTIONS + 1))

    assert first.content.startswith("### Frequently asked questions\n")
    assert second.content == ""
    assert [len(topics(page)) for page in (first, second)] == [MAX_QUESTIONS, 1]


@pytest.mark.parametrize(("more", "said"), [(1, "1 more question"), (7, "7 more questions")])
def test_a_board_that_is_full_points_to_the_list_for_the_rest(more: int, said: str) -> None:
    pages = render_board(known(MAX_SHOWN + more))

    assert len(pages) == MAX_MESSAGES
    assert topics(*pages) == [f"e{number}" for number in range(MAX_SHOWN)]
    assert pages[-1].cards[-1].text == f"I can answer {said}. Use `/faq` to see them."


def test_a_board_that_is_just_full_points_nowhere() -> None:
    assert [card.text for page in render_board(known(MAX_SHOWN)) for card in page.cards if card.text] == []


def test_without_questions_there_is_no_board() -> None:
    assert render_board(known(0)) == ()


def test_a_version_tells_of_questions_and_not_of_answers() -> None:
    knowledge = known(2)
    first, second = knowledge.entries
    [page] = render_board(knowledge)

    def version(*entries: Entry) -> str:
        return version_of(render_board(replace(knowledge, entries=entries))[0])

    assert version(first, second) == version_of(page)
    assert version(first, replace(second, answer="Another.")) == version_of(page)
    assert version(first, replace(second, question="Another?")) != version_of(page)
    assert version(first, replace(second, id="another")) != version_of(page)
    assert version(second, first) != version_of(page)


@settings(max_examples=25, deadline=None)
@given(shown=several(entries(20), 1, 100), name=NAMES, title=LINES, of_role=st.integers(0, 60))
def test_any_board_stays_within_discords_limits(shown: tuple[Entry, ...], name: str, title: str, of_role: int) -> None:
    sections = tuple(RoleSection(entry.id, entry.question, "", ()) for entry in shown[:of_role])
    role = RoleProfile(title[:60], sections) if sections else None

    for page in render_board(KnowledgeBase(name, shown, (), Vocabulary({}), "1", role=role)):
        assert_sendable(page)
        assert len(walk(components_of(page))) <= 40


@given(count=st.integers(0, 120))
def test_what_a_moderator_reads_fits_into_a_message(count: int) -> None:
    missing = MissingPermission("view_channel", is_the_bots=True, channel_id=2**63)
    state = BoardState(2**63, Whereabouts(2**63, 2**63, 2**63), 1000, 6, deleted=6, is_current=False, missing=missing)

    for page in (render_offer(state, [state] * count), render_state(state, [state] * count, head="Please try again.")):
        assert_sendable(page)
