from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.sharding.division import BadShards, Sharding, choose_shards, shard_of


def chosen(
    *,
    count: int | None = None,
    ids: str | None = None,
    processes: int | None = None,
    process: str | None = None,
    host: str = "laptop",
) -> Sharding:
    return choose_shards(count=count, ids=ids, processes=processes, process=process, host=host)


def test_by_default_discord_says_how_many_shards_there_are_and_one_process_has_them_all() -> None:
    assert chosen(host="tpm-bot-3") == Sharding()
    assert not chosen().is_part


def test_a_number_of_shards_alone_is_for_one_process() -> None:
    assert chosen(count=4) == Sharding(4)


@pytest.mark.parametrize(
    ("ids", "shards"), [("0", (0,)), ("0-3", (0, 1, 2, 3)), ("5, 0-1 ,7", (0, 1, 5, 7)), ("2-2", (2,))]
)
def test_shards_are_named_one_by_one_or_as_ranges(ids: str, shards: tuple[int, ...]) -> None:
    assert chosen(count=8, ids=ids) == Sharding(8, shards)


def test_a_process_knows_its_share_by_its_number_or_by_the_name_of_its_pod() -> None:
    assert chosen(count=8, processes=3, process="1") == Sharding(8, (2, 3, 4))
    assert chosen(count=8, processes=3, process="tpm-bot-1") == Sharding(8, (2, 3, 4))
    assert chosen(count=8, processes=3, host="tpm-bot-1") == Sharding(8, (2, 3, 4))


@given(count=st.integers(1, 300), data=st.data())
def test_every_shard_belongs_to_one_process_and_shares_are_even(count: int, data: st.DataObject) -> None:
    processes = data.draw(st.integers(1, count))

    shares = [chosen(count=count, processes=processes, process=str(each)).ids or () for each in range(processes)]

    assert [shard for share in shares for shard in share] == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"ids": "0-3"}, "SHARD_IDS needs SHARD_COUNT"),
        ({"processes": 2}, "SHARD_PROCESSES needs SHARD_COUNT"),
        ({"count": 4, "ids": "0", "processes": 2}, "Remove one of them"),
        ({"count": 4, "process": "0"}, "but not SHARD_PROCESSES"),
        ({"count": 4, "ids": "0-4"}, "with SHARD_COUNT=4 the last one is 3"),
        ({"count": 4, "ids": "0-2,1"}, "names shard 1 twice"),
        ({"count": 4, "ids": "3-1"}, "ends before it begins"),
        ({"count": 4, "ids": "a few"}, "'a few' doesn't"),
        ({"count": 4, "ids": "1,,2"}, "should look like 0-3 or 0,2,5"),
        ({"count": 4, "ids": "-1"}, "should look like 0-3 or 0,2,5"),
        ({"count": 2, "processes": 3, "process": "0"}, "SHARD_PROCESSES is 3, more than SHARD_COUNT=2"),
        ({"count": 4, "processes": 2, "process": "2"}, "the last one is 1. Processes are counted from 0"),
        ({"count": 4, "processes": 2, "process": "blue"}, "SHARD_PROCESS is blue"),
        ({"count": 4, "processes": 2}, "This machine's name is laptop"),
    ],
)
def test_impossible_shard_settings_are_refused(settings: dict[str, int | str], complaint: str) -> None:
    with pytest.raises(BadShards, match=complaint):
        chosen(**settings)  # type: ignore[arg-type]


def test_a_server_is_on_the_shard_that_discord_says_and_direct_messages_are_on_the_first() -> None:
    assert shard_of(197038439483310086, count=4) == (197038439483310086 >> 22) % 4
    assert shard_of(None, count=4) == 0
