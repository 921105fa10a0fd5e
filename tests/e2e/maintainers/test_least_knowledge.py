"""The least that makes a bot: one faq.yaml with a name and three questions with their answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import tpm_bot
from home_brewers import FAQ, FIRST_QUESTION, NAME, ROLE, write_faq

from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot_process import BotProcess
from e2e.maintainers.lighthouses import by_command
from e2e.questions import titles
from e2e.starting import Start
from fake_discord import Channel, FakeDiscord, Member, NotOffered

REGISTER = "PUT /applications/{application_id}/commands"
JOB_COMMANDS = ("jd", "manage jd-posts", "manage jd-refresh")


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    return write_faq(tmp_path / "brewers")


async def assert_offers(moderator: Member, channel: Channel, *commands: str) -> None:
    for command in commands:
        await (await moderator.slash(channel, command)).answer()


async def assert_does_not_offer(moderator: Member, channel: Channel, *commands: str) -> None:
    for command in commands:
        with pytest.raises(NotOffered):
            await moderator.slash(channel, command)


async def test_it_checks_without_an_error(knowledge_dir: Path) -> None:
    code, out, _ = await tpm_bot(knowledge_dir, "check", str(knowledge_dir), "--format", "json")

    assert code == 0
    assert '"errors": 0' in out


async def test_the_command_for_the_job_description_says_that_there_is_none(knowledge_dir: Path) -> None:
    code, out, err = await tpm_bot(knowledge_dir, "jd")

    assert (code, out) == (1, "")
    assert err == "tpm-bot: This knowledge has no job description. To write one, add a role.yaml.\n"


async def test_a_chat_takes_the_folder(knowledge_dir: Path) -> None:
    code, out, _ = await tpm_bot(SHIPPED_KNOWLEDGE, "chat", str(knowledge_dir), typed=f"{FIRST_QUESTION}\n")

    assert code == 0
    assert "On the first Tuesday" in out


async def test_what_was_typed_into_new_is_answered_on_discord(
    fake: FakeDiscord, channel: Channel, mia: Member, start: Start, tmp_path: Path
) -> None:
    answers = "Northside Climbing Gym\n\nWhen are you open?\nEvery day: from ten to ten.\n"
    made, _, _ = await tpm_bot(SHIPPED_KNOWLEDGE, "new", str(tmp_path / "gym"), "--interactive", typed=answers)
    checked, _, _ = await tpm_bot(SHIPPED_KNOWLEDGE, "check", str(tmp_path / "gym"))
    await start(KNOWLEDGE_DIR=str(tmp_path / "gym"))

    answer = await fake.reply_to(await mia.asks(channel, "When are you open?"))

    assert (made, checked) == (0, 0)
    assert answer.cards[0].text == "Every day: from ten to ten."


@pytest.mark.usefixtures("bot")
async def test_it_answers_without_naming_a_source(fake: FakeDiscord, channel: Channel, mia: Member) -> None:
    answer = await fake.reply_to(await mia.asks(channel, "when do you meet"))

    assert titles(answer) == [FIRST_QUESTION]
    assert answer.cards[0].source == ""


@pytest.mark.usefixtures("bot")
async def test_it_speaks_of_its_community_and_of_no_job(channel: Channel, fake: FakeDiscord, mia: Member) -> None:
    help_ = await by_command(mia, channel, "help")
    called = await fake.reply_to(await mia.asks(channel, ""))
    privacy = await by_command(mia, channel, "privacy")

    assert help_.cards[0].text.startswith(f"I answer questions about **{NAME}**.\n")
    assert called.said.startswith(f"Ask me a question about {NAME}")
    said = f"{help_.cards} {called.said} {privacy.said} {fake.commands}".casefold()
    for word in ("/jd", "'jd", "job", "product manager", "tpm"):
        assert word not in said


@pytest.mark.usefixtures("bot")
async def test_no_command_posts_a_job_description(channel: Channel, owner: Member) -> None:
    await assert_does_not_offer(owner, channel, *JOB_COMMANDS)


async def test_a_role_that_comes_and_goes_brings_and_takes_its_commands(
    bot: BotProcess, channel: Channel, fake: FakeDiscord, knowledge_dir: Path, owner: Member
) -> None:
    (knowledge_dir / "role.yaml").write_text(ROLE, encoding="utf-8")
    await bot.logged("The commands have changed with the knowledge.")
    await assert_offers(owner, channel, *JOB_COMMANDS)
    assert "/jd" in (await by_command(owner, channel, "help")).cards[0].text
    with_a_role = fake.commands[None]

    (knowledge_dir / "role.yaml").unlink()
    await bot.logged("The commands have changed with the knowledge.", times=2)
    await assert_does_not_offer(owner, channel, *JOB_COMMANDS)

    fake.commands[None] = with_a_role  # as a client shows it that hasn't heard yet
    for command in JOB_COMMANDS:
        said = await by_command(owner, channel, command)
        assert said.said == "I no longer have this command. Use `/help` to see what I can do."


async def test_an_edit_that_changes_no_command_registers_none(
    bot: BotProcess, fake: FakeDiscord, knowledge_dir: Path
) -> None:
    (knowledge_dir / "faq.yaml").write_text(FAQ.replace("Twenty", "Thirty"), encoding="utf-8")
    await bot.logged("The knowledge is now version")
    (knowledge_dir / "role.yaml").write_text(ROLE, encoding="utf-8")
    await bot.logged("The commands have changed with the knowledge.")

    assert len(fake.requests_to(REGISTER)) == 2  # at the start, and for the role


async def test_an_update_button_of_a_role_that_is_gone_says_so(
    bot: BotProcess, channel: Channel, fake: FakeDiscord, knowledge_dir: Path, owner: Member
) -> None:
    (knowledge_dir / "role.yaml").write_text(ROLE, encoding="utf-8")
    await bot.logged("The commands have changed with the knowledge.")
    preview = await (await owner.slash(channel, "jd")).answer()
    click = await owner.clicks(preview, "Post")
    await fake.next_message(channel)
    await click.answer()
    edited = ROLE.replace("the club's kegs", "the club's barrels")
    (knowledge_dir / "role.yaml").write_text(edited, encoding="utf-8")
    await bot.logged("The knowledge is now version", times=2)
    update = await by_command(owner, channel, "manage jd-refresh")
    (knowledge_dir / "role.yaml").unlink()
    await bot.logged("The commands have changed with the knowledge.", times=2)

    await (await owner.clicks(update, "Update posts")).answer()

    assert update.said == "I have no job description to post."


async def test_links_that_nothing_shows_are_warned_of(start: Start) -> None:
    bot = await start(SOURCE_URL="https://a.example/", CONTACT_URL="https://b.example/")

    assert await bot.logged("SOURCE_URL has no effect: faq.yaml names no source.")
    assert await bot.logged("CONTACT_URL has no effect: there's no section contact in role.yaml.")
