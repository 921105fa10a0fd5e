from __future__ import annotations

import pytest

from bot.storage.database import Database
from bot.storage.servers import ServerSettings, ServerSettingsStore

CHOSEN = ServerSettings(
    mention_channels=frozenset({2**63 - 1, 5}),
    forum_channels=frozenset({9}),
    private_by_default=False,
    minimum_confidence=0.625,
    help_channel=2**63 - 1,
    taught_items_wait=True,
    handoff_role=2**63 - 1,
    handoff_channel=2**63 - 2,
    handoff_pings=20,
)


async def test_a_server_that_set_nothing_has_the_default(database: Database) -> None:
    store = ServerSettingsStore(database=database)
    await store.load_all()

    assert store.of(7) == ServerSettings(mention_channels="all", forum_channels=frozenset(), minimum_confidence=None)


async def test_settings_apply_at_once_and_after_a_restart(database: Database) -> None:
    store = ServerSettingsStore(database=database)
    await store.save(7, CHOSEN)
    assert store.of(7) == CHOSEN

    restarted = ServerSettingsStore(database=database)
    assert not restarted.is_loaded
    await restarted.load_all()

    assert restarted.is_loaded
    assert restarted.of(7) == CHOSEN


@pytest.mark.parametrize("channels", ["all", frozenset()])
async def test_everywhere_and_nowhere_are_told_apart(database: Database, channels: frozenset[int]) -> None:
    await ServerSettingsStore(database=database).save(7, ServerSettings(mention_channels=channels))

    store = ServerSettingsStore(database=database)
    await store.load_all()

    assert store.of(7).mention_channels == channels


async def test_settings_replace_the_former_ones(database: Database) -> None:
    store = ServerSettingsStore(database=database)
    await store.save(7, CHOSEN)
    await store.save(7, ServerSettings())

    restarted = ServerSettingsStore(database=database)
    await restarted.load_all()

    assert restarted.of(7) == ServerSettings()


async def test_saving_before_anything_was_loaded_keeps_the_other_servers(database: Database) -> None:
    await ServerSettingsStore(database=database).save(7, CHOSEN)

    store = ServerSettingsStore(database=database)
    await store.save(8, ServerSettings())

    assert store.of(7) == CHOSEN


async def test_a_server_is_forgotten_and_no_other(database: Database) -> None:
    store = ServerSettingsStore(database=database)
    await store.save(7, CHOSEN)
    await store.save(8, CHOSEN)

    await store.forget_server(7)

    restarted = ServerSettingsStore(database=database)
    await restarted.load_all()
    for each in (store, restarted):
        assert each.of(7) == ServerSettings()
        assert each.of(8) == CHOSEN


@pytest.mark.parametrize("confidence", [-0.01, 1.01, float("nan")])
def test_a_confidence_out_of_bounds_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        ServerSettings(minimum_confidence=confidence)
