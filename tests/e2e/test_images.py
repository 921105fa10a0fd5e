"""Answers with images and links, wherever the bot answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pictured import LINKS, MAP, MAP_ALT, OVEN, OVEN_ALT, SHOP, SHOP_ADDRESS, SHOP_ALT, WAY, write_pictured
from pictures import GIF

from bot.storage.servers import ServerSettings
from bot_process import BotProcess, answering
from discords import stop_cleanly
from e2e.database import set_beforehand
from e2e.questions import DISCORDS_PATIENCE, titles, topics
from fake_discord import Channel, Disconnect, FakeDiscord, Guild, Lost, Member, Message, Permission, Reset, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

SEND = "POST /channels/{channel_id}/messages"
COMPLETE = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
MAP_IN_WORDS = MAP_ALT.replace("*", r"\*")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forum(guild: Guild) -> Channel:
    return guild.add_forum("help")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(fake: FakeDiscord, guild: Guild, forum: Channel, directory: Path) -> AsyncIterator[BotProcess]:
    knowledge = write_pictured(directory / "bakery")
    await set_beforehand(directory, {guild.id: ServerSettings(forum_channels=frozenset({forum.id}))})
    async with answering(directory, fake, KNOWLEDGE_DIR=str(knowledge)) as bot:
        yield bot
        await stop_cleanly(bot)


def images(message: Message) -> list[tuple[bytes | str, str | None]]:
    """Return the images that a reader sees, each with what it shows in words; those of an address by that."""
    stored: dict[str, bytes | str] = {**message.channel.fake.stored_files}
    addresses: list[str] = [image["url"] for image in message.images]
    alts = [image.get("description") for image in message.images]
    return list(zip([stored.get(address, address) for address in addresses], alts, strict=True))


def links(message: Message) -> list[tuple[str, str]]:
    return [(button["label"], button["url"]) for button in message.buttons if "url" in button]


def button(custom_id: str, label: str) -> list[dict[str, Any]]:
    return [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": custom_id, "label": label}]}]


async def test_a_mention_is_answered_with_image_and_links(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    answer = await fake.reply_to(await mia.asks(channel, WAY))

    assert titles(answer) == [WAY]
    assert images(answer) == [(MAP, MAP_ALT)]
    assert answer.attachments == []
    assert links(answer) == LINKS
    assert topics(answer) == [OVEN]


async def test_several_answers_have_an_image_each(fake: FakeDiscord, mia: Member) -> None:
    answer = await fake.reply_to(await mia.sends_dm(f"{WAY} {OVEN} {SHOP}"))

    assert titles(answer) == [WAY, OVEN, SHOP]
    assert images(answer) == [(MAP, MAP_ALT), (GIF, OVEN_ALT), (SHOP_ADDRESS, SHOP_ALT)]


async def test_where_the_bot_may_not_attach_files_it_says_what_they_show(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    channel.set_permissions(guild.everyone, deny=Permission.ATTACH_FILES)

    way = await fake.reply_to(await mia.asks(channel, WAY))
    shop = await fake.reply_to(await mia.asks(channel, SHOP))

    assert images(way) == []
    assert way.cards[0].text.endswith(f"\n\n*Image: {MAP_IN_WORDS}*")
    assert images(shop) == [(SHOP_ADDRESS, SHOP_ALT)]


async def test_a_command_is_acknowledged_before_its_image_is_sent(mia: Member, channel: Channel) -> None:
    command = await mia.slash(channel, "ask", question=WAY)

    response = await command.response()
    answer = await command.answer()

    assert response.after < DISCORDS_PATIENCE
    assert response.ephemeral
    assert answer.ephemeral
    assert titles(answer) == [WAY]
    assert images(answer) == [(MAP, MAP_ALT)]
    assert links(answer) == LINKS


async def test_a_command_shows_images_even_where_the_bot_may_not_attach_files(
    guild: Guild, mia: Member, channel: Channel
) -> None:
    channel.set_permissions(guild.everyone, deny=Permission.ATTACH_FILES)

    answer = await (await mia.slash(channel, "ask", question=WAY)).answer()

    assert images(answer) == [(MAP, MAP_ALT)]


async def test_a_private_answer_is_posted_with_its_image_and_keeps_its_own(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    private = await (await mia.slash(channel, "ask", question=WAY)).answer()

    await (await mia.clicks(private, "Post publicly")).response()
    public = await fake.next_message(channel)

    assert images(public) == images(private) == [(MAP, MAP_ALT)]
    assert links(public) == LINKS


async def test_a_related_answer_is_shown_with_its_image(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    answer = await fake.reply_to(await mia.asks(channel, WAY))

    related = await (await mia.clicks(answer, OVEN)).answer()

    assert related.ephemeral
    assert images(related) == [(GIF, OVEN_ALT)]


@pytest.mark.parametrize(
    ("denied", "seen"),
    [(Permission.NONE, [(MAP, MAP_ALT)]), (Permission.ATTACH_FILES, [])],
)
async def test_the_answer_chosen_among_suggestions_takes_their_place_with_its_image(
    fake: FakeDiscord,
    guild: Guild,
    mia: Member,
    channel: Channel,
    denied: Permission,
    seen: list[tuple[bytes, str]],
) -> None:
    channel.set_permissions(guild.everyone, deny=denied)
    suggested = fake.seed(channel, fake.bot, "Did you mean …", components=button(f"suggestion:{mia.id}:way", WAY))

    click = await mia.clicks(suggested, WAY)
    await fake.wait_for(lambda: links(suggested) == LINKS, what="the answer")

    assert (await click.response()).after < DISCORDS_PATIENCE
    assert WAY in suggested.text
    assert "Did you mean" not in suggested.text
    assert images(suggested) == seen


@pytest.mark.parametrize("topic", ["way", "shop"])
async def test_no_old_image_stays_below_the_answer_that_takes_its_place(
    fake: FakeDiscord, mia: Member, channel: Channel, topic: str
) -> None:
    old = {"id": "1", "filename": "old.png", "size": 1, "url": "https://cdn.example/old.png", "proxy_url": ""}
    suggested = fake.seed(
        channel, fake.bot, "Did you mean …", components=button(f"suggestion:{mia.id}:{topic}", "This"), files=[old]
    )
    assert len(suggested.images) == 1

    await mia.clicks(suggested, "This")
    await fake.wait_for(lambda: suggested.cards, what="the answer")

    assert images(suggested) == [{"way": (MAP, MAP_ALT), "shop": (SHOP_ADDRESS, SHOP_ALT)}[topic]]


async def test_a_forum_post_is_answered_with_the_image(fake: FakeDiscord, mia: Member, forum: Channel) -> None:
    post, _ = await mia.opens_post(forum, WAY, "I wonder")

    answer = await fake.next_message(post)

    assert images(answer) == [(MAP, MAP_ALT)]
    assert links(answer) == LINKS


async def test_the_answer_that_a_moderator_picks_has_its_image(
    fake: FakeDiscord, mia: Member, moderator: Member, channel: Channel
) -> None:
    question = await mia.says(channel, WAY)
    offered = await (await moderator.message_command(channel, "Answer this", question)).answer()

    await moderator.clicks(offered, f"1. {WAY}")
    [answer] = await fake.wait_for(
        lambda: [each for each in channel.history() if each.replies_to is question], what="the answer"
    )

    assert images(answer) == [(MAP, MAP_ALT)]


@pytest.mark.parametrize("failure", [Reset(), Disconnect(), Status(502), Status(503), Lost(Status(503))], ids=repr)
async def test_a_reply_that_is_sent_again_has_the_whole_image_and_stands_there_once(
    fake: FakeDiscord, mia: Member, channel: Channel, failure: Reset | Disconnect | Status | Lost
) -> None:
    fake.faults.on(SEND, failure, times=1)

    before = len(fake.requests_to(SEND))
    asked = await mia.asks(channel, WAY)
    again = await fake.request(SEND, count=before + 2)
    answer = await fake.reply_to(asked)

    assert [each.content for each in again.files] == [MAP]
    assert str(again.body["nonce"]) == str(asked.id)
    assert images(answer) == [(MAP, MAP_ALT)]
    assert [each for each in channel.history() if each.author is fake.bot] == [answer]


@pytest.mark.parametrize("failure", [Reset(), Disconnect(), Status(502), Lost(Disconnect())], ids=repr)
async def test_a_response_that_is_sent_again_has_the_whole_image(
    fake: FakeDiscord, mia: Member, channel: Channel, failure: Reset | Disconnect | Status | Lost
) -> None:
    fake.faults.on(COMPLETE, failure, times=1)

    before = len(fake.requests_to(COMPLETE))
    command = await mia.slash(channel, "ask", question=WAY)
    again = await fake.request(COMPLETE, count=before + 2)
    answer = await command.answer()

    assert [each.content for each in again.files] == [MAP]
    assert images(answer) == [(MAP, MAP_ALT)]
