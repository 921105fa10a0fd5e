"""Say what is kept about people, for how long, and how to delete it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.discord_app.page import Card, Page
from bot.language.formats import sentences
from bot.language.speech import _, ngettext
from bot.storage import digests, direct_channels, handoffs
from bot.storage.unanswered import KEPT_FOR


def render_privacy(*, keeps_text: bool) -> Page:
    """Say what is kept; `keeps_text` says whether unanswered questions are."""
    kept = [*(_questions() if keeps_text else [_no_questions()]), *_kept_besides()]
    never = _("I never keep the text of a DM, or of a message that isn't for me, or anything from servers I'm not in.")
    return Page(
        cards=(
            Card(title=_("What I keep"), text="\n".join([*_items(kept), never])),
            Card(title=_("How to delete it"), text="\n".join(_items(_ways_to_delete(keeps_text=keeps_text)))),
        )
    )


def render_forgotten(*, questions: int, votes: int, taught: int) -> Page:
    """Confirm that a person's questions and votes were deleted, and say how many.

    `taught` counts what they taught, which stays without their name, and their drafts.
    """
    if not (questions or votes or taught):
        return Page(content=_("I don't have any questions or votes of yours."))
    deleted = _(
        "Deleted {questions} and {votes} of yours, in all servers.",
        questions=_counted_questions(questions),
        votes=_counted_votes(votes),
    )
    forgotten = _("I also forgot what you taught me; servers keep it without your name.") if taught else ""
    return Page(content=sentences(deleted, forgotten))


def render_not_all_forgotten() -> Page:
    """Say that the database went away before everything was deleted."""
    return Page(
        content=_(
            "I can't reach my database right now, so some of your data isn't deleted yet. Please use `/forget-me` "
            "again later."
        )
    )


def _questions() -> Iterator[str]:
    yield _(
        "**Questions I couldn't answer**, where you picked no suggestion, or whose answer was voted down, if you asked "
        "in a server (also with `/ask`): for {days} days, so that people can write the missing answers. I try to "
        "remove mentions, your names, email addresses, links, phone numbers, and anything that looks like a password. "
        "Instead of your ID, I keep a keyed hash, which lets me find your questions when you want them deleted. "
        "Moderators who can see the channel can read the text, and so can the people who run me.",
        days=KEPT_FOR.days,
    )
    yield _(
        "**Some of these in a weekly digest**, in a channel that moderators chose, if everyone who can see that "
        "channel can read your question anyway. When the question is deleted, I take it out of the digest."
    )


def _no_questions() -> str:
    return _("**No text of any question**: the people who run me turned that off (`QUESTION_TEXT=off`).")


def _kept_besides() -> Iterator[str]:
    yield _(
        "**Your votes**, under a different keyed hash: on a message until it's deleted, and on the answer in it until "
        "I leave the server, so that you have one vote."
    )
    yield _(
        "**That you sent me a DM**, when you last did and in which channel, under a third keyed hash, for {days} days: "
        "Discord doesn't tell me which DMs I missed while offline.",
        days=direct_channels.KEPT_FOR.days,
    )
    yield _(
        "**That your question was passed on to a human**, where, and when, under a fourth keyed hash, for {days} days.",
        days=handoffs.KEPT_FOR.days,
    )
    yield _(
        "**What I last answered you** in a channel, not what you asked: for 5 minutes, in memory only, so that you can "
        "ask for more."
    )
    yield _("**Daily counts** of questions, answers, and votes, which don't say who asked or voted.")
    yield _(
        "**What moderators teach me**, which stays with their server. Moderators see who taught it until that person "
        "uses `/forget-me`. Drafts are kept for a day."
    )
    yield _(
        "What moderators set for their server, which of my posts they can update, and for {days} days what each weekly "
        "digest counted.",
        days=digests.KEPT_FOR.days,
    )


def _ways_to_delete(*, keeps_text: bool) -> Iterator[str]:
    yield _(
        "`/forget-me` deletes your questions, votes, hand-offs, and drafts in all servers right away, and forgets that "
        "you sent me a DM and what you taught me."
    )
    if keeps_text:
        yield _(
            "Delete your message, and I delete the question. If you used `/ask` in public, delete my answer. If a "
            "channel is deleted, so are its questions. I don't hear about deletions while I'm offline. For those, use "
            "`/forget-me`, or wait {days} days.",
            days=KEPT_FOR.days,
        )
    yield _("When I'm removed from a server, I delete everything about it.")


def _items(texts: Iterable[str]) -> Iterator[str]:
    return (f"- {text}" for text in texts)


def _counted_questions(count: int) -> str:
    return ngettext("{count} question", "{count} questions", count, count=count) if count else _("no questions")


def _counted_votes(count: int) -> str:
    return ngettext("{count} vote", "{count} votes", count, count=count) if count else _("no votes")
