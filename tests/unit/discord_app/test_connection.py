"""How the bot keeps reaching Discord."""

from __future__ import annotations

import pytest
import yarl
from discord import shard
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord_app.connection import MAX_PAUSE_TO_RECONNECT, prepare_discord_py


@pytest.fixture(autouse=True)
def _discord_py_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back afterwards what discord.py keeps for the whole process."""
    for place, name in (
        (Route, "BASE"),
        (DiscordWebSocket, "DEFAULT_GATEWAY"),
        (shard, "ExponentialBackoff"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))


def test_discord_is_sought_where_the_settings_say() -> None:
    prepare_discord_py(api="http://127.0.0.1:9/api/v10/", gateway="ws://127.0.0.1:9")

    assert Route("GET", "/users/@me").url == "http://127.0.0.1:9/api/v10/users/@me"
    assert yarl.URL("ws://127.0.0.1:9") == DiscordWebSocket.DEFAULT_GATEWAY


def test_after_many_lost_connections_it_still_reconnects_soon() -> None:
    prepare_discord_py(api="http://127.0.0.1:9", gateway=None)

    backoff = vars(shard)["ExponentialBackoff"]()
    pauses = [backoff.delay() for _ in range(200)]

    assert max(pauses) <= MAX_PAUSE_TO_RECONNECT
    assert len({round(pause, 3) for pause in pauses}) > 100  # they are spread, so that not all bots come at once
