"""Digests as moderators set them up, and the passing of weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from e2e.database import counted, eventually, rows
from e2e.maintainers.lighthouses import kept
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission

MODERATORS_PATIENCE = 1.0  # seconds, for the first response
SEND = "POST /channels/{channel_id}/messages"
GULLS = "what do seagulls eat for breakfast"
SUBMARINE = "who sells submarines around here"
A_WHILE = 4 * 60.0  # seconds; Discord has forgotten a nonce by then, and others a claim


def now_on(fake: FakeDiscord) -> datetime:
    return datetime.fromtimestamp(fake.clock.wall(), UTC)


def next_hour(fake: FakeDiscord) -> datetime:
    """Return a full hour that is at least half an hour and at most one and a half away."""
    return (now_on(fake) + timedelta(minutes=90)).replace(minute=0, second=0, microsecond=0)


def staff_channel(guild: Guild, *people: Member) -> Channel:
    """Add a channel that only the bot and these people can see."""
    staff = guild.add_text_channel("staff")
    staff.set_permissions(guild.everyone, deny=Permission.VIEW_CHANNEL)
    for who in (guild.me, *people):
        staff.set_permissions(who, allow=Permission.VIEW_CHANNEL)
    return staff


async def screen(moderator: Member, channel: Channel, **options: str) -> Message:
    """Use `/manage digest` and return what only the moderator sees."""
    command = await moderator.slash(channel, "manage digest", **options)
    response = await command.response()
    assert response.ephemeral
    assert response.after < MODERATORS_PATIENCE
    return await command.answer()


async def chooses(moderator: Member, shown: Message, menu: str, *values: Any) -> Message:
    """Choose in one of the menus of `/manage digest`, and return the response."""
    click = await moderator.selects(shown, f"digest:{menu}", *values)
    assert (await click.response()).after < MODERATORS_PATIENCE
    return await click.answer()


async def planned(fake: FakeDiscord, moderator: Member, channel: Channel, digest: Channel) -> datetime:
    """Have a digest posted in a channel at the next full hour, and return when that is."""
    due_at = next_hour(fake)
    shown = await screen(moderator, channel)
    await chooses(moderator, shown, "weekday", str(due_at.weekday()))
    await chooses(moderator, shown, "hour", str(due_at.hour))
    await chooses(moderator, shown, "channel", digest)
    assert digest.mention in shown.text
    return due_at


async def planned_with_a_question(
    fake: FakeDiscord, moderator: Member, asker: Member, channel: Channel, digest: Channel, directory: Path
) -> datetime:
    """Have a digest posted at the next full hour with a question that nobody answered; return when that is."""
    due_at = await planned(fake, moderator, channel, digest)
    await asks(fake, asker, channel, GULLS)
    await keeps(directory, 1)
    return due_at


async def passes(fake: FakeDiscord, person: Member, channel: Channel, until: datetime) -> None:
    """Let time pass until a minute after a moment; the bot notices by the next response it gets."""
    fake.clock.advance((until - now_on(fake)).total_seconds() + 60)
    await (await person.slash(channel, "help")).answer()


async def posted(fake: FakeDiscord, digest: Channel, count: int = 1) -> list[Message]:
    """Wait until a channel has so many digests, and return them."""
    await fake.wait_for(lambda: len(digest.history()) >= count, what="the digest")
    return digest.history()


async def looked(fake: FakeDiscord, directory: Path) -> None:
    """Let hours pass until the bot has looked for what is due: it posts the digest of one more server, the last."""
    guild = fake.add_guild("One more")
    moderator = guild.add_member("mo", guild.add_role("mods", Permission.MANAGE_MESSAGES))
    channel, digest = guild.add_text_channel("general"), guild.add_text_channel("digest")
    due_at = await planned(fake, moderator, channel, digest)
    await fake.reply_to(await moderator.asks(channel, SUBMARINE))
    await counted(directory, guild.id, "refused")
    await passes(fake, moderator, channel, due_at)
    await posted(fake, digest)


async def asks(fake: FakeDiscord, person: Member, channel: Channel, *texts: str) -> list[Message]:
    """Ask what the bot doesn't know, and return the questions once they are kept."""
    asked = []
    for text in texts:
        asked.append(await person.asks(channel, text))
        await fake.reply_to(asked[-1])
    return asked


async def keeps(directory: Path, count: int) -> None:
    await eventually(lambda: len(kept(directory)), count, "unanswered questions")


def settled(directory: Path) -> list[Any]:
    """Return which messages the digests are that were settled."""
    return [each for (each,) in rows(directory, "SELECT message_id FROM digests WHERE settled_at IS NOT NULL")]


async def settles(directory: Path, *expected: int | None) -> None:
    await eventually(lambda: settled(directory), list(expected), "the settled digests")
