"""An honest stand-in for Discord on loopback, for end-to-end tests and load."""

from .commands import NotOffered
from .errors import Fault
from .faults import WEATHER, Disconnect, Hang, Limited, Lost, Reset, Slow, Status
from .intents import Intent
from .interactions import Interaction, InteractionKind, Response, ResponseKind
from .ledger import Account, Entry
from .people import Member
from .permissions import ALL, ORDINARY, Permission
from .rate_limits import Allowance, RateLimits
from .recording import Request, Violation
from .server import FakeDiscord
from .world import Channel, ChannelKind, Flag, Guild, Message, MessageKind, Role, User

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
    "Request",
    "Reset",
    "Response",
    "ResponseKind",
    "Role",
    "Slow",
    "Status",
    "User",
    "Violation",
]
