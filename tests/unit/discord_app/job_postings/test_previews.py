"""What a moderator was shown is kept for a while, and nothing is done twice at once."""

from __future__ import annotations

import pytest

from bot.discord_app.job_postings.buttons import CancelButton, PostButton, RefreshButton
from bot.discord_app.job_postings.previews import PREVIEW_LIFETIME, Preview, Previews
from bot.discord_app.moderation.components import point_button, preview_buttons, refresh_button
from bot.discord_app.moderation.point_out import PointButton
from bot.discord_app.page import Page
from bot.discord_app.underway import AlreadyRunning, Underway
from bot.knowledge.file_format import MAX_ID_LENGTH
from bot.storage.job_posts import JobPostOptions

PREVIEW = Preview(
    owner_id=1, channel_id=2, page=Page("JD"), options=JobPostOptions(), version="v", held_manage_messages=True
)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_preview_is_found_again_by_its_id_until_it_is_forgotten() -> None:
    previews = Previews()
    id_ = previews.keep(PREVIEW)

    assert previews.find(id_) == PREVIEW
    previews.forget(id_)
    previews.forget(id_)

    assert previews.find(id_) is None


def test_a_preview_lasts_fifteen_minutes() -> None:
    previews = Previews(now=(clock := Clock()))
    id_ = previews.keep(PREVIEW)

    clock.seconds = PREVIEW_LIFETIME - 1
    assert previews.find(id_) == PREVIEW
    clock.seconds = PREVIEW_LIFETIME

    assert previews.find(id_) is None


def test_of_too_many_previews_the_oldest_are_forgotten() -> None:
    previews = Previews(capacity=3)
    ids = [previews.keep(PREVIEW) for _ in range(5)]

    assert [previews.find(id_) is not None for id_ in ids] == [False, False, True, True, True]


def test_the_same_thing_is_done_once_at_a_time_and_may_be_done_again_afterwards() -> None:
    underway = Underway()

    with underway.only_once("post", 1):
        with underway.only_once("post", 2):
            pass
        with pytest.raises(AlreadyRunning), underway.only_once("post", 1):
            pass
        with pytest.raises(AlreadyRunning), underway.only_once("post", 1):
            pass
    with underway.only_once("post", 1):
        pass


def test_what_fails_is_no_longer_underway() -> None:
    underway = Underway()
    with pytest.raises(ZeroDivisionError), underway.only_once("post"):
        raise ZeroDivisionError

    with underway.only_once("post"):
        pass


def test_what_the_buttons_carry_fits_their_custom_id_and_is_read_again() -> None:
    largest, topic = 2**64 - 1, "t" * MAX_ID_LENGTH
    id_ = Previews().keep(PREVIEW)
    post, cancel = preview_buttons(id_)
    carried = (
        (post, PostButton, {"preview": id_}),
        (cancel, CancelButton, {"preview": id_}),
        (
            refresh_button(largest, held=True, version="f" * 16),
            RefreshButton,
            {"owner": str(largest), "held": "1", "version": "f" * 16},
        ),
        (
            point_button("label", topic, message_id=largest, author_id=largest, held=False),
            PointButton,
            {"message": str(largest), "author": str(largest), "held": "0", "topic": topic},
        ),
    )

    for button, clicked, values in carried:
        custom_id = button.custom_id or ""
        match = clicked.__discord_ui_compiled_template__.fullmatch(custom_id)
        assert len(custom_id) <= 100
        assert match is not None
        assert match.groupdict() == values
