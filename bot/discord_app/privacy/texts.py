"""Say what is kept about people, for how long, and how to delete it."""

from __future__ import annotations

from bot.discord_app.page import Card, Page
from bot.storage import direct_channels, handoffs
from bot.storage.unanswered import KEPT_FOR

_QUESTIONS = f"""\
- **Questions I couldn't answer**, where you picked no suggestion, or whose answer was voted down, if you asked in a \
server (also with `/ask`): for {KEPT_FOR.days} days, so that people can write the missing answers. I try to remove \
mentions, your names, email addresses, links, phone numbers, and anything that looks like a password. Instead of your \
ID, I keep a keyed hash, which lets me find your questions when you want them deleted. Moderators who can see the \
channel can read the text, and so can the people who run me.
- **Some of these in a weekly digest**, in a channel that moderators chose, if everyone who can see that channel can \
read your question anyway. When the question is deleted, I take it out of the digest.\
"""
_NO_QUESTIONS = "- **No text of any question**: the people who run me turned that off (`QUESTION_TEXT=off`)."
_KEPT_BESIDES = f"""\
- **Your votes**, under a different keyed hash: on a message until it's deleted, and on the answer in it until I leave \
the server, so that you have one vote.
- **That you sent me a DM**, when you last did and in which channel, under a third keyed hash, for \
{direct_channels.KEPT_FOR.days} days: Discord doesn't tell me which DMs I missed while offline.
- **That your question was passed on to a human**, where, and when, under a fourth keyed hash, for \
{handoffs.KEPT_FOR.days} days.
- **What I last answered you** in a channel, not what you asked: for 5 minutes, in memory only, so that you can ask \
for more.
- **Daily counts** of questions, answers, and votes, which don't say who asked or voted.
- **What moderators teach me**, which stays with their server. Moderators see who taught it until that person uses \
`/forget-me`. Drafts are kept for a day.
- What moderators set for their server, which of my posts they can update, and for 60 days what each weekly digest \
counted.
I never keep the text of a DM, or of a message that isn't for me, or anything from servers I'm not in.\
"""
_DELETED = """\
- `/forget-me` deletes your questions, votes, hand-offs, and drafts in all servers right away, and forgets that you \
sent me a DM and what you taught me.
"""
_DELETED_BESIDES = f"""\
- Delete your message, and I delete the question. If you used `/ask` in public, delete my answer. If a channel is \
deleted, so are its questions. I don't hear about deletions while I'm offline. For those, use `/forget-me`, or wait \
{KEPT_FOR.days} days.
"""
_LEAVING = "- When I'm removed from a server, I delete everything about it."


def render_privacy(*, keeps_text: bool) -> Page:
    """Say what is kept; `keeps_text` says whether unanswered questions are."""
    questions = _QUESTIONS if keeps_text else _NO_QUESTIONS
    deleted_besides = _DELETED_BESIDES if keeps_text else ""
    kept, deleted = f"{questions}\n{_KEPT_BESIDES}", f"{_DELETED}{deleted_besides}{_LEAVING}"
    return Page(cards=(Card(title="What I keep", text=kept), Card(title="How to delete it", text=deleted)))


def render_forgotten(*, questions: int, votes: int, taught: int) -> Page:
    """Confirm that a person's questions and votes were deleted, and say how many.

    `taught` counts what they taught, which stays without their name, and their drafts.
    """
    if not (questions or votes or taught):
        return Page(content="I wasn't keeping any questions or votes from you.")
    kept = f"Deleted {_counted(questions, 'question')} and {_counted(votes, 'vote')} from you, in all servers."
    forgotten = " I also forgot what you taught me; servers keep it without your name." if taught else ""
    return Page(content=kept + forgotten)


def render_not_all_forgotten() -> Page:
    """Say that the database went away before everything was deleted."""
    return Page(
        content="I can't reach my database right now, so some of your data isn't deleted yet. Please use "
        "`/forget-me` again later."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
