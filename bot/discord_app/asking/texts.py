"""What members read besides answers: help, limits, and where the bot answers."""

from __future__ import annotations

from collections.abc import Iterable

from bot.discord_app.page import MAX_CONTENT, Card, Page, Reaction, shorten
from bot.discord_app.permissions import GRANT
from bot.knowledge.model import KnowledgeBase

MAX_CHANNELS_NAMED = 10

TOO_MANY_QUESTIONS = Reaction("⏳")
ANSWERS_ELSEWHERE = Reaction("🔇")


def render_help(knowledge: KnowledgeBase) -> Page:
    """Say what the bot is for and how to ask it."""
    about = f" {knowledge.about}" if knowledge.about else ""
    posting = "`/jd` posts the job description, " if knowledge.role else ""
    text = (
        f"I answer questions about **{knowledge.name}**.{about}\n\n"
        "- **Mention me** with your question, reply to one of my messages, or send me a DM.\n"
        "- `/ask` suggests questions as you type. Only you see the answer, unless this server makes answers public.\n"
        "- `/faq` lists everything I can answer.\n"
        f"- For moderators: {posting}`/manage` has statistics and settings, and *Apps → Answer this* in a message's "
        "menu answers that message.\n"
        "- `/privacy` shows what I keep about you, and `/forget-me` deletes it.\n\n"
        "People wrote and checked my answers. If I don't know something, I say so."
    )
    return Page(cards=(Card(title="How to ask me", text=text),))


def render_bare_call(name: str) -> Page:
    """Respond to a message that calls the bot but asks nothing; `name` is the knowledge's."""
    return Page(content=f"Ask me a question about {name}, or use `/faq` to see what I can answer.")


def render_hidden_text(mention: str) -> Page:
    """Respond to a message whose text Discord hides from the bot."""
    return Page(content=f"I can only read messages that mention me by name. Please ask again: {mention} …")


def render_hidden_quote() -> Page:
    """Respond to a message that calls the bot to somebody else's message, which the bot can't read."""
    return Page(content="I can't read the message you replied to. Please put the question in your own message.")


def render_too_many_questions() -> Page:
    """Turn away a command from somebody who asks too much."""
    return Page(content="That's a lot of questions. Try again in a minute.")


def render_may_not_write(*, in_thread: bool) -> Page:
    """Say which permission somebody lacks to post."""
    permission = "Send Messages in Threads" if in_thread else "Send Messages"
    return Page(content=f"You need the **{permission}** permission to post here. {GRANT}")


def render_said_already(page: Page, address: str) -> Page:
    """Link an answer that was just given. Remarks about the rest of the message stay."""
    said = f"I just answered that here: {address}"
    remark = f"{shorten(page.content, MAX_CONTENT - len(said) - 1)}\n" if page.content else ""
    return Page(content=f"{remark}{said}")


def render_elsewhere(channels: Iterable[int]) -> Page:
    """Say in which channels the bot answers mentions."""
    ids = sorted(channels)
    if not ids:
        return Page(content="I don't answer messages in this server, but `/ask` works everywhere.")
    named = ", ".join(f"<#{id_}>" for id_ in ids[:MAX_CHANNELS_NAMED])
    more = " and some others" if len(ids) > MAX_CHANNELS_NAMED else ""
    return Page(content=f"I don't answer messages here, only in {named}{more}. `/ask` works everywhere.")
