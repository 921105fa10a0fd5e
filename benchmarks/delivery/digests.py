"""Weekly digests that fall due beside the questions, each in a server of its own.

Nobody waits for the full hour: a plan whose hour has come is stored before the bot starts, and its channel later.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.delivery.tally import Tally, tally
from bot.storage.stores import Stores
from bot.storage.unanswered import Reason, UnansweredQuestion
from fake_discord import Channel, FakeDiscord, Guild

ASKED_AGO = timedelta(hours=2)
QUESTION = "xqzt vlrm wpfk"
PATIENCE_WITH_DATABASE = 30.0  # seconds


@dataclass(slots=True)
class WeeklyDigests:
    """Digests fall due, one after the other. `due` are the channels of those that did."""

    fake: FakeDiscord
    database: Path
    channels: Sequence[Channel]
    due: list[Channel] = field(default_factory=list)

    @classmethod
    def in_new_servers(cls, fake: FakeDiscord, database: Path, number: int) -> WeeklyDigests:
        """Add the servers."""
        guilds = (fake.add_guild(f"digest {count + 1}") for count in range(number))
        return cls(fake, database, [guild.add_text_channel("digest") for guild in guilds])

    async def prepare(self) -> None:
        """Store in each server a question without an answer, and a plan whose hour has come but that has no channel."""
        now = datetime.fromtimestamp(self.fake.clock.wall(), UTC)
        due_at = now.replace(minute=0, second=0, microsecond=0)
        async with Stores.open(f"sqlite:///{self.database}") as stores:
            for channel in self.channels:
                await stores.unanswered.remember(self._asked(channel, now - ASKED_AGO))
                await stores.digest_plans.choose(
                    _server_of(channel).id, now=due_at - ASKED_AGO, weekday=due_at.weekday(), hour=due_at.hour
                )

    def _asked(self, channel: Channel, asked_at: datetime) -> UnansweredQuestion:
        member = _server_of(channel).add_member("member")
        message = self.fake.seed(channel, member, QUESTION, ago=ASKED_AGO.total_seconds())
        return UnansweredQuestion(
            message_id=message.id,
            server_id=_server_of(channel).id,
            channel_id=channel.id,
            asker="somebody",
            text=QUESTION,
            reason=Reason.refused,
            nearest=None,
            asked_at=asked_at,
        )

    async def do(self, number: int) -> None:
        """Let a server's digest fall due: store its channel."""
        channel = self.channels[number]
        await asyncio.to_thread(self._choose, channel)
        self.due.append(channel)

    def _choose(self, channel: Channel) -> None:
        chosen = (channel.id, _server_of(channel).id)
        with closing(sqlite3.connect(self.database, timeout=PATIENCE_WITH_DATABASE)) as database, database:
            database.execute("UPDATE digest_plans SET channel_id = ? WHERE server_id = ?", chosen)

    def is_settled(self) -> bool:
        """Return whether the bot is through with all that were due."""
        with closing(sqlite3.connect(self.database)) as database:
            query = "SELECT count(*) FROM digests WHERE settled_at IS NOT NULL"
            [(settled,)] = database.execute(query).fetchall()
        return bool(settled == len(self.due))

    def tallies(self) -> Iterable[Tally]:
        """Count the digests in each channel."""
        posted = {str(channel.id): self._posted_in(channel) for channel in self.due}
        yield tally("digests that were due", posted, told=posted)

    def _posted_in(self, channel: Channel) -> int:
        own = (message for message in channel.history() if message.author is self.fake.bot)
        return sum(QUESTION in message.text for message in own)


def _server_of(channel: Channel) -> Guild:
    assert channel.guild is not None
    return channel.guild
