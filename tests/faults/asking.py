"""What the tests of delivery have in common: what is asked, what is said to it, and by which requests."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from sqlite3 import connect

from e2e.database import file_of
from e2e.questions import CODING

from bot.storage.servers import ServerSettings
from fake_discord import Channel, Guild, Interaction, Message, Permission, Request

SEND = "POST /channels/{channel_id}/messages"
HISTORY = "GET /channels/{channel_id}/messages"
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
EDIT = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"

LONG = "Show me the job description"  # the longest answer
IN_PUBLIC = ServerSettings(private_by_default=False)
WHILE_STARTING = 40.0  # seconds, two of which discord.py waits for further servers
TIME_TO_STOP = 10.0  # seconds
A_WHILE = 4 * 60.0  # seconds; Discord has forgotten a nonce by then


async def ask_somewhere(guild: Guild) -> Message:
    """Let somebody new ask in a new channel, where nothing has been answered yet."""
    return await guild.add_member("somebody").asks(guild.add_text_channel("somewhere"), CODING)


def said_in(channel: Channel) -> list[Message]:
    """Return what the bot has said in a channel for everybody, in the order in which it stands there."""
    return [message for message in channel.history() if message.author is channel.fake.bot]


def requests_for(interaction: Interaction) -> list[Request]:
    """Return all that was asked of Discord for an interaction."""
    return [request for request in interaction.fake.requests if interaction.token in request.params.values()]


def forbid(channel: Channel, permission: Permission) -> None:
    """Let a channel's permissions keep the bot from something."""
    assert channel.guild
    for role in (channel.guild.everyone, channel.guild.bot_role):
        channel.set_permissions(role, deny=permission)


def claim_earlier(directory: Path, seconds: float) -> None:
    """Let all claims have been made so many seconds earlier, as a bot that isn't running now remembers them."""
    with closing(connect(file_of(directory))) as database, database:
        database.execute("UPDATE claims SET claimed_at = claimed_at - ?", (round(seconds * 1000),))
