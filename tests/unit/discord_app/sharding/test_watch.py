from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.discord_app.sharding.watch import complaints
from bot.storage.progress import ShardProgress

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
JUST_NOW, LONG_AGO = NOON - timedelta(seconds=5), NOON - timedelta(hours=1)


def row(shard: int, process: str, *, count: int = 4, seen_until: datetime = JUST_NOW) -> ShardProgress:
    return ShardProgress(count, shard, seen_until, process)


OWN = [row(0, "us/1"), row(1, "us/1")]
OTHERS = [row(2, "them/1"), row(3, "them/1")]


def found(*rows: ShardProgress) -> tuple[str, ...]:
    return complaints(rows, own=(0, 1), count=4, process="us/1", now=NOON)


def test_shards_that_one_process_each_keeps_up_with_are_in_order() -> None:
    former = row(0, "us/0", count=2, seen_until=LONG_AGO)

    assert found(*OWN, *OTHERS, former) == ()


def test_shards_that_no_process_has_are_named() -> None:
    [complaint] = found(*OWN, row(2, "them/1", seen_until=LONG_AGO))

    assert "no process has kept up with shards 2, 3 of 4" in complaint


def test_a_shard_that_another_process_has_as_well_is_named() -> None:
    [complaint] = found(OWN[0], row(1, "them/2"), *OTHERS)

    assert complaint.startswith("The process them/2 also has shard 1.")


def test_a_process_that_no_longer_has_these_shards_does_not_matter() -> None:
    assert found(OWN[0], row(1, "us/0", seen_until=NOON - timedelta(minutes=1)), *OTHERS) == ()


def test_processes_with_different_shard_counts_are_noticed() -> None:
    [complaint] = found(*OWN, *OTHERS, row(0, "old/1", count=2))

    assert "counts 4 shards, and another one 2" in complaint
