"""The tables as they are now. `migrations/versions` tells how they came to be so; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    false,
)
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """A time with its zone, stored as milliseconds since 1970, which both databases compare alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return what is stored."""
        return None if value is None else (value - _EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return what was meant."""
        return None if value is None else _EPOCH + timedelta(milliseconds=value)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(column_0_N_label)s",
    }
)

secret_key = Table(
    "secret_key",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
)

server_settings = Table(
    "server_settings",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("mention_channels", JSON, nullable=False),  # a list of ids, or "all"
    Column("forum_channels", JSON, nullable=False),
    Column("private_by_default", Boolean, nullable=False),
    Column("minimum_confidence", Float),
    Column("help_channel", BigInteger),
    Column("taught_items_wait", Boolean, nullable=False, server_default=false()),
    Column("handoff_role", BigInteger),
    Column("handoff_channel", BigInteger),
    Column("handoff_pings", Integer, nullable=False, server_default="5"),
    Column("skipped_tags", JSON),  # a list of names
    Column("language", String(16)),
)

settings_changes = Table(
    "settings_changes",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    Column("stamp", BigInteger, nullable=False),  # a random number: another one after each change
)

votes = Table(
    "votes",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("voter", String(64), primary_key=True),  # a keyed hash
    Column("server_id", BigInteger, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("voted_at", Instant, nullable=False),
    Index(None, "server_id"),
    Index(None, "voter"),
)

entry_votes = Table(
    "entry_votes",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", String(100), primary_key=True),
    Column("voter", String(64), primary_key=True),  # a keyed hash
    Column("helpful", Boolean, nullable=False),
    Column("voted_at", Instant, nullable=False),
    Index(None, "voter"),
)

statistics = Table(
    "statistics",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", String(100), primary_key=True),
    Column("event", String(30), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

job_posts = Table(
    "job_posts",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("server_id", BigInteger, nullable=False),
    Column("options", JSON, nullable=False),
    Column("version", String(64), nullable=False),
    Column("posted_at", Instant, nullable=False),
    Index(None, "server_id"),
)

board_messages = Table(
    "board_messages",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("server_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),  # none: somebody deleted it
    Column("version", String(64), nullable=False),
    Column("claimed_until", Instant),  # while a process edits the board
    Index(None, "message_id"),
    Index(None, "server_id"),
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("server_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("asker", String(64), nullable=False),  # a keyed hash
    Column("text", String(500), nullable=False),  # redacted
    Column("reason", String(30), nullable=False),
    Column("nearest", String(100)),
    Column("asked_at", Instant, nullable=False),
    Index(None, "server_id"),
    Index(None, "asker"),
    Index(None, "asked_at"),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("asker", String(64), primary_key=True),  # a keyed hash
    Column("forgotten_at", Instant, nullable=False),
    Index(None, "forgotten_at"),
)

claims = Table(
    "claims",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),  # or that of an interaction
    Column("face", String(30), primary_key=True),
    Column("channel_id", BigInteger, nullable=False),
    Column("server_id", BigInteger),
    Column("claimed_at", Instant, nullable=False),
    Column("fate", String(30)),  # none yet: the question is being answered, or was when a process died
    Column("settled_at", Instant),
    Index(None, "claimed_at"),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("question_id", BigInteger, primary_key=True, autoincrement=False),  # of its message, post, or command
    Column("server_id", BigInteger, nullable=False),
    Column("asker", String(64), nullable=False),  # a keyed hash
    Column("claimed_at", Instant, nullable=False),
    Column("pinged_at", Instant),  # none: the role isn't pinged for this question
    Column("thread_id", BigInteger),  # none yet: it is being opened, or was when a process died
    Column("replied_at", Instant),
    Column("introduced_at", Instant),  # none yet: the asker may not have been introduced, nor the role called
    Index(None, "server_id"),
    Index(None, "asker"),
    Index(None, "claimed_at"),
    Index(None, "thread_id"),
)

shard_progress = Table(
    "shard_progress",
    metadata,
    Column("shard_count", Integer, primary_key=True, autoincrement=False),
    Column("shard_id", Integer, primary_key=True, autoincrement=False),
    Column("seen_until", Instant, nullable=False),
    Column("process", String(100), nullable=False),  # that wrote it
)

progress = Table(  # of versions before 0012, which had one process
    "progress",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True, autoincrement=False),
    Column("seen_until", Instant, nullable=False),
)

direct_channels = Table(
    "direct_channels",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person", String(64), nullable=False),  # a keyed hash
    Column("used_at", Instant, nullable=False),
    Index(None, "person"),
    Index(None, "used_at"),
)

taught = Table(
    "taught",
    metadata,
    Column("item_id", BigInteger, primary_key=True, autoincrement=False),  # the id of the draft that it was
    Column("server_id", BigInteger, nullable=False),
    Column("entry_id", String(100), nullable=False),
    Column("question", String(300), nullable=False),
    Column("answer", String(1500)),  # none: only another way to ask for the entry
    Column("taught_by", BigInteger),  # none: they asked to be forgotten
    Column("taught_at", Instant, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "server_id"),
)

taught_changes = Table(
    "taught_changes",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("stamp", BigInteger, nullable=False),  # a random number: another one after each change
)

drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", BigInteger, primary_key=True, autoincrement=False),  # the id of the interaction that made it
    Column("server_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("entry_id", String(100)),  # none: a new entry
    Column("question", String(4000), nullable=False),
    Column("answer", String(4000), nullable=False),
    Column("item_id", BigInteger),  # the taught item that it changes
    Column("item_version", Integer),
    Column("had_it", Boolean, nullable=False),  # whether saving it takes Manage Messages
    Column("created_at", Instant, nullable=False),
    Index(None, "server_id"),
    Index(None, "person_id"),
    Index(None, "created_at"),
)

digest_plans = Table(
    "digest_plans",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger),  # none: no digest
    Column("weekday", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("time_zone", String(100), nullable=False),
    Column("chosen_at", Instant, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("due_at", Instant, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("begun_at", Instant, nullable=False),  # when it was first claimed
    Column("claimed_at", Instant, nullable=False),
    Column("contents", JSON),  # numbers and ids; none yet: nobody has looked what there is to tell
    Column("settled_at", Instant),  # none yet: it is being posted, or was when a process died
    Column("message_id", BigInteger),  # none: there was nothing to tell
    Index(None, "due_at"),
)

digest_questions = Table(
    "digest_questions",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("due_at", Instant, primary_key=True, autoincrement=False),
    Column("question_id", BigInteger, primary_key=True, autoincrement=False),  # in unanswered, until it's forgotten
    Column("position", Integer, nullable=False),  # of all of them; the first of a group stands for it
    Column("number", Integer, nullable=False),  # of its group
    Index(None, "question_id"),
)

identify_turns = Table(
    "identify_turns",
    metadata,
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("next_at", BigInteger, nullable=False),  # in milliseconds, by the database's own clock
)

request_holds = Table(
    "request_holds",
    metadata,
    Column("reason", String(30), primary_key=True),
    Column("hold_until", BigInteger, nullable=False),  # in milliseconds, by the database's own clock
)

registered_commands = Table(
    "registered_commands",
    metadata,
    Column("application_id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", String(64)),  # of what the bot told Discord; none: nothing yet
    Column("at_discord", String(64)),  # and of what Discord made of it
    Column("claimed_until", Instant),  # while a process tells Discord
)

claimed_clicks = Table(
    "claimed_clicks",
    metadata,
    Column("interaction_id", BigInteger, primary_key=True, autoincrement=False),
    Column("claimed_at", Instant, nullable=False),
    Index(None, "claimed_at"),
)

OF_SERVERS = tuple(table for table in metadata.sorted_tables if "server_id" in table.c)
"""The tables whose rows belong to a server, and are deleted with it."""
