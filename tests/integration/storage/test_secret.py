from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.storage.database import Database
from bot.storage.secret import KEY_LENGTH, SecretKey, keyed_hash

KEY = bytes(range(32))


async def test_the_key_is_made_once_however_many_ask_for_it(database: Database) -> None:
    keys = await asyncio.gather(*(SecretKey(database=database).read() for _ in range(10)))

    assert len(set(keys)) == 1
    assert len(keys[0]) == KEY_LENGTH


async def test_each_database_has_a_key_of_its_own(database: Database, tmp_path: Path) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/other.db") as other:
        assert await SecretKey(database=database).read() != await SecretKey(database=other).read()


@given(person=st.integers(0, 2**63), other=st.integers(0, 2**63))
def test_a_hash_tells_people_apart_and_says_nothing_else(person: int, other: int) -> None:
    one, another = keyed_hash(KEY, person, "votes"), keyed_hash(KEY, other, "votes")

    assert (one == another) == (person == other)
    assert len(one) == 64


def test_a_hash_is_of_the_key_the_purpose_and_the_person_and_never_changes() -> None:
    known = keyed_hash(KEY, 80351110224678912, "votes")

    assert known == "a4b3ffba6881b2c5b00315ef03660ca8a004c1791fdc641e2fbd4df585cb612f"
    assert known != keyed_hash(KEY, 80351110224678912, "questions")
    assert known != keyed_hash(bytes(32), 80351110224678912, "votes")
