from __future__ import annotations

from bot.bounded import BoundedMap


def test_beyond_the_capacity_the_key_set_longest_ago_makes_room() -> None:
    bounded: BoundedMap[str, int] = BoundedMap(2)
    for key in "abac":
        bounded[key] = ord(key)

    assert bounded == {"a": ord("a"), "c": ord("c")}
