"""Where a question comes from, and everything that can become of it.

Metrics, logs, and database columns keep the names they have always had: "face" is the source, "fate" the resolution,
and a "gap" is an outage.
"""

from __future__ import annotations

from enum import StrEnum


class QuestionSource(StrEnum):
    """Where a question comes from."""

    mention = "mention"  # in a server: a mention of the bot or a reply to it
    direct = "direct"  # in a direct message
    post = "post"  # the title of a forum post, which nobody puts to the bot
    interaction = "interaction"  # a command, a button or a menu


class Resolution(StrEnum):
    """What became of a question. docs/delivery.md lists the same for people; a test compares the two."""

    answered = "answered"
    """A reply arrived: an answer, suggestions, or that the bot doesn't know."""

    declined_too_many = "declined_too_many"
    """Someone asked too many questions within a minute: a reaction or a private message says so."""
    declined_elsewhere = "declined_elsewhere"
    """The bot doesn't answer in this channel: a message says where it does, or a reaction that it doesn't."""
    declined_unavailable = "declined_unavailable"
    """A command or click needs the database, which can't be reached: a message says so."""
    declined_courtesy = "declined_courtesy"
    """A thank-you or a remark such as "ok", which a reaction returns."""

    closed_not_allowed = "closed_not_allowed"
    """The bot may not write or react there (403; 50001, 50013)."""
    closed_gone = "closed_gone"
    """The question, its thread or its channel was deleted (404; 10003, 10008)."""
    closed_refused = "closed_refused"
    """Discord refuses the reply for another reason, which the log names."""
    closed_expired = "closed_expired"
    """An interaction couldn't be acknowledged within Discord's 3 s (10062, 50027)."""
    closed_too_late = "closed_too_late"
    """The reply couldn't be delivered within 15 minutes."""
    closed_unconfirmed = "closed_unconfirmed"
    """Nobody knows whether a reply arrived, as when the process died in the middle; no reply is better than two."""
    closed_fault = "closed_fault"
    """A bug; the traceback is in the log."""

    @property
    def is_declined(self) -> bool:
        """Whether a stated rule is the reason for no answer."""
        return self.startswith("declined_")

    @property
    def is_closed(self) -> bool:
        """Whether something that happened is the reason for no answer."""
        return self.startswith("closed_")
