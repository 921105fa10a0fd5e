"""An honest fake Discord on loopback, for end-to-end tests and load.

The bot under test is a process of its own that is told two addresses and a token:

    async with FakeDiscord() as fake:
        guild = fake.add_guild("Product people")
        channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
        ...  # start the bot with fake.api_url, fake.gateway_url and fake.token
        await fake.ready(commands=True)

        answer = await fake.reply_to(await mia.asks(channel, "does a TPM code?"))
        interaction = await mia.slash(channel, "ask", question="does a TPM code?")
        assert (await interaction.response()).ephemeral

        fake.assert_clean()  # nothing that Discord would have refused for its form

It gives what Discord gives (events by declared intent, content only where a bot without the
message content intent sees it) and refuses what Discord refuses (limits, permissions, late
answers). Where the environment variable DISCORD_OPENAPI names Discord's OpenAPI document,
every request body is checked against that, too.

What Discord spells otherwise than it documents is in `oddities`, for channels, messages, accounts
and interactions to take.
"""

from .commands import NotOffered
from .components import Flag
from .errors import Fault
from .faults import WEATHER, Disconnect, Hang, Limited, Lost, Raw, Reset, Slow, Status
from .intents import Intent
from .interactions import Interaction, InteractionKind, Response, ResponseKind
from .ledger import Account, Entry
from .people import Member
from .permissions import ALL, ORDINARY, Permission
from .rate_limits import Allowance, RateLimits
from .recording import Request, Violation
from .server import FakeDiscord
from .teams import Team, TeamMember
from .world import Channel, ChannelKind, Guild, Message, MessageKind, Role, User

__all__ = [
    "ALL",
    "ORDINARY",
    "WEATHER",
    "Account",
    "Allowance",
    "Channel",
    "ChannelKind",
    "Disconnect",
    "Entry",
    "FakeDiscord",
    "Fault",
    "Flag",
    "Guild",
    "Hang",
    "Intent",
    "Interaction",
    "InteractionKind",
    "Limited",
    "Lost",
    "Member",
    "Message",
    "MessageKind",
    "NotOffered",
    "Permission",
    "RateLimits",
    "Raw",
    "Request",
    "Reset",
    "Response",
    "ResponseKind",
    "Role",
    "Slow",
    "Status",
    "Team",
    "TeamMember",
    "User",
    "Violation",
]
