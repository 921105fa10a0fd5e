"""Places that Discord spells otherwise than it documents, and where people ask all the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fake_discord import Channel, ChannelKind, Guild, Member, oddities

MakePlace = Callable[[Guild, Member], Awaitable[Channel]]


async def overwrites_null(guild: Guild, _: Member) -> Channel:
    return guild.add_text_channel("null overwrites", oddities.NULL_OVERWRITES)


async def voice_without_bitrate(guild: Guild, _: Member) -> Channel:
    return guild.add_voice_channel("without a bitrate", oddities.WITHOUT_BITRATE)


async def thread_without_count(guild: Guild, mia: Member) -> Channel:
    return await mia.opens_thread(guild.add_text_channel("ordinary"), "uncounted", oddities.WITHOUT_MESSAGE_COUNT)


async def post_below_null_tags(guild: Guild, mia: Member) -> Channel:
    post, _ = await mia.opens_post(guild.add_forum("null tags", oddities.NULL_TAGS), "a post", "I wonder.")
    return post


async def channel_of_tomorrow(guild: Guild, _: Member) -> Channel:
    return guild.add_channel_of_tomorrow("of tomorrow")


async def thread_of_tomorrow(guild: Guild, mia: Member) -> Channel:
    ordinary = guild.add_text_channel("ordinary")
    return await mia.opens_thread(ordinary, "of tomorrow", kind=ChannelKind.THREAD_OF_TOMORROW)


async def thread_below_channel_of_tomorrow(guild: Guild, mia: Member) -> Channel:
    return await mia.opens_thread(guild.add_channel_of_tomorrow("of tomorrow"), "ordinary")


ODD_PLACES: dict[str, MakePlace] = {
    "a channel whose overwrites are null": overwrites_null,
    "a voice channel without a bitrate": voice_without_bitrate,
    "a thread without a message count": thread_without_count,
    "a post in a forum whose tags are null": post_below_null_tags,
    "a channel of an unknown kind": channel_of_tomorrow,
    "a thread of an unknown kind": thread_of_tomorrow,
    "a thread below a channel of an unknown kind": thread_below_channel_of_tomorrow,
}
