"""A message in the making, within Discord's limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

import discord

from bot.knowledge.model import Source

MAX_CONTENT = 2000
MIN_FIRST_PART = MAX_CONTENT // 3  # of a split text: it ends in the second half, minus blank lines
MAX_EMBED_TITLE = 256
MAX_EMBED_DESCRIPTION = 4096
MAX_EMBED_FIELD = 1024
MAX_EMBEDS_TOGETHER = 6000
MAX_LABEL = 80
MAX_OPTION = 100
MAX_CHOICES = 25
MAX_MENU_OPTIONS = 25
MAX_ROWS = 5
ROW_OF_OFFERS = 3  # below the links: each of up to three answers may have a row of them
LAST_ROW = 4
MAX_LINK = 512

COLOR = discord.Colour(0x3B6EA5)


@runtime_checkable
class DeletesParts(Protocol):
    """A button that deletes an answer, including the messages before its own if the answer is long."""

    def with_parts(self, parts: Sequence[int]) -> discord.ui.Item[Any]:
        """Return the same button for an answer whose earlier messages have these ids."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file to send with a message. Embeds show it where its `address` is that of their image."""

    name: str
    alt: str
    content: bytes = field(repr=False)

    @property
    def address(self) -> str:
        """What stands for the file in an embed."""
        return f"attachment://{self.name}"


@dataclass(frozen=True, slots=True)
class Page:
    """A message to send.

    Attributes:
        content: the text above the embeds.
        embeds: the message proper.
        plain: the same in plain text, for channels where embeds aren't allowed.
        topics: ids of the entries it answers with.
        items: the buttons and menus below.
        pictures: image files, which embeds show, and plain text has below it.
    """

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    plain: str = ""
    topics: tuple[str, ...] = ()
    items: tuple[discord.ui.Item[Any], ...] = ()
    pictures: tuple[Picture, ...] = ()

    def without_files(self) -> Page:
        """Return the same with words in place of image files, for channels where files aren't allowed."""
        alts = {picture.address: picture.alt for picture in self.pictures}
        return replace(self, embeds=tuple(_in_words(embed, alts) for embed in self.embeds), pictures=())

    def without_embeds(self) -> tuple[Page, ...]:
        """Return the same in plain text: one message if it fits, or several with the buttons below the last."""
        *first, last = _split(self.plain or self.content, MAX_CONTENT)
        return (*map(Page, first), replace(self, content=last, embeds=(), plain=""))

    def after(self, parts: Sequence[int]) -> Page:
        """Return the last message of a long answer, with buttons that also delete the messages before it."""
        if not parts:
            return self
        items = (item.with_parts(parts) if isinstance(item, DeletesParts) else item for item in self.items)
        return replace(self, items=tuple(items))

    def headed(self, head: str) -> Page:
        """Return the page below a line of text."""
        content = "\n".join(filter(None, [head, self.content]))
        plain = f"{head}\n{self.plain}" if self.plain else ""
        return replace(self, content=shorten(content, MAX_CONTENT), plain=plain)


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji in place of a message."""

    emoji: str


Reply = Page | Reaction


def render_failure() -> Page:
    """Say that the bot itself failed."""
    return Page(content="Something went wrong on my end. Please try again in a moment.")


def render_storage_away() -> Page:
    """Say that the database can't be reached."""
    return Page(content="I can't reach my database right now, so nothing has changed. Please try again later.")


def render_underway() -> Page:
    """Respond to a second click while the first is being handled."""
    return Page(content="I'm already on it. One moment, please.")


def render_gone_topic() -> Page:
    """Say that a button leads to an entry that no longer exists."""
    return Page(content="I no longer have an answer for that. Use `/faq` to see what I can answer.")


def render_gone_command() -> Page:
    """Say that a command no longer exists; Discord may show it for a while."""
    return Page(content="I no longer have this command. Use `/help` to see what I can do.")


def render_unknown_button() -> Page:
    """Say that a button isn't known."""
    return Page(content="I don't know this button anymore. Use `/faq` to see what I can answer.")


def render_answer_gone() -> Page:
    """Say that an answer has already been deleted."""
    return Page(content="This answer has already been deleted.")


def render_attribution(source: Source, limit: int = MAX_EMBED_FIELD) -> str:
    """Name a source, linked if the link fits."""
    linked = source.linked
    return linked if len(linked) <= limit else shorten(f"{source.publisher}, {source.title}", limit)


def shorten(text: str, limit: int) -> str:
    """Cut a text to a number of characters, at a nearby space if there is one, and mark the cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", int(limit * 0.8))
    return (cut[:space] if space > 0 else cut).rstrip() + "…"


def whole_lines(text: str, limit: int) -> str:
    """Drop the last lines of a text that is too long, and mark the cut."""
    if len(text) <= limit:
        return text
    return text[: text.rfind("\n", 0, limit - 1) + 1] + "…"


def image_in_words(alt: str) -> tuple[str, str]:
    """Return the heading and the text of what stands for an image."""
    return "Image", discord.utils.escape_markdown(alt)


def _in_words(embed: discord.Embed, alts: Mapping[str, str]) -> discord.Embed:
    """Let an embed say in words what its image shows, if that is one of these."""
    alt = alts.get(embed.image.url or "")
    if alt is None:
        return embed
    heading, text = image_in_words(alt)
    return embed.copy().set_image(url=None).add_field(name=heading, value=text, inline=False)


def _split(text: str, limit: int) -> Iterator[str]:
    """Split a text into messages: between paragraphs if one ends in the second half, else between lines or words."""
    while len(text) > limit:
        ends = (text.rfind(end, limit // 2, limit) for end in ("\n\n", "\n", " "))
        cut = next((end for end in ends if end > 0), limit)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    yield text
