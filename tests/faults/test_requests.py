"""A token that Discord refuses while the bot runs ends it: with a sentence, and without another request."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from e2e.questions import CODING, titles

from bot.storage.resolutions import Resolution
from bot_process import BotProcess, answering
from discords import running_discord, server
from fake_discord import FakeDiscord, Guild, Slow, Status
from faults.accounting import balanced, resolutions
from faults.asking import CALLBACK

REFUSED = "Discord refuses the bot's token"


fake = running_discord()
guild = server("Product people")


async def last_line(bot: BotProcess) -> str:
    """Wait for the bot to end by itself; return what it has told the operator at last."""
    assert await bot.ended() == 2, bot.log
    assert not [line for line in bot.lines if " ERROR " in line or "Traceback" in line], bot.log
    return bot.lines[-1]


async def test_a_refused_token_ends_the_bot_and_the_next_one_answers_who_was_waiting(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, people = guild.add_member("mia"), [guild.add_member(f"person {number}") for number in range(10)]
    channels = [guild.add_text_channel(f"channel-{number}") for number in range(10)]
    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(await mia.asks(channels[0], CODING))
        fake.faults.on("*", Status(401))
        before = len(fake.requests)

        asked = await people[0].asks(channels[0], "What is a TPM?")
        refused = await fake.wait_for(lambda: list(fake.requests)[before:], what="the refusal")
        later = [await person.asks(place, CODING) for person, place in zip(people, channels, strict=True)][1:]

        assert REFUSED in await last_line(bot)
        assert list(fake.requests)[before:] == refused[:1]
        assert resolutions(tmp_path)[asked.id] is None

    fake.faults.clear()
    async with answering(tmp_path, fake):
        await asyncio.gather(*(fake.reply_to(message) for message in (asked, *later)))
        await balanced(fake, tmp_path)


@pytest.mark.parametrize(("code", "sentence"), [(4004, REFUSED), (4014, "Discord refuses the bot's intents (4014)")])
async def test_a_gateway_that_closes_for_good_ends_the_bot(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, code: int, sentence: str
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(await mia.asks(channel, CODING))
        await balanced(fake, tmp_path)

        fake.gateway.close(code)

        assert sentence in await last_line(bot)
        assert fake.gateway.identifies == 1


async def test_an_interaction_whose_token_has_expired_ends_nothing(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(CALLBACK, Status(401, 50027), times=1)
        expired = await mia.slash(channel, "ask", question=CODING)
        await bot.logged(f"Can't answer interaction {expired.id}")

        assert titles(await fake.reply_to(await mia.asks(channel, CODING))) == [CODING]
        await balanced(fake, tmp_path)
        assert resolutions(tmp_path)[expired.id] is Resolution.closed_expired
        assert await bot.stop() == 0, bot.log


async def test_a_question_in_flight_does_not_keep_a_refused_bot_from_ending(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel, other = guild.add_member("mia"), guild.add_text_channel("general"), guild.add_text_channel("other")
    async with answering(tmp_path, fake) as bot:
        slow = fake.faults.on("POST /channels/*/messages", Slow(5), times=1)
        await mia.asks(channel, CODING)
        await fake.wait_for(lambda: slow.hits, what="the slow reply")
        fake.faults.on("POST /channels/*/messages", Status(401), times=1)
        await mia.asks(other, CODING)

        async with asyncio.timeout(4):
            assert REFUSED in await last_line(bot)
