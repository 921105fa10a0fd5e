"""The stand-in for Discord behaves as Discord does towards the real discord.py."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from fake_discord import (
    ORDINARY,
    Allowance,
    Channel,
    Disconnect,
    FakeDiscord,
    Flag,
    Guild,
    Intent,
    Limited,
    Lost,
    Member,
    Message,
    NotOffered,
    Permission,
    RateLimits,
    Reset,
    ResponseKind,
    Status,
    Team,
    TeamMember,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MESSAGES = "POST /channels/{channel_id}/messages"
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Bot(discord.AutoShardedClient):
    """Answer mentions and DMs with "pong", and a few commands; keep all it was told."""

    def __init__(self, fake: FakeDiscord, intents: discord.Intents) -> None:
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            guild_ready_timeout=0.05,
        )
        self.fake = fake
        self.tree = app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []
        self.threads_seen: list[discord.Thread] = []
        self.answers = True
        add_commands(self.tree)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        self.heard.append(message)
        self.fake.bell.ring()
        if self.answers and (message.guild is None or self.user in message.mentions):
            asked = message.content.rpartition("> ")[2]
            await message.reply(f"pong: {asked}", nonce=message.id)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.threads_seen.append(thread)
        self.fake.bell.ring()

    async def on_error(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Keep quiet: what a test wants to see of an error is on the wire."""


class Buttons(discord.ui.View):
    """A button that edits its message, and one that opens a form."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.edit_message(content="more of it", view=None)

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, _: Any) -> None:
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="Tell us"):
    """A form with one line."""

    line: discord.ui.TextInput[Form] = discord.ui.TextInput(label="Line", custom_id="line")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"read: {self.line.value}", ephemeral=True)


def add_commands(tree: app_commands.CommandTree[Any]) -> None:
    """Add one command of each kind."""

    @tree.command(description="Ask")
    async def ask(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.send_message(f"about {question}", ephemeral=True, view=Buttons())

    @ask.autocomplete("question")
    async def topics(_: discord.Interaction, typed: str) -> list[Any]:
        return [app_commands.Choice(name=f"{typed}?", value="coding")]

    @tree.command(description="Answer later")
    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content="at last")
        await interaction.followup.send("and this", ephemeral=True)

    @tree.command(description="Never answer")
    async def never(interaction: discord.Interaction) -> None:
        pass

    @tree.command(description="Post")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    async def jd(interaction: discord.Interaction, channel: discord.TextChannel) -> None:
        await interaction.response.send_message(f"for {channel.mention}")

    manage = app_commands.Group(name="manage", description="Manage", guild_only=True)

    @manage.command(description="Explain")
    async def why(interaction: discord.Interaction, question: str) -> None:
        await interaction.response.send_message(f"because {question}", ephemeral=True)

    tree.add_command(manage)

    @tree.context_menu(name="Answer this")
    async def answer_this(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"it says: {message.content}", ephemeral=True)


@contextlib.asynccontextmanager
async def running(fake: FakeDiscord, intents: discord.Intents = INTENTS, *, login_as: str = "") -> AsyncIterator[Bot]:
    """Run a bot against the stand-in until it is ready, and stop it in the end."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = fake.api_url, yarl.URL(fake.gateway_url)
    bot = Bot(fake, intents)
    try:
        async with bot:
            run = asyncio.create_task(bot.start(login_as or fake.token))
            ready = asyncio.create_task(wait_until_ready(bot))
            await asyncio.wait({run, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
            if run.done():
                ready.cancel()
                run.result()
            await ready
            yield bot
            await bot.close()
            await run
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


async def wait_until_ready(bot: Bot) -> None:
    """Wait until the bot has logged in and has its servers."""
    await bot.fake.ready(timeout=10)
    await bot.wait_until_ready()


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as stand_in:
        yield stand_in


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_text_channel("general")


@pytest.fixture
def mia(guild: Guild) -> Member:
    return guild.add_member("mia")


class TestMessages:
    async def test_a_mention_shows_its_content_and_can_be_replied_to(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            asked = await mia.asks(channel, "what is a TPM?")
            answer = await fake.next_message(channel)

        assert bot.heard[0].content == f"<@{fake.bot.id}> what is a TPM?"
        assert answer.content == "pong: what is a TPM?"
        assert answer.replies_to is asked
        assert answer.pings == frozenset()
        assert fake.ledger.account().once == 1
        fake.assert_clean()

    async def test_what_is_not_for_the_bot_comes_without_content_on_gateway_and_rest(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            said = await mia.says(channel, "secret", embeds=[{"title": "secret"}])
            heard = await fake.heard_before(await mia.asks(channel, "hello"))
            fetched = await bot.get_partial_messageable(channel.id).fetch_message(said.id)

        assert heard == []
        for seen in (bot.heard[0], fetched):
            assert (seen.id, seen.content, seen.embeds) == (said.id, "", [])

    async def test_a_role_mention_and_a_reply_without_ping_show_no_content(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            answer = await fake.reply_to(await mia.asks(channel, "hello"))
            await mia.says(channel, "pinged", reply_to=answer)
            await mia.says(channel, "unpinged", reply_to=answer, ping=False)
            await mia.says(channel, "by role", mention=guild.bot_role)
            await fake.wait_for(lambda: len(bot.heard) == 4)

        assert [message.content for message in bot.heard[1:]] == ["pinged", "", ""]
        assert bot.heard[3].role_mentions[0].is_bot_managed()

    async def test_a_dm_is_readable_and_answered(self, fake: FakeDiscord, mia: Member) -> None:
        async with running(fake):
            answer = await fake.reply_to(await mia.sends_dm("hello"))

        assert answer.channel is mia.dm
        assert answer.content == "pong: hello"

    async def test_events_come_only_for_declared_intents(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake, discord.Intents(guilds=True, dm_messages=True)) as bot:
            await mia.asks(channel, "not seen")
            await fake.reply_to(await mia.sends_dm("seen"))

        assert [message.content for message in bot.heard] == ["seen"]

    async def test_the_same_nonce_makes_one_message(self, fake: FakeDiscord, channel: Channel) -> None:
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            first = await place.send("one", nonce=7)
            second = await place.send("one", nonce=7)
            fake.clock.advance(600)
            third = await place.send("one", nonce=7)

        assert first.id == second.id != third.id
        assert len(channel.history()) == 2

    async def test_pings_are_those_that_allowed_mentions_allows(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        text = f"@everyone {mia.mention}"
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            await place.send(text)
            await place.send(text, allowed_mentions=discord.AllowedMentions.all())

        silent, loud = channel.history()
        assert silent.pings == frozenset()
        assert loud.pings == {"everyone", str(mia.id)}

    async def test_many_messages_deleted_at_once_are_told_in_one_event(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            said = [await mia.says(channel, "one"), await mia.says(channel, "two")]
            telling = asyncio.ensure_future(bot.wait_for("raw_bulk_message_delete", timeout=5))
            await asyncio.sleep(0)  # so that it waits
            await mia.deletes_many(channel, *said)
            told = await telling

        assert told.message_ids == {message.id for message in said}
        assert channel.history() == []

    async def test_a_deleted_channel_takes_its_threads_along(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            thread = await mia.opens_thread(channel, "About towers")
            await fake.wait_for(lambda: bot.threads_seen, what="the thread")
            channel.delete()
            with pytest.raises(discord.NotFound):
                await bot.get_partial_messageable(thread.id).send("still there?")

        assert guild.threads == {}

    async def test_an_application_can_belong_to_a_team(self, fake: FakeDiscord, mia: Member) -> None:
        fake.team = Team(7, "keepers", mia.user, [TeamMember(fake.stranger.user, "read_only", accepted=False)])
        async with running(fake) as bot:
            application = await bot.application_info()

        assert application.team is not None
        assert application.team.owner_id == mia.id
        assert application.owner.id == 7
        invited = application.team.members[1]
        assert (invited.role, invited.membership_state) == (
            discord.TeamMemberRole.read_only,
            discord.TeamMembershipState.invited,
        )

    async def test_messages_are_read_edited_deleted_and_reacted_to(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        old = fake.seed(channel, mia, "long ago", ago=3600)
        async with running(fake) as bot:
            place = bot.get_channel(channel.id)
            assert isinstance(place, discord.TextChannel)
            assert place.last_message_id == old.id
            sent = await place.send("first", file=discord.File(__file__, "note.txt"))
            await sent.edit(content="second")
            await sent.add_reaction("👍")
            stored = fake.messages[sent.id]
            reactions = {emoji: set(who) for emoji, who in stored.reactions.items()}
            await sent.remove_reaction("👍", bot.user)  # type: ignore[arg-type]
            seen = [message.id async for message in place.history(limit=10)]
            await sent.delete()

        assert seen == [sent.id, old.id]
        assert reactions == {"👍": {fake.bot.id}}
        assert (stored.content, stored.deleted) == ("second", True)
        assert stored.attachments[0]["filename"] == "note.txt"
        fake.assert_clean()

    async def test_a_forum_post_refuses_answers_until_its_author_has_spoken(
        self, fake: FakeDiscord, guild: Guild, mia: Member
    ) -> None:
        forum = guild.add_forum("help")
        async with running(fake) as bot:
            thread, _ = await mia.opens_post(forum, "Does a TPM code?")
            seen = await fake.wait_for(lambda: bot.threads_seen[0] if bot.threads_seen else None)
            with pytest.raises(discord.Forbidden) as refused:
                await seen.send("too early")
            first = await mia.says(thread, "As in the title.")
            await seen.send("now")

        assert seen.name == "Does a TPM code?"
        assert refused.value.code == 40058
        assert first.id == thread.id


class TestPermissions:
    @pytest.mark.parametrize(
        ("denied", "code"),
        [
            (Permission.SEND_MESSAGES, 50013),
            (Permission.VIEW_CHANNEL, 50001),
            (Permission.READ_MESSAGE_HISTORY, 160002),
        ],
    )
    async def test_an_overwrite_on_the_channel_refuses_a_reply(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, denied: Permission, code: int
    ) -> None:
        old = fake.seed(channel, guild.add_member("max"), "hello")
        channel.set_permissions(guild.bot_role, deny=denied)
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            with pytest.raises(discord.Forbidden) as refused:
                await place.send("hi", reference=place.get_partial_message(old.id))

        assert refused.value.code == code
        fake.assert_clean()

    async def test_without_embed_links_embeds_are_refused_alone_and_dropped_beside_text(
        self, fake: FakeDiscord
    ) -> None:
        channel = fake.add_guild(bot_permissions=0, everyone=ORDINARY & ~Permission.EMBED_LINKS).add_text_channel(
            "plain"
        )
        embed = discord.Embed(title="title")
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            with pytest.raises(discord.Forbidden):
                await place.send(embed=embed)
            await place.send("text", embed=embed)

        (sent,) = channel.history()
        assert (sent.content, sent.embeds) == ("text", [])

    async def test_a_channel_that_the_bot_cannot_see_sends_no_events(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        hidden = guild.add_text_channel("hidden")
        hidden.set_permissions(guild.everyone, deny=Permission.VIEW_CHANNEL)
        async with running(fake) as bot:
            await mia.asks(hidden, "psst")
            assert await fake.heard_before(await mia.asks(channel, "hello")) == []

        assert len(bot.heard) == 1

    async def test_a_command_is_offered_by_its_default_or_by_an_admins_grant(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        recruiters = guild.add_role("recruiters")
        zoe = guild.add_member("zoe", recruiters)
        mod = guild.add_member("mod", guild.add_role("mods", Permission.MANAGE_MESSAGES))
        async with running(fake):
            with pytest.raises(NotOffered):
                await zoe.slash(channel, "jd", channel=channel)
            guild.grant_command("jd", recruiters)
            answer = await (await zoe.slash(channel, "jd", channel=channel)).answer()

            assert answer.content == f"for {channel.mention}"
            assert mod.sees_command(channel, "jd")
            assert not mia.sees_command(channel, "jd")
            assert not mod.sees_command(mod.dm, "jd")


class TestInteractions:
    async def test_a_slash_command_is_answered_in_private_and_its_buttons_work(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            asked = await mia.slash(channel, "ask", question="coding")
            first = await asked.response()
            answer = await asked.answer()
            with pytest.raises(LookupError):
                await guild.add_member("max").clicks(answer, "More")
            clicked = await (await mia.clicks(answer, "More")).response()

        assert (first.kind, first.ephemeral) == (ResponseKind.MESSAGE, True)
        assert first.after < 1
        assert answer.flags & Flag.EPHEMERAL
        assert clicked.kind is ResponseKind.UPDATE
        assert (answer.content, answer.buttons) == ("more of it", [])
        assert channel.history() == []
        fake.assert_clean()

    async def test_autocomplete_gives_choices(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            choices = await (await mia.autocomplete(channel, "ask", question="cod")).choices()

        assert choices == [{"name": "cod?", "value": "coding"}]

    async def test_a_deferred_answer_is_shown_when_it_is_filled_in(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            asked = await mia.slash(channel, "later")
            first = await asked.response()
            answer = await asked.answer()
            followup = await asked.followup()

        assert first.kind is ResponseKind.DEFERRED_MESSAGE
        assert (answer.content, answer.ephemeral) == ("at last", True)
        assert followup.content == "and this"
        fake.assert_clean()

    async def test_a_form_is_opened_and_submitted(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            answer = await (await mia.slash(channel, "ask", question="x")).answer()
            opened = await mia.clicks(answer, "Form")
            await opened.response()
            read = await (await mia.submits_modal(opened, line="my words")).answer()

        assert read.content == "read: my words"
        fake.assert_clean()

    async def test_subcommands_and_message_commands_arrive_with_what_they_name(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            why = await (await mia.slash(channel, "manage why", question="coding")).answer()
            said = await mia.says(channel, "not for the bot")
            handed = await (await mia.message_command(channel, "Answer this", said)).answer()

        assert why.content == "because coding"
        assert handed.content == "it says: not for the bot"
        fake.assert_clean()

    async def test_an_interaction_dies_after_three_seconds_and_its_token_after_fifteen_minutes(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            never = await mia.slash(channel, "never")
            later = await mia.slash(channel, "later")
            await later.followup()
            fake.clock.advance(4)
            too_late = await post(fake, callback(never), {"type": 5})
            fake.clock.advance(900)
            expired = await post(fake, f"/webhooks/1/{later.token}", {"content": "hi"})

        assert too_late == (404, 10062)
        assert expired == (401, 50027)

    async def test_a_second_first_response_is_refused(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            asked = await mia.slash(channel, "ask", question="x")
            await asked.response()
            second = await post(fake, callback(asked), {"type": 5})

        assert second == (400, 40060)


def callback(interaction: Any) -> str:
    """Return the path of an interaction's first response."""
    return f"/interactions/{interaction.id}/{interaction.token}/callback"


async def post(fake: FakeDiscord, path: str, body: Any) -> tuple[int, int]:
    """Post without discord.py's own checks; return the status and Discord's code."""
    headers = {"Authorization": f"Bot {fake.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(fake.api_url + path, json=body) as response,
    ):
        return response.status, (await response.json()).get("code", 0)


def row(*custom_ids: str, label: str = "x") -> dict[str, Any]:
    """Return a row of buttons."""
    buttons = [{"type": 2, "style": 1, "label": label, "custom_id": each} for each in custom_ids]
    return {"type": 1, "components": buttons}


def field(name: str = "n", value: str = "v") -> dict[str, Any]:
    """Return an embed's field."""
    return {"name": name, "value": value}


class TestLimits:
    @pytest.mark.parametrize(
        "body",
        [
            {"content": "x" * 2001},
            {"embeds": [{"title": "x" * 257}]},
            {"embeds": [{"description": "x" * 4097}]},
            {"embeds": [{"description": "x" * 3500}, {"description": "x" * 2501}]},
            {"embeds": [{"title": "t"}] * 11},
            {"embeds": [{"fields": [field()] * 26}]},
            {"embeds": [{"fields": [field(name=" ")]}]},
            {"embeds": [{"fields": [field(value="x" * 1025)]}]},
            {"content": "x", "components": [row(str(n)) for n in range(6)]},
            {"content": "x", "components": [row(*"abcdef")]},
            {"content": "x", "components": [row("same"), row("same")]},
            {"content": "x", "components": [row("a", label="x" * 81)]},
            {"content": "x", "components": [row("x" * 101)]},
            {"content": "x", "nonce": "x" * 26},
            {"content": "x", "colour": 1},
            {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "y"}]},
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        ],
    )
    async def test_a_message_over_a_limit_is_refused_and_recorded(
        self, fake: FakeDiscord, channel: Channel, body: dict[str, Any]
    ) -> None:
        assert await post(fake, f"/channels/{channel.id}/messages", body) == (400, 50035)
        assert len(fake.violations) == 1
        with pytest.raises(AssertionError, match="Discord would have refused"):
            fake.assert_clean()

    @pytest.mark.parametrize(
        "commands",
        [
            [{"name": "Ask", "description": "d"}],
            [{"name": "ask"}],
            [{"name": "ask", "description": "d"}] * 2,
            [{"name": "ask", "description": "x" * 101}],
            [{"name": f"m{n}", "type": 3} for n in range(16)],
            [
                {
                    "name": "ask",
                    "description": "d",
                    "options": [
                        {"name": "a", "description": "d", "type": 3},
                        {"name": "b", "description": "d", "type": 3, "required": True},
                    ],
                }
            ],
        ],
    )
    async def test_commands_over_a_limit_are_refused(self, fake: FakeDiscord, commands: list[dict[str, Any]]) -> None:
        path = f"{fake.api_url}/applications/{fake.bot.id}/commands"
        headers = {"Authorization": f"Bot {fake.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.put(path, json=commands) as response,
        ):
            assert response.status == 400
        assert fake.violations

    async def test_an_empty_message_is_refused_with_its_own_code(self, fake: FakeDiscord, channel: Channel) -> None:
        assert await post(fake, f"/channels/{channel.id}/messages", {}) == (400, 50006)

    async def test_a_body_that_makes_no_sense_is_a_failure_of_the_test(
        self, fake: FakeDiscord, channel: Channel
    ) -> None:
        status, _ = await post(fake, f"/channels/{channel.id}/messages", {"embeds": "none"})

        assert status in (400, 500)
        assert len(fake.violations) == 1

    async def test_an_unknown_route_is_a_failure_of_the_test(self, fake: FakeDiscord) -> None:
        assert await post(fake, "/nowhere", {}) == (404, 0)
        assert len(fake.violations) == 1

    @pytest.mark.skipif("DISCORD_OPENAPI" not in os.environ, reason="no OpenAPI document")
    async def test_a_body_that_only_the_document_knows_to_be_wrong_is_refused(
        self, fake: FakeDiscord, channel: Channel
    ) -> None:
        body = {"embeds": [{"title": "t", "color": "red"}]}

        assert await post(fake, f"/channels/{channel.id}/messages", body) == (400, 50035)
        assert fake.violations[0].faults[0].path == ("embeds", 0, "color")


class TestGateway:
    async def test_after_a_cut_the_shard_resumes_and_missed_events_are_replayed(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            fake.gateway.cut()
            await fake.wait_for(lambda: not fake.gateway.connected)
            answer = await fake.reply_to(await mia.asks(channel, "missed me?"))

        assert answer.content == "pong: missed me?"
        assert (fake.gateway.identifies, fake.gateway.resumes) == (1, 1)

    async def test_op_7_makes_the_shard_resume(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            fake.gateway.ask_to_reconnect()
            await fake.wait_for(lambda: fake.gateway.resumes == 1)
            await fake.reply_to(await mia.asks(channel, "still there?"))

        assert fake.gateway.identifies == 1

    async def test_op_9_makes_the_shard_identify_anew(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            fake.gateway.invalidate()
            # discord.py leaves five seconds between two IDENTIFYs.
            await fake.wait_for(lambda: fake.gateway.identifies == 2, timeout=15)
            await fake.reply_to(await mia.asks(channel, "still there?"))

        assert fake.gateway.resumes == 0

    async def test_another_token_is_refused(self, fake: FakeDiscord) -> None:
        with pytest.raises(discord.LoginFailure):
            async with running(fake, login_as="another"):
                pass

        assert fake.invalid_requests == 1

    async def test_a_resume_that_comes_too_late_leads_to_a_new_session(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            fake.gateway.forget_sessions()
            fake.gateway.cut()
            missed = await mia.asks(channel, "into the void")
            await fake.wait_for(lambda: fake.gateway.identifies == 2, timeout=15)
            await fake.reply_to(await mia.asks(channel, "hello"))

        assert fake.gateway.invalidated == 1
        assert fake.ledger.unanswered() == [missed.id]

    async def test_a_second_identify_within_the_window_is_refused(self) -> None:
        async with FakeDiscord(identify_window=5.0) as fake:
            identify = {"op": 2, "d": {"token": fake.token, "intents": 1}}
            for expected in (0, 9):
                async with (
                    aiohttp.ClientSession() as session,
                    session.ws_connect(fake.gateway_url) as socket,
                ):
                    assert (await socket.receive_json())["op"] == 10
                    await socket.send_json(identify)
                    assert (await socket.receive_json())["op"] == expected

    async def test_servers_are_spread_over_shards_and_each_hears_only_its_own(self) -> None:
        async with FakeDiscord(shards=2) as fake:
            first = fake.add_guild()
            while (second := fake.add_guild()).id >> 22 & 1 == first.id >> 22 & 1:
                pass
            async with aiohttp.ClientSession() as session:
                heard = []
                for shard in (0, 1):
                    async with session.ws_connect(fake.gateway_url) as socket:
                        await socket.receive_json()
                        data = {"token": fake.token, "intents": 1, "shard": [shard, 2]}
                        await socket.send_json({"op": 2, "d": data})
                        ready = await socket.receive_json()
                        heard.append({int(each["id"]) for each in ready["d"]["guilds"]})

        assert heard[0] | heard[1] == set(fake.guilds)
        assert not heard[0] & heard[1]
        assert any(first.id in each and second.id not in each for each in heard)

    async def test_privileged_intents_need_leave(self, fake: FakeDiscord) -> None:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with running(fake, discord.Intents.all()):
                pass

        assert fake.gateway.closed_with == [4014]

    async def test_with_leave_the_message_content_intent_shows_everything(self) -> None:
        async with FakeDiscord(allowed_intents=Intent.MESSAGE_CONTENT) as fake:
            guild = fake.add_guild()
            channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
            intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
            async with running(fake, intents) as bot:
                await mia.says(channel, "for all to read")
                await fake.wait_for(lambda: bot.heard)

        assert bot.heard[0].content == "for all to read"

    async def test_a_repeated_event_arrives_twice(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake) as bot:
            fake.gateway.repeat_events = 1
            await mia.asks(channel, "again")
            await fake.wait_for(lambda: len(bot.heard) == 2)
            await fake.settled()

        assert len(channel.history()) == 2, "the nonce keeps the answer single"


class TestBadDays:
    async def test_after_an_outage_the_shard_identifies_anew_by_itself(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            await fake.stop()
            await fake.start()
            # discord.py does not resume once a first attempt to connect was refused.
            await fake.wait_for(lambda: fake.gateway.identifies == 2, timeout=20)
            answer = await fake.reply_to(await mia.asks(channel, "back?"))

        assert answer.content == "pong: back?"

    async def test_discord_py_waits_out_a_429_and_its_reply_arrives(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            limit = fake.faults.on(MESSAGES, Limited(0.05), times=2)
            answer = await fake.reply_to(await mia.asks(channel, "hello"))

        assert limit.hits == 2
        assert answer.content == "pong: hello"
        assert [request.status for request in fake.requests_to(MESSAGES)] == [429, 429, 200]

    async def test_a_bucket_that_is_used_up_answers_429_with_its_headers(self) -> None:
        limits = RateLimits(by_route={MESSAGES: Allowance(2, 60)})
        async with FakeDiscord(rate_limits=limits) as fake:
            path = f"/channels/{fake.add_guild().add_text_channel('a').id}/messages"
            answers = [await post(fake, path, {"content": "x"}) for _ in range(3)]

        assert [status for status, _ in answers] == [200, 200, 429]
        assert fake.requests[-1].response["retry_after"] > 0

    @pytest.mark.parametrize("fault", [Status(503), Reset(), Disconnect()])
    async def test_what_discord_py_does_not_retry_loses_the_reply(
        self, fake: FakeDiscord, channel: Channel, mia: Member, fault: Any
    ) -> None:
        async with running(fake):
            fake.faults.on(MESSAGES, fault, times=1)
            lost = await mia.asks(channel, "lost")
            await fake.request(MESSAGES)
            await fake.reply_to(await mia.asks(channel, "found"))

        assert fake.ledger.unanswered() == [lost.id]

    async def test_a_lost_response_leaves_the_message_made(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            fake.faults.on(MESSAGES, Lost(Status(502)), times=1)
            asked = await mia.asks(channel, "hello")
            await fake.request(MESSAGES, count=2)
            await fake.settled()

        assert [request.status for request in fake.requests_to(MESSAGES)] == [502, 200]
        assert len(fake.ledger.entry(asked).answers) == 1


def test_chance_repeats_with_its_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = FakeDiscord().faults
        faults.on("*", Reset(), probability=0.2, seed=seed)
        return [faults.strike("GET /users/@me") is not None for _ in range(200)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 20 < sum(strikes(1)) < 60


async def test_only_the_newest_messages_are_kept() -> None:
    async with FakeDiscord(keep=10) as fake:
        channel = fake.add_guild().add_text_channel("general")
        said: list[Message] = [fake.seed(channel, fake.stranger, str(n)) for n in range(25)]

    assert channel.history() == said[-10:]
    assert len(fake.messages) == 10
