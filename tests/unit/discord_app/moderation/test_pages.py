"""What moderators read: bars, explanations, numbers and settings, within Discord's limits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sendable import assert_sendable

from bot.answering import Answering
from bot.discord_app.job_postings.texts import (
    PostState,
    render_job_description,
    render_job_posts,
    render_preview,
    render_refresh_preview,
    render_refreshed,
    render_section_choices,
    version_of,
)
from bot.discord_app.moderation.explanation import render_explanation
from bot.discord_app.moderation.statistics import BAR_WIDTH, bar, render_statistics
from bot.discord_app.page import Page
from bot.discord_app.permissions import PERMISSION_NAMES, MissingPermission, render_missing_permission
from bot.discord_app.posts import Edit
from bot.discord_app.server_settings.texts import describe_settings
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.language.languages import Language
from bot.language.speech import speaking
from bot.matching.matcher import Matcher
from bot.storage.job_posts import JobPost, JobPostOptions
from bot.storage.servers import ServerSettings
from bot.storage.statistics import Count, Event

SHIPPED = load_knowledge()
SECTIONS = SHIPPED.role.sections if SHIPPED.role else ()
LONGEST = 2**64 - 1
POSTED = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return SHIPPED


@pytest.fixture(scope="module")
def answering() -> Answering:
    return Answering(knowledge=SHIPPED, matcher=Matcher(SHIPPED))


def assert_fits(page: Page) -> None:
    """Hold a page within Discord's limits, with no text of it cut."""
    assert_sendable(page)
    assert len(page.content) + sum(len(card.heading + card.text + card.footer) for card in page.cards) <= 4000


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_bar_is_as_long_as_its_share_and_something_is_never_nothing(amount: int, most: int) -> None:
    drawn = bar(amount, most)

    assert len(drawn) <= BAR_WIDTH
    assert bool(drawn) == (amount > 0)
    assert (drawn == "█" * BAR_WIDTH) or amount < most
    assert set(drawn[:-1]) <= {"█"}


def test_a_bar_grows_by_eighths() -> None:
    assert [bar(amount, 16, width=2) for amount in (1, 4, 8, 12, 16)] == ["▏", "▌", "█", "█▌", "██"]


def test_the_numbers_stand_below_one_another_with_their_topics_by_question(knowledge: KnowledgeBase) -> None:
    counts = [
        Count("", Event.asked, 12),
        Count("coding", Event.answered, 8),
        Count("gone-topic", Event.answered, 2),
        Count("", Event.refused, 1),
        Count("coding", Event.helpful, 3),
        Count("coding", Event.unhelpful, 1),
        Count("", Event.deleted, 1),
    ]

    page = render_statistics(counts, knowledge, 30)
    lines = page.cards[0].text.splitlines()

    assert lines[1] == f"{'█' * 6} 12 Questions"
    assert lines[2] == "█████  10 Answers given"
    assert "Helpful: 3 of 4 votes (75%)" in lines
    assert "Answers deleted: 1" in lines
    assert "██████ 8 Does a TPM need to code?" in lines
    assert "█▌     2 gone-topic" in lines


def test_no_numbers_are_said_to_be_none(knowledge: KnowledgeBase) -> None:
    assert "Nobody asked me anything" in render_statistics([], knowledge, 7).content


@given(st.lists(st.builds(Count, st.text(max_size=40), st.sampled_from(Event), st.integers(1, 10**9)), max_size=300))
def test_any_numbers_stay_within_discords_limits(counts: list[Count]) -> None:
    page = render_statistics(counts, SHIPPED, 365)

    assert_fits(page)
    text = page.cards[0].text if page.cards else ""
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("minimum", [None, 0.9])
@pytest.mark.parametrize(
    "question",
    [
        "does a tpm code?",
        "does a tpm code? and is it a management position? what is the salary?",
        "is a tpm a *manager* or `__init__` " * 40 + "?",
        "?? ".join(["what does a tpm do all day"] * 60),
        "xqzt vlrm wpfk",
        "team work",
    ],
)
def test_any_explanation_stays_within_discords_limits(
    answering: Answering, question: str, minimum: float | None
) -> None:
    page = render_explanation(answering.answer(question, min_confidence=minimum))

    assert_fits(page)


def test_an_explanation_names_the_servers_own_measure(answering: Answering) -> None:
    outcome = answering.answer("does a tpm code?", min_confidence=0.9)

    assert "an answer needs 90%" in render_explanation(outcome).cards[0].text


@given(st.frozensets(st.integers(LONGEST - 100, LONGEST), max_size=25), st.booleans())
def test_any_settings_stay_within_discords_limits(channels: frozenset[int], private: bool) -> None:  # noqa: FBT001
    assert_fits(Page(describe_settings(ServerSettings(channels or "all", channels, private, 0.9))))


@pytest.mark.parametrize("permission", PERMISSION_NAMES)
def test_a_missing_permission_is_named_in_one_line_with_who_can_grant_it(permission: str) -> None:
    for missing in (MissingPermission(permission), MissingPermission(permission, is_the_bots=True, channel_id=1)):
        content = render_missing_permission(missing).content
        assert f"**{PERMISSION_NAMES[permission]}**" in content
        assert "**Manage Roles**" in content
        assert "\n" not in content


def states(count: int) -> list[PostState]:
    options = JobPostOptions(company="*" * 100, location="_" * 100)
    return [PostState(JobPost(LONGEST - n, LONGEST, LONGEST, options, "v", POSTED), n % 2 == 0) for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, 10, 500])
def test_any_number_of_posts_stays_within_discords_limits(knowledge: KnowledgeBase, count: int) -> None:
    found = states(count)
    page = render_job_description(knowledge)

    assert_fits(render_job_posts(found))
    assert_fits(render_refresh_preview(page, found or states(1), gone=count))
    lacking = [
        MissingPermission("send_messages", is_the_bots=True, channel_id=state.post.channel_id) for state in found
    ]
    assert_fits(render_refreshed([*lacking, *(count * [*Edit])]))


def test_the_longest_options_fit_and_what_was_typed_stays_text(knowledge: KnowledgeBase) -> None:
    link = f"https://a.example/{'a' * 380}"
    options = JobPostOptions(company="*" * 100, location="`" * 100, link=link, left_out=frozenset({"contact"}))

    page = render_job_description(knowledge, options)

    assert_fits(page)
    assert_fits(render_preview(page, LONGEST))
    assert "…" not in page.cards[0].text
    assert f"Company: {chr(92)}*" in page.cards[0].text


def test_the_version_of_a_post_is_that_of_what_it_says(knowledge: KnowledgeBase) -> None:
    plain, acme = render_job_description(knowledge), render_job_description(knowledge, JobPostOptions(company="Acme"))

    assert version_of(plain) == version_of(render_job_description(knowledge))
    assert version_of(plain) != version_of(acme)
    assert len(version_of(plain)) == 64


@given(st.text(max_size=60) | st.lists(st.sampled_from(["contact", "Requirements", "inter", "x"])).map(",".join))
def test_any_choices_of_sections_stay_within_discords_limits(typed: str) -> None:
    choices = render_section_choices(typed, SECTIONS)

    assert len(choices) <= 25
    assert all(1 <= len(text) <= 100 for choice in choices for text in choice)
    assert unique(name for name, _ in choices)


def test_each_section_left_out_is_offered_under_its_own_name() -> None:
    ids = [section.id for section in SECTIONS]

    for taken in range(len(ids)):
        choices = render_section_choices(",".join([*ids[:taken], ""]), SECTIONS)
        offered = [value.split(",")[-1] for _, value in choices if len(value.split(",")) > taken]
        assert offered == [id_ for id_ in ids[taken:] if len(",".join([*ids[:taken], id_])) <= 100]


def test_sections_are_listed_as_in_the_language_being_spoken_and_read_so() -> None:
    with speaking(Language("ja")):
        choices = render_section_choices("contact、requirements", SECTIONS)

    headings = {section.id: section.heading for section in SECTIONS}
    assert choices[0] == (f"{headings['contact']}、{headings['requirements']}", "contact,requirements")


def unique(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(listed) == len(set(listed))
