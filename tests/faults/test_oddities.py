"""Whatever Discord spells otherwise than it documents, whoever asks is answered, and the bot goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from e2e.questions import CODING, titles

from bot_process import BotProcess, answering, free_port
from fake_discord import FakeDiscord, Guild, Member, oddities
from fake_discord.oddities import Oddity
from faults.odd_places import ODD_PLACES
from faults.scraping import samples

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def monitoring() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(fake: FakeDiscord, guild: Guild, directory: Path, monitoring: str) -> AsyncIterator[BotProcess]:
    assert guild.me
    async with answering(directory, fake, MONITORING_ADDRESS=monitoring) as bot:
        await bot.logged("Ready as")
        yield bot
        assert await bot.stop() == 0, bot.log
        assert "Traceback" not in bot.log


@pytest.fixture
def mia(guild: Guild) -> Member:
    return guild.add_member("mia")


@pytest.mark.usefixtures("accounted_for")
@pytest.mark.parametrize("where", ODD_PLACES)
async def test_a_question_in_an_odd_place_is_answered(fake: FakeDiscord, guild: Guild, mia: Member, where: str) -> None:
    place = await ODD_PLACES[where](guild, mia)

    answer = await fake.reply_to(await mia.asks(place, CODING))

    assert CODING in answer.text


@pytest.mark.usefixtures("accounted_for")
@pytest.mark.parametrize(
    "oddity", [oddities.POLL_WITHOUT_END, oddities.BROKEN_VOICE_MESSAGE], ids=["a poll without an end", "voice message"]
)
async def test_a_question_beside_something_odd_is_answered(
    fake: FakeDiscord, guild: Guild, mia: Member, oddity: Oddity
) -> None:
    asked = await mia.asks(guild.add_text_channel("general"), CODING, oddity=oddity)

    assert titles(await fake.reply_to(asked)) == [CODING]


@pytest.mark.usefixtures("accounted_for")
async def test_whoever_has_no_discriminator_is_answered(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    mia.user.oddities = (oddities.WITHOUT_DISCRIMINATOR,)

    answer = await fake.reply_to(await mia.asks(guild.add_text_channel("general"), CODING))
    click = await mia.clicks(answer, "👍")

    assert titles(answer) == [CODING]
    assert await click.answer()


@pytest.mark.usefixtures("accounted_for")
async def test_a_command_and_a_click_in_a_channel_that_is_null_are_answered(
    fake: FakeDiscord, guild: Guild, mia: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = guild.add_text_channel("general")
    monkeypatch.setattr(fake.interactions, "oddities", (oddities.NULL_CHANNEL,))

    answer = await (await mia.slash(channel, "ask", question=CODING)).answer()
    click = await mia.clicks(answer, "👍")

    assert titles(answer) == [CODING]
    assert await click.answer()


@pytest.mark.usefixtures("accounted_for")
async def test_what_cannot_be_read_is_counted_and_logged_once(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess, monitoring: str
) -> None:
    channel = guild.add_text_channel("general")
    before = await samples(monitoring)
    channel.oddities = (oddities.NULL_OVERWRITES,)
    for _ in range(2):
        fake.announce_channel(channel, "CHANNEL_UPDATE")

    assert titles(await fake.reply_to(await mia.asks(channel, CODING))) == [CODING]

    name = "events_dropped_total{type=CHANNEL_UPDATE}"
    assert (await samples(monitoring))[name] - before.get(name, 0.0) == 2
    assert bot.log.count("Dropped what discord.py can't read: CHANNEL_UPDATE (") == 1
