"""The weekly digests that were posted or are being posted: one for each server and due moment.

A digest is claimed before it's posted. So two processes, or a restart, post no second one. What it tells is stored as
numbers and ids; the questions' texts stay where they are kept, and a digest loses them when they are forgotten there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update

from bot.storage.database import Database
from bot.storage.schema import digest_questions, digests, unanswered
from bot.storage.statistics import Count, Event

KEPT_FOR = timedelta(days=60)  # longer than the questions in it
TIME_TO_POST = timedelta(minutes=2)  # after that, whoever claimed a digest is taken to have died

_QUOTED = (digests.c.server_id == digest_questions.c.server_id) & (digests.c.due_at == digest_questions.c.due_at)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a digest tells, beside the questions in it.

    Attributes:
        since: when what it tells begins, with its zone.
        until: when that ends.
        counts: what was counted in between, by topic and event.
        counted_last_day: what was counted on the day of `until` up to then, which the next digest leaves out.
        taught: ids of what was taught.
        more_groups: how many groups of questions it has no room for.
        hidden: how many questions it may not show where it's posted.
        shows_names: whether it names questions, entries, and what was taught, rather than only count them.
    """

    since: datetime
    until: datetime
    counts: tuple[Count, ...] = ()
    counted_last_day: tuple[Count, ...] = ()
    taught: tuple[int, ...] = ()
    more_groups: int = 0
    hidden: int = 0
    shows_names: bool = True


@dataclass(frozen=True, slots=True)
class QuotedQuestion:
    """A question in a digest, as long as it is kept."""

    question_id: int
    text: str
    asked_at: datetime


Group = tuple[QuotedQuestion, ...]
"""Questions that are one question; the first stands for them."""


@dataclass(frozen=True, slots=True)
class DigestKey:
    """Which digest."""

    server_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """The caller is to post the digest.

    Attributes:
        begun_at: when it was first claimed.
        is_repeated: whether somebody claimed it before who may have posted it without recording that.
        contents: what that one found there was to tell, if they came that far.
    """

    key: DigestKey
    begun_at: datetime
    is_repeated: bool = False
    contents: Contents | None = None


@dataclass(frozen=True, slots=True)
class BeingPosted:
    """Somebody else is about it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """It was posted, or there was nothing to tell."""


@dataclass(frozen=True, slots=True)
class OutdatedDigest:
    """A posted digest with questions that aren't kept anymore."""

    key: DigestKey
    channel_id: int
    message_id: int
    contents: Contents
    forgotten: tuple[int, ...]


class Digests:
    """The digests of all servers, for 60 days."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def claim(self, key: DigestKey, *, channel_id: int, now: datetime) -> Claimed | BeingPosted | Settled:
        """Claim a digest, to post it.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        insert = self._database.insert_into(digests).values(
            server_id=key.server_id, due_at=key.due_at, channel_id=channel_id, begun_at=now, claimed_at=now
        )
        async with self._database.writing() as connection:
            if (await connection.execute(insert.on_conflict_do_nothing())).rowcount:
                return Claimed(key, now)
            row = (await connection.execute(select(digests).where(_is(key)))).one()
            if row.settled_at is not None:
                return Settled()
            if row.claimed_at > now - TIME_TO_POST:
                return BeingPosted()
            left_open = _is(key) & digests.c.settled_at.is_(None) & (digests.c.claimed_at == row.claimed_at)
            take_over = update(digests).where(left_open).values(claimed_at=now, channel_id=channel_id)
            if not (await connection.execute(take_over)).rowcount:
                return BeingPosted()
        contents = None if row.contents is None else _contents(row.contents)
        return Claimed(key, row.begun_at, is_repeated=True, contents=contents)

    async def keep(self, key: DigestKey, contents: Contents, groups: Sequence[Sequence[int]]) -> None:
        """Store what a claimed digest tells, with the ids of the questions in each group.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        ids = dict.fromkeys((id_, number) for number, group in enumerate(groups) for id_ in group)
        rows = [
            {"server_id": key.server_id, "due_at": key.due_at, "question_id": id_, "position": position, "number": each}
            for position, (id_, each) in enumerate(ids)
        ]
        async with self._database.writing() as connection:
            await connection.execute(update(digests).where(_is(key)).values(contents=_as_json(contents)))
            await connection.execute(delete(digest_questions).where(_of(key)))
            if rows:
                await connection.execute(digest_questions.insert(), rows)

    async def settle(self, key: DigestKey, *, message_id: int | None, now: datetime) -> None:
        """Store which message a digest is, or that there was nothing to tell.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._database.execute(update(digests).where(_is(key)).values(settled_at=now, message_id=message_id))

    async def before(self, key: DigestKey) -> Contents | None:
        """Return what a server's last digest before this one told, if there was one.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        earlier = (digests.c.server_id == key.server_id) & (digests.c.due_at < key.due_at)
        told = select(digests.c.contents).where(earlier, digests.c.settled_at.is_not(None))
        rows = await self._database.rows(told.order_by(digests.c.due_at.desc()).limit(1))
        return _contents(rows[0].contents) if rows and rows[0].contents else None

    async def groups(self, key: DigestKey) -> tuple[Group, ...]:
        """Return the questions of a digest that are still kept, in their groups.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        query = (
            select(digest_questions.c.number, unanswered.c.message_id, unanswered.c.text, unanswered.c.asked_at)
            .join(unanswered, unanswered.c.message_id == digest_questions.c.question_id)
            .where(_of(key))
            .order_by(digest_questions.c.position)
        )
        found: dict[int, list[QuotedQuestion]] = {}
        for row in await self._database.rows(query):
            found.setdefault(row.number, []).append(QuotedQuestion(row.message_id, row.text, row.asked_at))
        return tuple(map(tuple, found.values()))

    async def question(self, question_id: int, *, server_id: int, channel_id: int) -> str | None:
        """Return the text of a question that a digest in a channel quotes; None if it isn't kept anymore.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        query = (
            select(unanswered.c.text)
            .select_from(digest_questions)
            .join(unanswered, unanswered.c.message_id == digest_questions.c.question_id)
            .join(digests, _QUOTED)
            .where(unanswered.c.message_id == question_id, unanswered.c.server_id == server_id)
            .where(digests.c.server_id == server_id, digests.c.channel_id == channel_id)
            .limit(1)
        )
        rows = await self._database.rows(query)
        return rows[0].text if rows else None

    async def outdated(self) -> tuple[OutdatedDigest, ...]:
        """Return the posted digests that quote questions which were forgotten since.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        is_kept = exists().where(unanswered.c.message_id == digest_questions.c.question_id)
        query = (
            select(digests, digest_questions.c.question_id)
            .select_from(digest_questions)
            .join(digests, _QUOTED)
            .where(~is_kept, digests.c.message_id.is_not(None))
            .order_by(digests.c.server_id, digests.c.due_at, digest_questions.c.position)
        )
        found: dict[DigestKey, OutdatedDigest] = {}
        for row in await self._database.rows(query):
            key = DigestKey(row.server_id, row.due_at)
            forgotten = (*(found[key].forgotten if key in found else ()), row.question_id)
            found[key] = OutdatedDigest(key, row.channel_id, row.message_id, _contents(row.contents), forgotten)
        return tuple(found.values())

    async def drop_questions(self, key: DigestKey, question_ids: Collection[int]) -> None:
        """Note that a digest no longer quotes some questions.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        dropped = digest_questions.c.question_id.in_(sorted(question_ids))
        await self._database.execute(delete(digest_questions).where(_of(key) & dropped))

    async def forget_expired(self, now: datetime) -> None:
        """Delete what has been kept long enough.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        tables = (digest_questions, digests)
        await self._database.execute(*(delete(table).where(table.c.due_at <= now - KEPT_FOR) for table in tables))


def _is(key: DigestKey) -> ColumnElement[bool]:
    return (digests.c.server_id == key.server_id) & (digests.c.due_at == key.due_at)


def _of(key: DigestKey) -> ColumnElement[bool]:
    return (digest_questions.c.server_id == key.server_id) & (digest_questions.c.due_at == key.due_at)


def _as_json(contents: Contents) -> dict[str, Any]:
    return {
        "since": contents.since.isoformat(),
        "until": contents.until.isoformat(),
        "counts": [_count_as_json(count) for count in contents.counts],
        "counted_last_day": [_count_as_json(count) for count in contents.counted_last_day],
        "taught": list(contents.taught),
        "more_groups": contents.more_groups,
        "hidden": contents.hidden,
        "shows_names": contents.shows_names,
    }


def _contents(stored: dict[str, Any]) -> Contents:
    return Contents(
        since=datetime.fromisoformat(stored["since"]),
        until=datetime.fromisoformat(stored["until"]),
        counts=_counts(stored["counts"]),
        counted_last_day=_counts(stored["counted_last_day"]),
        taught=tuple(stored["taught"]),
        more_groups=stored["more_groups"],
        hidden=stored["hidden"],
        shows_names=stored["shows_names"],
    )


def _count_as_json(count: Count) -> list[Any]:
    return [count.topic, count.event.value, count.count]


def _counts(stored: list[list[Any]]) -> tuple[Count, ...]:
    known = {event.value for event in Event}  # a newer version may count more
    return tuple(Count(topic, Event(event), count) for topic, event, count in stored if event in known)
