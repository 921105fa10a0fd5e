"""The account that the fake Discord keeps, not the bot: what was asked, and how often answered."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Clock
    from .interactions import Interaction
    from .world import Message, User


@dataclass(slots=True)
class Entry:
    """One question: when it was asked, whether a session was connected then, and what answered it.

    `emojis` are the bot's reactions. An interaction is acknowledged by its first response; `struck_at`
    is when injected faults kept one from being made.
    """

    asked_at: float
    where: str
    heard: bool = True
    answers: list[int] = field(default_factory=list)
    answered_at: float | None = None
    acknowledged_at: float | None = None
    emojis: set[str] = field(default_factory=set)
    struck_at: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        """How long the first answer took."""
        return None if self.answered_at is None else self.answered_at - self.asked_at

    @property
    def seconds_to_acknowledge(self) -> float | None:
        """How long an interaction's first response took."""
        return None if self.acknowledged_at is None else self.acknowledged_at - self.asked_at


@dataclass(frozen=True, slots=True)
class Account:
    """Totals. `once`, `more_than_once`, `only_reacted` and `unanswered` add up to `asked`."""

    asked: int
    once: int
    more_than_once: int
    only_reacted: int
    unanswered: int


class Ledger:
    """Keep an entry for each message and interaction that speaks to the bot.

    A message speaks to the bot if it is a DM, mentions the bot or its role, or replies to
    it with a ping. An answer is a message that replies to it or carries its id as nonce; its
    further parts, whose nonces end in ".2" and so on, are none of their own. The answer to an
    interaction is a first response that was accepted or, after "thinking", what took its
    place. Beyond `keep` entries only their totals stay. `listen`, if set, is called with the
    id of what was just answered or reacted to.
    """

    def __init__(self, clock: Clock, bot: User, *, keep: int, is_heard: Callable[[int | None], bool]) -> None:
        self.entries: OrderedDict[int, Entry] = OrderedDict()
        self.listen: Callable[[int], None] | None = None
        self._clock = clock
        self._bot = bot
        self._is_heard = is_heard
        self.keep = keep
        self._closed: Counter[str] = Counter()

    def asked(self, message: Message) -> None:
        """Note a message if it speaks to the bot."""
        if message.author.bot or message.webhook_id is not None:
            return
        guild = message.channel.guild
        if (
            guild is None
            or any(user is self._bot for user in message.mentions)
            or any(role.id in message.mention_roles for role in guild.me.roles)
        ):
            self._open(message.id, "dm" if guild is None else "mention", None if guild is None else guild.id)

    def interacted(self, interaction: Interaction) -> None:
        """Note an interaction."""
        guild = interaction.channel.guild
        self._open(interaction.id, interaction.kind.name.lower(), None if guild is None else guild.id)

    def replied(self, message: Message) -> None:
        """Note a message of the bot as the answer to what it replies to."""
        if "." in str(message.nonce or ""):
            return
        asked = message.replies_to.id if message.replies_to is not None else None
        if asked not in self.entries and str(message.nonce or "").isdecimal():
            asked = int(message.nonce or 0)
        if asked is not None:
            self._answer(asked, message.id)

    def responded(self, interaction: Interaction) -> None:
        """Note an interaction's first response; "thinking" is none of its answers yet."""
        if (entry := self.entries.get(interaction.id)) is not None:
            entry.acknowledged_at = self._clock.now()
        if not interaction.thinks:
            self._answer(interaction.id, interaction.id)

    def filled_in(self, interaction: Interaction) -> None:
        """Note what took the place of "thinking"."""
        self._answer(interaction.id, interaction.id)

    def struck(self, interaction_id: int) -> None:
        """Note that a fault kept an interaction from its first response."""
        if (entry := self.entries.get(interaction_id)) is not None:
            entry.struck_at.append(self._clock.now())

    def reacted(self, message: Message, emoji: str) -> None:
        """Note a reaction of the bot."""
        if (entry := self.entries.get(message.id)) is not None:
            entry.emojis.add(emoji)
            self._tell(message.id)

    def entry(self, asked: Message | Interaction) -> Entry:
        """Return the entry of a question; KeyError if it didn't speak to the bot."""
        return self.entries[asked.id]

    def account(self) -> Account:
        """Add everything up."""
        total = Counter(self._closed)
        total.update(_outcome(entry) for entry in self.entries.values())
        return Account(
            asked=total.total(),
            once=total["once"],
            more_than_once=total["more"],
            only_reacted=total["reacted"],
            unanswered=total["none"],
        )

    def unanswered(self) -> list[int]:
        """Return the ids of what was neither answered nor reacted to, oldest first."""
        return [asked for asked, entry in self.entries.items() if _outcome(entry) == "none"]

    def _open(self, asked: int, where: str, guild_id: int | None) -> None:
        self.entries[asked] = Entry(self._clock.now(), where, heard=self._is_heard(guild_id))
        if len(self.entries) > self.keep:
            _, entry = self.entries.popitem(last=False)
            self._closed[_outcome(entry)] += 1

    def _answer(self, asked: int, answer: int) -> None:
        entry = self.entries.get(asked)
        if entry is None:
            return
        entry.answers.append(answer)
        if entry.answered_at is None:
            entry.answered_at = self._clock.now()
        self._tell(asked)

    def _tell(self, asked: int) -> None:
        if self.listen is not None:
            self.listen(asked)


def _outcome(entry: Entry) -> str:
    if not entry.answers:
        return "reacted" if entry.emojis else "none"
    return "once" if len(entry.answers) == 1 else "more"
