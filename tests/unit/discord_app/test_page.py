"""What people read: answers, suggestions, refusals."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.discord_app.asking.buttons import AllTopicsButton, SuggestionButton, TopicButton, render_answers
from bot.discord_app.asking.replies import render
from bot.discord_app.asking.texts import render_help
from bot.discord_app.handoff.button import AskHumanButton, Kind, QuestionKey
from bot.discord_app.job_postings.texts import render_job_description
from bot.discord_app.page import Page, Reaction
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import Entry, Link, OffTopic, Source
from bot.matching.decision import Refuse
from bot.matching.matcher import Ranking
from bot.outcomes import Answer, Answered, Outcome, Social, Suggested, Unanswered

ENTRY = Entry("night", "Does a keeper work at night?", "Most nights.", (), source_section="Nights")
DAY = replace(ENTRY, id="day", question="And by day?")
SOURCE = Source("The Society", "On keeping a [light]", "https://a.example/(light)")
SALARY = OffTopic("salary", "salaries", ())
ASKED = Refuse(None, Ranking("xqzt", (), None, (), (), threshold=0.6), threshold=0.6)


def topic_buttons(page: Page) -> list[TopicButton | SuggestionButton]:
    return [item for item in page.items if isinstance(item, TopicButton | SuggestionButton)]


def labels(page: Page) -> list[str | None]:
    buttons = [getattr(item, "item", item) for item in page.items]
    return [button.label for button in buttons if isinstance(button, discord.ui.Button)]


def render_answer(answer: Answer) -> Page:
    return render_answers(Answered((answer,), confidence=1.0, decisions=()))


def test_nothing_of_the_shipped_knowledge_is_cut() -> None:
    knowledge = load_knowledge()
    assert "…" not in render_job_description(knowledge).cards[0].text
    for entry in knowledge.entries:
        page = render_answer(Answer(entry, tuple(map(knowledge.entry, entry.related)), knowledge.source))

        assert page.cards[0].title == entry.question
        assert page.cards[0].text == entry.answer
        assert labels(page) == [knowledge.entry(id_).question for id_ in entry.related]


def test_the_source_is_linked_and_brackets_do_not_break_the_link() -> None:
    page = render_answer(Answer(ENTRY, (), SOURCE))

    linked = "The Society, [On keeping a (light)](<https://a.example/%28light%29>)"
    assert page.cards[0].source == f"{linked} · Nights"


def test_a_source_without_an_address_is_named_without_a_link() -> None:
    page = render_answer(Answer(ENTRY, (), replace(SOURCE, url=None)))

    assert page.cards[0].source == "The Society, On keeping a [light] · Nights"


@pytest.mark.parametrize("length", [540, 550, 560, 600, 2000])
def test_an_address_too_long_for_discord_is_left_out_rather_than_cut(length: int) -> None:
    far = f"https://a.example/{'a' * (length - 18)}"

    page = render_answer(Answer(replace(ENTRY, links=(Link("Far", far),)), (), replace(SOURCE, url=far)))

    [card] = page.cards
    assert card.links == ()
    assert card.source in {
        f"The Society, [On keeping a (light)](<{far}>) · Nights",
        "The Society, On keeping a [light] · Nights",
    }
    assert len(card.source) <= 620


def test_an_answer_without_a_source_shows_none() -> None:
    page = render_answer(Answer(ENTRY, (), None))

    assert page.cards[0].source == ""


def test_an_answer_without_a_section_names_its_source_alone() -> None:
    page = render_answer(Answer(replace(ENTRY, source_section=None), (), replace(SOURCE, url=None)))

    assert page.cards[0].source == "The Society, On keeping a [light]"


def test_help_says_what_the_knowledge_is_about() -> None:
    knowledge = replace(load_knowledge(), name="Riverside Home Brewers", about="We brew beer at home.", role=None)

    [help_] = render_help(knowledge).cards

    assert help_.text.startswith("I answer questions about **Riverside Home Brewers**. We brew beer at home.\n")
    assert "/jd" not in help_.text
    assert "`/jd`" in render_help(load_knowledge()).cards[0].text


def test_related_topics_that_are_answered_in_the_same_message_are_not_offered() -> None:
    page = render(Answered((Answer(ENTRY, (DAY,), SOURCE), Answer(DAY, (ENTRY,), SOURCE)), 0.9, ()))

    assert isinstance(page, Page)
    assert page.items == ()


def test_what_else_a_message_asks_is_declined_or_offered_beside_the_answer() -> None:
    outcome = Answered((Answer(ENTRY, (), SOURCE),), 0.9, (), suggestions=(DAY,), declined=(SALARY,))

    page = render(outcome)

    assert isinstance(page, Page)
    assert page.content.startswith("I don't have anything on salaries.\nI'm not sure about the rest.")
    assert [(type(item), item.topic_id) for item in topic_buttons(page)] == [(TopicButton, "day")]


def test_thanks_beside_a_question_need_no_words() -> None:
    thanks = OffTopic("thanks", "thanks", (), reaction="💙")

    page = render(Answered((Answer(ENTRY, (), SOURCE),), 0.9, (), declined=(thanks,)))

    assert isinstance(page, Page)
    assert page.content == ""


def test_the_buttons_of_a_suggestion_turn_it_into_the_answer_and_others_do_not() -> None:
    suggested = render(Suggested((DAY,), 0.3, ()))
    answered = render_answer(Answer(ENTRY, (DAY,), SOURCE))

    assert isinstance(suggested, Page)
    assert [(type(item), item.topic_id) for item in topic_buttons(suggested)] == [(SuggestionButton, "day")]
    assert [item.item.style for item in topic_buttons(suggested)] == [discord.ButtonStyle.gray]
    assert [(type(item), item.topic_id) for item in topic_buttons(answered)] == [(TopicButton, "day")]


@pytest.mark.parametrize(
    ("outcome", "reply"),
    [
        (Unanswered(replace(SALARY, reaction="💙"), 0.0, ()), Reaction("💙")),
        (Social("thanks", "💙"), Reaction("💙")),
        (Social("hello", "Hello **there**!"), Page(content="Hello **there**!")),
    ],
)
def test_what_asks_nothing_is_met_with_words_or_a_reaction(outcome: Outcome, reply: Page | Reaction) -> None:
    assert render(outcome) == reply


def test_who_asks_for_more_gets_related_questions_as_buttons() -> None:
    page = render(Social("more", "Maybe one of these?", offers=(DAY,)))

    assert isinstance(page, Page)
    assert page.content == "Maybe one of these?"
    assert [(type(item), item.topic_id) for item in topic_buttons(page)] == [(TopicButton, "day")]


@pytest.mark.parametrize(
    ("outcome", "help_channel", "content"),
    [
        (Unanswered(SALARY, 0.0, ()), 5, "I don't have anything on salaries."),
        (Unanswered(replace(SALARY, reply="Ask elsewhere."), 0.0, ()), None, "Ask elsewhere."),
        (Unanswered(None, 0.0, (ASKED,)), None, "I don't know the answer to that."),
        (Unanswered(None, 0.0, (ASKED,)), 5, "I don't know the answer to that. Try <#5>."),
        (Unanswered(None, 0.0, ()), 5, "I don't see a question there."),
    ],
)
def test_a_refusal_is_one_sentence_with_a_button_that_lists_the_topics(
    outcome: Outcome, help_channel: int | None, content: str
) -> None:
    page = render(outcome, help_channel=help_channel)

    assert isinstance(page, Page)
    assert page.content == content
    assert [type(item) for item in page.items] == [AllTopicsButton]


@pytest.mark.parametrize(
    ("outcome", "is_offered"),
    [
        (Suggested((DAY,), 0.3, ()), True),
        (Unanswered(SALARY, 0.0, ()), True),
        (Unanswered(None, 0.0, (ASKED,)), True),
        (Unanswered(None, 0.0, ()), False),
        (Answered((Answer(ENTRY, (), SOURCE),), confidence=1.0, decisions=()), False),
    ],
)
def test_a_human_is_offered_for_a_question_without_an_answer(outcome: Outcome, is_offered: bool) -> None:  # noqa: FBT001
    human = AskHumanButton(1, QuestionKey(Kind.message, 2, 3))

    page = render(outcome, human=human)

    assert isinstance(page, Page)
    assert (human in page.items) is is_offered
