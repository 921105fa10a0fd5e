"""Find what a server's weekly digest has to tell."""

from __future__ import annotations

from collections import Counter as Amounts
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.authoring.unanswered import UnansweredGroup
from bot.discord_app.digest.schedule import WEEK
from bot.discord_app.languages import Languages
from bot.discord_app.permissions import Place, is_open_to_readers_of
from bot.discord_app.scope import scope_in
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.discord_app.unanswered.overview import grouped
from bot.knowledge.combining import restricted_to
from bot.knowledge.model import KnowledgeBase
from bot.library import Library
from bot.storage.digests import Contents, Group
from bot.storage.servers import ServerSettingsStore
from bot.storage.statistics import Count, Event, Statistics
from bot.storage.taught import TaughtItem, TaughtItems
from bot.storage.unanswered import Reason

MAX_GROUPS = 10  # in a message: a button, its text, and their section each, of the 40 components that Discord allows
LONGEST_PERIOD = WEEK + timedelta(days=1)  # an hour that moderators change makes a week longer


IdGroups = tuple[tuple[int, ...], ...]
"""The ids of the questions in each group, the group most asked first."""

_TOLD = {Event.asked, Event.automatic, Event.helpful, Event.unhelpful}
_ANSWERS = (Event.answered, Event.automatic)


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest with the names of everything in it.

    Attributes:
        answered: entries by their question, with how often they answered, the most frequent first.
        groups: of unanswered questions that are still kept.
        taught: the questions that were taught and are still there.
        voted_down: entries by their question, with how many people found them unhelpful and helpful.
    """

    contents: Contents
    answered: tuple[tuple[str, int], ...] = ()
    groups: tuple[Group, ...] = ()
    taught: tuple[str, ...] = ()
    voted_down: tuple[tuple[str, int, int], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (any(count.event in _TOLD for count in self.contents.counts) or self.groups or self.contents.taught)


class Gathering:
    """Read what happened, and name only what everyone who sees the digest may know."""

    def __init__(
        self,
        *,
        keeper: QuestionKeeper,
        languages: Languages,
        library: Library,
        servers: ServerSettingsStore,
        statistics: Statistics,
        taught: TaughtItems,
    ) -> None:
        self._keeper = keeper
        self._languages = languages
        self._library = library
        self._servers = servers
        self._statistics = statistics
        self._taught = taught

    async def find(
        self, place: Place, *, due_at: datetime, previous: Contents | None, now: datetime
    ) -> tuple[Contents, IdGroups]:
        """Return what there is to tell since the digest before, or a week before it is due, and which questions.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        server_id = place.guild.id
        await self._taught.load_all()
        is_recent = previous is not None and due_at - LONGEST_PERIOD <= previous.until < now
        since = previous.until if previous is not None and is_recent else due_at - WEEK
        counts = await self._statistics.totals(server_id, since=since.date())
        if previous is not None and is_recent:
            counts = _less(counts, previous.counted_last_day)
        contents = Contents(
            since=since,
            until=now,
            counts=counts,
            counted_last_day=await self._statistics.totals(server_id, since=now.date()),
            taught=tuple(item.item_id for item in self._taught.of(server_id) if _is_told(item, since, now)),
            shows_names=self._keeper.keeps_text,
        )
        if not self._keeper.keeps_text:
            return contents, ()
        asked = [
            question
            for question in await self._keeper.questions.asked_since(since, server_id=server_id)
            if question.asked_at <= now and question.reason is not Reason.voted_down
        ]
        may_be_shown = {id_: is_open_to_readers_of(place, id_) for id_ in {each.channel_id for each in asked}}
        shown = [question for question in asked if may_be_shown[question.channel_id]]
        groups = await grouped(shown, server_id, library=self._library, servers=self._servers)
        most_asked_first = sorted(groups, key=lambda group: len(group.questions), reverse=True)
        more, hidden = max(0, len(groups) - MAX_GROUPS), len(asked) - len(shown)
        return replace(contents, more_groups=more, hidden=hidden), tuple(map(_ids_in, most_asked_first[:MAX_GROUPS]))

    async def name(self, place: Place, contents: Contents, groups: tuple[Group, ...]) -> Digest:
        """Return a digest with the names of what was taught and voted down, as they are now.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        if not contents.shows_names:
            return Digest(contents)
        await self._taught.load_all()
        await self._library.learned(place.guild.id)
        known = _known_in(place, (await self._library.of_server(place.guild.id)).knowledge)
        questions = {entry.id: entry.question for entry in known.entries}
        language = self._languages.of_public(place.guild, known)
        titles = {entry.id: entry.question for entry in known.in_language(language).entries}
        taught = (item for item in self._taught.of(place.guild.id) if item.item_id in contents.taught)
        return Digest(
            contents,
            answered=tuple(_answered(contents.counts, titles)),
            groups=groups,
            taught=tuple(item.question for item in taught if _is_used(item, questions)),
            voted_down=tuple(_voted_down(contents.counts, titles)),
        )


def _ids_in(group: UnansweredGroup) -> tuple[int, ...]:
    """Return the ids of a group's questions, of the typical one first."""
    first = group.representative.message_id
    return (first, *(each.message_id for each in group.questions if each.message_id != first))


def _less(counts: Iterable[Count], told: Iterable[Count]) -> tuple[Count, ...]:
    """Return counts without what the digest before already told."""
    left = Amounts({(count.topic, count.event): count.count for count in counts})
    left.subtract({(count.topic, count.event): count.count for count in told})
    return tuple(Count(topic, event, amount) for (topic, event), amount in left.items() if amount > 0)


def _known_in(place: Place, knowledge: KnowledgeBase) -> KnowledgeBase:
    return restricted_to(knowledge, scope_in(place.guild.id, place).channel_ids)


def _is_told(item: TaughtItem, since: datetime, until: datetime) -> bool:
    return not item.waits and since <= item.taught_at <= until


def _is_used(item: TaughtItem, questions: dict[str, str]) -> bool:
    return not item.waits and item.entry_id in questions


def _answered(counts: Iterable[Count], questions: dict[str, str]) -> Iterable[tuple[str, int]]:
    """Return the entries that answered, those most often first."""
    amounts: Amounts[str] = Amounts()
    for count in counts:
        if count.event in _ANSWERS and count.topic in questions:
            amounts[count.topic] += count.count
    return ((questions[topic], amount) for topic, amount in amounts.most_common())


def _voted_down(counts: Iterable[Count], questions: dict[str, str]) -> Iterable[tuple[str, int, int]]:
    """Yield the entries that were voted down, the most often first."""
    amounts = {(count.topic, count.event): count.count for count in counts}
    unhelpful = {topic: amount for (topic, event), amount in amounts.items() if event is Event.unhelpful}
    for topic, amount in sorted(unhelpful.items(), key=lambda each: -each[1]):
        if topic in questions:
            yield questions[topic], amount, amounts.get((topic, Event.helpful), 0)
