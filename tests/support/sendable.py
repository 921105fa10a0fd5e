"""Anything that knowledge within its limits can say, and whether Discord would take it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from discord.http import handle_message_parameters
from hypothesis import strategies as st
from pictures import PNG

from bot.answering import MAX_ANSWERS
from bot.discord_app.forms import parameters_of, replacing
from bot.discord_app.page import (
    Page,
)
from bot.knowledge.file_format import (
    MAX_ALT_LENGTH,
    MAX_ANSWER_LENGTH,
    MAX_ID_LENGTH,
    MAX_JOB_DESCRIPTION_LENGTH,
    MAX_LINK_LABEL,
    MAX_LINKS,
    MAX_NAME_LENGTH,
    MAX_QUESTION_LENGTH,
    MAX_RELATED,
)
from bot.knowledge.model import Entry, Image, ImageFile, Link, OffTopic, Source
from bot.matching.decision import MAX_SUGGESTIONS
from bot.matching.questions import MAX_QUESTIONS
from bot.outcomes import Answer, Answered, Outcome, Social, Suggested, Unanswered
from fake_discord.attaching import check_attachments
from fake_discord.checker import Checker
from fake_discord.recording import Upload
from fake_discord.validation import check_body

MAX_LINK = 500

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"])


def texts(longest: int, characters: st.SearchStrategy[str] = CHARACTERS) -> st.SearchStrategy[str]:
    """Return texts as the loader lets them pass, the longest among them."""
    filled = characters.filter(str.strip).map(lambda character: character * longest)
    words = st.text(characters, min_size=1, max_size=30).map(lambda text: (f"{text} " * longest)[:longest])
    short = st.text(characters, min_size=1, max_size=min(30, longest))
    return st.one_of(short, words, filled).map(str.strip).filter(bool)


LINES = texts(MAX_QUESTION_LENGTH)
NAMES = texts(MAX_NAME_LENGTH)
LINKS = st.integers(0, MAX_LINK - 20).map(lambda length: f"https://a.example/{'a' * length}")
IDS = st.from_regex(rf"[a-z0-9]{{1,{MAX_ID_LENGTH}}}", fullmatch=True)


IMAGES = st.none() | st.builds(
    Image,
    source=LINKS | st.builds(ImageFile, path=st.just(Path("x")), extension=st.just("png"), content=st.just(PNG)),
    alt=texts(MAX_ALT_LENGTH),
)


def entries(longest_answer: int = MAX_ANSWER_LENGTH) -> st.SearchStrategy[Entry]:
    return st.builds(
        Entry,
        id=IDS,
        question=LINES,
        answer=texts(longest_answer, CHARACTERS | st.just("\n")),
        source_section=st.none() | LINES,
        phrasings=st.just(()),
        image=IMAGES,
        links=st.lists(st.builds(Link, label=texts(MAX_LINK_LABEL), url=LINKS), max_size=MAX_LINKS).map(tuple),
    )


def several(strategy: st.SearchStrategy[Entry], least: int, most: int) -> st.SearchStrategy[tuple[Entry, ...]]:
    return st.lists(strategy, min_size=least, max_size=most, unique_by=lambda entry: entry.id).map(tuple)


SOURCES = st.none() | st.builds(Source, publisher=NAMES, title=LINES, url=st.none() | LINKS)
# The longest answer is the job description.
ANSWERS = st.builds(
    Answer,
    entry=entries() | entries(MAX_JOB_DESCRIPTION_LENGTH),
    related=several(entries(), 0, MAX_RELATED),
    source=SOURCES,
)
SUBJECTS = st.builds(
    OffTopic,
    id=IDS,
    name=NAMES,
    phrasings=st.just(()),
    reply=st.none() | LINES,
    reaction=st.sampled_from([None, None, "💙"]),
)
OUTCOMES: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(
        Answered,
        answers=st.lists(ANSWERS, min_size=1, max_size=MAX_ANSWERS, unique_by=lambda answer: answer.entry.id).map(
            tuple
        ),
        confidence=st.just(0.9),
        decisions=st.just(()),
        suggestions=several(entries(), 0, MAX_SUGGESTIONS),
        declined=st.lists(SUBJECTS, max_size=MAX_QUESTIONS).map(tuple),
    ),
    st.builds(
        Suggested, entries=several(entries(), 1, MAX_SUGGESTIONS), confidence=st.just(0.3), decisions=st.just(())
    ),
    st.builds(Social, kind=st.just("hello"), reply=texts(MAX_ANSWER_LENGTH * 2) | st.just("💙")),
    st.builds(Unanswered, off_topic=st.none() | SUBJECTS, confidence=st.just(0.0), decisions=st.just(())),
)


def payload(page: Page) -> dict[str, Any]:
    """Return what discord.py would send for a page."""
    with handle_message_parameters(**parameters_of(page)) as parameters:
        body: dict[str, Any] = parameters.payload or json.loads((parameters.multipart or [{}])[0]["value"])
        return body


def components_of(page: Page) -> list[dict[str, Any]]:
    """Return the components that discord.py would send for a page."""
    return list(payload(page)["components"])


def assert_sendable(page: Page) -> None:
    """Fail if Discord would refuse the page, with files or without, in a message of its own or in place of another."""
    for form in (page, page.without_files()):
        body = payload(form)
        check_body("POST /channels/{channel_id}/messages", body)
        check_attachments(checker := Checker(), body, (), uploads_of(form), ())
        assert checker.faults == []
        assert body.get("content") or form.cards
        with handle_message_parameters(**replacing(form, layout=True)) as parameters:
            changes = parameters.payload or json.loads((parameters.multipart or [{}])[0]["value"])
            check_body("PATCH /channels/{channel_id}/messages/{message_id}", changes)


def uploads_of(page: Page) -> list[Upload]:
    return [Upload(f"files[{number}]", each.name, each.content or b"") for number, each in enumerate(page.files)]
