"""A human replies while the bot is away: the asker hears about it once it's back, and only once."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from discords import running_discord, server
from e2e.database import eventually, rows
from e2e.handoff.houses import House, open_house, said
from e2e.starting import Start
from fake_discord import FakeDiscord, Hang, Lost, Member, Message

fake = running_discord()
guild = server("Elsewhere")

SEND = "POST /channels/*/messages"
READ = "GET /channels/{channel_id}/messages"
AWHILE = 3.0  # seconds


@dataclass
class Asked:
    """A question that was handed to humans."""

    house: House
    expert: Member

    @property
    def told(self) -> list[Message]:
        """What the bot said in the thread beyond mentioning the asker and calling the role."""
        thread = self.house.thread
        return [m for m in thread.history() if m.author is self.house.fake.bot and m.id != thread.id][2:]

    async def hears(self) -> None:
        """Wait until the asker was told, and all else is done."""
        await self.house.fake.wait_for(lambda: self.told, what="word of a reply")
        await self.house.fake.settled()
        [told] = self.told
        assert told.content == f"{self.house.mia.mention}, {self.expert.mention} replied."
        assert told.pings == {str(self.house.mia.id)}

    async def hears_nothing(self) -> None:
        """Wait until the bot has looked through the thread."""
        params = {"channel_id": str(self.house.thread.id)}
        requests = self.house.fake.requests
        await self.house.fake.wait_for(
            lambda: [r for r in requests if r.name == READ and r.params == params], what="a look at the thread"
        )
        await self.house.fake.settled()
        assert self.told == []


async def handed_on(fake: FakeDiscord, *, is_forum: bool = False) -> Asked:
    house = await open_house(fake, is_forum=is_forum)
    await said(house.mia, await house.refused())
    await house.said_in_thread(2)
    return Asked(house, house.guild.add_member("eva", house.role))


@pytest.mark.parametrize("is_forum", [False, True])
async def test_a_reply_after_kill_9_is_announced_once_the_bot_is_back(
    fake: FakeDiscord, start: Start, *, is_forum: bool
) -> None:
    bot = await start()
    asked = await handed_on(fake, is_forum=is_forum)
    bot.send(signal.SIGKILL)
    await bot.ended()
    for person in (asked.house.guild.add_member("sam"), asked.house.mia, asked.expert, asked.expert):
        await person.says(asked.house.thread, "let me see")

    again = await start()

    await asked.hears()
    assert await again.stop() == 0, again.log
    await start()
    await asked.house.refused()
    assert len(asked.told) == 1


async def test_a_reply_in_a_thread_archived_since_is_announced(fake: FakeDiscord, start: Start) -> None:
    bot = await start()
    asked = await handed_on(fake)
    assert await bot.stop() == 0, bot.log
    await asked.expert.says(asked.house.thread, "let me see")
    asked.house.thread.archived = True

    await start()

    await asked.hears()


async def test_a_reply_during_an_outage_is_announced_when_a_new_session_starts(fake: FakeDiscord, start: Start) -> None:
    await start()
    asked = await handed_on(fake)
    fake.gateway.forget_sessions()
    fake.gateway.cut()
    await asked.expert.says(asked.house.thread, "let me see")

    await asked.hears()


async def test_a_reply_without_the_role_is_not_announced(fake: FakeDiscord, start: Start) -> None:
    bot = await start()
    asked = await handed_on(fake)
    assert await bot.stop() == 0, bot.log
    asked.house.mia.roles.append(asked.house.role)
    for person in (asked.house.mia, asked.house.guild.add_member("sam")):
        await person.says(asked.house.thread, "let me see")

    await start()

    await asked.hears_nothing()


async def test_a_bot_killed_between_noting_a_reply_and_announcing_it_does_so_later(
    fake: FakeDiscord, start: Start, tmp_path: Path
) -> None:
    bot = await start()
    asked = await handed_on(fake)
    hanging = fake.faults.on(SEND, Hang(AWHILE))
    await asked.expert.says(asked.house.thread, "let me see")
    await fake.wait_for(lambda: hanging.hits, what="an attempt to tell")
    replied = "SELECT count(*) FROM handoffs WHERE replied_at IS NOT NULL"
    await eventually(lambda: rows(tmp_path, replied), [(1,)], "noted replies")
    bot.send(signal.SIGKILL)
    await bot.ended()
    fake.faults.clear()

    await start()

    await asked.hears()


async def test_a_bot_killed_after_announcing_a_reply_does_not_repeat_it(fake: FakeDiscord, start: Start) -> None:
    bot = await start()
    asked = await handed_on(fake)
    fake.faults.on(SEND, Lost(Hang(AWHILE)))
    await asked.expert.says(asked.house.thread, "let me see")
    await asked.house.said_in_thread(4)
    bot.send(signal.SIGKILL)
    await bot.ended()
    fake.faults.clear()
    fake.clock.advance(300)  # Discord has forgotten the nonce

    await start()
    await fake.request(READ)

    await fake.settled()
    assert len(asked.told) == 1
