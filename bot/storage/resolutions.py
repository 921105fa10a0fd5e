"""The closed list of what can become of a question that is put to the bot."""

from __future__ import annotations

from enum import StrEnum


class Face(StrEnum):
    """Where a question comes from."""

    mention = "mention"  # in a server: a mention of the bot or a reply to it
    direct = "direct"  # in a direct message
    post = "post"  # the title of a forum post, which nobody puts to the bot
    interaction = "interaction"  # a command, a button or a menu


class Fate(StrEnum):
    """What became of a question. docs/delivery.md says the same for people; a test holds the two together."""

    answered = "answered"
    """A reply has arrived: an answer, near questions to choose from, or that nothing is known."""

    declined_too_many = "declined_too_many"
    """Somebody asked more within a minute than one person may: a reaction says so, or a private sentence."""
    declined_elsewhere = "declined_elsewhere"
    """The bot doesn't answer in this channel: a reaction or a sentence says where it does."""
    declined_unavailable = "declined_unavailable"
    """A command or a click needs the database, which can't be used now: a sentence says so."""
    declined_courtesy = "declined_courtesy"
    """A thank-you, which a reaction returns."""

    closed_not_allowed = "closed_not_allowed"
    """The bot may not write or react there (403; 50001, 50013)."""
    closed_gone = "closed_gone"
    """The question, its thread or its channel has been deleted meanwhile (404; 10003, 10008)."""
    closed_refused = "closed_refused"
    """Discord refuses the reply for another reason, which the log names."""
    closed_expired = "closed_expired"
    """An interaction could not be acknowledged within Discord's 3 s (10062, 50027)."""
    closed_too_late = "closed_too_late"
    """The reply could not be brought to Discord within 15 minutes."""
    closed_unconfirmed = "closed_unconfirmed"
    """Whether a reply arrived can't be found out, as when a process died while it replied: better none than two."""
    closed_fault = "closed_fault"
    """A fault of the bot's own, whose traceback is in the log."""

    @property
    def is_declined(self) -> bool:
        """Whether a stated rule is the reason that there is no answer."""
        return self.startswith("declined_")

    @property
    def is_closed(self) -> bool:
        """Whether something that happened is the reason that there is no answer."""
        return self.startswith("closed_")
