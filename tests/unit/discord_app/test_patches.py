"""What the bot relies on inside discord.py. A failure here means that discord.py changed: look at its patch again."""

from __future__ import annotations

import asyncio
import inspect
from types import SimpleNamespace

import discord
import pytest
import yarl
from discord import shard
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import HTTPClient, Route

from bot.discord_app.patches import (
    MAX_PAUSE_TO_RECONNECT,
    GlobalLimit,
    LaunchFailed,
    SingleLaunches,
    reconnect_patiently,
    send_through,
    sender_of,
    use_addresses,
    use_global_limit,
)


@pytest.fixture(autouse=True)
def discord_py_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back afterwards what discord.py keeps for the whole process."""
    for place, name in (
        (Route, "BASE"),
        (DiscordWebSocket, "DEFAULT_GATEWAY"),
        (shard, "ExponentialBackoff"),
        (shard, "Shard"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))


@pytest.fixture
def client() -> discord.AutoShardedClient:
    return discord.AutoShardedClient(intents=discord.Intents.none())


def test_requests_and_the_gateway_go_to_the_given_addresses() -> None:
    use_addresses(api="http://127.0.0.1:9/api/v10/", gateway="ws://127.0.0.1:9")

    assert Route("GET", "/users/@me").url == "http://127.0.0.1:9/api/v10/users/@me"
    assert yarl.URL("ws://127.0.0.1:9") == DiscordWebSocket.DEFAULT_GATEWAY


def test_pauses_before_reconnecting_stay_short_and_spread() -> None:
    reconnect_patiently()

    backoff = vars(shard)["ExponentialBackoff"]()
    pauses = [backoff.delay() for _ in range(200)]

    assert max(pauses) <= MAX_PAUSE_TO_RECONNECT
    assert len({round(pause, 3) for pause in pauses}) > 100


def test_discord_py_makes_its_shards_and_pauses_by_the_patched_names() -> None:
    assert "Shard(ws, self" in inspect.getsource(shard.AutoShardedClient.launch_shard)
    assert "ExponentialBackoff()" in inspect.getsource(shard.Shard.__init__)


async def test_a_shard_that_cannot_reconnect_waits(
    client: discord.AutoShardedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def note(pause: float) -> None:
        pauses.append(pause)

    async def fail(self: shard.Shard, exc: ReconnectWebSocket) -> None:
        """Leave the socket as it is, as discord.py does when the attempt fails."""

    monkeypatch.setattr(shard.Shard, "reidentify", fail)
    reconnect_patiently()
    vars(client)["_reconnect"] = True  # as connecting sets it
    patient = vars(shard)["Shard"](SimpleNamespace(shard_id=0), client, lambda _: None)
    monkeypatch.setattr(asyncio, "sleep", note)

    await patient.reconnect()

    assert len(pauses) == 1


async def test_every_request_passes_through_what_was_set(client: discord.AutoShardedClient) -> None:
    routes = []

    async def send(route: Route, **_: object) -> dict[str, object]:
        routes.append(route.path)
        return {"url": "wss://gateway", "shards": 1, "session_start_limit": {}}

    assert sender_of(client).__func__ is HTTPClient.request  # type: ignore[attr-defined]
    send_through(client, send)
    await client.http.get_bot_gateway()

    assert routes == ["/gateway/bot"]


def test_discord_py_waits_for_its_limit_on_all_routes_by_the_patched_name(client: discord.AutoShardedClient) -> None:
    limit = GlobalLimit()
    use_global_limit(client, limit)

    source = inspect.getsource(HTTPClient.request)
    assert vars(client.http)["_global_over"] is limit
    assert all(f"self._global_over.{use}()" in source for use in ("is_set", "wait", "clear", "set"))


async def test_a_canceled_request_releases_the_limit_it_holds() -> None:
    limit = GlobalLimit()
    limit.clear()
    limit.release()
    assert limit.is_set()

    await asyncio.create_task(asyncio.to_thread(lambda: None))
    held = asyncio.create_task(_hold(limit))
    await held
    limit.release()
    assert not limit.is_set()  # another task holds it


async def _hold(limit: GlobalLimit) -> None:
    limit.clear()


async def test_a_failed_launch_ends_where_discord_py_would_call_itself(
    client: discord.AutoShardedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    launches = SingleLaunches()
    gateway = yarl.URL("ws://127.0.0.1:9")  # nobody listens

    async def attempt() -> None:
        await discord.AutoShardedClient.launch_shard(client, gateway, 0)

    async def again(*_: object, **__: object) -> None:
        await launches.launch(0, attempt)

    async def no_pause(_: float) -> None:
        """Spare the test discord.py's 5 s."""

    monkeypatch.setattr(client, "launch_shard", again)
    monkeypatch.setattr("discord.shard.asyncio.sleep", no_pause)

    with pytest.raises(LaunchFailed) as failed:
        await launches.launch(0, attempt)
    assert failed.value.reason
