from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from home_brewers import FAQ, write_faq
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering import MAX_ANSWERS, Answering, UnknownTopic
from bot.encoders.installed import InstalledEncoders
from bot.knowledge.loading import load_knowledge
from bot.knowledge.manners import manners
from bot.matching.corpus import Floats
from bot.matching.decision import MAX_SUGGESTIONS
from bot.matching.matcher import Matcher
from bot.matching.meaning import Encoders
from bot.matching.text import MAX_MESSAGE_LENGTH
from bot.outcomes import Answered, Label, Outcome, Social, Suggested, Unanswered
from lighthouse import answering_from

ASKED_BY_THE_ARTICLE = {
    "tpm-vs-pm": ("What is the difference between a TPM and a PM?", "What is the diference between a TPM and a PM?"),
    "coding": ("Does a TPM need to code?", "Does a TPM need to cdoe?"),
    "management": (
        "Is Technical Product Manager a management position?",
        "Is Technical Product Manager a managment position?",
    ),
}


def answered(outcome: Outcome) -> list[str]:
    return [answer.entry.id for answer in outcome.answers] if isinstance(outcome, Answered) else []


@pytest.mark.parametrize(
    ("id_", "question"),
    [
        (id_, spelling)
        for id_, (verbatim, mistyped) in ASKED_BY_THE_ARTICLE.items()
        for spelling in (verbatim, verbatim.lower(), mistyped, mistyped.lower())
    ],
)
def test_what_the_article_asks_itself_is_answered(answering: Answering, id_: str, question: str) -> None:
    assert answered(answering.answer(question)) == [id_]


@pytest.mark.parametrize(
    ("id_", "question"),
    [
        ("definition", "What is a TPM?"),
        ("definition", "whats a tpm"),
        ("responsibilities", "<@123456789012345678> what does a TPM do all day?"),
        ("requirements", "**What** are the _requirements_ to become a technical product manager?"),
        ("jd", "can you show me the job description"),
        ("degree", "Do I need a degree?"),
        ("entry-level", "can i be a tpm right at the start of my career"),
        ("requirements", "wat r the reqs pls"),
        ("degree", "u need a degree 4 this?"),
        ("coding", "y do tpms code"),
    ],
)
def test_a_plain_question_is_answered(answering: Answering, id_: str, question: str) -> None:
    assert answered(answering.answer(question)) == [id_]


def test_each_topic_answers_the_question_it_is_shown_with(answering: Answering) -> None:
    entries = answering.knowledge.entries

    assert {entry.question: answered(answering.answer(entry.question)) for entry in entries} == {
        entry.question: [entry.id] for entry in entries
    }


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("what is the salary of a TPM", "salary"),
        ("What is the salary of a TPM?", "salary"),
        ("how do I enable TPM in the BIOS", "trusted-platform-module"),
        ("How do I enable TPM in the BIOS?", "trusted-platform-module"),
    ],
)
def test_a_question_of_another_subject_is_not_answered_and_the_subject_named(
    answering: Answering, question: str, subject: str
) -> None:
    outcome = answering.answer(question)

    assert isinstance(outcome, Unanswered)
    assert outcome.off_topic is not None
    assert outcome.off_topic.id == subject


@pytest.mark.parametrize(
    "question", ["what does a scrum master do all day", "Do project managers need a degree?", "what is a product owner"]
)
def test_a_question_about_what_is_mistaken_for_the_role_is_not_answered(answering: Answering, question: str) -> None:
    assert answered(answering.answer(question)) == []


def test_a_role_that_is_compared_with_the_own_one_is_answered(answering: Answering) -> None:
    assert answered(answering.answer("how does a TPM differ from a product manager")) == ["tpm-vs-pm"]


@pytest.mark.parametrize(
    "message",
    ["thanks", "Thanks!", "thx", "tysm", "ty", "thank you so much", "great, thanks", "cheers mate"],
)
def test_thanks_are_returned_with_an_emoji(answering: Answering, message: str) -> None:
    outcome = answering.answer(message)

    assert outcome == Social("thanks", "💙")
    assert isinstance(outcome, Social)
    assert outcome.reaction == "💙"


def test_a_greeting_is_returned_in_words(answering: Answering) -> None:
    outcome = answering.answer("Good morning everyone!")

    assert isinstance(outcome, Social)
    assert outcome.kind == "hello"
    assert outcome.reply.startswith("Hello! I answer questions about **the Technical Product Manager role**.")
    assert outcome.reaction is None
    assert (outcome.label, outcome.topics, outcome.decisions) == (Label.social, (), ())


def test_what_is_social_is_known_without_answering(answering: Answering) -> None:
    assert answering.read("who are you?").is_social
    assert not answering.read("hi, does a tpm code?").is_social
    assert not answering.read("").is_social


def test_an_entry_that_says_who_the_community_is_says_so_itself(tmp_path: Path) -> None:
    entry = "  who:\n    question: Who are you?\n    answer: A club of home brewers.\n"
    brewers = answering_from(write_faq(tmp_path / "brewers", FAQ + entry))

    assert answered(brewers.answer("Who are you?")) == ["who"]
    assert answered(brewers.answer("hi, who r u?")) == ["who"]
    assert isinstance(brewers.answer("are you a bot?"), Social)


@pytest.fixture(scope="module")
def brewers(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    faq = FAQ.replace(
        "    answer: Twenty dollars a year.\n",
        "    answer: Twenty dollars a year.\n    related: [meetings]\n",
    )
    return answering_from(write_faq(tmp_path_factory.mktemp("club") / "brewers", faq))


def test_more_on_an_answer_offers_what_is_related(brewers: Answering) -> None:
    outcome = brewers.answer("tell me more", after=["membership"])

    assert isinstance(outcome, Social)
    assert (outcome.kind, outcome.reply) == ("more", "Maybe one of these?")
    assert [entry.id for entry in outcome.offers] == ["meetings"]


def test_more_on_an_answer_without_related_entries_says_that_there_is_none(brewers: Answering) -> None:
    assert brewers.answer("and for that?", after=["meetings"]) == Social("more", "That's all I have on that.")


@pytest.mark.parametrize("after", [[], ["gone"]])
def test_more_on_nothing_asks_what_is_meant(brewers: Answering, after: list[str]) -> None:
    outcome = brewers.answer("tell me more", after=after)

    assert isinstance(outcome, Social)
    assert outcome.reply.startswith("More about what?")


class Unasked:
    """An encoder that nothing must ask."""

    name = "minilm"

    def encode(self, texts: Sequence[str]) -> Floats:
        raise AssertionError(texts)

    encode_knowledge = encode


def test_manners_need_no_encoder() -> None:
    knowledge = load_knowledge()
    encoders = Encoders(english=Unasked(), multilingual=Unasked())
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge, encoders=encoders))

    assert isinstance(answering.answer("ありがとう"), Social)
    assert isinstance(answering.answer("hello, what can you do?"), Social)


@pytest.mark.parametrize(
    "message", ["lol same", "hello", "good morning everyone!", "qwrtz plmk", "the the the", "1 2 3"]
)
def test_small_talk_and_noise_are_not_answered(answering: Answering, message: str) -> None:
    assert answered(answering.answer(message)) == []


@pytest.mark.parametrize("message", ["", "  \n", "🎉", "<@123>", "?!", "https://example.com", "\u200b"])
def test_a_message_without_words_is_unanswered_without_a_subject(answering: Answering, message: str) -> None:
    assert answering.answer(message) == Unanswered(None, 0.0, ())


@pytest.mark.parametrize(
    "message",
    [
        "Does a TPM need to code? Is Technical Product Manager a management position?",
        "does a tpm need to code, and is technical product manager a management position",
        "Hi all!\n- Does a TPM need to code?\n- Is Technical Product Manager a management position?\nThanks!",
    ],
)
def test_two_questions_in_one_message_are_both_answered_in_their_order(answering: Answering, message: str) -> None:
    assert answered(answering.answer(message)) == ["coding", "management"]


def test_a_question_is_read_with_the_message_around_it(answering: Answering) -> None:
    assert answered(answering.answer("Would that be a problem?")) == []
    assert answered(answering.answer("I have no degree. Would that be a problem?")) == ["degree"]


@pytest.mark.parametrize(
    "message",
    ["I have no degree. What is a TPM?", "What is a TPM? I have no degree.", "no degree here\nwhat is a tpm\nthanks!"],
)
def test_a_question_that_stands_alone_is_answered_whatever_is_around_it(answering: Answering, message: str) -> None:
    assert answered(answering.answer(message)) == ["definition"]


def test_the_same_question_twice_is_answered_once(answering: Answering) -> None:
    assert answered(answering.answer("Does a TPM need to code? does a tpm need to code?")) == ["coding"]


def test_many_questions_are_answered_up_to_a_limit(answering: Answering) -> None:
    message = "\n".join(entry.question for entry in answering.knowledge.entries)

    assert len(answered(answering.answer(message))) == MAX_ANSWERS


def test_beside_an_answer_it_says_what_else_was_asked_and_is_not_known(answering: Answering) -> None:
    outcome = answering.answer("Does a TPM need to code? And what is the salary of a TPM?")

    assert isinstance(outcome, Answered)
    assert answered(outcome) == ["coding"]
    assert [subject.id for subject in outcome.declined] == ["salary"]


def test_an_answer_comes_with_its_related_topics_and_its_source(answering: Answering) -> None:
    knowledge = answering.knowledge
    for entry in knowledge.entries:
        answer = answering.topic(entry.id)
        assert answer.entry == entry
        assert tuple(related.id for related in answer.related) == entry.related
        assert answer.source == knowledge.source


def test_a_topic_that_does_not_exist_is_said_to_be_unknown(answering: Answering) -> None:
    with pytest.raises(UnknownTopic, match="astrology"):
        answering.topic("astrology")


@pytest.mark.parametrize("message", ["1", "ok", "banana", "why not?", "lol same!", "salary\n"])
def test_what_is_not_answered_once_is_not_answered_when_said_often(answering: Answering, message: str) -> None:
    for times in (1, 2, 20, 1000):
        assert answered(answering.answer(f"{message} " * times)) == []


def test_gibberish_gets_no_suggestions_however_long(answering: Answering) -> None:
    for count in (3, 30, 300):
        gibberish = " ".join(f"qx{number:b}zj".translate({48: "v", 49: "k"}) for number in range(count))
        assert isinstance(answering.answer(gibberish), Unanswered)


@pytest.mark.parametrize("limit", [0, 1, 5, 25])
@pytest.mark.parametrize(
    "typed", ["", " ", "c", "code", "diff", "Does a TPM", "what's", "salary", "???", "🎉", "x" * 4000]
)
def test_suggestions_while_typing_keep_to_the_limit_without_repeating(
    answering: Answering, typed: str, limit: int
) -> None:
    suggested = answering.complete(typed, limit)

    assert len(suggested) <= limit
    assert len({entry.id for entry in suggested}) == len(suggested)


def test_without_text_all_topics_are_suggested_in_their_order(answering: Answering) -> None:
    entries = answering.knowledge.entries

    assert answering.complete("", 100) == entries
    assert answering.complete(" <@123> ", 3) == entries[:3]


@pytest.mark.parametrize(
    ("typed", "id_"),
    [
        ("difference", "tpm-vs-pm"),
        ("Does a TPM need to c", "coding"),
        ("Is Technical Prod", "management"),
        ("job desc", "jd"),
        ("do i have to program", "coding"),
    ],
)
def test_the_topic_that_a_half_written_question_is_after_comes_first(
    answering: Answering, typed: str, id_: str
) -> None:
    assert answering.complete(typed, 5)[0].id == id_


def test_it_works_with_one_entry_and_no_other_subjects() -> None:
    shipped = load_knowledge()
    coding = replace(shipped.entry("coding"), related=())
    knowledge = replace(shipped, entries=(coding,), off_topics=())
    small = Answering(knowledge=knowledge, matcher=Matcher(knowledge))

    assert answered(small.answer("Does a TPM need to code?")) == ["coding"]
    assert small.complete("code", 5) == (coding,)
    assert small.complete("x", 5) == ()


@pytest.fixture(scope="module")
def understanding() -> Answering:
    """An answering service with the encoders that are installed."""
    knowledge = load_knowledge()
    matcher = Matcher(knowledge, encoders=InstalledEncoders(folder=None))
    return Answering(knowledge=knowledge, matcher=matcher)


@pytest.mark.parametrize(
    ("message", "id_"),
    [
        ("Does a TPM need to code?", "coding"),  # by its words
        ("braucht man als TPM ein Studium?", "degree"),  # by its meaning
        ("how do I enable TPM in the BIOS", None),
        ("", None),
    ],
)
async def test_an_answer_made_beside_the_event_loop_is_the_same(
    understanding: Answering, message: str, id_: str | None
) -> None:
    outcome = await understanding.read(message).answer_beside()

    assert outcome == understanding.answer(message)
    assert answered(outcome) == ([id_] if id_ else [])


async def test_how_sure_an_answer_has_to_be_holds_beside_the_event_loop_too(understanding: Answering) -> None:
    for message in ("Does a TPM need to code?", "braucht man als TPM ein Studium?"):
        assert answered(await understanding.read(message).answer_beside(min_confidence=1.0)) == []


def test_other_knowledge_is_learned_with_the_same_encoders(understanding: Answering) -> None:
    knowledge = understanding.knowledge
    fewer = replace(knowledge, off_topics=())
    other = Answering(knowledge=fewer, matcher=understanding.learn(fewer))

    assert answered(other.answer("braucht man als TPM ein Studium?")) == ["degree"]


words = st.sampled_from(
    ["tpm", "code", "salary", "what", "is", "a", "do", "I", "need", "degree?", "and", "hello!", "bios", "\n", "qwertz"]
)


@settings(deadline=None)
@given(message=st.text() | st.lists(words | st.text(max_size=8), max_size=40).map(" ".join))
def test_any_message_has_one_of_four_outcomes(answering: Answering, message: str) -> None:
    outcome = answering.answer(message)

    assert 0 <= outcome.confidence <= 1
    assert outcome == answering.answer(message)
    match outcome:
        case Answered(answers):
            assert 1 <= len(answers) <= MAX_ANSWERS
            assert len({answer.entry.id for answer in answers}) == len(answers)
        case Suggested(entries):
            assert 1 <= len(entries) <= MAX_SUGGESTIONS
            assert len({entry.id for entry in entries}) == len(entries)
        case Unanswered():
            pass
        case Social(kind, reply):
            assert kind in manners()
            assert reply


@pytest.mark.parametrize(
    "message",
    ["a " * 4000, "(" * 2000, "?" * 4000, "a" * 4000, "\ufdfa" * 2000, "z\u0334\u0351\u0322" * 1000],
)
def test_the_worst_of_messages_is_not_answered(answering: Answering, message: str) -> None:
    assert answered(answering.answer(message)) == []


def test_what_stands_beyond_the_limit_is_not_answered(answering: Answering) -> None:
    assert answered(answering.answer("?" * MAX_MESSAGE_LENGTH + "Does a TPM need to code?")) == []
