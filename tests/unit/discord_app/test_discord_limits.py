"""Whatever the knowledge says within its limits can be said on Discord within its own."""

from __future__ import annotations

from dataclasses import replace

import discord
from hypothesis import given
from hypothesis import strategies as st
from sendable import ANSWERS, LINES, MAX_LINK, NAMES, OUTCOMES, SOURCES, assert_sendable, entries, several, texts

from bot.answering import MAX_ANSWERS
from bot.discord_app.asking.buttons import (
    TopicMenu,
    for_everybody,
    for_one,
    for_post,
    render_topics,
)
from bot.discord_app.asking.commands import choices_of
from bot.discord_app.asking.removal import render_not_the_asker, render_not_the_author
from bot.discord_app.asking.replies import render
from bot.discord_app.asking.texts import (
    render_bare_call,
    render_elsewhere,
    render_help,
    render_hidden_quote,
    render_hidden_text,
    render_may_not_write,
    render_said_already,
    render_too_many_questions,
)
from bot.discord_app.forms import layout_of
from bot.discord_app.job_postings.texts import render_job_description
from bot.discord_app.moderation.edits import render_not_the_owner
from bot.discord_app.page import (
    Page,
    render_answer_gone,
    render_failure,
    render_gone_topic,
    render_storage_away,
    shorten,
)
from bot.discord_app.privacy.texts import render_forgotten, render_not_all_forgotten
from bot.discord_app.unanswered.overview import render_being_read, render_no_texts_kept
from bot.discord_app.voting.vote_button import render_vote_counted
from bot.knowledge.file_format import (
    MAX_ANSWER_LENGTH,
    MAX_JOB_DESCRIPTION_LENGTH,
    MAX_NAME_LENGTH,
    MAX_QUESTION_LENGTH,
)
from bot.knowledge.job_description import as_markdown
from bot.knowledge.model import Entry, KnowledgeBase, RoleProfile, RoleSection, Source, Vocabulary
from bot.outcomes import Answer, Answered, Outcome
from fake_discord.validation import check_body


def listed(page: Page) -> list[str]:
    return [option.value for menu in page.items if isinstance(menu, TopicMenu) for option in menu.item.options]


@given(outcome=OUTCOMES)
def test_any_outcome_stays_within_discords_limits(outcome: Outcome) -> None:
    reply = render(outcome)

    if isinstance(reply, Page):
        longest_id = 2**64 - 1
        assert_sendable(reply)
        assert_sendable(for_everybody(reply, longest_id))
        assert_sendable(for_one(reply, in_server=True))
        assert_sendable(for_post(reply, longest_id))
        assert_sendable(for_everybody(reply.headed(f"-# Posted for <@{longest_id}>"), longest_id))
        assert_sendable(render_said_already(reply, f"https://discord.com/channels/{longest_id}/1/{longest_id}"))


@given(answers=st.lists(ANSWERS, min_size=1, max_size=MAX_ANSWERS, unique_by=lambda answer: answer.entry.id))
def test_no_answer_is_left_out(answers: list[Answer]) -> None:
    page = render(Answered(tuple(answers), 0.9, ()))

    assert isinstance(page, Page)
    assert [card.title for card in page.cards] == [answer.entry.question for answer in answers]
    assert [card.text for card in page.cards] == [answer.entry.answer for answer in answers]


@given(known=several(entries(100), 1, 150))
def test_any_list_of_topics_stays_within_discords_limits(known: tuple[Entry, ...]) -> None:
    page = render_topics(known)

    assert_sendable(page)
    assert_sendable(for_everybody(page, 1))
    assert listed(page) == [entry.id for entry in known][:125]


@given(known=several(entries(100), 0, 40))
def test_any_suggestions_while_typing_stay_within_discords_limits(known: tuple[Entry, ...]) -> None:
    choices = [choice.to_dict() for choice in choices_of(known)]

    check_body(
        "POST /interactions/{interaction_id}/{interaction_token}/callback", {"type": 8, "data": {"choices": choices}}
    )
    assert len(choices) == min(25, len({shorten(entry.question, 100) for entry in known}))


@given(source=SOURCES, text=texts(MAX_JOB_DESCRIPTION_LENGTH - 3 * MAX_NAME_LENGTH), role=NAMES, heading=NAMES)
def test_any_job_description_stays_within_discords_limits(
    source: Source | None, text: str, role: str, heading: str
) -> None:
    profile = RoleProfile(role, (RoleSection("definition", heading, text, ()),))
    knowledge = KnowledgeBase(role, (), (), Vocabulary({}), "", source=source, role=profile)

    page = render_job_description(knowledge)

    assert_sendable(page)
    assert page.cards[0].text == as_markdown(profile)


@given(name=NAMES, about=st.none() | LINES, role=st.none() | st.just(RoleProfile("Keeper", ())))
def test_any_help_stays_within_discords_limits(name: str, about: str | None, role: RoleProfile | None) -> None:
    assert_sendable(render_help(KnowledgeBase(name, (), (), Vocabulary({}), "", about=about, role=role)))


@given(name=NAMES)
def test_all_else_it_says_stays_within_discords_limits(name: str) -> None:
    for page in (
        render_bare_call(name),
        render_hidden_text("<@1234567890123456789>"),
        render_hidden_quote(),
        render_failure(),
        render_gone_topic(),
        render_storage_away(),
        render_too_many_questions(),
        render_elsewhere(range(2**64 - 500, 2**64)),
        render_elsewhere(()),
        render_vote_counted(helpful=True),
        render_answer_gone(),
        render_not_the_asker(),
        render_not_the_author(),
        render_may_not_write(in_thread=True),
        render_forgotten(questions=0, votes=0, taught=0),
        render_forgotten(questions=10**9, votes=10**9, taught=10**9),
        render_not_all_forgotten(),
        render_not_the_owner(),
        render_no_texts_kept(),
        render_being_read(),
    ):
        assert_sendable(page)
        assert "\n" not in page.content


@given(text=st.text(), limit=st.integers(1, 300))
def test_a_text_is_cut_only_if_it_is_too_long_and_shows_that_it_was(text: str, limit: int) -> None:
    short = shorten(text, limit)

    assert len(short) <= limit
    assert short == text or (len(text) > limit and short.endswith("…"))
    assert text.startswith(short.removesuffix("…").rstrip())


ENTRY = Entry("night", "Does a keeper work at night?", "Most nights.", (), source_section="Nights")


def test_the_longest_answers_fit_together_into_one_message_the_long_ones_cut() -> None:
    source = Source("p" * MAX_NAME_LENGTH, "t" * MAX_QUESTION_LENGTH, f"https://a.example/{'a' * (MAX_LINK - 18)}")
    longest = replace(ENTRY, question="q" * MAX_QUESTION_LENGTH, source_section="s" * MAX_QUESTION_LENGTH)
    answers = [
        Answer(replace(longest, id=str(length), answer="a" * length), (), source)
        for length in (MAX_JOB_DESCRIPTION_LENGTH, MAX_ANSWER_LENGTH, 50)
    ]

    page = render(Answered(tuple(answers), 0.9, ()))

    assert isinstance(page, Page)
    assert_sendable(page)
    texts = [child.content for child in layout_of(page).walk_children() if isinstance(child, discord.ui.TextDisplay)]
    assert 3900 < sum(map(len, texts)) <= 4000
    assert texts[-2].endswith(f"\n{'a' * 50}")


def test_no_more_than_twenty_five_suggestions_are_made_while_typing() -> None:
    known = [replace(ENTRY, id=str(number), question=f"What is {number}?") for number in range(40)]

    assert [choice.value for choice in choices_of(known)] == [entry.id for entry in known[:25]]


def test_of_more_topics_than_the_menus_hold_the_first_are_offered() -> None:
    known = [replace(ENTRY, id=str(number), question=f"What is {number}?") for number in range(150)]

    page = render_topics(known)

    assert_sendable(page)
    assert listed(page) == [entry.id for entry in known[:125]]


def test_of_two_suggestions_that_would_read_the_same_the_first_is_made() -> None:
    known = [replace(ENTRY, question="q" * 150), replace(ENTRY, id="other", question="q" * 160)]

    assert [choice.value for choice in choices_of(known)] == ["night"]
