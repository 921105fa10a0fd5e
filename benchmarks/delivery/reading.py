"""What an answer says, beside what it should say."""

from __future__ import annotations

from enum import StrEnum

from benchmarks.delivery.traffic import Shown, shown_in
from bot.discord_app.asking.texts import render_too_many_questions
from bot.discord_app.page import render_failure, render_storage_away
from bot.discord_app.voting.vote_button import render_vote_counted
from fake_discord import Message

Expected = Shown | str
"""Cards; or "vote" for thanks for a vote, "choices" for what isn't a message."""

_LINK = "I just answered that here:"
_APOLOGIES = {render_failure().content, render_storage_away().content}


class Reading(StrEnum):
    """What an answer amounts to."""

    full = "full answer"
    link = "link to the same answer"
    slow_down = "slow down"
    apology = "apology"
    wrong = "something else"
    none = "no answer"


def read(answer: Message | None, expected: Expected) -> Reading:
    """Compare an answer with what it should show."""
    if answer is None:
        return Reading.full if expected == "choices" else Reading.wrong
    if answer.content == render_too_many_questions().content:
        return Reading.slow_down
    if answer.content in _APOLOGIES:
        return Reading.apology
    if _LINK in answer.content:
        return Reading.link
    if expected == "vote":
        return Reading.full if answer.content == render_vote_counted(helpful=True).content else Reading.wrong
    return Reading.full if shown_in(answer) == expected else Reading.wrong
