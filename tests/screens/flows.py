"""The flows that are shown: people use the real bot over the fake Discord, and what arrives is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from e2e.database import set_beforehand
from e2e.digest.digests import passes, planned, posted
from e2e.questions import CODING, DEGREE, MANAGEMENT, suggestion
from e2e.teaching.lessons import drafts, teaches

from bot.storage.servers import ServerSettings
from bot_process import TIMEOUT, answering
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Permission, RateLimits
from screens.page import post, show


@dataclass(frozen=True, slots=True)
class Server:
    """Where the flows happen, and who takes part."""

    fake: FakeDiscord
    guild: Guild
    channel: Channel
    forum: Channel
    mia: Member
    moderator: Member
    manager: Member


DEFINITION = "What is a Technical Product Manager?"
CALLS_OF_A_HANDOFF = 2  # messages: one mentions whoever asked, and one the role
DISSATISFIED = 5  # the number of the person who finds an answer unhelpful

Flow = Callable[[Server], Awaitable[Sequence[str]]]


async def recorded(directory: Path, names: Sequence[str]) -> dict[str, Sequence[str]]:
    """Run the bot in a folder and return what is seen in each flow."""
    async with FakeDiscord(rate_limits=RateLimits.generous()) as fake:
        servers = {name: _server(fake) for name in names}
        settings = {
            each.guild.id: ServerSettings(forum_channels=frozenset({each.forum.id})) for each in servers.values()
        }
        await set_beforehand(directory, settings)
        async with answering(directory, fake) as bot:
            seen = {name: await FLOWS[name](server) for name, server in servers.items()}
            await bot.stop()
        fake.assert_clean()
        return seen


def _server(fake: FakeDiscord) -> Server:
    guild = fake.add_guild("Product people")
    forum = guild.add_forum("careers")
    forum.set_permissions(guild.me, allow=Permission.MANAGE_THREADS)
    forum.add_tag("Solved")
    moderators = guild.add_role("moderators", Permission.MANAGE_MESSAGES)
    managers = guild.add_role("managers", Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD)
    return Server(
        fake=fake,
        guild=guild,
        channel=guild.add_text_channel("general"),
        forum=forum,
        mia=guild.add_member("mia"),
        moderator=guild.add_member("sam", moderators),
        manager=guild.add_member("ada", managers),
    )


async def _mention(server: Server) -> Sequence[str]:
    asked = await server.mia.asks(server.channel, "hey, does a tpm need to code??")
    return [show(asked), show(await server.fake.reply_to(asked))]


async def _two_questions(server: Server) -> Sequence[str]:
    asked = await server.mia.asks(server.channel, "Do I need a degree? And is it a management position?")
    return [show(asked), show(await server.fake.reply_to(asked))]


async def _did_you_mean(server: Server) -> Sequence[str]:
    suggested = await suggestion(server.fake, server.mia, server.channel)
    assert suggested.replies_to is not None
    return [show(suggested.replies_to), show(suggested)]


async def _refusal(server: Server) -> Sequence[str]:
    asked = await server.mia.asks(server.channel, "What does a TPM earn?")
    return [show(asked), show(await server.fake.reply_to(asked))]


async def _ask(server: Server) -> Sequence[str]:
    command = await server.mia.slash(server.channel, "ask", question="can I become a TPM right after university?")
    return [show(await command.answer(), command)]


async def _jd(server: Server) -> Sequence[str]:
    options = {"company": "Acme", "location": "Tokyo", "link": "https://acme.example/jobs/tpm"}
    leave_out = "How the work goes, Who you work with, What the role offers, Interested?"
    command = await server.moderator.slash(server.channel, "jd", **options, leave_out=leave_out)
    return [show(await command.answer(), command)]


async def _answer_this(server: Server) -> Sequence[str]:
    asked = await server.mia.says(server.channel, "do you have to write code as a tpm?")
    command = await server.moderator.message_command(server.channel, "Answer this", asked)
    offered = await command.answer()
    before = show(offered, command)
    await (await server.moderator.clicks(offered, offered.labels[0])).answer()

    def replies() -> list[str]:
        return [show(each) for each in server.channel.history() if each.replies_to is asked]

    return [show(asked), before, *await server.fake.wait_for(replies, what="the answer")]


async def _add_to_faq(server: Server) -> Sequence[str]:
    """Teach what a moderator replied, and ask it again."""
    asked = await server.mia.says(server.channel, "where do we post TPM openings?")
    told = await server.moderator.says(server.channel, "In the forum, with the tag **Hiring**.", reply_to=asked)
    preview = await drafts(server.moderator, told, "Where can I post TPM openings?", told.content)
    before = show(preview)
    await (await server.moderator.clicks(preview, "Save")).answer()
    again = await server.mia.asks(server.channel, "where can i post TPM openings??")
    return [show(asked), show(told), before, show(again), show(await server.fake.reply_to(again))]


async def _ask_anywhere(server: Server) -> Sequence[str]:
    """Ask in a server that the bot isn't in."""
    elsewhere = server.fake.add_guild("Somewhere else", has_bot=False)
    visitor = elsewhere.add_member("vic")
    visitor.installs_app()
    command = await visitor.slash(elsewhere.add_text_channel("general"), "ask", question="do I need a degree?")
    return [show(await command.answer(), command)]


async def _manage_taught(server: Server) -> Sequence[str]:
    """List what was taught, and choose one."""
    asked = await server.mia.says(server.channel, "where do we post TPM openings?")
    await teaches(server.manager, asked, "Where can I post TPM openings?", "In the forum, with the tag **Hiring**.")
    await teaches(server.moderator, asked, "must I be able to program", "", entry=CODING)
    command = await server.moderator.slash(server.channel, "manage taught")
    listed = await command.answer()
    before = show(listed, command)
    [menu] = listed.selects
    chosen = menu["options"][1]["value"]
    return [before, show(await (await server.moderator.selects(listed, menu["custom_id"], chosen)).answer())]


async def _manage_gaps(server: Server) -> Sequence[str]:
    """Ask what the bot doesn't know, and list it."""
    groups = [["Where do I find a mentor?", "where can i find a mentor??"], ["What does a TPM earn?"]]
    for question in chain.from_iterable(groups):
        await server.fake.reply_to(await server.mia.asks(server.channel, question))
    async with asyncio.timeout(TIMEOUT):
        while True:
            command = await server.moderator.slash(server.channel, "manage gaps")
            answer = await command.answer()
            if len(answer.labels) == len(groups):
                return [show(answer, command)]
            await asyncio.sleep(1)  # they are kept soon after the reply


async def _ask_a_human(server: Server) -> Sequence[str]:
    """Ask what the bot doesn't know, and be led to somebody who does."""
    role, desk = server.guild.add_role("mentors", mentionable=True), server.guild.add_text_channel("desk")
    settings = await (await server.manager.slash(server.channel, "manage settings")).answer()
    for menu, chosen in (("handoff-role", role), ("handoff-channel", desk)):
        await (await server.manager.selects(settings, f"settings:{menu}", chosen)).answer()
    asked = await server.mia.asks(server.channel, "Does the Tokyo meetup have a TPM table?")
    refused = await server.fake.reply_to(asked)
    shown = show(refused)
    await (await server.mia.clicks(refused, "Ask a human")).answer()

    def opened() -> list[Message] | None:
        said = [each for thread in server.guild.threads.values() if thread.parent is desk for each in thread.history()]
        return [*desk.history(), *said] if len(said) >= CALLS_OF_A_HANDOFF else None

    said = await server.fake.wait_for(opened, what="the thread")
    return [show(asked), shown, post(f"# {desk.name}"), *map(show, said)]


async def _forum(server: Server) -> Sequence[str]:
    thread, first = await server.mia.opens_post(server.forum, DEGREE, "I've been a developer for ten years.")
    assert first is not None
    answer = await server.fake.next_message(thread)
    return [post(DEGREE), show(first), show(answer)]


async def _settings(server: Server) -> Sequence[str]:
    command = await server.manager.slash(server.channel, "manage settings")
    return [show(await command.answer(), command)]


async def _board(server: Server) -> Sequence[str]:
    """Post a board and ask a question on it."""
    board = server.guild.add_text_channel("faq")
    offer = await (await server.moderator.slash(server.channel, "manage board", channel=board)).answer()
    await (await server.moderator.clicks(offer, "Post")).answer()
    first, *_ = board.history()
    click = await server.mia.clicks(first, DEFINITION)
    return [show(first), show(await click.answer())]


async def _stats(server: Server) -> Sequence[str]:
    """Ask and vote as several people do, and wait until all of it is counted: that happens once a second."""
    asked = {
        "What is a TPM?": 12,
        CODING: 9,
        MANAGEMENT: 6,
        DEGREE: 4,
        "team work": 3,
        "What does a TPM earn?": 2,
        "Where can I buy bread?": 1,
    }
    for question, times in asked.items():
        for number in range(times):
            person, channel = server.guild.add_member("member"), server.guild.add_text_channel("general")
            answer = await server.fake.reply_to(await person.asks(channel, question))
            if answer.cards and number:
                await (await person.clicks(answer, "👎" if number == DISSATISFIED else "👍")).answer()
    before = ""
    async with asyncio.timeout(TIMEOUT):
        while before != (seen := await _counted(server)):
            before = seen
            await asyncio.sleep(2)
    return [seen]


async def _counted(server: Server) -> str:
    command = await server.moderator.slash(server.channel, "manage stats")
    return show(await command.answer(), command)


async def _digest(server: Server) -> Sequence[str]:
    """Ask during a week, and wait for its digest."""
    digest = server.guild.add_text_channel("digest")
    due_at = await planned(server.fake, server.moderator, server.channel, digest)
    for question in ("What does a TPM earn?", "Where do I find a mentor?", "where can i find a mentor??", CODING):
        await server.fake.reply_to(await server.mia.asks(server.channel, question))
    asked = await server.mia.says(server.channel, "where do we post TPM openings?")
    await teaches(server.moderator, asked, "Where can I post TPM openings?", "In the forum.")
    answer = await server.fake.reply_to(await server.mia.asks(server.guild.add_text_channel("other"), DEGREE))
    await (await server.mia.clicks(answer, "👎")).answer()
    await asyncio.sleep(2)  # counts are written once a second
    await passes(server.fake, server.mia, server.channel, due_at)
    [message] = await posted(server.fake, digest)
    return [post(f"# {digest.name}"), show(message)]


async def _manage_digest(server: Server) -> Sequence[str]:
    """Show the plan of a digest."""
    digest = server.guild.add_text_channel("digest")
    await planned(server.fake, server.moderator, server.channel, digest)
    command = await server.moderator.slash(server.channel, "manage digest")
    return [show(await command.answer(), command)]


FLOWS: dict[str, Flow] = {
    "mention": _mention,
    "two-questions": _two_questions,
    "did-you-mean": _did_you_mean,
    "refusal": _refusal,
    "ask-privately": _ask,
    "ask-anywhere": _ask_anywhere,
    "forum-post": _forum,
    "answer-this": _answer_this,
    "add-to-faq": _add_to_faq,
    "ask-a-human": _ask_a_human,
    "manage-taught": _manage_taught,
    "manage-gaps": _manage_gaps,
    "jd-preview": _jd,
    "board": _board,
    "manage-stats": _stats,
    "manage-settings": _settings,
    "manage-digest": _manage_digest,
    "digest": _digest,  # the last: it lets an hour pass
}
