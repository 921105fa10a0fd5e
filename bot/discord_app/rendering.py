"""What an outcome looks like on Discord. The one place that knows Discord's limits and wording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import discord

from bot.answering import Answer, Answered, Outcome, Suggested, Unanswered
from bot.job_description import as_markdown
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, Source

max_content = 2000
max_embed_title = 256
max_embed_description = 4096
max_embed_field = 1024
max_embeds_together = 6000
max_label = 80
max_choice = 100
max_choices = 25
max_select_options = 25
max_rows = 5

colour = discord.Colour(0x3B6EA5)


@dataclass(frozen=True, slots=True)
class TopicLink:
    """A button that answers with a topic; one of a suggestion turns the suggestion into the answer."""

    topic_id: str
    label: str
    is_suggestion: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A message to be.

    `plain` says the same as the embeds where those aren't allowed. Below stand buttons, menus to pick a topic from,
    and a link to an address.
    """

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    plain: str = ""
    links: tuple[TopicLink, ...] = ()
    menus: tuple[tuple[TopicLink, ...], ...] = ()
    url: str | None = None

    def without_embeds(self) -> Page:
        """Return the same message in plain text."""
        return replace(self, content=shorten(self.plain or self.content, max_content), embeds=(), plain="")


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji in place of a message."""

    emoji: str


Reply = Page | Reaction


def render(outcome: Outcome) -> Reply:
    """Return what to say about an outcome."""
    match outcome:
        case Answered():
            return _answered(outcome)
        case Suggested():
            return _suggested(outcome)
        case Unanswered(off_topic=OffTopic(reaction=str(emoji))):
            return Reaction(emoji)
        case Unanswered():
            return _unanswered(outcome)


def render_answer(answer: Answer) -> Page:
    """Return one answer by itself."""
    return Page(
        embeds=(_embed(answer),),
        plain=_plain(answer),
        links=_links(answer.related),
        url=answer.entry.link,
    )


def render_job_description(knowledge: KnowledgeBase) -> Page:
    """Return the job description of the role."""
    text = as_markdown(knowledge.role)
    embed = discord.Embed(description=shorten(text, max_embed_description), colour=colour)
    embed.add_field(name="Source", value=_attribution(knowledge.source), inline=False)
    return Page(embeds=(embed,), plain=f"{text}\n\n-# Source: {_attribution(knowledge.source)}")


def render_topics(entries: Sequence[Entry]) -> Page:
    """Return the list of what the bot can answer."""
    lines = "\n".join(f"- {entry.question}" for entry in entries)
    text = f"These are the questions I can answer. Pick one below.\n\n{lines}"
    embed = discord.Embed(title="What I know", description=shorten(text, max_embed_description), colour=colour)
    links = _links(entries)
    menus = tuple(links[start : start + max_select_options] for start in range(0, len(links), max_select_options))
    return Page(embeds=(embed,), plain=text, menus=menus[:max_rows])


def render_help(role: str) -> Page:
    """Return what the bot is for and how to ask it."""
    text = (
        f"I answer questions about the role of a {role}.\n\n"
        "- **Mention me** with your question, reply to one of my messages, or write to me directly.\n"
        "- `/ask` answers just for you and suggests questions while you type.\n"
        "- `/faq` lists everything I know.\n"
        "- `/jd` posts the job description (for moderators).\n\n"
        "I answer from texts that people wrote and checked. When I don't know something, I say so."
    )
    embed = discord.Embed(title="How to ask me", description=text, colour=colour)
    return Page(embeds=(embed,), plain=text)


def render_bare_mention(role: str) -> Page:
    """Return what to say to somebody who mentions the bot and asks nothing."""
    return Page(content=f"Ask me something about the role of a {role}, for instance what one does all day.")


def render_unreadable() -> Page:
    """Return what to say to a reply or mention whose text Discord keeps from the bot."""
    return Page(content="I can't see that text. Put your question into a message that mentions me, please.")


def render_failure() -> Page:
    """Return what to say when the bot itself is at fault."""
    return Page(content="Something went wrong on my side. Please try again in a moment.")


def render_gone_topic() -> Page:
    """Return what to say when a button leads to a topic that isn't there any more."""
    return Page(content="I don't have this topic any more. `/faq` lists what I know now.")


def label(text: str, limit: int = max_label) -> str:
    """Shorten a text for a button, a choice or an option."""
    return shorten(text, limit)


def shorten(text: str, limit: int) -> str:
    """Cut a text to a number of characters, at a space if there is one near, and show that it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", int(limit * 0.8))
    return (cut[:space] if space > 0 else cut).rstrip() + "…"


def _answered(outcome: Answered) -> Page:
    pages = [render_answer(answer) for answer in outcome.answers]
    embeds = _fitting(embed for page in pages for embed in page.embeds)
    declined = "\n".join(_refusal(subject) for subject in outcome.declined if subject.reaction is None)
    shown = {answer.entry.id for answer in outcome.answers}
    links = {link.topic_id: link for page in pages for link in page.links if link.topic_id not in shown}
    return Page(
        content=shorten(declined, max_content),
        embeds=tuple(embeds),
        plain="\n\n".join(filter(None, [*(page.plain for page in pages), declined])),
        links=tuple(links.values())[:3],
        url=next((page.url for page in pages if page.url), None),
    )


def _suggested(outcome: Suggested) -> Page:
    links = tuple(TopicLink(entry.id, label(entry.question), is_suggestion=True) for entry in outcome.entries)
    return Page(content="I'm not sure what you mean. Did you mean one of these?", links=links)


def _unanswered(outcome: Unanswered) -> Page:
    if outcome.off_topic is not None:
        return Page(content=_refusal(outcome.off_topic))
    return Page(content="I don't know the answer to that. `/faq` lists what I know.")


def _refusal(subject: OffTopic) -> str:
    return subject.reply or f"I have nothing on {subject.name}."


def _embed(answer: Answer) -> discord.Embed:
    embed = discord.Embed(
        title=shorten(answer.entry.question, max_embed_title),
        description=shorten(answer.entry.answer, max_embed_description),
        colour=colour,
    )
    source = f"{_attribution(answer.source)}\n{answer.entry.source_section}"
    return embed.add_field(name="Source", value=shorten(source, max_embed_field), inline=False)


def _plain(answer: Answer) -> str:
    source = f"\n-# Source: {_attribution(answer.source)} ({answer.entry.source_section})"
    head = f"**{answer.entry.question}**\n"
    return head + shorten(answer.entry.answer, max_content - len(head) - len(source)) + source


def _attribution(source: Source) -> str:
    title = f"[{source.title}](<{source.url}>)" if source.url else source.title
    return f"{source.publisher}, {title}"


def _links(entries: Iterable[Entry]) -> tuple[TopicLink, ...]:
    return tuple(TopicLink(entry.id, label(entry.question)) for entry in entries)


def _fitting(embeds: Iterable[discord.Embed]) -> Iterable[discord.Embed]:
    """Yield embeds as long as Discord takes them together in one message."""
    total = 0
    for embed in embeds:
        total += len(embed)
        if total > max_embeds_together:
            return
        yield embed
