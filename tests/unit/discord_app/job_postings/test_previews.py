"""What a moderator was shown is kept for a while, and nothing is done twice at once."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.discord_app.job_postings.posting import CancelButton, PostButton, RefreshButton
from bot.discord_app.job_postings.previews import PREVIEW_LIFETIME, Preview, Previews
from bot.discord_app.moderation.answer_this import AnswerButton
from bot.discord_app.page import Page
from bot.discord_app.unanswered.overview import DismissButton
from bot.discord_app.underway import AlreadyRunning, Underway
from bot.knowledge.file_format import MAX_ID_LENGTH
from bot.storage.job_posts import JobPostOptions

PREVIEW = Preview(owner_id=1, channel_id=2, page=Page("JD"), options=JobPostOptions(), version="v", had_it=True)


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


LARGEST, TOPIC = 2**64 - 1, "t" * MAX_ID_LENGTH
PREVIEW_ID = "p" * 12


@pytest.mark.parametrize(
    ("button", "values"),
    [
        (PostButton(PREVIEW_ID), {"preview": PREVIEW_ID}),
        (CancelButton(PREVIEW_ID), {"preview": PREVIEW_ID}),
        (
            RefreshButton(LARGEST, "f" * 16, had_it=True),
            {"owner": str(LARGEST), "had_it": "1", "version": "f" * 16},
        ),
        (
            AnswerButton(TOPIC, "label", message_id=LARGEST, author_id=LARGEST, had_it=False),
            {"message": str(LARGEST), "author": str(LARGEST), "had_it": "0", "topic": TOPIC},
        ),
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
        (RefreshButton, "jd-refresh:7:1:abc", {"owner": "7", "had_it": "1", "version": "abc"}),
        (AnswerButton, "point:1:2:0:jd", {"message": "1", "author": "2", "had_it": "0", "topic": "jd"}),
        (DismissButton, "gap-dismiss:1:12", {"had_it": "1", "newest": "12"}),
    ],
)
def test_buttons_posted_by_earlier_versions_still_work(
    kind: type[discord.ui.DynamicItem[Any]], custom_id: str, values: dict[str, str]
) -> None:
    match = kind.__discord_ui_compiled_template__.fullmatch(custom_id)

    assert match is not None
    assert match.groupdict() == values
