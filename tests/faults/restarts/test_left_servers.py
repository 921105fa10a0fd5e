"""What was stored about a server that the bot left while it was switched off is deleted."""

from __future__ import annotations

from pathlib import Path

from e2e.database import eventually, rows
from e2e.questions import CODING

from bot_process import answering
from fake_discord import FakeDiscord
from faults.asking import WHILE_STARTING

STORED = "SELECT server_id FROM statistics UNION SELECT server_id FROM claims WHERE server_id IS NOT NULL"


async def test_a_server_left_while_the_bot_was_off_is_forgotten_and_no_other(fake: FakeDiscord, tmp_path: Path) -> None:
    left, kept = fake.add_guild("left"), fake.add_guild("kept")
    async with answering(tmp_path, fake) as bot:
        for guild in (left, kept):
            channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
            await fake.reply_to(await mia.asks(channel, CODING), WHILE_STARTING)
        assert await bot.stop() == 0, bot.log
    assert {id_ for (id_,) in rows(tmp_path, STORED)} == {left.id, kept.id}

    fake.remove_guild(left)
    async with answering(tmp_path, fake) as bot:
        await eventually(lambda: {id_ for (id_,) in rows(tmp_path, STORED)}, {kept.id}, "what is stored")
        assert await bot.stop() == 0, bot.log
