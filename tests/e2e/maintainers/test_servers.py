"""Servers with knowledge of their own, beside one without."""

from __future__ import annotations

from pathlib import Path

import pytest
from home_brewers import FAQ, FIRST_QUESTION, ROLE, write_faq

from bot_process import BotProcess
from e2e.questions import topics
from e2e.starting import Start
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission

SECOND_QUESTION = "What do I need to brew my first batch?"
SHARED_ANSWER, OWN_ANSWER = "first Tuesday", "on Fridays"
NORTH = f"""\
entries:
  meetings:
    question: {FIRST_QUESTION}
    answer: In the north, on Fridays.
    related: [beginners]
"""


@pytest.fixture
def cellar(guild: Guild) -> Channel:
    return guild.add_text_channel("cellar")


@pytest.fixture
def elsewhere(fake: FakeDiscord) -> Channel:
    """A channel of a server without knowledge of its own."""
    return fake.add_guild("Elsewhere").add_text_channel("general")


@pytest.fixture
def knowledge_dir(tmp_path: Path, guild: Guild, cellar: Channel) -> Path:
    """Shared knowledge, of which one answer is for one channel only, and the guild's own."""
    limited = FAQ.replace("    answer: Twenty", f'    channels: ["{cellar.id}"]\n    answer: Twenty')
    shared = write_faq(tmp_path / "knowledge", limited)
    north = shared / "servers" / "north"
    north.mkdir(parents=True)
    (north / "server.yaml").write_text(f'servers: ["{guild.id}"]\n', encoding="utf-8")
    (north / "faq.yaml").write_text(NORTH, encoding="utf-8")
    return shared


@pytest.fixture
async def bot(start: Start, elsewhere: Channel) -> BotProcess:
    assert elsewhere.guild
    return await start()


def stranger(channel: Channel, *roles: Permission) -> Member:
    assert channel.guild
    return channel.guild.add_member("sam", *(channel.guild.add_role(str(role), role) for role in roles))


@pytest.mark.usefixtures("bot")
async def test_a_server_gets_its_own_answer_and_another_the_shared_one(
    fake: FakeDiscord, channel: Channel, elsewhere: Channel, mia: Member
) -> None:
    sam = stranger(elsewhere)

    assert OWN_ANSWER in (await fake.reply_to(await mia.asks(channel, FIRST_QUESTION))).text
    assert SHARED_ANSWER in (await fake.reply_to(await sam.asks(elsewhere, FIRST_QUESTION))).text
    assert SHARED_ANSWER in (await fake.reply_to(await mia.sends_dm(FIRST_QUESTION))).text
    assert OWN_ANSWER in (await (await mia.slash(channel, "ask", question="meetings")).answer()).text
    assert SHARED_ANSWER in (await (await sam.slash(elsewhere, "ask", question="meetings")).answer()).text


async def test_who_brings_the_bot_along_gets_the_shared_answer_and_nothing_of_any_servers(
    fake: FakeDiscord, start: Start, guild: Guild, knowledge_dir: Path
) -> None:
    left = fake.add_guild("A server that the bot has left", has_bot=False)
    (knowledge_dir / "servers/north/server.yaml").write_text(
        f'servers: ["{guild.id}", "{left.id}"]\n', encoding="utf-8"
    )
    await start()
    there, sam = left.add_text_channel("general"), left.add_member("sam")
    sam.installs_app()

    answer = await (await sam.slash(there, "ask", question=FIRST_QUESTION)).answer()
    listed = await (await sam.slash(there, "faq")).answer()
    picked = await (await sam.selects(listed, "topics:0", "meetings")).answer()

    for shown in (answer, picked):
        assert SHARED_ANSWER in shown.text
        assert OWN_ANSWER not in shown.text
        assert SECOND_QUESTION not in topics(shown)  # which only the server's own answer is related to


@pytest.mark.usefixtures("bot")
async def test_who_asks_for_more_gets_what_is_related_in_that_server(
    fake: FakeDiscord, channel: Channel, elsewhere: Channel, mia: Member
) -> None:
    sam = stranger(elsewhere)
    for member, where in ((mia, channel), (sam, elsewhere)):
        await fake.reply_to(await member.asks(where, FIRST_QUESTION))

    assert topics(await fake.reply_to(await mia.asks(channel, "tell me more"))) == [SECOND_QUESTION]
    assert (await fake.reply_to(await sam.asks(elsewhere, "tell me more"))).said == "That's all I have on that."


@pytest.mark.usefixtures("bot")
async def test_an_entry_for_one_channel_is_listed_and_answered_there_alone(
    fake: FakeDiscord, channel: Channel, cellar: Channel, mia: Member
) -> None:
    fee = "How much is the membership fee?"

    assert fee in (await (await mia.slash(cellar, "faq")).answer()).text
    assert fee not in (await (await mia.slash(channel, "faq")).answer()).text
    assert "Twenty dollars" in (await fake.reply_to(await mia.asks(cellar, fee))).text
    assert "Twenty dollars" not in (await fake.reply_to(await mia.asks(channel, fee))).text


async def test_a_broken_edit_keeps_the_servers_answers_and_its_owner_is_told(
    fake: FakeDiscord, bot: BotProcess, channel: Channel, knowledge_dir: Path, mia: Member, owner: Member
) -> None:
    await fake.reply_to(await mia.asks(channel, FIRST_QUESTION))
    file = knowledge_dir / "servers/north/faq.yaml"

    file.write_text("entries: [\n", encoding="utf-8")
    notice = await fake.next_message(owner.dm)
    kept = (await (await mia.slash(channel, "ask", question="meetings")).answer()).text
    file.write_text(NORTH.replace("Fridays", "Sundays"), encoding="utf-8")
    await bot.logged("The knowledge in north can be used again")

    assert notice.said.startswith("**I can't use the knowledge in servers/north.**")
    assert OWN_ANSWER in kept
    assert "on Sundays" in (await (await mia.slash(channel, "ask", question="meetings")).answer()).text


async def test_a_server_without_a_job_description_is_told_so_while_another_has_one(
    fake: FakeDiscord, bot: BotProcess, guild: Guild, channel: Channel, elsewhere: Channel, knowledge_dir: Path
) -> None:
    (knowledge_dir / "servers/north/role.yaml").write_text(ROLE, encoding="utf-8")
    await bot.logged("The commands have changed with the knowledge")
    max_ = guild.add_member("max", guild.add_role("mods", Permission.MANAGE_MESSAGES))
    sam = stranger(elsewhere, Permission.MANAGE_MESSAGES)
    await fake.ready(commands=True)

    assert "Cellar Keeper" in (await (await max_.slash(channel, "jd")).answer()).text
    assert (await (await sam.slash(elsewhere, "jd")).answer()).text == "I have no job description to post."
