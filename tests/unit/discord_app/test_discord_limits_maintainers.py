"""What maintainers and moderators read, and /privacy, stay within Discord's limits whatever was asked or edited."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sendable import CHARACTERS, IDS, LINES, SOURCES, assert_sendable, entries, several, texts

from bot.authoring.comparison import ContentChange, ContentChanges
from bot.authoring.unanswered import Diagnosed, Failure, Nearest, UnansweredGroup
from bot.authoring.watching import Kept, Reload, Served, Unchanged
from bot.discord_app.grants import GRANT_LENGTH
from bot.discord_app.moderation.edits import render_refused_edit, render_reload
from bot.discord_app.privacy.texts import render_privacy
from bot.discord_app.unanswered.overview import render_group_gone, render_groups
from bot.knowledge.faults import Fault
from bot.knowledge.model import KnowledgeBase, Vocabulary
from bot.storage.unanswered import Reason, UnansweredQuestion

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_LINES = texts(2500)
LONG_TEXTS = texts(2500, CHARACTERS | st.just("\n"))

FAULTS = st.builds(Fault, file=LINES, line=st.integers(1, 10**6), problem=LONG_LINES, remedy=LONG_LINES)
CHANGES = st.lists(
    st.builds(ContentChange, what=LONG_LINES, details=st.lists(LONG_LINES, max_size=5).map(tuple)), max_size=40
).map(tuple)
OUTCOMES: st.SearchStrategy[Reload] = st.one_of(
    st.builds(Kept, reason=LONG_TEXTS, faults=st.lists(FAULTS, max_size=8).map(tuple)),
    st.builds(Served, version=IDS, changes=st.builds(ContentChanges, added=CHANGES, changed=CHANGES, removed=CHANGES)),
    st.builds(Unchanged, version=IDS),
)

QUESTIONS = st.builds(
    UnansweredQuestion,
    message_id=st.integers(1, 2**64 - 1),
    server_id=st.just(1),
    channel_id=st.just(2),
    asker=st.just("a" * 64),
    text=texts(500),
    reason=st.sampled_from(Reason),
    nearest=st.none(),
    asked_at=st.just(NOON),
)
GAPS = st.builds(
    lambda question, count, nearest: UnansweredGroup(
        (Diagnosed(question, nearest),) * count, Diagnosed(question, nearest)
    ),
    QUESTIONS,
    st.integers(1, 30),
    st.none()
    | st.builds(
        Nearest,
        entry_id=IDS,
        confidence=st.just(0.3),
        phrasing=LINES,
        failure=st.sampled_from(Failure),
        why=LONG_LINES,
    ),
)
KNOWN = st.builds(
    lambda source, known: KnowledgeBase("keepers", known, (), Vocabulary({}), "", source=source),
    SOURCES,
    several(entries(100), 0, 3),
)


@pytest.mark.parametrize("keeps_text", [True, False])
def test_what_is_kept_is_told_in_one_message(*, keeps_text: bool) -> None:
    assert_sendable(render_privacy(keeps_text=keeps_text))


@given(outcome=OUTCOMES)
def test_what_became_of_any_edit_is_told_in_one_message(outcome: Reload) -> None:
    pages = [render_reload(outcome)]
    if isinstance(outcome, Kept):
        pages.append(render_refused_edit(outcome))

    for page in pages:
        assert_sendable(page)


@given(gaps=st.lists(GAPS, max_size=15, unique_by=lambda gap: gap.representative.message_id), knowledge=KNOWN)
def test_any_unanswered_questions_are_shown_with_a_button_for_each_group(
    gaps: list[UnansweredGroup], knowledge: KnowledgeBase
) -> None:
    page = render_groups(gaps, knowledge, days=30, grant="g" * GRANT_LENGTH)

    assert_sendable(page)
    assert_sendable(render_group_gone(page))
    text = page.cards[0].text if page.cards else ""
    assert all(f"{number}. **“" in text for number in range(1, len(page.items) + 1))
