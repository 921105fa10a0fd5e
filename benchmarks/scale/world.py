"""Many servers, some of them with knowledge of their own, and what to ask in each."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.delivery.traffic import Question, Traffic
from benchmarks.scale.plan import CHANNELS, ROLES
from benchmarks.servers import faq_of, write_server
from bot.answering import Answering
from bot.discord_app.sharding.division import shard_of
from bot.knowledge.loading import load_server
from bot.knowledge.model import KnowledgeBase
from bot.matching.matcher import Matcher
from bot.outcomes import Answered
from fake_discord import Channel, FakeDiscord, Guild

DIFFERENT = 50  # kinds of own knowledge; a process loads that of each server by itself
WALK = 200  # questions about shared knowledge, after which they come again


def add_servers(fake: FakeDiscord, servers: int, *, channels: int = CHANNELS, roles: int = ROLES) -> list[Guild]:
    """Add servers, a millisecond apart from each other, so that all shards get about as many."""
    fake.clock.advance(-servers / 1000)
    added = []
    for number in range(servers):
        guild = fake.add_guild(f"Server {number}")
        for name in range(channels):
            guild.add_text_channel(f"channel-{name}")
        for name in range(roles):
            guild.add_role(f"role {name}")
        added.append(guild)
        fake.clock.advance(0.001)
    return added


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask, and what, one after the other."""

    channel: Channel
    questions: Sequence[Question]
    first: int = 0

    @property
    def server_id(self) -> int:
        """The id of the server."""
        assert self.channel.guild is not None
        return self.channel.guild.id


class Walk:
    """An endless walk through places: nobody is asked the same again soon."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._turns = _turns([*places])

    def following(self) -> tuple[Channel, Question]:
        """Return where to ask next, and what."""
        return next(self._turns)


def _turns(places: Sequence[Place]) -> Iterator[tuple[Channel, Question]]:
    for number in count():
        for place in places:
            yield place.channel, place.questions[(place.first + number) % len(place.questions)]


def furnish(guilds: Sequence[Guild], *, own_knowledge: int, knowledge: Path, traffic: Traffic) -> list[Place]:
    """Give some servers, evenly spread, knowledge of their own; return where to ask: once in each server."""
    shared = _shared_questions(traffic)
    every = len(guilds) // own_knowledge if own_knowledge else 0
    places, own = [], dict[int, Sequence[Question]]()
    for number, guild in enumerate(guilds):
        channel = next(iter(guild.channels.values()))
        if every and not number % every and number // every < own_knowledge:
            seed = 1 + number // every % DIFFERENT
            folder = write_server(knowledge, guild.id, faq_of(seed))
            if seed not in own:
                own[seed] = _answerable(load_server(folder, None))
            places.append(Place(channel, own[seed]))
        else:
            places.append(Place(channel, shared, first=number))
    return places


def on_shards(places: Iterable[Place], shards: Iterable[int], *, of: int) -> list[Place]:
    """Return the places on certain shards of so many."""
    wanted = frozenset(shards)
    return [place for place in places if shard_of(place.server_id, count=of) in wanted]


def _shared_questions(traffic: Traffic) -> list[Question]:
    """Return questions about one topic each, never the same topic twice in a row."""
    chance = random.Random(1)  # noqa: S311 - the same questions each time
    topics = [topic for topic, asked in traffic.singles.items() if asked]
    return [chance.choice(traffic.singles[topics[number % len(topics)]]) for number in range(WALK)]


def _answerable(knowledge: KnowledgeBase) -> list[Question]:
    """Return those of its questions that it answers; in random words, some are too much alike."""
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))
    outcomes = ((entry, answering.answer(entry.question)) for entry in knowledge.entries)
    return [
        Question(entry.question, (entry.id,), ((entry.question, entry.answer, ""),))
        for entry, outcome in outcomes
        if isinstance(outcome, Answered) and [answer.entry.id for answer in outcome.answers] == [entry.id]
    ]
