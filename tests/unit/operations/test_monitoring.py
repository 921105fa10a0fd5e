from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from bot.operations.health import MAX_REPORT_LENGTH, Health, ask_health
from bot.operations.metrics import Metrics
from bot.operations.monitoring import AddressUnusable, LoopLag, serve_monitoring


@pytest.fixture
def address() -> str:
    """Where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A server that somebody else runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def address_of(server: socket.socket) -> str:
    return f"127.0.0.1:{server.getsockname()[1]}"


async def answer(address: str, path: str) -> tuple[int, object]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}") as response:
        return response.status, await response.json()


async def test_ready_means_that_every_check_holds(address: str) -> None:
    async with serve_monitoring(address, lambda: {"gateway": True, "knowledge": True}, CollectorRegistry()):
        found = await answer(address, "/readyz")

    assert found == (200, {"ready": True, "gateway": True, "knowledge": True})


async def test_not_ready_names_what_is_not_in_order(address: str) -> None:
    async with serve_monitoring(address, lambda: {"gateway": False, "knowledge": True}, CollectorRegistry()):
        found = await answer(address, "/readyz")

    assert found == (503, {"ready": False, "gateway": False, "knowledge": True})


async def test_what_is_not_ready_may_live(address: str) -> None:
    async with serve_monitoring(address, lambda: {"gateway": False}, CollectorRegistry()):
        found = await answer(address, "/livez")

    assert found == (200, {"live": True})


async def test_readiness_is_found_out_anew_each_time(address: str) -> None:
    checks = {"gateway": False}

    async with serve_monitoring(address, lambda: checks, CollectorRegistry()):
        before, _ = await answer(address, "/readyz")
        checks["gateway"] = True
        after, _ = await answer(address, "/readyz")

    assert (before, after) == (503, 200)


async def test_metrics_are_served_as_text_that_prometheus_reads(address: str) -> None:
    registry = CollectorRegistry()
    Metrics(registry).session_begun()

    async with (
        serve_monitoring(address, dict, registry),
        aiohttp.ClientSession() as session,
        session.get(f"http://{address}/metrics") as response,
    ):
        text = await response.text()

    assert response.status == 200
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert [sample.value for sample in families["tpm_bot_identifies"].samples] == [1]


async def test_metrics_tell_of_each_scrape_what_is_so_then(address: str) -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry)

    async with serve_monitoring(address, dict, registry), aiohttp.ClientSession() as session:
        before = await (await session.get(f"http://{address}/metrics")).text()
        metrics.session_begun()
        after = await (await session.get(f"http://{address}/metrics")).text()

    assert "tpm_bot_identifies_total 0.0" in before
    assert "tpm_bot_identifies_total 1.0" in after


async def test_nothing_else_is_served(address: str) -> None:
    async with serve_monitoring(address, dict, CollectorRegistry()), aiohttp.ClientSession() as session:
        response = await session.get(f"http://{address}/")

    assert response.status == 404


async def test_nothing_is_served_once_it_is_over(address: str) -> None:
    async with serve_monitoring(address, dict, CollectorRegistry()):
        pass

    with pytest.raises(aiohttp.ClientConnectionError):
        await answer(address, "/livez")


async def test_without_an_address_nothing_is_served() -> None:
    async with serve_monitoring(None, dict, CollectorRegistry()):
        pass


@pytest.mark.parametrize("host", ["a" * 64, "192.0.2.1"])
async def test_an_address_that_is_not_this_machines_is_told(host: str) -> None:
    with pytest.raises(AddressUnusable, match=f"^MONITORING_ADDRESS {host}:8080 can't be used: .+ Set it to"):
        async with serve_monitoring(f"{host}:8080", dict, CollectorRegistry()):
            pass


async def test_an_address_that_is_taken_is_told(taken: socket.socket) -> None:
    with pytest.raises(AddressUnusable, match=r"can't be used: .*in use"):
        async with serve_monitoring(address_of(taken), dict, CollectorRegistry()):
            pass


@pytest.mark.parametrize("is_ready", [True, False])
async def test_health_is_what_the_bot_says_of_itself(address: str, *, is_ready: bool) -> None:
    async with serve_monitoring(address, lambda: {"gateway": is_ready}, CollectorRegistry()):
        health = await asyncio.to_thread(ask_health, address)

    assert health.is_ready is is_ready
    assert f'"gateway": {str(is_ready).lower()}' in health.report


async def test_health_is_asked_of_this_machine_where_the_bot_listens_to_all() -> None:
    with socket.create_server(("0.0.0.0", 0)) as free:  # noqa: S104 - closed before anybody comes
        address = f"0.0.0.0:{free.getsockname()[1]}"

    async with serve_monitoring(address, dict, CollectorRegistry()):
        health = await asyncio.to_thread(ask_health, address)

    assert health == Health(is_ready=True, report='{"ready": true}')


async def test_health_takes_no_way_around_through_a_proxy(
    address: str, taken: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{address_of(taken)}")

    async with serve_monitoring(address, dict, CollectorRegistry()):
        health = await asyncio.to_thread(ask_health, address)

    assert health.is_ready


@pytest.mark.parametrize("host", ["127.0.0.1", "a" * 64])
def test_where_nothing_answers_nothing_is_healthy(address: str, host: str) -> None:
    address = address.replace("127.0.0.1", host)

    health = ask_health(address)

    assert not health.is_ready
    assert address in health.report


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n\xff\xfe",
    ],
)
async def test_what_is_not_this_bot_is_not_healthy(taken: socket.socket, said: bytes) -> None:
    asking = asyncio.create_task(asyncio.to_thread(ask_health, address_of(taken)))
    connection, _ = await asyncio.to_thread(taken.accept)
    with connection:
        await asyncio.to_thread(connection.recv, 1024)
        connection.sendall(said)

    assert not (await asking).is_ready


async def test_no_more_of_a_report_is_read_than_one_would(taken: socket.socket) -> None:
    asking = asyncio.create_task(asyncio.to_thread(ask_health, address_of(taken)))
    connection, _ = await asyncio.to_thread(taken.accept)
    with connection:
        await asyncio.to_thread(connection.recv, 1024)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 2 * MAX_REPORT_LENGTH)
        health = await asking

    assert len(health.report) == MAX_REPORT_LENGTH


hold_up = 0.3  # seconds


async def measured(lags: asyncio.Queue[float]) -> float:
    """Wait for the next lag that is measured."""
    while not lags.empty():
        lags.get_nowait()
    return await lags.get()


async def test_a_loop_that_is_held_up_is_known_to_be_late_by_as_much() -> None:
    lags: asyncio.Queue[float] = asyncio.Queue()

    async with LoopLag(lags.put_nowait, interval=0.01) as lag:
        await measured(lags)
        before = time.monotonic()
        time.sleep(hold_up)  # noqa: ASYNC251 - the hold-up itself
        known_at_once = lag.recent
        elapsed = time.monotonic() - before
        told = await measured(lags)
        known_afterwards = lag.recent

    assert elapsed - 0.02 <= known_at_once <= elapsed + 0.25
    assert known_at_once <= told == known_afterwards


async def test_a_hold_up_weighs_as_much_as_it_takes() -> None:
    lags: asyncio.Queue[float] = asyncio.Queue()

    async with LoopLag(lags.put_nowait, interval=0.01):
        await measured(lags)
        time.sleep(hold_up)  # noqa: ASYNC251 - the hold-up itself
        late = 0
        while await lags.get() > hold_up / 2:
            late += 1

    assert late >= hold_up / 2 / 0.01 - 2


async def test_a_lag_is_forgotten_after_its_time() -> None:
    lags: asyncio.Queue[float] = asyncio.Queue()

    async with LoopLag(lags.put_nowait, interval=0.01, memory=0.2) as lag, asyncio.timeout(5):
        await measured(lags)
        time.sleep(hold_up)  # noqa: ASYNC251 - the hold-up itself
        await measured(lags)
        remembered = lag.recent
        while lag.recent > hold_up / 2:
            await lags.get()

    assert remembered > hold_up / 2


async def test_a_hold_up_longer_than_the_memory_is_caught_up_with_no_further_back() -> None:
    lags: asyncio.Queue[float] = asyncio.Queue()

    async with LoopLag(lags.put_nowait, interval=0.001, memory=0.02):
        await measured(lags)
        time.sleep(hold_up)  # noqa: ASYNC251 - the hold-up itself
        first, second = await measured(lags), await lags.get()

    assert first > hold_up / 2 > second


async def test_a_loop_that_is_late_by_a_second_does_not_keep_up() -> None:
    lags: asyncio.Queue[float] = asyncio.Queue()

    async with LoopLag(lags.put_nowait) as lag:
        kept_up = lag.keeps_up
        time.sleep(1.2)  # noqa: ASYNC251 - the hold-up itself
        keeps_up = lag.keeps_up

    assert (kept_up, keeps_up) == (True, False)


async def test_nothing_is_measured_once_it_is_over() -> None:
    lags: asyncio.Queue[float] = asyncio.Queue()
    before = asyncio.all_tasks()

    async with LoopLag(lags.put_nowait, interval=0.01):
        await measured(lags)

    assert asyncio.all_tasks() == before
