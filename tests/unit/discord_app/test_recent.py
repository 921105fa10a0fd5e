"""Of recent ids, no more are held in memory than there is room for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.recent import RecentIds


@given(ids=st.lists(st.integers(0, 9), unique=True), capacity=st.integers(1, 5))
def test_of_what_is_gone_the_latest_is_known(ids: list[int], capacity: int) -> None:
    gone = RecentIds(capacity=capacity)
    for id_ in ids:
        gone.add([id_])

    assert {id_ for id_ in range(10) if id_ in gone} == set(ids[-capacity:])
