"""Which interactions are taken up: each once, and no wish for suggestions while all requests are held back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from discord import InteractionType
from faults.cloudflare import BLOCKED, Door, opened

from bot.discord_app.admission import Admission
from bot.discord_app.rest.circuit import Circuit


def interaction(id_: int, type_: InteractionType = InteractionType.application_command) -> Any:
    """Return as much of an interaction as is looked at."""
    return SimpleNamespace(id=id_, type=type_)


@pytest.mark.parametrize("type_", list(InteractionType))
def test_an_interaction_is_admitted_once_of_whichever_type_it_is(type_: InteractionType) -> None:
    admission = Admission(circuit=Circuit())

    assert [admission.admits(interaction(id_, type_)) for id_ in (1, 2, 1, 2, 3)] == [True, True, False, False, True]


def test_of_too_many_interactions_the_oldest_are_forgotten() -> None:
    admission = Admission(circuit=Circuit(), capacity=2)

    assert [admission.admits(interaction(id_)) for id_ in (1, 2, 3, 3, 2, 1)] == [True, True, True, False, False, True]


async def test_only_autocompletes_are_refused_while_cloudflare_blocks() -> None:
    circuit = await opened(door := Door(BLOCKED), pause=0.01)
    admission = Admission(circuit=circuit)

    admitted = {type_ for type_ in InteractionType if admission.admits(interaction(type_.value, type_))}
    await circuit.call(door.knock)

    assert admitted == set(InteractionType) - {InteractionType.autocomplete}
    assert admission.admits(interaction(9, InteractionType.autocomplete))
