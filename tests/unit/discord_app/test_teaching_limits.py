"""Whatever is taught, Discord would take the forms, previews and lists about it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from sendable import ANSWERS, LINES, assert_sendable, texts

from bot.authoring.examples import BrokenExample
from bot.authoring.trying_out import Taken
from bot.discord_app.grants import GRANT_LENGTH
from bot.discord_app.handoff.texts import quote, quoted_in
from bot.discord_app.teaching.drafting import TeachForm
from bot.discord_app.teaching.offers import TeachBetterButton
from bot.discord_app.teaching.overview import render_item, render_items
from bot.discord_app.teaching.texts import (
    answer_too_long,
    render_away_with_text,
    render_fault,
    render_preview,
    render_saved,
)
from bot.knowledge.file_format import MAX_ANSWER_LENGTH, MAX_ID_LENGTH
from bot.knowledge.model import Entry
from bot.knowledge.taught import Standing
from bot.outcomes import Answer
from bot.storage.drafts import MAX_TEXT, Draft
from bot.storage.errors import OutcomeUnknown, StorageUnavailable
from bot.storage.taught import TaughtItem
from fake_discord.validation import check_body

LONGEST_ID = 2**64 - 1
GRANT = "g" * GRANT_LENGTH
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"


def item(question: str, answer: str | None, *, number: int = LONGEST_ID, waits: bool = True) -> TaughtItem:
    return TaughtItem(number, 7, "e" * MAX_ID_LENGTH, question, answer, LONGEST_ID, NOON, waits=waits, version=10**8)


@given(question=texts(MAX_TEXT + 100), answer=texts(MAX_TEXT + 100), names=st.lists(LINES, max_size=60))
async def test_any_form_is_one_that_discord_opens(question: str, answer: str, names: list[str]) -> None:
    entries = [Entry(f"{number:0{MAX_ID_LENGTH}}", name, "x", ()) for number, name in enumerate(names)]
    chosen = entries[-1].id if entries else None
    form = TeachForm(
        entries,
        chosen=chosen,
        question=question,
        answer=answer,
        draft_id=LONGEST_ID,
        item=item("x", None),
        grant=GRANT,
    )

    check_body(CALLBACK, {"type": 9, "data": form.to_dict()})
    assert form.template.fullmatch(form.custom_id)


@given(answer=ANSWERS, question=LINES, taken=st.lists(LINES, max_size=9), remark=LINES)
def test_any_preview_stays_within_discords_limits(answer: Answer, question: str, taken: list[str], remark: str) -> None:
    page = render_preview(
        answer,
        question,
        is_new=False,
        taken=[Taken(text, "x", text) for text in taken],
        broken=[BrokenExample("x", "examples", 0, text, text * 2, text) for text in taken],
        remarks=[remark],
    )

    assert_sendable(page)
    assert_sendable(page.headed("x" * 100))


@given(questions=st.lists(LINES, max_size=25), answer=texts(MAX_ANSWER_LENGTH), page=st.integers(0, 9))
def test_any_list_and_any_item_stay_within_discords_limits(questions: list[str], answer: str, page: int) -> None:
    items = [item(text, answer, number=LONGEST_ID - number) for number, text in enumerate(questions)]
    standings = {each.item_id: Standing.WITHOUT_ENTRY for each in items}

    assert_sendable(render_items(items, standings, {}, page=page, grant=GRANT))
    for each in items[:1]:
        assert_sendable(render_item(each, Standing.PHRASING, {}, grant=GRANT))


@given(question=texts(MAX_TEXT), answer=texts(MAX_TEXT))
def test_all_else_about_a_draft_stays_within_discords_limits(question: str, answer: str) -> None:
    draft = Draft(1, 7, 5, None, question, answer, None, None, had_it=True, created_at=NOON)

    for page in (
        render_fault(answer_too_long(len(answer), 1500), draft),
        render_away_with_text(draft, StorageUnavailable()),
        render_away_with_text(draft, OutcomeUnknown()),
        render_saved(question, waits=True),
        render_saved(question, waits=False),
    ):
        assert_sendable(page)


@given(question=LINES)
def test_a_quoted_question_is_read_again(question: str) -> None:
    line = " ".join(question.split())

    assert quoted_in([f"{quote(line)}\nWhich answer should I post?"]) == line


def test_the_longest_custom_id_fits() -> None:
    button = TeachBetterButton(LONGEST_ID, LONGEST_ID, "e" * MAX_ID_LENGTH)

    assert len(button.custom_id) <= 100
