"""A small bot made with the real discord.py, to see how the fake Discord behaves towards it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from fake_discord import (
    FakeDiscord,
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
    """Run a bot against the fake Discord until it is ready, and stop it in the end."""
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
