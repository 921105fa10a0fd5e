"""A database that takes 5 s for each answer: whatever people click, Discord has a first response within a second."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from e2e.database import file_of, set_beforehand
from e2e.maintainers.lighthouses import NIGHT
from e2e.teaching.lessons import FERRY, NINE, clicks, drafts, opened, right_clicks, shown_first, taught, teaches

from bot.storage.servers import ServerSettings
from bot_process import TIMEOUT, answering
from discords import running_discord
from fake_discord import Channel, FakeDiscord, Guild, Interaction, Member, Message, Permission, Role
from lighthouse import name_subject

SLOW = 5.0  # seconds for each transaction
PROMPT = 1.0  # seconds until the first response, and as long as this process, too, was held up by a busy machine
PACE = 0.1  # seconds between clicks, which a busy machine handles one after the other
UNKNOWN = "xqzt vlrm wpfk"
SUPPORT = Path(__file__).parents[1] / "support"

fake = running_discord()


@dataclass(frozen=True)
class Server:
    """A server of its own for each flow, since the bot does some things once at a time in a server."""

    fake: FakeDiscord
    guild: Guild
    channel: Channel
    forum: Channel
    desk: Channel
    role: Role
    mia: Member
    mod: Member
    admin: Member

    async def asked(self) -> Message:
        return await self.mia.says(self.channel, "when does the ferry leave?")

    async def answered(self) -> Message:
        return await self.fake.reply_to(await self.mia.asks(self.channel, NIGHT))

    async def refused(self) -> Message:
        return await self.fake.reply_to(await self.mia.asks(self.channel, UNKNOWN))

    async def preview(self) -> Message:
        return await drafts(self.mod, await self.asked())

    async def item(self, teacher: Member | None = None) -> Message:
        """Teach something, and show it to the admin."""
        await teaches(teacher or self.admin, await self.asked())
        return await shown_first(self.admin, self.channel)

    async def board(self) -> Message:
        """Post a board, and return the moderator's screen."""
        command = await self.mod.slash(self.channel, "manage board", channel=self.channel)
        return await clicks(self.mod, await command.answer(), "Post")

    async def settings(self) -> Message:
        return await (await self.admin.slash(self.channel, "manage settings")).answer()

    async def suggested(self) -> Message:
        return await (await self.mod.message_command(self.channel, "Answer this", await self.asked())).answer()


Act = Callable[[], Awaitable[Interaction]]
Flow = Callable[[Server], Awaitable[Act]]


async def _add_to_faq(server: Server) -> Act:
    asked = await server.asked()
    return lambda: server.mod.message_command(server.channel, "Add to FAQ", asked)


async def _submit(server: Server) -> Act:
    form = await right_clicks(server.mod, await server.asked())
    return lambda: server.mod.submits_modal(form, question=FERRY, answer=NINE)


async def _submit_change(server: Server) -> Act:
    change = await server.mod.clicks(await server.preview(), "Change")
    await opened(change)
    return lambda: server.mod.submits_modal(change, answer="At ten.")


async def _submit_edit(server: Server) -> Act:
    edit = await server.admin.clicks(await server.item(), "Edit")
    await opened(edit)
    return lambda: server.admin.submits_modal(edit, answer="At ten.")


def _on_preview(button: str) -> Flow:
    async def prepare(server: Server) -> Act:
        preview = await server.preview()
        return lambda: server.mod.clicks(preview, button)

    return prepare


def _on_item(button: str) -> Flow:
    async def prepare(server: Server) -> Act:
        item = await server.item(server.mod if button == "Approve" else None)
        return lambda: server.admin.clicks(item, button)

    return prepare


async def _pick_item(server: Server) -> Act:
    await teaches(server.admin, await server.asked())
    listed = await taught(server.admin, server.channel)
    [menu] = listed.selects
    return lambda: server.admin.selects(listed, menu["custom_id"], menu["options"][0]["value"])


def _command(name: str) -> Flow:
    async def prepare(server: Server) -> Act:
        return lambda: server.admin.slash(server.channel, name)

    return prepare


async def _ask(server: Server) -> Act:
    return lambda: server.mia.slash(server.channel, "ask", question=UNKNOWN)


async def _ask_a_human(server: Server) -> Act:
    refused = await server.refused()
    return lambda: server.mia.clicks(refused, "Ask a human")


async def _ask_a_human_after_a_vote(server: Server) -> Act:
    thanks = await clicks(server.mia, await server.answered(), "👎")
    return lambda: server.mia.clicks(thanks, "Ask a human")


async def _teach_better(server: Server) -> Act:
    thanks = await clicks(server.mod, await server.answered(), "👎")
    return lambda: server.mod.clicks(thanks, "Teach me a better answer")


def _vote(button: str, who: str) -> Flow:
    async def prepare(server: Server) -> Act:
        answer = await server.answered()
        return lambda: getattr(server, who).clicks(answer, button)

    return prepare


async def _post_board(server: Server) -> Act:
    offer = await (await server.mod.slash(server.channel, "manage board", channel=server.channel)).answer()
    return lambda: server.mod.clicks(offer, "Post")


async def _remove_board(server: Server) -> Act:
    screen = await server.board()
    return lambda: server.mod.clicks(screen, "Remove")


async def _see_board(server: Server) -> Act:
    await server.board()
    return lambda: server.mod.slash(server.channel, "manage board", channel=server.channel)


async def _ask_board(server: Server) -> Act:
    await server.board()
    board = next(each for each in server.channel.history() if NIGHT in each.labels)
    return lambda: server.mia.clicks(board, NIGHT)


async def _solved(server: Server) -> Act:
    post, _ = await server.mia.opens_post(server.forum, NIGHT, "I wonder")
    answer = await server.fake.next_message(post)
    return lambda: server.mia.clicks(answer, "Solved")


def _setting(menu: str, chosen: Callable[[Server], str | Channel | Role]) -> Flow:
    async def prepare(server: Server) -> Act:
        screen = await server.settings()
        return lambda: server.admin.selects(screen, f"settings:{menu}", chosen(server))

    return prepare


async def _answer_this(server: Server) -> Act:
    asked = await server.mia.says(server.channel, NIGHT)
    return lambda: server.mod.message_command(server.channel, "Answer this", asked)


async def _post_answer(server: Server) -> Act:
    offered = await server.suggested()
    return lambda: server.mod.clicks(offered, offered.labels[0])


async def _none_of_these(server: Server) -> Act:
    offered = await server.suggested()
    return lambda: server.mod.clicks(offered, offered.labels[-1])


FLOWS: dict[str, Flow] = {
    "Add to FAQ": _add_to_faq,
    "the form submitted": _submit,
    "Save": _on_preview("Save"),
    "Change": _on_preview("Change"),
    "the changed form submitted": _submit_change,
    "Discard": _on_preview("Discard"),
    "/manage taught": _command("manage taught"),
    "an item picked": _pick_item,
    "Edit": _on_item("Edit"),
    "the edited form submitted": _submit_edit,
    "Undo": _on_item("Undo"),
    "Approve": _on_item("Approve"),
    "Back": _on_item("Back"),
    "/ask": _ask,
    "Ask a human": _ask_a_human,
    "Ask a human after a vote": _ask_a_human_after_a_vote,
    "a member's vote": _vote("👍", "mia"),
    "the asker's vote against an answer": _vote("👎", "mia"),
    "a moderator's vote against an answer": _vote("👎", "mod"),
    "Teach me a better answer": _teach_better,
    "/manage board": _command("manage board"),
    "/manage board where one is": _see_board,
    "Post a board": _post_board,
    "Remove a board": _remove_board,
    "a question on a board": _ask_board,
    "Solved": _solved,
    "/manage settings": _command("manage settings"),
    "where to answer mentions": _setting("mentions", lambda server: server.channel),
    "privacy": _setting("privacy", lambda _: "public"),
    "whom to ask": _setting("handoff-role", lambda server: server.role),
    "where to ask": _setting("handoff-channel", lambda server: server.desk),
    "teaching": _setting("teaching", lambda _: "at-once"),
    "Answer this": _answer_this,
    "an answer posted": _post_answer,
    "None of these": _none_of_these,
    "/manage stats": _command("manage stats"),
    "/manage gaps": _command("manage gaps"),
    "/privacy": _command("privacy"),
}
OPEN_FORMS = {"Add to FAQ", "Change", "Edit", "Teach me a better answer", "None of these"}
NEED_A_DRAFT = {"Change", "Edit"}  # which another process has in its memory


def _server(fake: FakeDiscord) -> Server:
    guild = fake.add_guild("Product people")
    forum = guild.add_forum("careers")
    forum.set_permissions(guild.me, allow=Permission.MANAGE_THREADS)
    forum.add_tag("Solved")
    managing = Permission.MANAGE_MESSAGES | Permission.MANAGE_GUILD
    return Server(
        fake=fake,
        guild=guild,
        channel=guild.add_text_channel("general"),
        forum=forum,
        desk=guild.add_text_channel("desk"),
        role=guild.add_role("experts", mentionable=True),
        mia=guild.add_member("mia"),
        mod=guild.add_member("max", guild.add_role("mods", Permission.MANAGE_MESSAGES)),
        admin=guild.add_member("ada", guild.add_role("admins", managing)),
    )


def _settings(server: Server) -> ServerSettings:
    return ServerSettings(
        forum_channels=frozenset({server.forum.id}),
        handoff_role=server.role.id,
        handoff_channel=server.desk.id,
        taught_items_wait=True,
    )


@pytest.mark.parametrize("is_new", [False, True], ids=["the same process", "a new process"])
async def test_every_click_gets_a_first_response_within_a_second(
    fake: FakeDiscord, knowledge_dir: Path, tmp_path: Path, *, is_new: bool
) -> None:
    servers = {name: _server(fake) for name in FLOWS}
    await set_beforehand(tmp_path, {each.guild.id: _settings(each) for each in servers.values()})
    slowness = file_of(tmp_path).with_name("seconds")
    settings = {"KNOWLEDGE_DIR": str(name_subject(knowledge_dir)), "PYTHONPATH": str(SUPPORT / "slow_database")}
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(answering(tmp_path, fake, **settings))
        acts = {name: await FLOWS[name](server) for name, server in servers.items()}
        slowness.write_text(str(SLOW), encoding="ascii")
        if is_new:
            bot.send(signal.SIGKILL)
            await bot.ended()
            bot = await stack.enter_async_context(answering(tmp_path, fake, **settings))
        clicked, lag, loop = {}, 0.0, asyncio.get_running_loop()
        for name, act in acts.items():
            clicked[name] = await act()
            due = loop.time() + PACE
            await asyncio.sleep(PACE)
            lag = max(lag, loop.time() - due)
        responses = {name: await each.response(timeout=TIMEOUT) for name, each in clicked.items()}
        slowness.unlink()
        answers = {name: await each.answer(TIMEOUT) for name, each in clicked.items() if not each.modal}

    assert {name: each.after for name, each in responses.items() if each.after > PROMPT + lag} == {}, bot.log
    assert {name for name, each in clicked.items() if each.modal} == OPEN_FORMS - (NEED_A_DRAFT if is_new else set())
    assert [name for name, each in answers.items() if "anymore" in each.said or "draft is gone" in each.said] == []
    assert "Traceback" not in bot.log, bot.log
