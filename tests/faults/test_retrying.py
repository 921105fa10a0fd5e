"""Which requests are made again, when, and how often; over discord.py's own client and real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import discord
import pytest
from discord import http as discords_http
from discord.http import HTTPClient, Route
from discord.webhook import async_ as webhooks

from bot.discord_app.patches import refuse_unreadable_responses
from bot.discord_app.rest import requests
from bot.discord_app.rest.circuit import Circuit
from bot.discord_app.rest.global_limit import GlobalLimit
from bot.discord_app.rest.requests import Requests, TokenRefused
from bot.discord_app.rest.retrying import retry_after, retrying_requests, temporary_failure
from bot.operations.metrics import RetryReason
from discords import running_discord
from fake_discord import Channel, Disconnect, FakeDiscord, Hang, Limited, Reset, Status
from fake_discord.faults import Action
from faults.asking import SEND
from faults.cloudflare import refusal


def caused_by(cause: Exception) -> discord.GatewayNotFound:
    """Return what discord.py makes of a failure to ask for the gateway's address."""
    error = discord.GatewayNotFound()  # type: ignore[no-untyped-call]
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refusal(500), RetryReason.server_error),
        (refusal(503), RetryReason.server_error),
        (refusal(524), RetryReason.server_error),
        (refusal(429), RetryReason.blocked),
        (TimeoutError(), RetryReason.timeout),
        (aiohttp.ServerTimeoutError(), RetryReason.timeout),
        (ConnectionResetError(), RetryReason.connection),
        (OSError("no route to host"), RetryReason.connection),
        (aiohttp.ServerDisconnectedError(), RetryReason.connection),
        (aiohttp.ClientPayloadError(), RetryReason.connection),
        (caused_by(refusal(502)), RetryReason.server_error),
        (caused_by(refusal(403)), None),
        (refusal(400), None),
        (refusal(401), None),
        (refusal(403), None),
        (refusal(403, Content_Type="text/html; charset=UTF-8"), RetryReason.blocked),
        (refusal(404, Content_Type="text/html; charset=UTF-8"), None),
        (refusal(403, 40333, Content_Type="application/json"), RetryReason.server_error),
        (refusal(404), None),
        (TokenRefused(), None),
        (ValueError("a fault of our own"), None),
        (None, None),
    ],
)
def test_time_heals_what_lies_at_discord_or_on_the_way_and_nothing_else(
    error: Exception | None, reason: RetryReason | None
) -> None:
    assert temporary_failure(error) is reason


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (refusal(503, Retry_After="7"), 7.0),
        (refusal(429, Retry_After="0.25"), 0.25),
        (refusal(503, Retry_After="-3"), 0.0),
        (refusal(503, Retry_After="Mon, 23 Nov 2026 10:00:00 GMT"), 0.0),
        (refusal(503), 0.0),
        (TimeoutError(), 0.0),
        (None, 0.0),
    ],
)
def test_the_pause_that_a_refusal_asks_for_is_read_from_its_header(error: Exception | None, seconds: float) -> None:
    assert retry_after(error) == seconds


async def test_no_attempt_begins_after_the_deadline_and_each_is_noted() -> None:
    noted: list[RetryReason] = []
    begun: list[float] = []

    async def attempt() -> None:
        begun.append(asyncio.get_running_loop().time())
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await retrying_requests(deadline=0.3, first_pause=0.05, note=noted.append)(attempt)

    assert len(begun) > 1
    assert begun[-1] - begun[0] < 1
    assert noted == [RetryReason.connection] * (len(begun) - 1)


async def test_no_attempt_begins_after_the_deadline_though_discord_asks_to_wait_for_longer() -> None:
    noted: list[RetryReason] = []

    async def attempt() -> None:
        raise refusal(429, Retry_After="60")

    async with asyncio.timeout(30):
        with pytest.raises(discord.HTTPException):
            await retrying_requests(deadline=1.0, first_pause=0.05, note=noted.append)(attempt)

    assert noted == []


fake = running_discord()


@pytest.fixture
def channel(fake: FakeDiscord) -> Channel:
    return fake.add_guild().add_text_channel("general")


@pytest.fixture
def noted() -> list[RetryReason]:
    """Why requests were made again."""
    return []


@pytest.fixture
async def ask(fake: FakeDiscord, noted: list[RetryReason], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Requests]:
    """Return the bot's way of asking Discord, in a hurry: 0.5 s for an answer, 1.5 s for everything."""
    monkeypatch.setattr(Route, "BASE", fake.api_url)
    monkeypatch.setattr(requests, "TIME_FOR_ANSWER", aiohttp.ClientTimeout(total=0.5))
    monkeypatch.setattr(requests, "DEADLINE", 1.0)
    monkeypatch.setattr(requests, "FIRST_PAUSE", 0.01)
    for place in (discords_http, webhooks):
        monkeypatch.setattr(place, "json_or_text", discords_http.json_or_text)
    refuse_unreadable_responses()
    http = HTTPClient(asyncio.get_running_loop())

    ask = Requests(http.request, circuit=Circuit(), note_retry=noted.append)
    http.request = ask  # type: ignore[method-assign]  # as in the bot
    await http.static_login(fake.token)
    http._global_over = GlobalLimit()
    yield ask
    await http.close()


def to(channel: Channel) -> Route:
    return Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id)


@pytest.mark.parametrize("failure", [Status(503), Reset(), Disconnect(), Hang(1)], ids=repr)
async def test_a_message_without_a_nonce_is_sent_once_whatever_happens(
    fake: FakeDiscord, channel: Channel, ask: Requests, noted: list[RetryReason], failure: Action
) -> None:
    fake.faults.on(SEND, failure)

    with pytest.raises((discord.HTTPException, OSError, aiohttp.ClientError)):
        await ask(to(channel), json={"content": "hello"})

    assert len(fake.requests_to(SEND)) == 1
    assert noted == []


@pytest.mark.parametrize(
    "case",
    [
        (Status(503), RetryReason.server_error),
        (Reset(), RetryReason.connection),
        (Disconnect(), RetryReason.connection),
        (Hang(1), RetryReason.timeout),
    ],
    ids=repr,
)
async def test_a_message_with_a_nonce_is_sent_again(
    fake: FakeDiscord, channel: Channel, ask: Requests, noted: list[RetryReason], case: tuple[Action, RetryReason]
) -> None:
    failure, reason = case
    fake.faults.on(SEND, failure, times=1)

    sent = await ask(to(channel), json={"content": "hello", "nonce": "1", "enforce_nonce": True})

    assert sent["content"] == "hello"
    assert noted == [reason]


async def test_what_may_be_said_twice_is_asked_again_without_a_nonce(
    fake: FakeDiscord, channel: Channel, ask: Requests
) -> None:
    fake.faults.on("GET /channels/*", Status(503), Reset(), times=2)

    found = await ask(Route("GET", "/channels/{channel_id}", channel_id=channel.id))

    assert found["id"] == str(channel.id)
    assert len(fake.requests_to("GET /channels/{channel_id}")) == 3


async def test_a_request_that_never_succeeds_ends_in_time(fake: FakeDiscord, channel: Channel, ask: Requests) -> None:
    fake.faults.on("GET /channels/*", Status(500))

    async with asyncio.timeout(2):
        with pytest.raises(TimeoutError):
            await ask(Route("GET", "/channels/{channel_id}", channel_id=channel.id))


async def test_once_the_token_is_refused_nothing_is_asked_any_more(
    fake: FakeDiscord, channel: Channel, ask: Requests
) -> None:
    fake.faults.on("GET /channels/*", Status(401), times=1)
    route = Route("GET", "/channels/{channel_id}", channel_id=channel.id)
    with pytest.raises(discord.HTTPException, match="401"):
        await ask(route)
    before = len(fake.requests)

    with pytest.raises(TokenRefused):
        await ask(route)

    assert ask.token_refused.is_set()
    assert len(fake.requests) == before


async def test_a_global_limit_outlasts_the_request_that_reached_it_and_then_ends(
    fake: FakeDiscord, channel: Channel, ask: Requests
) -> None:
    route = Route("GET", "/channels/{channel_id}", channel_id=channel.id)
    fake.faults.on("GET /channels/*", Limited(retry_after=2.0, scope="global"), times=1)
    with pytest.raises(TimeoutError):
        await ask(route)

    while True:  # each request gives up after 1.5 s
        with suppress(TimeoutError):
            assert (await ask(route))["id"] == str(channel.id)
            break

    refused, answered = fake.requests_to("GET /channels/{channel_id}")
    assert answered.at - refused.at >= 2.0


async def test_a_request_that_is_interrupted_while_it_only_waits_ends_the_limit_for_nobody(
    fake: FakeDiscord, channel: Channel, ask: Requests
) -> None:
    route = Route("GET", "/channels/{channel_id}", channel_id=channel.id)
    other = Route("GET", "/guilds/{guild_id}", guild_id=channel.guild.id if channel.guild else 0)
    limited = fake.faults.on("GET /channels/*", Limited(retry_after=0.8, scope="global"), times=1)
    meeting = asyncio.create_task(ask(route))
    await fake.wait_for(lambda: limited.hits, what="the limit")
    await asyncio.sleep(0.1)
    waiting = [asyncio.create_task(ask(other)) for _ in range(2)]
    await asyncio.sleep(0.1)
    waiting[0].cancel()
    await asyncio.wait({waiting[0]})
    await asyncio.sleep(0.1)

    early = len(fake.requests_to("GET /guilds/{guild_id}"))
    await asyncio.gather(meeting, *waiting, return_exceptions=True)

    assert early == 0
