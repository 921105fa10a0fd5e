"""What the bot relies on inside discord.py. A failure here means that discord.py changed: look at its patch again."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

import discord
import pytest
import yarl
from discord import http, shard
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import HTTPClient, Route
from discord.webhook import async_ as webhooks

from bot.discord_app.patches import (
    MAX_HEARTBEAT,
    MAX_PAUSE_TO_RECONNECT,
    MAX_RECONNECTS_A_MINUTE,
    MIN_HEARTBEAT,
    LaunchFailed,
    SingleLaunches,
    reconnect_patiently,
    refuse_unreadable_responses,
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
        (discord.gateway, "KeepAliveHandler"),
        (http, "json_or_text"),
        (webhooks, "json_or_text"),
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


@pytest.mark.parametrize(
    ("asked", "kept"), [(41.25, 41.25), (0.0, MIN_HEARTBEAT), (-5.0, MIN_HEARTBEAT), (1e12, MAX_HEARTBEAT)]
)
async def test_heartbeats_keep_a_pace_that_makes_sense(asked: float, kept: float) -> None:
    reconnect_patiently()
    frames: list[object] = []

    async def send(frame: object) -> None:
        frames.append(frame)

    socket = DiscordWebSocket(None, loop=asyncio.get_running_loop())  # type: ignore[arg-type]
    socket.shard_id = 0
    vars(socket).update(_max_heartbeat_timeout=60.0, send_as_json=send)

    await socket.received_message(json.dumps({"op": 10, "d": {"heartbeat_interval": asked * 1000}}))

    heart = socket._keep_alive
    assert heart is not None
    heart.stop()
    assert heart.interval == kept
    assert len(frames) == 1


class PatientShard(NamedTuple):
    """A shard, what it asks discord.py's loop to do, and the pauses before it does."""

    shard: shard.Shard
    asked: list[shard.EventItem]
    pauses: list[float]


@pytest.fixture
def patient(client: discord.AutoShardedClient) -> PatientShard:
    asked: list[shard.EventItem] = []
    pauses: list[float] = []

    def call_later(pause: float, put: Callable[[shard.EventItem], None], item: shard.EventItem) -> None:
        pauses.append(pause)
        put(item)

    reconnect_patiently()
    vars(client).update(_reconnect=True, loop=SimpleNamespace(call_later=call_later))  # as connecting sets them
    closed = SimpleNamespace(shard_id=0, open=False, gateway=None, session_id="a", sequence=1)
    return PatientShard(vars(shard)["Shard"](closed, client, asked.append), asked, pauses)


async def test_a_shard_that_fails_to_reconnect_pauses(patient: PatientShard, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise ReconnectWebSocket(0)

    monkeypatch.setattr(DiscordWebSocket, "from_client", fail)

    await patient.shard.reconnect()

    assert [item.type for item in patient.asked] == [shard.EventType.resume]
    assert patient.pauses[0] > 0


async def test_a_shard_that_loses_its_connection_reconnects_at_once_but_not_forever(
    patient: PatientShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connect(*_: object, **__: object) -> None:
        """Connect, as far as the shard can tell."""

    monkeypatch.setattr(vars(shard)["Shard"].__mro__[1], "reidentify", connect)
    item = shard.EventItem(shard.EventType.resume, patient.shard, ReconnectWebSocket(0))
    for _ in range(MAX_RECONNECTS_A_MINUTE + 1):
        patient.shard._queue_put(item)
        await patient.shard.reidentify(ReconnectWebSocket(0))

    assert patient.pauses[:-1] == [0.0] * MAX_RECONNECTS_A_MINUTE
    assert patient.pauses[-1] > 0


async def test_a_shard_that_gets_what_it_cannot_read_begins_a_new_session(patient: PatientShard) -> None:
    async def poll_event() -> None:
        raise ValueError

    patient.shard.ws.poll_event = poll_event  # type: ignore[method-assign]

    await patient.shard.worker()

    [item] = patient.asked
    assert item.type == shard.EventType.identify
    assert isinstance(item.error, ReconnectWebSocket)
    assert not item.error.resume


def test_discord_py_ends_for_refused_intents_as_before(patient: PatientShard) -> None:
    item = shard.EventItem(shard.EventType.terminate, patient.shard, discord.PrivilegedIntentsRequired(0))
    patient.shard._queue_put(item)

    assert patient.asked == [item]
    assert patient.asked[0].error is item.error


def test_discord_py_reads_all_responses_by_the_patched_name() -> None:
    refuse_unreadable_responses()

    for reader in (HTTPClient.request, webhooks.AsyncWebhookAdapter.request):
        assert "await json_or_text(response)" in inspect.getsource(reader)
        assert reader.__globals__["json_or_text"] is http.json_or_text
        assert reader.__globals__["json_or_text"].__module__ == "bot.discord_app.patches"


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
    limit = asyncio.Event()
    use_global_limit(client, limit)

    source = inspect.getsource(HTTPClient.request)
    assert vars(client.http)["_global_over"] is limit
    assert all(f"self._global_over.{use}()" in source for use in ("is_set", "wait", "clear", "set"))


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
