"""The questions to ask, who asks them where, and what a full answer looks like."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, cycle
from pathlib import Path

from bot.answering import Answering
from bot.authoring.evaluation import read_questions
from bot.discord_app.asking.buttons import render_answers, render_topics
from bot.discord_app.page import Card
from bot.encoders.installed import InstalledEncoders
from bot.knowledge.loading import load_knowledge
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice
from bot.outcomes import Answered
from fake_discord import Channel, FakeDiscord, Guild, Member, Message

QUESTIONS_FILE = Path(__file__).parents[2] / "tests" / "questions.jsonl"
PAUSE_OF_A_PERSON = 13.0  # seconds, so that five questions take longer than the minute that allows five

Shown = tuple[tuple[str, str, str], ...]
"""The title, text and fields of each of a message's embeds."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the topics that answer it, and what a full answer shows."""

    text: str
    topics: tuple[str, ...]
    expected: Shown


def shown_in(message: Message) -> Shown:
    """Return what a message's cards show."""
    return tuple((card.title, card.text, card.source) for card in message.cards)


class Traffic:
    """Questions that the bot answers in full, as the same code does in this process: labeled ones, and pairs of them.

    `singles` has those about one topic by its id, `pairs` a question for each two topics; `by_topic` is what a full
    answer shows, `listed` what /faq does.
    """

    def __init__(self, encoders: EncoderChoice | None = None) -> None:
        """Answer with the encoders that the bot is started with: those that are installed, if none are named."""
        knowledge = load_knowledge()
        matcher = Matcher(knowledge, encoders=encoders or InstalledEncoders(folder=None))
        self._answering = Answering(knowledge=knowledge, matcher=matcher)
        self.by_topic = {entry.id: self._expected([entry.id]) for entry in knowledge.entries}
        self.listed = _texts_of(render_topics(knowledge.entries).cards)
        asked = [self._question(labeled.text) for labeled in read_questions(QUESTIONS_FILE)]
        self.singles: dict[str, tuple[Question, ...]] = {
            entry.id: tuple(one for one in asked if one is not None and one.topics == (entry.id,))
            for entry in knowledge.entries
        }
        self.pairs = tuple(self._pairs())

    def _pairs(self) -> Iterator[Question]:
        for first, second in combinations(self.singles, 2):
            for one, other in zip(cycle(self.singles[first]), self.singles[second], strict=False):
                both = self._question(f"{one.text.rstrip('?.! ')}? {other.text.rstrip('?.! ')}?")
                if both is not None and sorted(both.topics) == sorted((first, second)):
                    yield both
                    break

    def _question(self, text: str) -> Question | None:
        outcome = self._answering.answer(text)
        if not isinstance(outcome, Answered):
            return None
        topics = tuple(answer.entry.id for answer in outcome.answers)
        return Question(text, topics, self._expected(topics))

    def _expected(self, topics: Iterable[str]) -> Shown:
        answers = tuple(map(self._answering.topic, topics))
        return _texts_of(render_answers(Answered(answers, confidence=1.0, decisions=())).cards)


def _texts_of(cards: Iterable[Card]) -> Shown:
    return tuple((card.title, card.text, card.footer) for card in cards)


def add_channels(fake: FakeDiscord, servers: int, channels: int) -> list[Channel]:
    """Add servers with so many channels in all."""
    guilds = [fake.add_guild(f"server {number}") for number in range(servers)]
    return [guilds[number % servers].add_text_channel(f"channel-{number}") for number in range(channels)]


class Crowd:
    """People who take turns, so that none of them asks more than the bot lets one person."""

    def __init__(self) -> None:
        self._waiting: dict[int, deque[tuple[float, Member]]] = {}

    def somebody(self, guild: Guild) -> Member:
        """Return a member of a server who may ask now; somebody new if all have asked lately."""
        waiting = self._waiting.setdefault(guild.id, deque())
        now = time.monotonic()
        if waiting and now - waiting[0][0] > PAUSE_OF_A_PERSON:
            _, member = waiting.popleft()
        else:
            member = guild.add_member(f"member {len(waiting)}")
        waiting.append((now, member))
        return member


class Rounds:
    """An endless walk through all topics in all channels: no topic comes twice where it has just been answered."""

    def __init__(self, traffic: Traffic, channels: Sequence[Channel], *, seed: int) -> None:
        self._traffic = traffic
        self._chance = random.Random(seed)  # noqa: S311 - the same questions each time
        self._places = cycle([(channel, topic) for topic in traffic.singles for channel in channels])

    def following(self) -> tuple[Channel, Question]:
        """Return where to ask next, and what."""
        channel, topic = next(self._places)
        return channel, self._chance.choice(self._traffic.singles[topic])


def questions_of_a_channel(traffic: Traffic, *, seed: int) -> Iterator[Question]:
    """Yield questions for a channel so that their topics don't come again soon: one, a pair, another one, ..."""
    chance = random.Random(seed)  # noqa: S311 - the same load each time
    topics = chance.sample(list(traffic.singles), len(traffic.singles))
    pairs = chance.sample(traffic.pairs, len(traffic.pairs))
    for topic, pair in zip(cycle(topics), cycle(pairs), strict=False):
        yield chance.choice(traffic.singles[topic])
        yield pair


class Turns:
    """Channels take turns, and so do the people of each server."""

    def __init__(self, channels: Sequence[Channel], people_of_each: int) -> None:
        guilds = {channel.guild.id: channel.guild for channel in channels if channel.guild}
        for guild in guilds.values():
            for number in range(people_of_each):
                guild.add_member(f"member {number}")
        self._channels = cycle(channels)
        self._people = {
            guild.id: cycle([member for member in guild.members.values() if not member.user.bot])
            for guild in guilds.values()
        }

    def following(self) -> tuple[Channel, Member]:
        """Return who is to do something next, and where."""
        channel = next(self._channels)
        assert channel.guild is not None
        return channel, next(self._people[channel.guild.id])
