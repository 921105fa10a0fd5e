"""What is late stays known until it has been looked through, whatever comes up meanwhile."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.catch_up.unreached import Part, Unreached

parts: st.SearchStrategy[Part] = st.none() | st.integers(1, 5)
notes = st.lists(st.tuples(parts, st.integers(1, 1000)))


def late(noted: list[tuple[Part, int]]) -> Unreached:
    late = Unreached()
    for part, since in noted:
        late.note(part, since)
    return late


def guild(id_: int, *channels: int) -> Any:
    """Return as much of a server as is looked at."""
    return SimpleNamespace(id=id_, channels=[SimpleNamespace(id=channel) for channel in channels], threads=[])


@given(notes)
def test_of_each_part_the_earliest_time_is_known(noted: list[tuple[Part, int]]) -> None:
    known = late(noted)

    assert known.oldest == min((since for _, since in noted), default=None)
    assert set(known) == {part for part, _ in noted}
    for part in known:
        assert known.beginning(part, 2000, earliest=0) == min(since for id_, since in noted if id_ == part)


@given(before=notes, meanwhile=notes, done=st.sets(parts))
def test_what_is_noted_while_others_are_looked_through_stays(
    before: list[tuple[Part, int]], meanwhile: list[tuple[Part, int]], done: set[Part]
) -> None:
    known = late(before)
    taken = known.take()
    for part, since in meanwhile:
        known.note(part, since)
    known.put_back(taken, but=done)

    left = [(part, since) for part, since in before if part not in done] + meanwhile
    assert {part: known.beginning(part, 2000, earliest=0) for part in known} == {
        part: min(since for id_, since in left if id_ == part) for part, _ in left
    }


def test_a_missed_part_is_searched_only_while_there_is_hope() -> None:
    known = late([(1, 100), (2, 300)])

    assert known.beginning(1, 200, earliest=50) == 100
    assert known.beginning(1, 200, earliest=150) == 150
    assert known.beginning(2, 200, earliest=50) == 200
    assert known.beginning(3, 200, earliest=50) == 200


def test_what_was_seen_where_something_is_missing_hides_nothing() -> None:
    guilds = [guild(1, 10, 11), guild(2, 20)]
    seen = {10: 1, 11: 2, 20: 3, 90: 4}  # the last one is a direct conversation

    assert late([]).uncover(seen, guilds) == seen
    assert late([(1, 100)]).uncover(seen, guilds) == {20: 3, 90: 4}
    assert late([(None, 100)]).uncover(seen, guilds) == {10: 1, 11: 2, 20: 3}


def test_what_cannot_come_back_is_forgotten() -> None:
    known = late([(1, 100), (None, 200)])
    known.keep(lambda part: part is None)

    assert None in known
    assert 1 not in known
