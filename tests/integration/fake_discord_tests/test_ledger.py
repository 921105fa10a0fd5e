"""The account that the fake Discord keeps counts what people see, not what the bot meant."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from discords import running_discord
from fake_discord import Channel, FakeDiscord, Interaction, Member, Reset, Status

THINKING = {"type": 5, "data": {"flags": 64}}
ANSWER = {"type": 4, "data": {"content": "Yes.", "flags": 64}}
CALLBACK = "POST /interactions/*/callback"

fake = running_discord(make=lambda: FakeDiscord(response_window=60.0))  # a busy machine may need more than 3 seconds


async def request(fake: FakeDiscord, method: str, path: str, body: Any = None) -> int:
    headers = {"Authorization": f"Bot {fake.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, fake.api_url + path, json=body) as answer,
    ):
        return answer.status


def callback(interaction: Interaction) -> str:
    return f"/interactions/{interaction.id}/{interaction.token}/callback"


def original(fake: FakeDiscord, interaction: Interaction) -> str:
    return f"/webhooks/{fake.bot.id}/{interaction.token}/messages/@original"


async def test_a_first_response_acknowledges_and_answers(fake: FakeDiscord, channel: Channel, mia: Member) -> None:
    asked = await mia.forges_click(fake.seed(channel, fake.bot, "old"), "more")
    told: list[int] = []
    fake.ledger.listen = told.append

    await request(fake, "POST", callback(asked), ANSWER)

    entry = fake.ledger.entry(asked)
    assert entry.seconds_to_acknowledge is not None
    assert entry.seconds is not None
    assert told == [asked.id]
    assert fake.ledger.account().once == 1


async def test_thinking_acknowledges_and_only_what_takes_its_place_answers(
    fake: FakeDiscord, channel: Channel, mia: Member
) -> None:
    asked = await mia.forges_click(fake.seed(channel, fake.bot, "old"), "more")

    await request(fake, "POST", callback(asked), THINKING)
    entry = fake.ledger.entry(asked)
    unanswered = fake.ledger.unanswered()
    await request(fake, "PATCH", original(fake, asked), {"content": "Yes."})
    await request(fake, "PATCH", original(fake, asked), {"content": "Yes, indeed."})

    assert unanswered == [asked.id]
    assert entry.acknowledged_at is not None
    assert len(entry.answers) == 1
    assert fake.ledger.account().once == 1


async def test_faults_that_keep_an_interaction_from_its_response_are_noted(
    fake: FakeDiscord, channel: Channel, mia: Member
) -> None:
    asked = await mia.forges_click(fake.seed(channel, fake.bot, "old"), "more")
    fake.faults.on(CALLBACK, Status(503), times=1)
    fake.faults.on(CALLBACK, Reset(), times=1)

    assert await request(fake, "POST", callback(asked), ANSWER) == 503
    with pytest.raises(aiohttp.ClientError):
        await request(fake, "POST", callback(asked), ANSWER)
    await request(fake, "POST", callback(asked), ANSWER)

    entry = fake.ledger.entry(asked)
    assert len(entry.struck_at) == 2
    assert len(entry.answers) == 1


async def test_a_reaction_counts_once_however_often_it_is_sent(
    fake: FakeDiscord, channel: Channel, mia: Member
) -> None:
    asked = await mia.asks(channel, "does a TPM code?")
    path = f"/channels/{channel.id}/messages/{asked.id}/reactions/%E2%8F%B3/@me"

    assert [await request(fake, "PUT", path) for _ in range(2)] == [204, 204]

    assert fake.ledger.entry(asked).emojis == {"⏳"}
    assert fake.ledger.account().only_reacted == 1


async def test_what_is_asked_while_nobody_is_connected_is_marked(
    fake: FakeDiscord, channel: Channel, mia: Member
) -> None:
    unheard = await mia.asks(channel, "anybody there?")
    async with aiohttp.ClientSession() as session, session.ws_connect(fake.gateway_url) as gateway:
        await gateway.send_json({"op": 2, "d": {"token": fake.token, "intents": 1 << 9, "properties": {}}})
        await fake.ready()
        heard = await mia.asks(channel, "and now?")

    assert not fake.ledger.entry(unheard).heard
    assert fake.ledger.entry(heard).heard
