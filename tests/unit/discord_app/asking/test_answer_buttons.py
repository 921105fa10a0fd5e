"""Buttons below answers: their custom_ids fit, and name everything a click needs."""

from __future__ import annotations

import re
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sendable import components_of

from bot.discord_app.asking.buttons import (
    Answers,
    SuggestionButton,
    TopicButton,
    TopicMenu,
    for_everybody,
    for_one,
    for_post,
    render_answers,
    render_topics,
)
from bot.discord_app.forms import parameters_of
from bot.discord_app.page import Page
from bot.discord_app.voting.vote_button import VoteButton
from bot.knowledge.file_format import MAX_ID_LENGTH, MAX_LINKS
from bot.knowledge.model import Entry, Link
from bot.language.languages import Language
from bot.outcomes import Answer, Answered

LONGEST_SNOWFLAKE = 2**64 - 1

snowflakes = st.integers(0, LONGEST_SNOWFLAKE) | st.just(LONGEST_SNOWFLAKE)
topic_ids = st.from_regex(rf"[a-z0-9]{{1,{MAX_ID_LENGTH}}}", fullmatch=True) | st.just("a" * MAX_ID_LENGTH)
pages = st.lists(topic_ids, min_size=1, max_size=3, unique=True).map(lambda ids: Page("an answer", topics=tuple(ids)))


def custom_ids(page: Page) -> list[str]:
    return [item.custom_id for item in page.items if isinstance(item, discord.ui.DynamicItem)]


def templates(custom_id: str) -> list[type[discord.ui.DynamicItem[Any]]]:
    """Return the buttons that would take a click as theirs."""
    items: tuple[Any, ...] = (*Answers.items, VoteButton)
    return [item for item in items if re.fullmatch(item.__discord_ui_compiled_template__, custom_id)]


@given(page=pages, owner=snowflakes)
def test_each_button_fits_and_is_taken_by_one_kind_of_button(page: Page, owner: int) -> None:
    for whole in (for_everybody(page, owner), for_one(page, in_server=True), for_post(page, owner)):
        for custom_id in custom_ids(whole):
            assert len(custom_id) <= 100
            assert len(templates(custom_id)) == 1, custom_id


@given(page=pages)
def test_an_answer_can_be_posted_publicly_only_if_all_of_it_can(page: Page) -> None:
    published = [custom_id for custom_id in custom_ids(for_one(page, in_server=True)) if "publish" in custom_id]

    topics = ",".join(page.topics)
    fitting = [whole for whole in (f"publish:en~{topics}", f"publish:{topics}") if len(whole) <= 100]
    assert published == fitting[:1]


@given(owner=snowflakes, topic=topic_ids)
def test_a_suggestion_in_public_says_whose_it_is_and_in_which_language(owner: int, topic: str) -> None:
    button = SuggestionButton(topic, "label", language=Language("pt-BR"))
    [custom_id] = custom_ids(for_everybody(Page("?", items=(button,)), owner))[:1]

    assert len(custom_id) <= 100
    match = re.fullmatch(SuggestionButton.__discord_ui_compiled_template__, custom_id)
    assert match
    assert (match["owner"], match["language"], match["topic"]) == (str(owner), "pt-BR", topic)


def test_each_answer_has_its_links_and_all_share_a_row_of_related_entries_and_one_of_votes() -> None:
    links = tuple(Link(f"Link {number}", "https://a.example") for number in range(MAX_LINKS))
    related = tuple(Entry(id_, id_, "", ()) for id_ in ("jd", "degree", "contact", "one too many"))
    ids = ("coding", "management", "methods")
    answers = (Answer(Entry(id_, id_, "", (), links=links), related, None) for id_ in ids)
    page = for_everybody(render_answers(Answered(tuple(answers), 0.9, ())), 7)

    *cards, offers, votes = components_of(page)

    rows = [part for card in cards for part in card["components"] if part["type"] == 1]
    assert [[button["label"] for button in row["components"]] for row in rows] == [[each.label for each in links]] * 3
    assert [button["custom_id"] for button in offers["components"]] == ["topic:jd", "topic:degree", "topic:contact"]
    assert [button["custom_id"] for button in votes["components"]] == [
        "vote:up:coding,management,methods",
        "vote:down:coding,management,methods",
        "delete:7",
    ]


def test_whoever_asked_for_the_longest_list_can_delete_it() -> None:
    page = render_topics([Entry(str(number), f"{number}?", "Yes.", ()) for number in range(200)])

    assert custom_ids(for_everybody(page, 7))[-1] == "delete:7"


def test_what_is_no_answer_has_no_buttons() -> None:
    page = Page("I don't know.")

    assert for_everybody(page, 7).items == for_one(page, in_server=True).items == ()


def test_a_private_answer_has_no_delete_or_needless_post_button() -> None:
    page = Page("an answer", topics=("coding",))

    assert [custom_id.partition(":")[0] for custom_id in custom_ids(for_one(page, in_server=True))] == [
        "vote",
        "vote",
        "publish",
    ]
    assert [custom_id.partition(":")[0] for custom_id in custom_ids(for_one(page, in_server=False))] == ["vote", "vote"]


@pytest.mark.parametrize(
    "page",
    [
        Page("an answer", topics=("coding",), items=(TopicButton("degree", "label"),)),
        Page("a suggestion", items=(SuggestionButton("coding", "label"),)),
        Page("a list", items=(TopicMenu(0, [discord.SelectOption(label="label", value="coding")]),)),
    ],
    ids=lambda page: page.content,
)
async def test_discord_py_keeps_no_view_that_it_has_sent(page: Page) -> None:
    view = parameters_of(for_everybody(page, 7))["view"]

    assert view
    assert view.is_finished()  # it keeps only those that aren't
