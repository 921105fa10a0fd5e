"""Where the job description has been posted, and how, so that it can be brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.storage.database import Database
from bot.storage.schema import job_posts


@dataclass(frozen=True, slots=True)
class JobPostOptions:
    """What a moderator has added to the job description and left out of it.

    Attributes:
        link: where to apply.
        left_out: ids of sections.
    """

    company: str | None = None
    location: str | None = None
    link: str | None = None
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JobPost:
    """A message with the job description.

    Attributes:
        version: names the content that it was made of, in at most 64 characters, such as a hash of it.
        posted_at: with its time zone.
    """

    message_id: int
    channel_id: int
    server_id: int
    options: JobPostOptions
    version: str
    posted_at: datetime


class JobPosts:
    """The posts of the job description that are still there."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def remember(self, post: JobPost) -> None:
        """Store a post, in place of what was known about the same message.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        values = {
            "channel_id": post.channel_id,
            "server_id": post.server_id,
            "options": _stored(post.options),
            "version": post.version,
            "posted_at": post.posted_at,
        }
        insert = self._database.insert_into(job_posts).values(message_id=post.message_id, **values)
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["message_id"], set_=values))

    async def of_server(self, server_id: int) -> tuple[JobPost, ...]:
        """Return a server's posts, the newest first.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        query = select(job_posts).where(job_posts.c.server_id == server_id)
        async with self._database.reading() as connection:
            newest_first = query.order_by(job_posts.c.posted_at.desc(), job_posts.c.message_id.desc())
            rows = (await connection.execute(newest_first)).all()
        return tuple(map(_post, rows))

    async def update_version(self, message_id: int, version: str) -> None:
        """Store which content a post has been brought up to.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            await connection.execute(
                update(job_posts).where(job_posts.c.message_id == message_id).values(version=version)
            )

    async def forget(self, message_id: int) -> None:
        """Delete what is known of a post that is gone.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            await connection.execute(delete(job_posts).where(job_posts.c.message_id == message_id))

    async def forget_server(self, server_id: int) -> None:
        """Delete what is known of a server's posts.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            await connection.execute(delete(job_posts).where(job_posts.c.server_id == server_id))


def _stored(options: JobPostOptions) -> dict[str, Any]:
    return {
        "company": options.company,
        "location": options.location,
        "link": options.link,
        "left_out": sorted(options.left_out),
    }


def _post(row: Row[Any]) -> JobPost:
    options = JobPostOptions(**{**row.options, "left_out": frozenset(row.options["left_out"])})
    return JobPost(
        message_id=row.message_id,
        channel_id=row.channel_id,
        server_id=row.server_id,
        options=options,
        version=row.version,
        posted_at=row.posted_at,
    )
