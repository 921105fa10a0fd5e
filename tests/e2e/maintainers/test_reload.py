"""An edit of the knowledge while the bot runs: served when it is good, and told to the owner when it is not."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bot_process import BotProcess
from e2e.maintainers.lighthouses import NIGHT, by_command
from e2e.questions import titles
from e2e.starting import Start
from fake_discord import Channel, FakeDiscord, Guild, Member, Status


def edit(knowledge_dir: Path, old: str, new: str) -> None:
    """Save an edit of faq.yaml in place."""
    file = knowledge_dir / "faq.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


async def test_an_edit_is_served_once_it_is_saved(
    fake: FakeDiscord, bot: BotProcess, guild: Guild, knowledge_dir: Path, mia: Member
) -> None:
    before, after = guild.add_text_channel("before"), guild.add_text_channel("after")
    assert "**most** nights" in (await fake.reply_to(await mia.asks(before, NIGHT))).text

    edit(knowledge_dir, "Yes, **most** nights.", "Yes, **all** nights.")
    await bot.logged("The knowledge is now version")

    assert "**all** nights" in (await fake.reply_to(await mia.asks(after, NIGHT))).text


async def test_a_broken_edit_is_not_served_and_the_owner_is_told_once(
    fake: FakeDiscord, bot: BotProcess, owner: Member, knowledge_dir: Path, mia: Member
) -> None:
    edit(knowledge_dir, "related: [definition]", "related: [definitoin]")
    notice = await fake.next_message(owner.dm)
    (knowledge_dir / "faq.yaml").write_text("entries: [", encoding="utf-8")
    await bot.logged("Keeping the last good knowledge.", times=2)
    os.kill(bot.pid, signal.SIGHUP)
    await bot.logged("Keeping the last good knowledge.", times=3)
    answer = await fake.reply_to(await mia.sends_dm(NIGHT))

    assert "**I can't use an edit to my knowledge.**" in notice.said
    assert "faq.yaml:" in notice.said
    assert "definitoin" in notice.said
    assert titles(answer) == [NIGHT]
    assert owner.dm.history() == [notice]


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("  salary:", "phrasings.yaml has 9 lines instead of 11 and a new ending"),
        (" a warden\n", "phrasings.yaml ends mid-line"),
    ],
)
async def test_a_cut_off_file_is_not_served_until_the_rest_is_there(
    bot: BotProcess, owner: Member, knowledge_dir: Path, end: str, told: str
) -> None:
    file = knowledge_dir / "phrasings.yaml"
    complete = file.read_text(encoding="utf-8")

    file.write_text(complete[: complete.index(end)], encoding="utf-8")
    notice = await owner.fake.next_message(owner.dm)
    [refused] = await bot.logged("Keeping the last good knowledge.")
    file.write_text(complete, encoding="utf-8")
    await bot.logged("The knowledge is unchanged")

    assert told in notice.said
    assert told in refused
    assert not [line for line in bot.lines if "The knowledge is now version" in line]


async def test_an_owner_who_takes_no_messages_costs_one_line_in_the_log(
    fake: FakeDiscord, bot: BotProcess, knowledge_dir: Path
) -> None:
    fake.faults.on("POST /channels/*/messages", Status(403))

    edit(knowledge_dir, "related: [definition]", "related: [definitoin]")
    [line] = await bot.logged("Can't tell the bot's owner about a refused edit")

    assert line.endswith("Forbidden.")


@pytest.fixture
async def halved(start: Start, knowledge_dir: Path) -> BotProcess:
    """A bot whose folder has lost most of its texts, as if a file were half written."""
    file = knowledge_dir / "phrasings.yaml"
    few = file.read_text(encoding="utf-8")
    months = "January February March April May June July August September October November December"
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Easter"
    times = f"{months} {days}".split()
    many = few + "  jd:\n" + "".join(f"    - is there a vacancy around {time}\n" for time in times)
    file.write_text(many, encoding="utf-8")
    bot = await start()
    file.write_text(few, encoding="utf-8")
    [refused] = await bot.logged("Keeping the last good knowledge.")
    assert "are left, as if a file were half-written" in refused
    return bot


async def test_sighup_has_a_folder_served_that_lost_most_of_its_texts(halved: BotProcess) -> None:
    os.kill(halved.pid, signal.SIGHUP)

    assert await halved.logged("The knowledge is now version")


@pytest.mark.usefixtures("halved")
async def test_so_does_the_owner_by_command_and_reads_what_changed(channel: Channel, owner: Member) -> None:
    said = await by_command(owner, channel, "manage reload")

    assert said.said.startswith("I now answer from version `")
    assert "- Changed: entry jd (phrasings: 20 removed)" in said.said


@pytest.mark.usefixtures("bot")
async def test_the_owner_reloads_by_command_and_reads_why_nothing_changed(
    channel: Channel, owner: Member, knowledge_dir: Path
) -> None:
    unchanged = await by_command(owner, channel, "manage reload")
    edit(knowledge_dir, "related: [definition]", "related: [definitoin]")
    refused = await by_command(owner, channel, "manage reload")

    assert unchanged.said.startswith("Nothing has changed. I still answer from version")
    assert refused.said.startswith("I still answer from the last good version: the files can't be used.")
    assert "faq.yaml:" in refused.said
    assert "definitoin" in refused.said


async def test_a_moderator_who_does_not_own_the_bot_reloads_nothing(
    bot: BotProcess, channel: Channel, moderator: Member
) -> None:
    said = await by_command(moderator, channel, "manage reload")

    assert said.said.startswith("Only this bot's owner can reload my knowledge")
    assert not [line for line in bot.lines if "The knowledge is" in line]
