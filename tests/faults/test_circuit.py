"""When Cloudflare blocks requests the bot stops knocking, and begins again by itself."""

from __future__ import annotations

import asyncio

import discord
import pytest
from e2e.questions import CODING

from bot.discord_app.rest.circuit import Circuit
from bot_process import BotProcess
from fake_discord import FakeDiscord, Guild, Limited, Member
from faults.cloudflare import BLOCKED, Door, opened, refusal


async def test_as_long_as_nothing_is_blocked_requests_go_through_side_by_side() -> None:
    door, circuit = Door(), Circuit()

    assert await asyncio.gather(*(circuit.call(door.knock) for _ in range(10))) == ["come in"] * 10

    assert door.most_at_once == 10
    assert circuit.opened == 0


async def test_after_a_block_everybody_waits_for_one_probe_and_then_goes_through() -> None:
    door = Door(BLOCKED)
    circuit = await opened(door, pause=0.1)

    assert await asyncio.gather(*(circuit.call(door.knock) for _ in range(20))) == ["come in"] * 20

    assert door.pauses[0] > 0.09
    assert door.pauses[1] > 0.005, "the probe's answer is waited for before anybody else knocks"
    assert not circuit.is_open
    assert circuit.opened == 1


async def test_each_probe_that_is_blocked_doubles_the_pause() -> None:
    door = Door(BLOCKED, BLOCKED, BLOCKED, BLOCKED)
    circuit = await opened(door, pause=0.05)

    results = await asyncio.gather(*(circuit.call(door.knock) for _ in range(10)), return_exceptions=True)

    assert results.count(BLOCKED) == 3
    for pause, least in zip(door.pauses, (0.05, 0.1, 0.2, 0.4), strict=False):
        assert least - 0.001 < pause < least + 0.1
    assert circuit.opened == 1


async def test_a_time_that_the_refusal_names_counts_instead() -> None:
    door = Door(refusal(429, Retry_After="0.2"))
    circuit = await opened(door, pause=10.0)

    await circuit.call(door.knock)

    assert 0.19 < door.pauses[0] < 5


async def test_after_it_has_closed_the_next_block_begins_with_the_first_pause() -> None:
    door = Door(BLOCKED, BLOCKED, None, BLOCKED)
    circuit = await opened(door, pause=0.5)
    with pytest.raises(discord.HTTPException):
        await circuit.call(door.knock)
    await circuit.call(door.knock)
    assert not circuit.is_open

    with pytest.raises(discord.HTTPException):
        await circuit.call(door.knock)
    await circuit.call(door.knock)

    assert door.pauses[-1] < 0.9
    assert circuit.opened == 2


async def test_a_refusal_by_discord_itself_closes_it_too() -> None:
    door = Door(BLOCKED, refusal(403, Via="1.1 google"))
    circuit = await opened(door, pause=0.05)

    with pytest.raises(discord.HTTPException, match="403"):
        await circuit.call(door.knock)

    assert not circuit.is_open


@pytest.mark.parametrize("status", [429, 500, 503, 403])
async def test_refusals_by_discord_itself_do_not_open_it(status: int) -> None:
    door, circuit = Door(refusal(status, Via="1.1 google")), Circuit()

    with pytest.raises(discord.HTTPException):
        await circuit.call(door.knock)

    assert not circuit.is_open


async def test_a_probe_that_got_no_answer_leaves_it_open_and_the_next_one_waits_as_long() -> None:
    door = Door(BLOCKED, ConnectionResetError(), ConnectionResetError())
    circuit = await opened(door, pause=0.1)

    results = await asyncio.gather(*(circuit.call(door.knock) for _ in range(5)), return_exceptions=True)

    assert results.count("come in") == 3
    assert min(door.pauses[:3]) > 0.09


async def test_whoever_gives_up_waiting_leaves_the_probe_to_the_next_one() -> None:
    door = Door(BLOCKED)
    circuit = await opened(door, pause=0.5)
    impatient = asyncio.create_task(circuit.call(door.knock))
    patient = asyncio.create_task(circuit.call(door.knock))
    await asyncio.sleep(0)

    impatient.cancel()

    assert await patient == "come in"
    assert 0.49 < door.pauses[0] < 0.95


async def test_requests_that_were_on_their_way_do_not_open_it_again() -> None:
    door, circuit = Door(*[BLOCKED] * 10), Circuit(first_pause=0.1)

    await asyncio.gather(*(circuit.call(door.knock) for _ in range(10)), return_exceptions=True)

    assert circuit.opened == 1
    assert await circuit.call(door.knock) == "come in"


async def test_a_block_of_another_process_holds_requests_back_too_and_is_not_told_on() -> None:
    door, circuit = Door(), Circuit(first_pause=0.1)
    begun = asyncio.get_running_loop().time()

    circuit.hold(600.0)
    assert circuit.is_open
    await asyncio.gather(*(circuit.call(door.knock) for _ in range(10)))

    assert door.knocks[0] - begun >= 0.1
    assert door.pauses[0] > 0.005, "there is one probe first"
    assert circuit.opened == 1
    assert circuit.heard_until == 0.0


async def test_what_another_process_says_changes_nothing_for_one_that_is_blocked_itself() -> None:
    door = Door(BLOCKED)
    circuit = await opened(door, pause=0.1)
    heard_until = circuit.heard_until

    circuit.hold(600.0)
    await circuit.call(door.knock)

    assert door.knocks[0] < heard_until <= door.knocks[1]
    assert circuit.opened == 1


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.usefixtures("accounted_for")
async def test_while_cloudflare_blocks_no_requests_are_made_and_then_all_are_answered(
    fake: FakeDiscord, guild: Guild, bot: BotProcess, mia: Member
) -> None:
    people = [(guild.add_member(f"person {n}"), guild.add_text_channel(f"channel-{n}")) for n in range(10)]
    await fake.reply_to(await mia.asks(guild.add_text_channel("general"), CODING))
    fake.faults.on("*", Limited(retry_after=2.0, via=False), times=2)
    before = len(fake.requests)

    asked = [await people[0][0].asks(people[0][1], CODING)]
    await bot.logged("Cloudflare blocks requests")
    asked += [await person.asks(place, CODING) for person, place in people[1:]]
    command = await people[0][0].slash(people[0][1], "help")
    typed = [await person.autocomplete(place, "ask", question="code") for person, place in people]
    await asyncio.gather(*(fake.reply_to(message, timeout=10) for message in asked))

    refused, probe, then, *_ = list(fake.requests)[before:]
    assert (refused.status, probe.status, then.status) == (429, 429, 200)
    assert probe.at - refused.at > 1.9
    assert then.at - probe.at > 1.9
    assert {interaction.first for interaction in (command, *typed)} == {None}
    assert len(fake.requests) - before == 2 + len(asked)
    await bot.logged("Discord answers again")
