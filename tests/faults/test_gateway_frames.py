"""What a damaged or confused gateway sends: the shard begins anew, without haste, and nobody is missed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from e2e.questions import CODING, titles

from bot.discord_app.patches import MAX_PAUSE_TO_RECONNECT, MAX_RECONNECTS_A_MINUTE
from bot_process import answering
from discords import stop_cleanly
from fake_discord import FakeDiscord, Guild
from fake_discord.components import Json
from fake_discord.gateway import INVALID_SESSION, RECONNECT
from fake_discord.session import Connection
from faults.accounting import accounted_discord
from faults.asking import WHILE_STARTING, ask_somewhere

FRAMES = {
    "damaged compression": b"\x00damaged\x00\x00\xff\xff",
    "cut-off JSON": '{"op": 0, "t": "MESSAGE_CR',
    "a list": "[]",
    "READY without a session": json.dumps({"op": 0, "t": "READY", "s": 2, "d": {}}),
    "RESUMED without data": json.dumps({"op": 0, "t": "RESUMED", "s": 2, "d": None}),
    "HELLO without an interval": json.dumps({"op": 10, "d": {}}),
}

fake = accounted_discord()


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
async def test_a_frame_that_cannot_be_read_costs_a_session_and_no_question(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, frame: str | bytes
) -> None:
    async with answering(tmp_path, fake) as bot:
        await bot.logged("Ready as")
        await fake.reply_to(await ask_somewhere(guild))
        [session] = fake.gateway.connected
        assert session.connection is not None
        if isinstance(frame, bytes):
            await session.connection.ws.send_bytes(frame)
        else:
            session.connection.send(frame)
        missed = await ask_somewhere(guild)

        assert titles(await fake.reply_to(missed, WHILE_STARTING)) == [CODING]
        assert len(fake.gateway.connected) == 1
        assert fake.gateway.identifies == 2
        await bot.logged("got what it can't read")
        await stop_cleanly(bot)


@pytest.mark.parametrize("seconds", [0.0, -5.0, 1e12], ids=["zero", "negative", "huge"])
async def test_an_absurd_pause_between_heartbeats_neither_spins_nor_stops_them(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, seconds: float
) -> None:
    fake.gateway._heartbeat_interval = seconds
    begun = fake.clock.now()
    async with answering(tmp_path, fake) as bot:
        for _ in range(3):
            assert titles(await fake.reply_to(await ask_somewhere(guild))) == [CODING]

        assert fake.gateway.heartbeats <= 2 + fake.clock.now() - begun
        assert fake.gateway.identifies == 1
        await stop_cleanly(bot)
    assert "Traceback" not in bot.log


@pytest.mark.parametrize("op", [RECONNECT, INVALID_SESSION])
async def test_a_gateway_that_ends_each_connection_at_once_is_not_hammered(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, op: int
) -> None:
    resume, knocks = fake.gateway._resume, 0

    def resume_in_vain(connection: Connection, data: Json) -> None:
        nonlocal knocks
        knocks += 1
        resume(connection, data)
        connection.send_op(op, data=True)
        fake.bell.ring()

    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(await ask_somewhere(guild))
        monkeypatch.setattr(fake.gateway, "_resume", resume_in_vain)
        fake.gateway.cut()
        await bot.logged("Next connection in", times=2)
        assert knocks <= MAX_RECONNECTS_A_MINUTE + 2

        monkeypatch.setattr(fake.gateway, "_resume", resume)
        meanwhile = await ask_somewhere(guild)
        assert titles(await fake.reply_to(meanwhile, MAX_PAUSE_TO_RECONNECT + WHILE_STARTING)) == [CODING]
        await stop_cleanly(bot)
