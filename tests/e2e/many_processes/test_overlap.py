"""Two processes with the same shards, as during an update: both receive everything, and nobody notices."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults.asking import CALLBACK, requests_for

from bot.storage.stores import Stores
from e2e.handoff.houses import ASK, UNKNOWN
from e2e.maintainers.lighthouses import NIGHT
from e2e.many_processes.conftest import Processes
from e2e.questions import titles
from e2e.teaching.lessons import NINE, drafts
from fake_discord import Channel, FakeDiscord, Guild, Interaction, Member
from lighthouse import name_subject

QUESTIONS = (NIGHT, "What is a lighthouse keeper?", "What are a keeper's duties?")


@pytest.fixture(autouse=True)
async def both(processes: Processes, max_: Member, channel: Channel, desk: Channel, knowledge_dir: Path) -> Processes:
    """Start both, one after the other, when there is somebody to talk to."""
    assert channel.guild
    experts = channel.guild.add_role("experts", mentionable=True)
    async with Stores.open(processes.address) as stores:
        await stores.servers.change(channel.guild.id, handoff_role=experts.id, handoff_channel=desk.id)
    name_subject(knowledge_dir)
    for _ in range(2):
        await processes.start(KNOWLEDGE_DIR=str(knowledge_dir))
    assert max_.guild
    return processes


async def reached_both(interaction: Interaction) -> None:
    """Wait until both processes have answered an interaction."""

    def answered() -> bool:
        return len([each for each in requests_for(interaction) if each.name == CALLBACK and each.status]) == 2

    await interaction.fake.wait_for(answered, what="answers of both processes")
    await interaction.fake.settled()


async def test_each_question_is_answered_once(fake: FakeDiscord, guild: Guild, both: Processes, mia: Member) -> None:
    asked = [await mia.asks(guild.add_text_channel("more"), question) for question in QUESTIONS]

    assert [titles(await fake.reply_to(each)) for each in asked] == [[question] for question in QUESTIONS]
    await both.stop_all()
    assert [len(fake.ledger.entry(each).answers) for each in asked] == [1] * len(QUESTIONS)
    assert await both.rows("SELECT DISTINCT fate FROM claims") == [("answered",)]


async def test_what_a_moderator_saves_is_taught_once_without_a_message_that_it_is_gone(
    both: Processes, channel: Channel, max_: Member, mia: Member
) -> None:
    preview = await drafts(max_, await mia.says(channel, "when does the ferry leave?"))

    click = await max_.clicks(preview, "Save")
    await reached_both(click)
    await click.answer()

    await both.stop_all()
    assert preview.said.startswith("Saved."), preview.said
    assert await both.rows("SELECT answer FROM taught") == [(NINE,)]


async def test_a_question_is_handed_to_humans_once(
    fake: FakeDiscord, both: Processes, channel: Channel, desk: Channel, mia: Member
) -> None:
    refused = await fake.reply_to(await mia.asks(channel, UNKNOWN))

    click = await mia.clicks(refused, ASK)
    await reached_both(click)
    await click.answer()

    await both.stop_all()
    assert channel.guild
    assert len([thread for thread in channel.guild.threads.values() if thread.parent is desk]) == 1


async def test_settings_chosen_one_after_another_are_all_kept(both: Processes, channel: Channel, max_: Member) -> None:
    command = await max_.slash(channel, "manage settings")
    await reached_both(command)
    screen = await command.answer()

    for menu, value in (("privacy", "public"), ("help", channel), ("teaching", "approved")):
        choice = await max_.selects(screen, f"settings:{menu}", value)
        await reached_both(choice)
        await choice.answer()

    await both.stop_all()
    [(*chosen, desk)] = await both.rows(
        "SELECT private_by_default, help_channel, taught_items_wait, handoff_channel FROM server_settings"
    )
    assert chosen == [False, channel.id, True]
    assert desk is not None
