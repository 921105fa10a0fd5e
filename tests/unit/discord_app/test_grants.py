"""Nobody can make up a signature or use another's."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.grants import GRANT, GRANT_LENGTH, GrantKeys
from bot.storage.database import Database
from bot.storage.secret import SecretKey

PEOPLE = st.integers(0, 2**64 - 1)
PURPOSES = st.sampled_from(["jd:1", "jd:11", "manage:1"])
KEYS, OTHER_KEYS = (
    GrantKeys(secret=SecretKey(database=Database(address="sqlite:///not-opened.db", timeout=1))) for _ in range(2)
)


@given(person=PEOPLE, other=PEOPLE, purpose=PURPOSES, another=PURPOSES)
def test_a_signature_is_for_one_person_and_one_purpose(person: int, other: int, purpose: str, another: str) -> None:
    signature = KEYS.sign(person, purpose)

    assert KEYS.signed(signature, other, another) == ((person, purpose) == (other, another))
    assert not OTHER_KEYS.signed(signature, person, purpose)


@given(person=PEOPLE, purpose=PURPOSES)
def test_a_custom_id_can_carry_a_signature(person: int, purpose: str) -> None:
    signature = KEYS.sign(person, purpose)

    assert len(signature) == GRANT_LENGTH
    assert re.fullmatch(GRANT, signature)


@given(signature=st.from_regex(GRANT, fullmatch=True), person=PEOPLE, purpose=PURPOSES)
def test_a_made_up_signature_is_refused(signature: str, person: int, purpose: str) -> None:
    assert not KEYS.signed(signature, person, purpose)
