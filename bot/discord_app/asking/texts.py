"""What members read besides answers: help, limits, and where the bot answers."""

from __future__ import annotations

from collections.abc import Iterable

from bot.discord_app.page import MAX_CONTENT, Card, Page, Reaction, shorten
from bot.discord_app.permissions import permission_name, who_can_grant
from bot.knowledge.model import KnowledgeBase
from bot.language.formats import listing, sentences
from bot.language.speech import _

MAX_CHANNELS_NAMED = 10

TOO_MANY_QUESTIONS = Reaction("⏳")
ANSWERS_ELSEWHERE = Reaction("🔇")


def render_help(knowledge: KnowledgeBase) -> Page:
    """Say what the bot is for and how to ask it."""
    lines = [
        sentences(_("I answer questions about **{name}**.", name=knowledge.name), knowledge.about or ""),
        "",
        _("- **Mention me** with your question, reply to one of my messages, or send me a DM."),
        _("- `/ask` suggests questions as you type. Only you see the answer, unless this server makes answers public."),
        _("- `/faq` lists everything I can answer."),
        _for_moderators(posts_jobs=knowledge.role is not None),
        _("- `/privacy` shows what I keep about you, and `/forget-me` deletes it."),
        "",
        _("People wrote and checked my answers. If I don't know something, I say so."),
    ]
    return Page(cards=(Card(title=_("How to ask me"), text="\n".join(lines)),))


def _for_moderators(*, posts_jobs: bool) -> str:
    if posts_jobs:
        return _(
            "- For moderators: `/jd` posts the job description, `/manage` has statistics and settings, and "
            "*Apps → {answer_this}* in a message's menu answers that message.",
            answer_this=_("Answer this"),
        )
    return _(
        "- For moderators: `/manage` has statistics and settings, and *Apps → {answer_this}* in a message's menu "
        "answers that message.",
        answer_this=_("Answer this"),
    )


def render_bare_call(name: str) -> Page:
    """Respond to a message that calls the bot but asks nothing; `name` is the knowledge's."""
    return Page(content=_("Ask me a question about {name}, or use `/faq` to see what I can answer.", name=name))


def render_hidden_text(mention: str) -> Page:
    """Respond to a message whose text Discord hides from the bot."""
    text = _("I can only read messages that mention me by name. Please ask again: {mention} …", mention=mention)
    return Page(content=text)


def render_hidden_quote() -> Page:
    """Respond to a reply that points the bot to somebody else's message, which it can't read."""
    return Page(content=_("I can't read the message you replied to. Please put the question in your own message."))


def posted_for(person_id: int) -> str:
    """Return a small line that says who had an answer posted."""
    return "-# " + _("Posted for <@{person}>", person=person_id)


def render_too_many_questions() -> Page:
    """Refuse a command from somebody who asks too often."""
    return Page(content=_("That's a lot of questions. Try again in a minute."))


def render_may_not_write(*, in_thread: bool) -> Page:
    """Say which permission somebody lacks to post."""
    permission = permission_name("send_messages_in_threads" if in_thread else "send_messages")
    needed = _("You need the **{permission}** permission to post here.", permission=permission)
    return Page(content=sentences(needed, who_can_grant()))


def render_said_already(page: Page, address: str) -> Page:
    """Link an answer that was just given. Remarks about the rest of the message stay."""
    said = _("I just answered that here: {address}", address=address)
    remark = f"{shorten(page.content, MAX_CONTENT - len(said) - 1)}\n" if page.content else ""
    return Page(content=f"{remark}{said}")


def render_elsewhere(channels: Iterable[int]) -> Page:
    """Say in which channels the bot answers mentions."""
    ids = sorted(channels)
    if not ids:
        return Page(content=_("I don't answer messages in this server, but `/ask` works everywhere."))
    named = [f"<#{id_}>" for id_ in ids[:MAX_CHANNELS_NAMED]]
    if len(ids) > MAX_CHANNELS_NAMED:
        named.append(_("some others"))
    where = listing(named)
    return Page(content=_("I don't answer messages here, only in {channels}. `/ask` works everywhere.", channels=where))
