"""A preview's text and its buttons say all that posting it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.asking.buttons import PublishButton, SuggestionButton
from bot.discord_app.faq_board.commands import PostBoardButton, RemoveBoardButton
from bot.discord_app.grants import GRANT_LENGTH
from bot.discord_app.job_postings.posting import DiscardButton, ExpiredButton, PostButton
from bot.discord_app.job_postings.refreshing import RefreshButton
from bot.discord_app.job_postings.texts import (
    MAX_APPLY_LINK,
    MAX_PARTICULAR,
    languages_of,
    read_options,
    render_changed_preview,
    render_job_description,
    render_language_choices,
    render_not_posted,
    render_preview,
    version_of,
)
from bot.discord_app.moderation.answer_this import AnswerButton
from bot.discord_app.page import Page
from bot.discord_app.teaching.overview import UndoButton
from bot.discord_app.unanswered.overview import DismissButton
from bot.knowledge.file_format import MAX_ID_LENGTH
from bot.knowledge.job_description import is_web_address
from bot.knowledge.loading import load_knowledge
from bot.language.languages import ENGLISH, Language
from bot.language.speech import speaking
from bot.storage.job_posts import JobPostOptions

SHIPPED = load_knowledge()
GERMAN = Language("de")
SECTIONS = [section.id for section in SHIPPED.role.sections] if SHIPPED.role else []

LINES = (
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=MAX_PARTICULAR)
    .map(lambda text: " ".join(text.split()) or None)
    .filter(lambda text: "://" not in (text or "") and not ("[" in (text or "") and "](" in (text or "")))
)
LINKS = st.from_regex(r"https://[a-z]{1,9}\.example/[^\s<>()\[\]]{0,90}", fullmatch=True).filter(is_web_address)
OPTIONS = st.builds(
    JobPostOptions,
    company=LINES,
    location=LINES,
    link=st.none() | LINKS,
    left_out=st.sets(st.sampled_from(SECTIONS), max_size=len(SECTIONS) - 1).map(frozenset),
    language=st.none() | st.sampled_from(languages_of(SHIPPED)),
)


def said_by(page: Page) -> list[str]:
    return [page.content, *(card.text for card in page.cards)]


@given(options=OPTIONS)
def test_the_options_of_a_preview_are_read_from_its_text(options: JobPostOptions) -> None:
    preview = render_preview(render_job_description(SHIPPED, options), 1, options)

    for page in (preview, render_changed_preview(preview), render_not_posted(preview)):
        assert read_options(said_by(page)) == options


@pytest.mark.parametrize(
    "options",
    [
        JobPostOptions(company="[Acme_GmbH](https://acme.example/a_b)"),
        JobPostOptions(company="Location: Tokyo", link=f"https://acme.example/{'a' * (MAX_APPLY_LINK - 21)}"),
        JobPostOptions(location="Company: Acme, **Apply here** <https://acme.example>"),
    ],
    ids=str,
)
def test_what_looks_like_something_else_is_read_as_it_was_typed(options: JobPostOptions) -> None:
    shown = render_job_description(SHIPPED, options)

    assert read_options(said_by(shown)) == options


def test_a_backslash_in_a_link_in_a_name_is_lost_once() -> None:
    shown = render_job_description(SHIPPED, JobPostOptions(company=r"https://acme.example/\*a"))
    once = render_job_description(SHIPPED, read_options(said_by(shown)))
    twice = render_job_description(SHIPPED, read_options(said_by(once)))

    assert shown != once  # so that a new preview is shown
    assert once == twice  # and posted


def test_a_preview_without_text_has_no_options() -> None:
    assert read_options([]) == JobPostOptions()


BRAZILIAN = Language("pt-BR")
NO_LANGUAGE = {"language": None}
LARGEST, TOPIC, GRANT = 2**64 - 1, "t" * MAX_ID_LENGTH, "g" * GRANT_LENGTH


@pytest.mark.parametrize(
    ("button", "values"),
    [
        (
            PostButton(LARGEST, LARGEST, "f" * 16, grant=GRANT),
            {"owner": str(LARGEST), "grant": GRANT, "channel": str(LARGEST), "version": "f" * 16},
        ),
        (DiscardButton(LARGEST), {"owner": str(LARGEST)}),
        (
            RefreshButton(LARGEST, "f" * 16, grant=GRANT),
            {"owner": str(LARGEST), "grant": GRANT, "version": "f" * 16},
        ),
        (
            AnswerButton(TOPIC, "label", message_id=LARGEST, author_id=LARGEST, grant=GRANT, language=BRAZILIAN),
            {"message": str(LARGEST), "author": str(LARGEST), "grant": GRANT, "topic": TOPIC} | NO_LANGUAGE,
        ),
        (
            AnswerButton("jd", "label", message_id=LARGEST, author_id=LARGEST, grant=GRANT, language=BRAZILIAN),
            {"message": str(LARGEST), "author": str(LARGEST), "grant": GRANT, "topic": "jd", "language": "pt-BR"},
        ),
        (
            PostBoardButton(LARGEST, LARGEST, "Post", grant=GRANT),
            {"owner": str(LARGEST), "grant": GRANT, "channel": str(LARGEST)},
        ),
        (
            RemoveBoardButton(LARGEST, LARGEST, "Remove", grant=GRANT),
            {"owner": str(LARGEST), "grant": GRANT, "channel": str(LARGEST)},
        ),
        (DismissButton(LARGEST, grant=GRANT), {"grant": GRANT, "newest": str(LARGEST)}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_a_button_carries_fits_its_custom_id(
    button: discord.ui.DynamicItem[discord.ui.Button[Any]], values: dict[str, str]
) -> None:
    match = button.template.fullmatch(button.custom_id)

    assert len(button.custom_id) <= 100
    assert match is not None
    assert match.groupdict() == values


@pytest.mark.parametrize(
    ("kind", "custom_id", "values"),
    [
        (ExpiredButton, "jd-post:3q-_bZ9KdQ2w", {}),
        (ExpiredButton, "jd-cancel:123456789012", {}),
        (RefreshButton, "jd-refresh:7:1:abc", {"owner": "7", "grant": "1", "version": "abc"}),
        (AnswerButton, "point:1:2:0:jd", {"message": "1", "author": "2", "grant": "0", "topic": "jd"} | NO_LANGUAGE),
        (SuggestionButton, "suggestion:7:jd", {"owner": "7", "topic": "jd"} | NO_LANGUAGE),
        (PublishButton, "publish:jd,coding", {"topics": "jd,coding"} | NO_LANGUAGE),
        (DismissButton, "gap-dismiss:1:12", {"grant": "1", "newest": "12"}),
        (PostButton, "jd-post:7:0:8:abc", {"owner": "7", "grant": "0", "channel": "8", "version": "abc"}),
        (PostBoardButton, "board-post:7:0:8", {"owner": "7", "grant": "0", "channel": "8"}),
        (RemoveBoardButton, "board-remove:7:1:8", {"owner": "7", "grant": "1", "channel": "8"}),
        (UndoButton, "taught-undo:7:1:0123456789abcdef", {"item": "7", "version": "1", "grant": "0123456789abcdef"}),
    ],
)
def test_buttons_posted_by_earlier_versions_are_still_known(
    kind: type[discord.ui.DynamicItem[Any]], custom_id: str, values: dict[str, str]
) -> None:
    match = kind.__discord_ui_compiled_template__.fullmatch(custom_id)

    assert match is not None
    assert match.groupdict() == values


def test_a_job_description_is_in_the_language_of_its_options_for_every_reader() -> None:
    options = JobPostOptions(company="Acme", language=GERMAN)

    with speaking(Language("ja")):
        seen = render_job_description(SHIPPED, options)

    assert "**Über die Rolle**" in seen.cards[0].text
    assert "\nUnternehmen: Acme\n" in seen.cards[0].text
    assert version_of(seen) == version_of(render_job_description(SHIPPED, options))


def test_without_a_language_it_is_in_that_of_the_knowledge() -> None:
    with speaking(GERMAN):
        assert "**About the role**" in render_job_description(SHIPPED).cards[0].text


def test_a_translation_that_is_gone_leaves_the_original() -> None:
    untranslated = replace(SHIPPED, translations={})
    options = JobPostOptions(company="Acme", language=GERMAN)

    assert languages_of(untranslated) == (ENGLISH,)
    in_english = replace(options, language=None)
    assert render_job_description(untranslated, options) == render_job_description(SHIPPED, in_english)


@pytest.mark.parametrize(
    ("typed", "codes"), [("", ["en", "de", "es", "fr", "ja", "pt-BR"]), ("deu", ["de"]), ("pt", ["pt-BR"])]
)
def test_languages_are_suggested_by_their_own_names_and_codes(typed: str, codes: list[str]) -> None:
    assert [code for _, code in render_language_choices(typed, languages_of(SHIPPED))] == codes
