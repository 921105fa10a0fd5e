"""Which messages have been seen, before a gap and since."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.catch_up.shards import Shard

Notes = list[tuple[int, int]]
notes = st.lists(st.tuples(st.integers(1, 20), st.integers(1, 10**6)))


def newest(noted: Notes) -> dict[int, int]:
    return {channel: max(message for where, message in noted if where == channel) for channel, _ in noted}


@given(before=notes, after=notes)
def test_what_comes_after_a_gap_has_begun_hides_nothing_that_is_missing(before: Notes, after: Notes) -> None:
    shard = Shard()
    for channel, message in before:
        shard.note(channel, message)
    shard.begin_outage()
    for channel, message in after:
        shard.note(channel, message)

    assert dict(shard.end_outage()) == newest(before)
    assert dict(shard.end_outage()) == newest(before + after)


def test_of_two_gaps_that_are_closed_together_the_earlier_counts() -> None:
    shard = Shard()
    shard.note(1, 10)
    shard.begin_outage()
    shard.note(1, 20)
    shard.begin_outage()

    assert shard.end_outage() == {1: 10}


@given(noted=notes, capacity=st.integers(1, 5))
def test_the_channels_remembered_are_those_that_were_lively_last(noted: Notes, capacity: int) -> None:
    shard = Shard(capacity=capacity)
    for channel, message in noted:
        shard.note(channel, message)

    lively = list(dict.fromkeys(channel for channel, _ in reversed(noted)))
    assert set(shard.end_outage()) == set(lively[:capacity])
