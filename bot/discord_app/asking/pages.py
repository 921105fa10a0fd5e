"""What members read beside the answers: limits, votes, refusals, and where the bot answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.discord_app.page import MAX_CONTENT, Page, Reaction, shorten

MAX_CHANNELS_NAMED = 10

TOO_MANY_QUESTIONS = Reaction("⏳")
ANSWERS_ELSEWHERE = Reaction("🔇")


def render_too_many_questions() -> Page:
    """Return what to say by command to somebody who asks too much."""
    return Page(content="These are many questions at once. Please wait a minute before you ask me more.")


def render_said_already(page: Page, address: str) -> Page:
    """Return what to say in place of an answer that has just been given; remarks on the rest of the message stay."""
    said = f"I have just answered that here: {address}"
    remark = f"{shorten(page.content, MAX_CONTENT - len(said) - 1)}\n" if page.content else ""
    return Page(content=f"{remark}{said}")


def render_elsewhere(channels: Iterable[int]) -> Page:
    """Return where the bot answers messages, to say where it doesn't."""
    ids = sorted(channels)
    if not ids:
        return Page(content="In this server I answer no messages, but `/ask` answers you anywhere.")
    named = ", ".join(f"<#{id_}>" for id_ in ids[:MAX_CHANNELS_NAMED])
    more = " and some more" if len(ids) > MAX_CHANNELS_NAMED else ""
    return Page(content=f"I don't answer messages here, but in {named}{more}. `/ask` answers you anywhere.")


def render_vote_counted(*, helpful: bool) -> Page:
    """Return what to say about a vote, be it the first, a changed one or the same again."""
    mine, other = ("👍", "👎") if helpful else ("👎", "👍")
    return Page(content=f"Thanks, your {mine} is counted. You can change it with {other}.")


def render_being_chosen() -> Page:
    """Return what to say to whoever clicks on a suggestion that is turning into an answer already."""
    return Page(content="This is turning into an answer at this moment.")


def render_answer_gone() -> Page:
    """Return what to say about an answer that has been deleted meanwhile."""
    return Page(content="This answer has been deleted already.")


def render_not_the_asker() -> Page:
    """Return what to say to somebody who may not delete an answer."""
    return Page(
        content="Only the person who asked can delete this, or somebody with **Manage Messages**, which somebody with "
        "Manage Roles can grant."
    )


def render_not_the_author() -> Page:
    """Return what to say to somebody who may not remove the automatic answer to a forum post."""
    return Page(
        content="Only the author of this post can remove the answer, or somebody with **Manage Messages**, which "
        "somebody with Manage Roles can grant."
    )


def render_may_not_write(*, in_thread: bool) -> Page:
    """Return what to say to somebody who wants to post where they may not write."""
    permission = "Send Messages in Threads" if in_thread else "Send Messages"
    return Page(
        content=f"You may not post here: you lack **{permission}**, which somebody with Manage Roles can grant."
    )


def render_posted_for(page: Page, mention: str) -> Page:
    """Return an answer as it is posted for everybody, with the name of the person who wanted that."""
    return _headed(page, f"-# Posted for {mention}")


def render_automatic(page: Page) -> Page:
    """Return an answer as it is given unasked below a forum post."""
    return _headed(page, "-# An automatic answer to the title of this post")


def _headed(page: Page, head: str) -> Page:
    content = "\n".join(filter(None, [head, page.content]))
    return replace(page, content=shorten(content, MAX_CONTENT), plain=f"{head}\n{page.plain}")
