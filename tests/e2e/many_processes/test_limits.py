"""When Discord limits the token's requests, all processes wait, also those that it hasn't told."""

from __future__ import annotations

import asyncio

from faults.asking import CALLBACK, SEND

from e2e.many_processes.conftest import Processes
from e2e.questions import CODING, titles
from fake_discord import FakeDiscord, Guild, Limited

LIMIT = 10.0  # seconds
ASKED = 4  # questions in each server


async def test_while_discord_limits_one_process_the_others_send_only_what_is_exempt(
    fake: FakeDiscord, guilds: list[Guild], processes: Processes
) -> None:
    await processes.start_share(0)
    other = await processes.start_share(1)
    channels = [[guild.add_text_channel(f"channel-{number}") for number in range(ASKED)] for guild in guilds]
    mia, max_ = (guild.add_member(name) for guild, name in zip(guilds, ("mia", "max"), strict=True))
    fake.faults.on(SEND, Limited(retry_after=LIMIT, scope="global"), times=1)

    asked = [await mia.asks(channels[0][0], CODING)]
    await other.logged("Another process says that Discord limits all requests")
    learned = len(fake.requests)
    asked += [await max_.asks(channel, CODING) for channel in channels[1]]
    asked += [await mia.asks(channel, CODING) for channel in channels[0][1:]]
    command = await max_.slash(channels[1][0], "help")
    await command.response()
    answers = await asyncio.gather(*(fake.reply_to(message) for message in asked))

    [refused] = [request for request in fake.requests if request.status == 429]
    callback, *later = list(fake.requests)[learned:]
    assert callback.name == CALLBACK
    assert min(request.at for request in later) - refused.at >= LIMIT
    assert [titles(answer) for answer in answers] == [[CODING]] * len(asked)
    await processes.stop_all()
    assert [len(fake.ledger.entry(each).answers) for each in asked] == [1] * len(asked)
