"""What goes on beside the questions: teaching, hand-offs to humans, a board that is kept up to date, and digests.

All of it happens in servers of its own, so the answers elsewhere stay what they were. If nothing comes of a click,
or people are told to try again, they click again. What became of each thing is counted in the end, where it would show:
in the database and on Discord.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.delivery.digests import WeeklyDigests
from benchmarks.delivery.tally import Tally, tally
from bot.discord_app.handoff.texts import tells_of_reply
from bot.storage.servers import ServerSettings
from bot.storage.stores import Stores
from fake_discord import Channel, FakeDiscord, Guild, Interaction, Member, Message, Permission, Role

EVERY = 8.0  # seconds between two things of a kind
MOST = 80  # things of a kind: a board has room for 102 questions, and some are there before
IN_THE_LAST = 600.0  # seconds of a long load: the stand-in doesn't keep messages forever
LOOKS_AT_FORM = 3.0  # seconds that somebody waits for a form, and Discord too
LOOKS_AT_ANSWER = 45.0  # seconds until somebody who sees "thinking" clicks again
PATIENCE = 180.0  # seconds after the load; a hand-off whose process was killed can be begun again after 2 minutes
LOOK_EVERY = 0.5  # seconds

_SYLLABLES = ("bar", "kel", "lim", "mog", "nuf", "rop", "sid", "tav", "wex", "zuk")


class Activity(Protocol):
    """Something that people do again and again. To add one, add it to `activities`."""

    async def do(self, number: int) -> None:
        """Do it once, patiently."""

    def is_settled(self) -> bool:
        """Return whether everything is where it should be."""

    def tallies(self) -> Iterable[Tally]:
        """Count."""


@dataclass(frozen=True, slots=True)
class Place:
    """The server where it happens, and who is there."""

    fake: FakeDiscord
    guild: Guild
    general: Channel
    desk: Channel
    faq: Channel
    experts: Role
    expert: Member
    moderator: Member
    database: Path

    @classmethod
    def in_new_server(cls, fake: FakeDiscord, database: Path) -> Place:
        """Add the server."""
        guild = fake.add_guild("beside")
        experts = guild.add_role("experts", mentionable=True)
        moderators = guild.add_role("moderators", Permission.MANAGE_MESSAGES)
        return cls(
            fake=fake,
            guild=guild,
            general=guild.add_text_channel("general"),
            desk=guild.add_text_channel("desk"),
            faq=guild.add_text_channel("faq"),
            experts=experts,
            expert=guild.add_member("expert", experts),
            moderator=guild.add_member("moderator", moderators),
            database=database,
        )

    async def choose_humans(self) -> None:
        """Store who members can ask, before the bot starts."""
        settings = ServerSettings(handoff_role=self.experts.id, handoff_channel=self.desk.id)
        async with Stores.open(f"sqlite:///{self.database}") as stores:
            await stores.servers.save(self.guild.id, settings)

    def own_messages(self, channel: Channel) -> list[Message]:
        """Return what the bot has said in a channel."""
        return [message for message in channel.history() if message.author is self.fake.bot]


class Beside:
    """Let all activities go on, and count."""

    def __init__(self, place: Place, *, seconds: float) -> None:
        self._begins_after = max(0.0, seconds - IN_THE_LAST)
        self._number = min(MOST, int(min(seconds, IN_THE_LAST) / EVERY))
        teaching = Teaching(place)
        self._digests = WeeklyDigests.in_new_servers(place.fake, place.database, self._number)
        activities = (teaching, HandingOn(place), Board(place, teaching.questions), self._digests)
        self._activities: Sequence[Activity] = activities

    async def prepare(self) -> None:
        """Store what there is before the bot starts."""
        await self._digests.prepare()

    async def go_on(self) -> None:
        """Begin everything at a steady rate, and return once all are through or patience runs out."""
        await asyncio.sleep(self._begins_after)
        doing: list[asyncio.Task[None]] = []
        for number in range(self._number):
            doing += [asyncio.create_task(each.do(number)) for each in self._activities]
            await asyncio.sleep(EVERY)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*doing)
                while not all(each.is_settled() for each in self._activities):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(LOOK_EVERY)
        for task in doing:
            task.cancel()
        await asyncio.gather(*doing, return_exceptions=True)

    def tallies(self) -> tuple[Tally, ...]:
        """Count, after the bot has ended."""
        return tuple(one for each in self._activities for one in each.tallies())


@dataclass(slots=True)
class Teaching:
    """A moderator teaches a new entry: *Add to FAQ*, the form, *Save*. `saved` are those confirmed."""

    place: Place
    questions: list[str] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def do(self, number: int) -> None:
        """Teach one, unless the moderator is still busy with another."""
        if not self.turn.locked():
            async with self.turn:
                await self._teach(number)

    async def _teach(self, number: int) -> None:
        place, question = self.place, f"Where is the {_word(number)} of {_word(number + 7)}?"
        self.questions.append(question)
        asked = await place.guild.add_member("member").says(place.general, question)
        while question not in self.saved:
            preview = await self._preview(asked, question)
            while preview is not None and question not in self.saved:
                said = await _click(place.moderator, preview, preview.labels[0])
                if said.startswith("Saved") or "draft is gone" in said:
                    self.saved.add(question)
                if not preview.labels:
                    preview = None

    async def _preview(self, asked: Message, question: str) -> Message | None:
        moderator = self.place.moderator
        form = await moderator.message_command(asked.channel, "Add to FAQ", asked)
        if not await _has_opened(form):
            return None
        answer = f"In house number {len(self.questions)}."
        preview = await _answer_to(lambda: moderator.submits_modal(form, question=question, answer=answer))
        is_one = preview is not None and preview.labels and preview.labels[0] in {"Save", "Save anyway"}
        return preview if is_one else None

    def is_settled(self) -> bool:
        """Return whether everything is saved."""
        return self.saved.issuperset(self.questions)

    def tallies(self) -> Iterable[Tally]:
        """Count what is stored."""
        with closing(sqlite3.connect(self.place.database)) as database:
            stored = [question for (question,) in database.execute("SELECT question FROM taught")]
        yield tally("taught items", {each: stored.count(each) for each in self.questions}, told=self.saved)


@dataclass(slots=True)
class HandingOn:
    """A member asks what the bot doesn't know, and then a human, who replies. `told` are the questions passed on."""

    place: Place
    questions: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    replied_in: set[int] = field(default_factory=set)

    async def do(self, number: int) -> None:
        """Hand one on."""
        place, question = self.place, f"xqzt vlrm wpfk {number + 1}"
        member = place.guild.add_member("member")
        refusal: Message | None = None
        while refusal is None:  # while the settings can't be read, there is no button
            with suppress(AssertionError):
                refusal = await place.fake.reply_to(await member.asks(place.general, question), timeout=PATIENCE)
            refusal = refusal if refusal and "Ask a human" in refusal.labels else None
        self.questions.append(question)
        while question not in self.told:
            said = await _click(member, refusal, "Ask a human")
            if "passed the question on:" in said or "already been passed" in said:
                self.told.add(question)
            else:
                await asyncio.sleep(LOOKS_AT_FORM)
        for thread in self._threads(question):
            await place.expert.says(thread, "Let me see.")
            self.replied_in.add(thread.id)

    def is_settled(self) -> bool:
        """Return whether every asker has heard of the reply."""
        return all(count for count in self._words_of_replies().values())

    def tallies(self) -> Iterable[Tally]:
        """Count the threads, and what askers heard of replies."""
        yield tally("hand-offs", {each: len(self._threads(each)) for each in self.questions}, told=self.told)
        heard = self._words_of_replies()
        yield tally("replies told to the asker", heard, told=heard)

    def _threads(self, question: str) -> list[Channel]:
        return [thread for thread in self.place.guild.threads.values() if thread.name == question]

    def _words_of_replies(self) -> dict[str, int]:
        own = self.place.own_messages
        threads = (self.place.guild.threads[id_] for id_ in self.replied_in)
        return {
            thread.name: sum(tells_of_reply(each.content) for each in own(thread) if each.id != thread.id)
            for thread in threads
        }


@dataclass(slots=True)
class Board:
    """A board is posted at the beginning, and gets a button for each question that is taught."""

    place: Place
    questions: list[str]
    is_posted: bool = False

    async def do(self, number: int) -> None:
        """Post the board, once."""
        moderator, place = self.place.moderator, self.place
        while not number and not self.is_posted:
            screen = await _answer_to(lambda: moderator.slash(place.general, "manage board", channel=place.faq))
            if screen is not None and "Post" in screen.labels:
                await _click(moderator, screen, "Post")
            self.is_posted = screen is not None and "Remove" in screen.labels

    def is_settled(self) -> bool:
        """Return whether the board is up to date."""
        return all(count == 1 for count in self._shown().values())

    def tallies(self) -> Iterable[Tally]:
        """Count the questions on the board, and its messages beside those that are stored."""
        yield tally("taught questions on the board", self._shown(), told=self.questions)
        with closing(sqlite3.connect(self.place.database)) as database:
            query = "SELECT message_id FROM board_messages WHERE channel_id = ? AND message_id IS NOT NULL"
            stored = [message_id for (message_id,) in database.execute(query, (self.place.faq.id,))]
        there = [message.id for message in self.place.own_messages(self.place.faq)]
        known = {str(id_): there.count(id_) for id_ in stored}
        extra = {str(id_): 2 for id_ in there if id_ not in stored}
        yield tally("messages of the board", known | extra, told=[*known, *extra])

    def _shown(self) -> dict[str, int]:
        labels = [label for message in self.place.own_messages(self.place.faq) for label in message.labels]
        return {question: labels.count(question) for question in self.questions}


def _word(number: int) -> str:
    """Return a word that nobody knows, and that isn't like those with other numbers below 100."""
    first, second = divmod(number % 100, 10)
    return f"{_SYLLABLES[second]}{_SYLLABLES[first]}{_SYLLABLES[(first + 3 * second) % 10]}"


async def _has_opened(form: Interaction) -> bool:
    with suppress(AssertionError):
        await form.response(LOOKS_AT_FORM)
    return form.modal is not None


async def _click(person: Member, message: Message, button: str) -> str:
    """Click a button and return the response's text; "" if nothing comes in time, or the button is gone."""
    answer = await _answer_to(lambda: person.clicks(message, button))
    return answer.said if answer is not None else ""


async def _answer_to(act: Callable[[], Awaitable[Interaction]]) -> Message | None:
    """Do something and return the response; None if nothing comes in time, or it can't be done anymore."""
    try:
        return await (await act()).answer(LOOKS_AT_ANSWER)
    except (AssertionError, LookupError):
        await asyncio.sleep(LOOK_EVERY)
        return None
