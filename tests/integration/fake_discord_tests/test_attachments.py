"""Files come with messages as on Discord: shown in embeds or below, kept or removed by edits, and within limits."""

from __future__ import annotations

import io
import json
from typing import Any

import aiohttp
import discord
import pytest
from pictures import PNG

from fake_discord import Channel, FakeDiscord, Guild, Permission
from fake_discord_tests.bot import Bot, running


async def upload(fake: FakeDiscord, channel: Channel, body: dict[str, Any], *contents: bytes) -> tuple[int, int]:
    """Post a form without discord.py's own checks; return the status and Discord's code."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body))
    for number, content in enumerate(contents):
        form.add_field(f"files[{number}]", io.BytesIO(content), filename=f"{number}.png")
    headers = {"Authorization": f"Bot {fake.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{fake.api_url}/channels/{channel.id}/messages", data=form) as response,
    ):
        return response.status, (await response.json()).get("code", 0)


def file(name: str, description: str | None = None) -> discord.File:
    return discord.File(io.BytesIO(PNG), name, description=description)


def place(bot: Bot, channel: Channel) -> discord.TextChannel:
    found = bot.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_an_embed_shows_the_file_it_names_and_the_others_stand_below(fake: FakeDiscord, channel: Channel) -> None:
    async with running(fake) as bot:
        embed = discord.Embed(title="t").set_image(url="attachment://a.png")
        sent = await place(bot, channel).send(embed=embed, files=[file("a.png", "A"), file("b.png", "B")])

    stored = fake.messages[sent.id]
    [below] = stored.attachments
    assert (below["filename"], below["description"]) == ("b.png", "B")
    assert sent.embeds[0].image.url == stored.embeds[0]["image"]["url"]
    assert fake.stored_files[stored.embeds[0]["image"]["url"]] == PNG
    fake.assert_clean()


async def test_an_edit_keeps_the_files_unless_it_lists_others(fake: FakeDiscord, channel: Channel) -> None:
    async with running(fake) as bot:
        sent = await place(bot, channel).send("x", files=[file("a.png"), file("b.png")])
        stored = fake.messages[sent.id]

        await sent.edit(content="y")
        assert [each["filename"] for each in stored.attachments] == ["a.png", "b.png"]
        await sent.edit(attachments=[sent.attachments[1], file("c.png")])
        assert [each["filename"] for each in stored.attachments] == ["b.png", "c.png"]
        await sent.edit(attachments=[])
        assert stored.attachments == []
    fake.assert_clean()


async def test_a_file_reappears_below_once_no_embed_shows_it(fake: FakeDiscord, channel: Channel) -> None:
    async with running(fake) as bot:
        embed = discord.Embed(title="t").set_image(url="attachment://a.png")
        sent = await place(bot, channel).send(embed=embed, file=file("a.png"))
        await sent.edit(embed=discord.Embed(title="u"))

    assert [each["filename"] for each in fake.messages[sent.id].attachments] == ["a.png"]


@pytest.mark.parametrize(
    ("body", "contents"),
    [
        ({"content": "x"}, [PNG] * 11),
        ({"content": "x"}, [b""]),
        ({"content": "x", "attachments": [{"id": 0, "description": "x" * 1025}]}, [PNG]),
        ({"content": "x", "attachments": [{"id": 1}]}, [PNG]),
        ({"content": "x", "attachments": [{"id": 0, "alt": "x"}]}, [PNG]),
        ({"embeds": [{"title": "t", "image": {"url": "attachment://1.png"}}]}, [PNG]),
        ({"embeds": [{"title": "t", "image": {"url": "images/0.png"}}]}, [PNG]),
    ],
)
async def test_what_discord_would_refuse_or_show_nobody_is_refused_and_recorded(
    fake: FakeDiscord, channel: Channel, body: dict[str, Any], contents: list[bytes]
) -> None:
    assert await upload(fake, channel, body, *contents) == (400, 50035)
    assert len(fake.take_violations()) == 1


async def test_a_file_over_ten_mebibytes_is_too_large(fake: FakeDiscord, channel: Channel) -> None:
    assert await upload(fake, channel, {"content": "x"}, PNG.ljust(10 * 1024 * 1024)) == (200, 0)
    assert await upload(fake, channel, {"content": "x"}, PNG.ljust(10 * 1024 * 1024 + 1)) == (413, 40005)


async def test_files_need_the_permission_to_attach_them(fake: FakeDiscord, guild: Guild, channel: Channel) -> None:
    channel.set_permissions(guild.everyone, deny=Permission.ATTACH_FILES)

    assert await upload(fake, channel, {"content": "x"}, PNG) == (403, 50013)
    fake.assert_clean()
