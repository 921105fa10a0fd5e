from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from home_brewers import write_faq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from translated import translate

from bot.answering import Answering
from bot.knowledge.loading import load_knowledge
from bot.language.languages import Language
from bot.matching.matcher import Matcher
from bot.terminal.chat import Chat, history_file, typed_lines
from bot.terminal.outcomes import open_console

ENTER, UP, DOWN, CONTROL_C, CONTROL_D = "\r", "\x1b[A", "\x1b[B", "\x03", "\x04"


@pytest.fixture
def chat(knowledge_dir: Path) -> Chat:
    knowledge = load_knowledge(knowledge_dir)
    return Chat(answering=Answering(knowledge=knowledge, matcher=Matcher(knowledge)), console=open_console())


class Conversation:
    """What a chat says to each of the lines that are typed."""

    def __init__(self, chat: Chat, capsys: pytest.CaptureFixture[str]) -> None:
        self._chat = chat
        self._capsys = capsys

    def says(self, *lines: str) -> list[str]:
        said = []
        for line in lines:
            self._chat.run([line])
            said.append(self._capsys.readouterr().out)
        return said


@pytest.fixture
def conversation(chat: Chat, capsys: pytest.CaptureFixture[str]) -> Conversation:
    return Conversation(chat, capsys)


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        yield keyboard


def typed(keyboard: PipeInput, history: Path, *keys: str) -> list[str]:
    """Return the lines that keys make, those of each line pressed after the line before, and Control-D at the end."""
    lines = typed_lines(history)
    read = []
    for line in keys:
        keyboard.send_text(line + ENTER)
        read.append(next(lines))
    keyboard.send_text(CONTROL_D)
    return [*read, *lines]


def test_the_greeting_says_what_it_is_about_and_how_to_go_on(chat: Chat, capsys: pytest.CaptureFixture[str]) -> None:
    chat.greet()

    greeting = capsys.readouterr().out
    assert "Ask me about Lighthouse Keeper." in " ".join(greeting.split())
    assert {"/faq", "/help", "/quit"} <= set(greeting.split())


def test_the_conversation_is_in_the_language_of_the_last_question(
    knowledge_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    translate(knowledge_dir)
    knowledge = load_knowledge(knowledge_dir)
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))
    conversation = Conversation(Chat(answering=answering, console=open_console()), capsys)
    faq = "Arbeitet ein Wärter nachts?"

    before, answer, after, picked, english = conversation.says("/faq", faq, "/faq", "1", "what are a keeper's duties?")

    assert (faq in before, faq in answer, faq in after) == (False, True, True)
    assert "Leuchtturmwärter" in picked
    assert "clean the lens" in english


def test_the_language_of_the_conversation_can_be_chosen(
    knowledge_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    translate(knowledge_dir)
    knowledge = load_knowledge(knowledge_dir)
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))
    chat = Chat(answering=answering, console=open_console(), language=Language("de"))

    [faq, answer] = Conversation(chat, capsys).says("/faq", "Does a keeper work at night?")

    assert "Was sind die Aufgaben eines Wärters?" in faq
    assert "meistens" in answer


def test_without_a_role_there_is_no_command_for_the_job_description(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    knowledge = load_knowledge(write_faq(tmp_path / "brewers"))
    chat = Chat(answering=Answering(knowledge=knowledge, matcher=Matcher(knowledge)), console=open_console())

    chat.respond("/help")
    chat.respond("/jd")

    assert "/jd" not in chat.commands
    out = capsys.readouterr().out
    assert "job" not in out
    assert "There's no command '/jd'." in out


def test_a_question_is_answered_with_numbered_topics_to_go_on_with(conversation: Conversation) -> None:
    [said] = conversation.says("Does a keeper work at night?")

    assert "Yes, most nights." in said
    assert said.endswith("Related\n  1. What is a lighthouse keeper?\n")


def test_a_number_picks_from_what_was_offered_last(conversation: Conversation) -> None:
    _, first, second = conversation.says("Does a keeper work at night?", "1", "1")

    assert first.startswith("What is a lighthouse keeper?\n")
    assert second.startswith("What are a keeper's duties?\n")


def test_all_topics_can_be_listed_and_picked(conversation: Conversation) -> None:
    topics, picked = conversation.says("/faq", "5")

    assert [line.split(". ")[1] for line in topics.splitlines()] == [
        "What is a lighthouse keeper?",
        "What are a keeper's duties?",
        "Is there a job description?",
        "Whom can I write to?",
        "Does a keeper work at night?",
    ]
    assert picked.startswith("Does a keeper work at night?\n")


@pytest.mark.parametrize("number", ["0", "6", "06", "9" * 5000, "\N{ARABIC-INDIC DIGIT FIVE}"])
def test_a_number_that_was_not_offered_is_not_picked(conversation: Conversation, number: str) -> None:
    _, said = conversation.says("/faq", number)

    assert said == "Pick a number from 1 to 5.\n"


def test_a_number_before_anything_was_offered_is_told_from_a_question(conversation: Conversation) -> None:
    [said] = conversation.says("1")

    assert said == "There is nothing to pick from yet. /faq shows what I know.\n"


def test_after_a_refusal_the_last_offers_still_stand(conversation: Conversation) -> None:
    *_, picked = conversation.says("Does a keeper work at night?", "What does a keeper earn?", "1")

    assert picked.startswith("What is a lighthouse keeper?\n")


def test_the_job_description_is_shown(conversation: Conversation) -> None:
    [said] = conversation.says("/jd")

    lines = [line.strip() for line in said.splitlines()]
    assert {"Lighthouse Keeper", "Duties", "• clean the lens", "Write to the society."} <= set(lines)
    assert "https://lighthouse.example/keeping" in said


def test_why_explains_the_last_question_also_after_something_was_picked(conversation: Conversation) -> None:
    _, why, _, still = conversation.says("Does a keeper work at night?", "/why", "1", "/why")

    assert "answered with night-shift" in why
    assert still == why


def test_more_on_an_answer_offers_what_is_related_by_number(conversation: Conversation) -> None:
    _, more, picked = conversation.says("Does a keeper work at night?", "tell me more", "1")

    assert more == "Maybe one of these?\n  1. What is a lighthouse keeper?\n"
    assert picked.startswith("What is a lighthouse keeper?")


def test_why_also_explains_manners(conversation: Conversation) -> None:
    hello, why = conversation.says("hello!", "/why")

    assert hello.startswith("Hello! I answer questions about Lighthouse Keeper.")
    assert "manners: hello" in why


@pytest.mark.parametrize("before", [(), ("?!",)])
def test_why_has_nothing_to_explain_before_a_question(conversation: Conversation, before: tuple[str, ...]) -> None:
    *_, said = conversation.says(*before, "/why")

    assert said == "There's nothing to explain yet. Ask me something.\n"


def test_help_lists_the_commands(conversation: Conversation) -> None:
    [said] = conversation.says("/help")

    assert [line.split()[0] for line in said.splitlines()[1:]] == ["/faq", "/jd", "/why", "/help", "/quit"]


def test_commands_may_be_shouted_and_have_something_behind_them(conversation: Conversation) -> None:
    assert conversation.says("/HELP", "/help me") == conversation.says("/help", "/help")


def test_an_unknown_command_is_told_and_not_printed_as_it_is(conversation: Conversation) -> None:
    [said] = conversation.says("/\x1b[31m[red]")

    assert said == "There's no command '/\\x1b[31m[red]'. /help lists them all.\n"


@pytest.mark.parametrize("farewell", ["/quit", "/exit", "quit", " Exit "])
def test_a_farewell_ends_the_conversation(chat: Chat, capsys: pytest.CaptureFixture[str], farewell: str) -> None:
    chat.run(["/help", farewell, "/faq"])

    assert "lighthouse keeper" not in capsys.readouterr().out


def test_empty_lines_are_passed_over(conversation: Conversation) -> None:
    assert conversation.says("", "  ", "\n", "\t") == [""] * 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(st.text(st.characters(codec="utf-8"), max_size=40) | st.from_regex(r"/?\w{0,5}"), max_size=4))
def test_whatever_is_typed_the_conversation_goes_on(chat: Chat, lines: list[str]) -> None:
    chat.run(lines)


def test_lines_are_typed_until_the_end(keyboard: PipeInput, tmp_path: Path) -> None:
    assert typed(keyboard, tmp_path / "history", "what is a keeper", "/faq") == ["what is a keeper", "/faq"]


def test_control_c_gives_up_a_line_and_not_the_conversation(keyboard: PipeInput, tmp_path: Path) -> None:
    assert typed(keyboard, tmp_path / "history", f"what is{CONTROL_C}/faq") == ["/faq"]


def test_the_arrow_keys_bring_back_what_was_typed(keyboard: PipeInput, tmp_path: Path) -> None:
    lines = typed(keyboard, tmp_path / "history", "one", "two", UP + UP, UP + UP + DOWN + "!")

    assert lines == ["one", "two", "one", "one!"]


def test_what_was_typed_is_there_the_next_time_for_its_owner_alone(keyboard: PipeInput, tmp_path: Path) -> None:
    history = tmp_path / "state" / "tpm-bot" / "history"

    typed(keyboard, history, "first")
    later = typed(keyboard, history, UP)

    assert later == ["first"]
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert stat.S_IMODE(history.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("place", ["file/history", "folder", "/proc/nowhere/history", "~nobody-of-this-name/history"])
def test_where_no_history_can_be_kept_one_can_still_chat(keyboard: PipeInput, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    history = Path(place) if place[0] in "/~" else tmp_path / place

    assert typed(keyboard, history, "one", UP) == ["one", "one"]


def test_a_history_that_becomes_unwritable_ends_nothing(keyboard: PipeInput, tmp_path: Path) -> None:
    history = tmp_path / "history"
    lines = typed_lines(history)
    keyboard.send_text(f"one{ENTER}")
    first = next(lines)

    history.unlink()
    history.mkdir()
    keyboard.send_text(f"two{ENTER}{CONTROL_D}")

    assert [first, *lines] == ["one", "two"]


def test_the_history_lies_in_the_home_of_whoever_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert history_file().expanduser() == tmp_path / ".local/state/tpm-bot/history"
    assert os.fspath(history_file()).startswith("~")
