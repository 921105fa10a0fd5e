"""Say what is kept about people, for how long, and how to have it deleted."""

from __future__ import annotations

from bot.discord_app.page import Page
from bot.storage import direct_channels
from bot.storage.unanswered import KEPT_FOR

_QUESTIONS = f"""\
- **Questions that I couldn't answer**, or whose answer was voted down, if you asked me in a server (by `/ask`, too): \
for {KEPT_FOR.days} days, so that people can write what is missing. I take out mentions, your names, e-mail addresses, \
links, phone numbers and what looks like a password, as far as I recognise them. Who asked is kept only as a keyed \
code, by which I find your questions when you want them deleted. The text is seen by moderators of that server who can \
see the channel, and by whoever runs me.\
"""
_NO_QUESTIONS = "- **No text of any question**: whoever runs me has switched that off (`QUESTION_TEXT=off`)."
_KEPT_BESIDES = f"""\
- **Your votes** on answers, under another keyed code, until the answer is deleted or I leave the server.
- **That you wrote to me directly**, when last and in which channel, under a third keyed code, for \
{direct_channels.KEPT_FOR.days} days: Discord doesn't tell me what you asked there while I was away.
- **Counts** of what was asked, answered and voted each day, which tell nothing about who did it.
- What moderators set for their server, and where I posted the job description.
No text of a direct message is kept, and none of a message that doesn't speak to me.

**How to have it deleted**
- `/forget-me` deletes your questions and votes in all servers at once, and forgets that you wrote to me directly.
"""
_DELETED_BESIDES = f"""\
- Delete your message, and the question goes with it; if you asked by `/ask` in public, delete my answer. A deleted \
channel takes its questions along. While I'm switched off Discord tells me of neither: then `/forget-me` or the \
{KEPT_FOR.days} days do it.
"""
_LEAVING = "- When I'm removed from a server, everything about it is deleted."


def render_privacy(*, keeps_text: bool) -> Page:
    """Return what is kept here; `keeps_text` says whether unanswered questions are."""
    questions = _QUESTIONS if keeps_text else _NO_QUESTIONS
    deleted_besides = _DELETED_BESIDES if keeps_text else ""
    return Page(content=f"**What I keep**\n{questions}\n{_KEPT_BESIDES}{deleted_besides}{_LEAVING}")


def render_forgotten(*, questions: int, votes: int) -> Page:
    """Return the confirmation that a person's questions and votes are deleted, and how many they were."""
    if not (questions or votes):
        return Page(content="I kept no question and no vote of yours.")
    kept = f"{_counted(questions, 'question')} and {_counted(votes, 'vote')}"
    return Page(content=f"I have deleted what I kept of yours, in all servers: {kept}.")


def render_not_all_forgotten() -> Page:
    """Return what to say when the database is away before everything is deleted."""
    return Page(
        content="My database can't be reached right now, so not everything of yours is deleted yet. Please use "
        "`/forget-me` again later."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
