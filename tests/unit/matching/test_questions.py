from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.questions import MAX_ASKED, MAX_QUESTIONS, MAX_SENTENCES, Message, Question, read_message
from bot.matching.text import clean, sentences, words

sentence_parts = st.sampled_from(
    [
        "what is a tpm",
        "do i need a degree?",
        "hello",
        "and",
        ", and what is it",
        "!",
        "1.",
        "-",
        "\n",
        " ",
        "tell me more.",
    ]
)
messages = st.text() | st.lists(sentence_parts | st.text(max_size=6), max_size=60).map(" ".join)


def texts(message: str) -> list[str]:
    return [" ".join(words(question.text)) for question in read_message(message).questions]


def test_one_sentence_is_one_question_and_the_whole_message() -> None:
    text = "does a tpm need to code?"

    assert read_message("Does a TPM need to code?") == Message((Question(text, is_explicit=True),), whole=text)


def test_one_sentence_is_a_question_even_if_it_does_not_ask() -> None:
    assert texts("salary of a tpm") == ["salary of a tpm"]


@pytest.mark.parametrize(
    "message",
    [
        "Hi all! I studied history. Do I need a degree in computer science? Thanks a lot!",
        "hello\ni studied history\nwhether i need a degree is what i wonder\ncheers",
        "Hey folks. I studied history. So, can anyone tell me if I need a degree",
    ],
)
def test_of_several_sentences_the_one_that_asks_counts(message: str) -> None:
    read = read_message(message)

    (question,) = read.questions
    assert "need a degree" in question.text
    assert "studied history" not in question.text
    assert "studied history" in read.whole
    assert question.is_explicit


@pytest.mark.parametrize("joint", [" and ", ", and ", " and also ", " & ", ", plus ", "? And ", "?\n", "? also, "])
def test_two_questions_in_one_message_are_found_apart(joint: str) -> None:
    found = texts(f"what does a tpm do{joint}do i need a degree?")

    assert len(found) == 2
    assert found[0] == "what does a tpm do"
    assert found[1].endswith("do i need a degree")


@pytest.mark.parametrize(
    "message",
    [
        "what is the difference between a tpm and a pm?",
        "is it about sales and marketing and design?",
        "why and how?",
        "what are the skills and what?",
    ],
)
def test_an_and_inside_one_question_does_not_part_it(message: str) -> None:
    assert len(read_message(message).questions) == 1


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "1. ", "1) ", "(a) ", ""])
def test_each_line_of_a_list_is_a_question(bullet: str) -> None:
    found = texts(f"{bullet}what is a tpm\n{bullet}do i need to code\n{bullet}how do i apply")

    assert [" ".join(text.split()[-4:]) for text in found] == ["what is a tpm", "i need to code", "how do i apply"]


def test_sentences_that_do_not_ask_are_no_explicit_questions() -> None:
    found = read_message("Hello there! Nice weather today.").questions

    assert [question.is_explicit for question in found] == [False, False]


@pytest.mark.parametrize(
    "message", ["", "   \n ", "🎉🎉", "?!", "<@123>", "<:party:123> 👍", "https://example.com", "\u200b"]
)
def test_a_message_without_words_has_no_questions(message: str) -> None:
    assert read_message(message) == Message((), whole="")


def test_of_a_long_post_the_last_sentences_are_read_as_a_whole() -> None:
    background = " ".join(f"Sentence number {n} is background." for n in range(60))

    message = read_message(f"{background} I love compilers. What kind of person is that?")

    assert [question.text for question in message.questions] == ["what kind of person is that?"]
    assert message.whole.endswith("number 59 is background. i love compilers. what kind of person is that?")
    assert len(sentences(message.whole)) == MAX_SENTENCES


def test_the_whole_holds_a_question_beside_what_it_leans_on() -> None:
    message = read_message("I have no degree. Would that be a problem?")

    assert [question.text for question in message.questions] == ["would that be a problem?"]
    assert message.whole == "i have no degree. would that be a problem?"


def test_of_very_many_questions_only_some_are_looked_at_in_their_order() -> None:
    found = texts("\n".join(f"what is number{n}?" for n in range(200)))

    assert len(found) == MAX_QUESTIONS
    assert found == sorted(found)


def test_of_long_questions_the_last_ones_that_fit_are_looked_at() -> None:
    long = [f"what is {'so ' * 130}number{n}" for n in range(6)]
    longest = "x" * (2 * MAX_ASKED)

    assert texts("?\n".join(long)) == long[-2:]
    assert texts(f"{long[0]}?\n{longest}?") == [longest]


@given(messages)
def test_any_message_gives_a_few_questions_with_words(message: str) -> None:
    read = read_message(message)

    assert len(read.questions) <= MAX_QUESTIONS
    assert all(words(question.text) for question in read.questions)
    assert words(clean(message))[-3:] == words(read.whole)[-3:]
    assert bool(read.questions) == bool(words(read.whole))


@pytest.mark.parametrize(
    "hostile",
    [
        "hello. " + "1" * 22 + "x",  # each digit more doubles the time of a pattern that can read digits in two ways
        "hello. " + "," * 22 + "x",
        "hello. " + "@so" * 1300 + "x",
        "hello. " + "so and " * 600 + "x",
        "a + what " * 440,
        "what is it and what is that " * 140,
        "a, what " * 500,
        "\n".join(f"{n} what" for n in range(500)),
        "x.\n" * 1300,
        "a" + " " * 3900 + "and what",
    ],
)
def test_no_message_takes_long(hostile: str) -> None:
    started = time.process_time()
    read_message(hostile)

    assert time.process_time() - started < 0.1  # seconds
