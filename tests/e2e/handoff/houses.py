"""Servers where people can ask a human."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.database import eventually, rows
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission, Role

ASK = "Ask a human"
UNKNOWN = "xqzt vlrm wpfk"
PROMPT = 1.0  # seconds


@dataclass
class House:
    """A server where people can ask a human."""

    fake: FakeDiscord
    guild: Guild
    channel: Channel
    desk: Channel
    role: Role
    manager: Member
    mia: Member
    screen: Message

    @property
    def threads(self) -> list[Channel]:
        """The threads in the channel for questions."""
        return [thread for thread in self.guild.threads.values() if thread.parent is self.desk]

    @property
    def thread(self) -> Channel:
        [only] = self.threads
        return only

    @property
    def opening(self) -> Message:
        """The message that the only thread begins with."""
        return self.fake.messages[self.thread.id]

    async def refused(self, text: str = UNKNOWN, asker: Member | None = None) -> Message:
        """Ask what the bot doesn't know."""
        return await self.fake.reply_to(await (asker or self.mia).asks(self.channel, text))

    async def choose(self, menu: str, *values: Any) -> None:
        """Change a setting."""
        await (await self.manager.selects(self.screen, f"settings:{menu}", *values)).answer()

    async def said_in_thread(self, count: int) -> list[Message]:
        """Wait for so many messages in the only thread besides the one that it begins with."""

        def found() -> list[Message] | None:
            later = [m for m in self.thread.history() if m.id != self.thread.id] if self.threads else []
            return later if len(later) >= count else None

        return await self.fake.wait_for(found, what="messages in the thread")


async def open_house(fake: FakeDiscord, *, is_forum: bool = False, mentionable: bool = True) -> House:
    guild = fake.add_guild("Bakers")
    role = guild.add_role("experts", mentionable=mentionable)
    manager = guild.add_member("ada", guild.add_role("managers", Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD))
    channel = guild.add_text_channel("general")
    desk = guild.add_forum("desk") if is_forum else guild.add_text_channel("desk")
    screen = await (await manager.slash(channel, "manage settings")).answer()
    house = House(fake, guild, channel, desk, role, manager, guild.add_member("mia"), screen)
    await house.choose("handoff-role", role)
    await house.choose("handoff-channel", desk)
    return house


def asked_in(reply: Message) -> int:
    """Return the id of the message that the bot replied to."""
    assert reply.replies_to is not None
    return reply.replies_to.id


async def said(clicker: Member, message: Message, button: str = ASK) -> str:
    """Click and return the private response."""
    click = await clicker.clicks(message, button)
    response = await click.response()
    assert response.ephemeral
    assert response.after < PROMPT
    return (await click.answer()).said


async def gone(directory: Path, thread_id: int) -> None:
    """Wait until nothing is stored about a thread."""
    await eventually(lambda: rows(directory, "SELECT 1 FROM handoffs WHERE thread_id = ?", thread_id), [], "hand-offs")
