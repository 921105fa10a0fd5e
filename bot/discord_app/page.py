"""What an outcome looks like on Discord. The one place that knows Discord's limits and wording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.answering import Answer, Answered, Outcome, Suggested, Unanswered
from bot.knowledge.model import Entry, OffTopic, Source

MAX_CONTENT = 2000
MIN_FIRST_PART = MAX_CONTENT // 3  # of a text that is parted in its second half, less blank lines there
MAX_EMBED_TITLE = 256
MAX_EMBED_DESCRIPTION = 4096
MAX_EMBED_FIELD = 1024
MAX_EMBEDS_TOGETHER = 6000
MAX_LABEL = 80
MAX_OPTION = 100
MAX_CHOICES = 25
MAX_MENU_OPTIONS = 25
MAX_ROWS = 5
MAX_LINK = 512

COLOR = discord.Colour(0x3B6EA5)


@dataclass(frozen=True, slots=True)
class TopicLink:
    """A button or an option that answers with a topic; one of a suggestion turns the suggestion into the answer.

    A suggestion that stands in public has an `owner_id`: who asked.
    """

    topic_id: str
    label: str
    is_suggestion: bool = False
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A message to be.

    `plain` says the same as the embeds where those aren't allowed. Below stand buttons, menus to pick a topic from,
    and a link to an address. `topics` are the ids of what it answers.
    """

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    plain: str = ""
    links: tuple[TopicLink, ...] = ()
    menus: tuple[tuple[TopicLink, ...], ...] = ()
    url: str | None = None
    topics: tuple[str, ...] = ()
    items: tuple[discord.ui.Item[Any], ...] = ()
    """Further buttons and menus, as the module that knows what they do has made them."""

    def without_embeds(self) -> tuple[Page, ...]:
        """Return the same in plain text: one message if it fits, else several, the buttons below the last."""
        *first, last = _parts(self.plain or self.content, MAX_CONTENT)
        return (*map(Page, first), replace(self, content=last, embeds=(), plain=""))


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji in place of a message."""

    emoji: str


Reply = Page | Reaction


def render(outcome: Outcome) -> Reply:
    """Return what to say about an outcome."""
    match outcome:
        case Answered():
            return render_answers(outcome)
        case Suggested():
            return _suggested(outcome)
        case Unanswered(off_topic=OffTopic(reaction=str(emoji))):
            return Reaction(emoji)
        case Unanswered(off_topic=OffTopic() as subject):
            return Page(content=_refusal(subject))
        case Unanswered(decisions=()):
            return Page(content="I see no question in that. `/faq` lists what I know.")
        case Unanswered():
            return Page(content="I don't know the answer to that. `/faq` lists what I know.")


def render_answer(answer: Answer) -> Page:
    """Return one answer by itself."""
    return render_answers(Answered((answer,), confidence=1.0, decisions=()))


def render_topics(entries: Sequence[Entry]) -> Page:
    """Return the list of what the bot can answer."""
    head = "These are the questions I can answer. Pick one below.\n"
    text = "\n".join([head, *(f"- {entry.question}" for entry in entries)])
    embed = discord.Embed(title="What I know", description=whole_lines(text, MAX_EMBED_DESCRIPTION), colour=COLOR)
    options = tuple(TopicLink(entry.id, shorten(entry.question, MAX_OPTION)) for entry in entries)
    menus = tuple(options[start : start + MAX_MENU_OPTIONS] for start in range(0, len(options), MAX_MENU_OPTIONS))
    return Page(embeds=(embed,), plain=whole_lines(text, MAX_CONTENT), menus=menus[:MAX_ROWS])


def render_choices(entries: Iterable[Entry]) -> tuple[TopicLink, ...]:
    """Return what to suggest while somebody types. Discord refuses two choices that read the same."""
    choices: dict[str, TopicLink] = {}
    for entry in entries:
        label = shorten(entry.question, MAX_OPTION)
        choices.setdefault(label, TopicLink(entry.id, label))
    return tuple(choices.values())[:MAX_CHOICES]


def render_help(role: str) -> Page:
    """Return what the bot is for and how to ask it."""
    text = (
        f"I answer questions about the **{role}** role.\n\n"
        "- **Mention me** with your question, reply to one of my messages, or write to me directly.\n"
        "- `/ask` suggests questions while you type and answers just for you, unless your server wants it public.\n"
        "- `/faq` lists everything I know.\n"
        "- For moderators: `/jd` posts the job description, `/manage` has numbers and settings, and *Apps → Answer "
        "this* in the menu of a message answers it.\n"
        "- `/privacy` shows what I keep about you, and `/forget-me` deletes it.\n\n"
        "I answer from texts that people wrote and checked. When I don't know something, I say so."
    )
    embed = discord.Embed(title="How to ask me", description=text, colour=COLOR)
    return Page(embeds=(embed,), plain=text)


def render_bare_call(role: str) -> Page:
    """Return what to say to somebody who calls the bot and asks nothing."""
    return Page(content=f"Ask me a question about the {role} role, or see with `/faq` what I know.")


def render_hidden_text(mention: str) -> Page:
    """Return what to say about a message whose text Discord keeps from the bot."""
    return Page(content=f"Discord shows me a message only if it mentions me by name, so please ask again: {mention} …")


def render_hidden_quote() -> Page:
    """Return what to say to somebody who calls the bot to somebody else's message, which it can't see."""
    return Page(content="I can't see the message that you replied to, so please put the question into your own.")


def render_failure() -> Page:
    """Return what to say when the bot itself is at fault."""
    return Page(content="Something went wrong on my side. Please try again in a moment.")


def render_storage_away() -> Page:
    """Return what to say when something would have to be looked up or kept, and the database can't be used."""
    return Page(content="My database can't be reached right now, so nothing has changed. Please try again later.")


def render_gone_topic() -> Page:
    """Return what to say when a button leads to a topic that isn't there any more."""
    return Page(content="I don't have this topic any more. `/faq` lists what I know now.")


def shorten(text: str, limit: int) -> str:
    """Cut a text to a number of characters, at a space if there is one near, and show that it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", int(limit * 0.8))
    return (cut[:space] if space > 0 else cut).rstrip() + "…"


def render_answers(outcome: Answered) -> Page:
    """Return the answers, below a remark on what the message asks besides."""
    remarks = [_refusal(subject) for subject in outcome.declined if subject.reaction is None]
    if outcome.suggestions:
        remarks.append("About the rest I'm not sure. Perhaps one of the buttons leads on.")
    remark = "\n".join(remarks)
    addresses = [answer.entry.link for answer in outcome.answers if answer.entry.link]
    return Page(
        content=shorten(remark, MAX_CONTENT),
        embeds=_embeds(outcome.answers),
        plain="\n\n".join(filter(None, [remark, *map(_plain, outcome.answers)])),
        links=_links(outcome.offers),
        url=next((address for address in addresses if len(address) <= MAX_LINK), None),
        topics=tuple(answer.entry.id for answer in outcome.answers),
    )


def _suggested(outcome: Suggested) -> Page:
    links = tuple(replace(link, is_suggestion=True) for link in _links(outcome.entries))
    return Page(content="I'm not sure what you mean. Did you mean one of these?", links=links)


def _links(entries: Iterable[Entry]) -> tuple[TopicLink, ...]:
    return tuple(TopicLink(entry.id, shorten(entry.question, MAX_LABEL)) for entry in entries)


def _refusal(subject: OffTopic) -> str:
    return subject.reply or f"I have nothing on {subject.name}."


def _embeds(answers: Sequence[Answer]) -> tuple[discord.Embed, ...]:
    """Return an embed for each answer; of answers too long for one message, the longest are cut."""
    bare = [_embed_without_text(answer) for answer in answers]
    room = MAX_EMBEDS_TOGETHER - sum(map(len, bare))
    shares = _fair_shares([len(answer.entry.answer) for answer in answers], room)
    for embed, answer, share in zip(bare, answers, shares, strict=True):
        embed.description = shorten(answer.entry.answer, min(share, MAX_EMBED_DESCRIPTION))
    return tuple(bare)


def _embed_without_text(answer: Answer) -> discord.Embed:
    embed = discord.Embed(title=shorten(answer.entry.question, MAX_EMBED_TITLE), colour=COLOR)
    where = f"\n{answer.entry.source_section}"
    source = render_attribution(answer.source, MAX_EMBED_FIELD - len(where))
    return embed.add_field(name="Source", value=source + where, inline=False)


def _fair_shares(lengths: Sequence[int], room: int) -> list[int]:
    """Return how long each text may be for all to fit: what a short one leaves over, the long ones share."""
    shares = [0] * len(lengths)
    by_length = sorted(range(len(lengths)), key=lengths.__getitem__)
    for done, index in enumerate(by_length):
        shares[index] = min(lengths[index], room // (len(lengths) - done))
        room -= shares[index]
    return shares


def _plain(answer: Answer) -> str:
    source = f"-# Source: {render_attribution(answer.source)} ({answer.entry.source_section})"
    return f"**{answer.entry.question}**\n{answer.entry.answer}\n{source}"


def render_attribution(source: Source, limit: int = MAX_EMBED_FIELD) -> str:
    """Name a source, with its address if that fits; cut, a link would be none."""
    if source.url:
        title = source.title.replace("[", "(").replace("]", ")")
        address = source.url.replace("(", "%28").replace(")", "%29")
        linked = f"{source.publisher}, [{title}](<{address}>)"
        if len(linked) <= limit:
            return linked
    return shorten(f"{source.publisher}, {source.title}", limit)


def whole_lines(text: str, limit: int) -> str:
    """Leave out the lines at the end that are too many, and show it."""
    if len(text) <= limit:
        return text
    return text[: text.rfind("\n", 0, limit - 1) + 1] + "…"


def _parts(text: str, limit: int) -> Iterator[str]:
    """Part a text into messages: between paragraphs if one ends in the second half, else between lines or words."""
    while len(text) > limit:
        ends = (text.rfind(end, limit // 2, limit) for end in ("\n\n", "\n", " "))
        cut = next((end for end in ends if end > 0), limit)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    yield text
