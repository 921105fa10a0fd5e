"""What the bot says to manners, and how a community says it in its own words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from home_brewers import FAQ, write_faq

from bot.knowledge.loading import KnowledgeError, load_knowledge
from bot.knowledge.manners import is_emoji, manners, reply_of, unknown_placeholders
from bot.knowledge.model import KnowledgeBase, Source

QUESTION_FILES = [Path(__file__).parents[2] / name for name in ("questions.jsonl", "questions-frozen.jsonl")]
HANDBOOK = Source("Riverside", "Club [handbook]", "https://brewers.example/book")


@pytest.fixture
def brewers(tmp_path: Path) -> KnowledgeBase:
    return load_knowledge(write_faq(tmp_path / "brewers"))


def with_manners(tmp_path: Path, *lines: str) -> Path:
    return write_faq(tmp_path / "brewers", "\n".join([f"{FAQ}manners:", *(f"  {line}" for line in lines), ""]))


def faults(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    return [f"{fault.problem} {fault.remedy}" for fault in error.value.faults]


def test_a_reply_speaks_of_the_knowledge_by_its_name(brewers: KnowledgeBase) -> None:
    reply = reply_of(brewers, "hello")

    assert reply == "Hello! I answer questions about **Riverside Home Brewers**. What would you like to know?"


def test_what_the_knowledge_says_about_itself_is_told_to_who_asks(brewers: KnowledgeBase) -> None:
    introduced = replace(brewers, about="We brew at the river.")

    assert "**Riverside Home Brewers**. We brew at the river. `/faq` lists" in reply_of(introduced, "who-are-you")
    assert "**Riverside Home Brewers**. `/faq` lists" in reply_of(brewers, "who-are-you")


@pytest.mark.parametrize("kind", ["where-from", "who-wrote-this"])
def test_the_source_is_named_and_linked_if_there_is_one(brewers: KnowledgeBase, kind: str) -> None:
    sourced = replace(brewers, source=HANDBOOK)

    assert "Riverside, [Club (handbook)](<https://brewers.example/book>)" in reply_of(sourced, kind)
    assert "the people behind **Riverside Home Brewers**" in reply_of(brewers, kind).replace("The", "the")


@pytest.mark.parametrize("kind", manners())
def test_a_reply_leaves_no_placeholder_and_no_gap(brewers: KnowledgeBase, kind: str) -> None:
    for knowledge in (brewers, replace(brewers, about="We brew.", source=HANDBOOK)):
        reply = reply_of(knowledge, kind)

        assert reply
        assert "{" not in reply
        assert "  " not in reply
        assert not unknown_placeholders(reply)


def test_a_community_says_it_in_its_own_words(tmp_path: Path) -> None:
    knowledge = load_knowledge(with_manners(tmp_path, "hello: Welcome to {name}!", 'thanks: "🍻"'))

    assert reply_of(knowledge, "hello") == "Welcome to Riverside Home Brewers!"
    assert reply_of(knowledge, "thanks") == "🍻"
    assert reply_of(knowledge, "goodbye") == manners()["goodbye"].reply


def test_a_reply_of_ones_own_that_names_a_source_that_is_not_there_gives_way(tmp_path: Path) -> None:
    knowledge = load_knowledge(with_manners(tmp_path, "where-from: All from {source}."))

    assert reply_of(knowledge, "where-from") == reply_of(replace(knowledge, manners={}), "where-from")


def test_a_misspelled_kind_is_a_fault_with_the_kind_that_may_be_meant(tmp_path: Path) -> None:
    folder = with_manners(tmp_path, "helo: Welcome!")

    assert faults(folder) == ["There are no manners called helo. Did you mean hello?"]


def test_a_kind_that_is_like_no_other_is_a_fault_with_all_kinds(tmp_path: Path) -> None:
    [fault] = faults(with_manners(tmp_path, "weather: Look out of the window."))

    assert fault == f"There are no manners called weather. Use one of these: {', '.join(manners())}."


def test_a_misspelled_placeholder_is_a_fault_with_the_one_that_may_be_meant(tmp_path: Path) -> None:
    folder = with_manners(tmp_path, "hello: Welcome to {nam}!")

    assert faults(folder) == ["The key manners.hello has {nam} in it, which isn't a placeholder. Did you mean {name}?"]


def test_an_emoji_alone_is_told_from_text() -> None:
    texts = ["💙", "❤️", "👋🏽", "hi", "はい", "...", "💙 thanks"]

    assert [text for text in texts if is_emoji(text)] == ["💙", "❤️", "👋🏽"]


@pytest.mark.parametrize("file", QUESTION_FILES, ids=lambda file: file.stem)
def test_no_phrasing_is_a_question_that_accuracy_is_measured_with(file: Path) -> None:
    with file.open(encoding="utf-8") as lines:
        asked = {json.loads(line)["text"].casefold().strip("?! ") for line in lines}
    phrasings = [phrasing for manner in manners().values() for phrasing in manner.phrasings]

    assert [text for text in phrasings if len(text.split()) > 3 and text.casefold() in asked] == []
