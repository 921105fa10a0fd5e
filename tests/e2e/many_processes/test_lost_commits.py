"""The connection to PostgreSQL is lost while it commits what was clicked: it's done once, and people hear the truth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from postgresql import PostgreSQLServer
from storage.cutting import Cut, CuttingProxy, cutting_proxy
from storage.postgresql import postgresql  # noqa: F401 - a fixture

from bot.storage.stores import Stores
from bot_process import TIMEOUT
from e2e.handoff.houses import ASK, UNKNOWN
from e2e.maintainers.lighthouses import NIGHT
from e2e.many_processes.conftest import Processes
from e2e.teaching.lessons import NINE, drafts
from fake_discord import Channel, FakeDiscord, Member, Message
from lighthouse import name_subject

UNSURE = "I can't tell whether that was saved"


@pytest.fixture
async def proxy(postgresql: PostgreSQLServer) -> AsyncIterator[CuttingProxy]:  # noqa: F811 - the fixture
    async with cutting_proxy(postgresql) as proxy:
        yield proxy


@pytest.fixture(autouse=True)
async def bot(
    processes: Processes, proxy: CuttingProxy, max_: Member, channel: Channel, desk: Channel, knowledge_dir: Path
) -> None:
    """Start it when there is somebody to talk to."""
    assert channel.guild
    assert max_.guild
    experts = channel.guild.add_role("experts", mentionable=True)
    async with Stores.open(processes.address) as stores:
        await stores.servers.change(channel.guild.id, handoff_role=experts.id, handoff_channel=desk.id)
    name_subject(knowledge_dir)
    await processes.start(KNOWLEDGE_DIR=str(knowledge_dir), DATABASE_URL=proxy.address)


async def clicks(person: Member, message: Message, button: str) -> Message:
    """Click a button and return what that is answered with."""
    return await (await person.clicks(message, button)).answer()


async def clicks_until_back(person: Member, message: Message, button: str) -> Message:
    """Click again until the database is back."""
    async with asyncio.timeout(TIMEOUT):
        while True:
            answer = await clicks(person, message, button)
            if "my database" not in answer.said.lower():
                return answer


async def test_what_was_committed_unheard_is_done_once_and_called_done(
    fake: FakeDiscord,
    processes: Processes,
    proxy: CuttingProxy,
    channel: Channel,
    desk: Channel,
    max_: Member,
    mia: Member,
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, NIGHT))
    proxy.cut(Cut.after, table="votes")
    assert "I counted your 👍" in (await clicks(mia, answer, "👍")).said

    screen = await (await max_.slash(channel, "manage settings")).answer()
    proxy.cut(Cut.after, table="server_settings")
    assert "database" not in (await (await max_.selects(screen, "settings:help", channel)).answer()).text

    preview = await drafts(max_, await mia.says(channel, "when does the ferry leave?"))
    proxy.cut(Cut.after, table="taught")
    assert (await clicks(max_, preview, "Save")).said.startswith("Saved.")

    refused = await fake.reply_to(await mia.asks(channel, UNKNOWN))
    proxy.cut(Cut.after, table="handoffs")
    handed_on = await clicks(mia, refused, ASK)

    assert channel.guild
    [thread] = [each for each in channel.guild.threads.values() if each.parent is desk]
    assert thread.mention in handed_on.said
    assert proxy.cuts == 4
    await processes.stop_all()
    assert await processes.rows("SELECT message_id, helpful FROM votes") == [(answer.id, True)]
    assert await processes.rows("SELECT help_channel FROM server_settings") == [(channel.id,)]
    assert await processes.rows("SELECT answer FROM taught") == [(NINE,)]
    assert await processes.rows("SELECT thread_id FROM handoffs") == [(thread.id,)]


@pytest.mark.parametrize("how", [Cut.before, Cut.after])
async def test_who_can_not_be_told_hears_that_and_a_second_click_leaves_one_row(
    fake: FakeDiscord,
    processes: Processes,
    proxy: CuttingProxy,
    channel: Channel,
    max_: Member,
    mia: Member,
    how: Cut,
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, NIGHT))
    preview = await drafts(max_, await mia.says(channel, "when does the ferry leave?"))

    proxy.cut(how, table="votes", goes_away=True)
    assert UNSURE in (await clicks(mia, answer, "👍")).said
    proxy.come_back()
    assert "I counted your 👍" in (await clicks_until_back(mia, answer, "👍")).said

    proxy.cut(how, table="taught", goes_away=True)
    unsure = await clicks(max_, preview, "Save")
    assert UNSURE in unsure.said
    proxy.come_back()
    second = (await clicks_until_back(max_, unsure, "Save")).said
    assert second.startswith("Saved." if how is Cut.before else "That draft is gone: it was saved")

    await processes.stop_all()
    assert await processes.rows("SELECT message_id, helpful FROM votes") == [(answer.id, True)]
    assert await processes.rows("SELECT sum(count) FROM statistics WHERE event = 'helpful'") == [(1,)]
    assert await processes.rows("SELECT answer FROM taught") == [(NINE,)]
