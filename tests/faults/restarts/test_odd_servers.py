"""Servers that arrive with what Discord spells otherwise than it documents, or hides."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e.questions import CODING

from bot_process import answering
from fake_discord import Channel, FakeDiscord, Guild, Permission, oddities
from fake_discord.payloads import HIDDEN_NAME
from faults.asking import WHILE_STARTING
from faults.odd_places import ODD_PLACES


async def test_in_a_server_with_odd_places_each_question_is_answered(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia = guild.add_member("mia")
    places = [guild.add_text_channel("ordinary"), *[await make(guild, mia) for make in ODD_PLACES.values()]]

    async with answering(tmp_path, fake) as bot:
        asked = [await guild.add_member("somebody").asks(place, CODING) for place in places]

        for each in asked:
            answer = await fake.reply_to(each, WHILE_STARTING)
            assert CODING in answer.text, bot.log
        assert "Traceback" not in bot.log
        assert await bot.stop() == 0, bot.log


ALL_MODS = Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD


def hidden(channel: Channel) -> Channel:
    assert channel.guild
    channel.set_permissions(channel.guild.everyone, deny=Permission.VIEW_CHANNEL)
    return channel


@pytest.mark.parametrize("is_null", [False, True], ids=["with overwrites", "with null overwrites"])
async def test_of_a_hidden_channel_the_bot_says_that_it_cannot_see_it(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, *, is_null: bool
) -> None:
    nulls = [oddities.NULL_OVERWRITES] if is_null else []
    unseen = hidden(guild.add_text_channel("unseen", *nulls))
    hidden(guild.add_forum("unseen, too", oddities.NULL_TAGS))
    hidden(guild.add_voice_channel("unheard", oddities.WITHOUT_BITRATE))
    general, moderator = guild.add_text_channel("general"), guild.add_member("max", guild.add_role("mods", ALL_MODS))

    async with answering(tmp_path, fake) as bot:
        await bot.logged("Ready as")
        refused = await (await moderator.slash(general, "jd", channel=unseen)).answer()
        settings = await (await moderator.slash(general, "manage settings")).answer()

        says = "I can't see that channel" if is_null else f"I need the **View Channel** permission in {unseen.mention}"
        assert says in refused.said
        assert HIDDEN_NAME not in refused.text + settings.text
        assert "Traceback" not in bot.log
        assert await bot.stop() == 0, bot.log
