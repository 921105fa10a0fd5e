"""Where the job description was posted, and with which options, so that it can be updated."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.language.languages import Language
from bot.storage.database import Database
from bot.storage.schema import job_posts


@dataclass(frozen=True, slots=True)
class JobPostOptions:
    """What a moderator added to the job description and left out.

    Attributes:
        link: where to apply.
        left_out: ids of sections.
        language: that it is in; None for the one that the knowledge is written in.
    """

    company: str | None = None
    location: str | None = None
    link: str | None = None
    left_out: frozenset[str] = frozenset()
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class JobPost:
    """A message with the job description.

    Attributes:
        version: identifies the content it shows, in at most 64 characters, such as a hash.
        posted_at: with its time zone.
    """

    message_id: int
    channel_id: int
    server_id: int
    options: JobPostOptions
    version: str
    posted_at: datetime


class JobPosts:
    """The posts of the job description that still exist."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def remember(self, post: JobPost) -> None:
        """Store a post, replacing what was stored for the same message.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        values = asdict(post) | {"options": _stored(post.options)}
        await self._database.execute(self._database.upsert(job_posts, **values))

    async def of_server(self, server_id: int) -> tuple[JobPost, ...]:
        """Return a server's posts, the newest first.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        in_server = select(job_posts).where(job_posts.c.server_id == server_id)
        newest_first = in_server.order_by(job_posts.c.posted_at.desc(), job_posts.c.message_id.desc())
        return tuple(map(_post, await self._database.rows(newest_first)))

    async def update_version(self, message_id: int, version: str) -> None:
        """Store which content a post shows now.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._database.execute(
            update(job_posts).where(job_posts.c.message_id == message_id).values(version=version)
        )

    async def forget(self, message_id: int) -> None:
        """Delete a post that no longer exists.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._database.execute(delete(job_posts).where(job_posts.c.message_id == message_id))


def _stored(options: JobPostOptions) -> dict[str, Any]:
    return {**asdict(options), "left_out": sorted(options.left_out)}


def _post(row: Row[Any]) -> JobPost:
    known = {each.name for each in fields(JobPostOptions)}  # a newer version may have more
    stored = {name: value for name, value in row.options.items() if name in known}
    options = JobPostOptions(**{**stored, "left_out": frozenset(stored["left_out"])})
    return JobPost(**{**row._mapping, "options": options})  # noqa: SLF001 - SQLAlchemy's public name
