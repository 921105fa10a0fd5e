"""A message in the making, within Discord's limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import discord

from bot.knowledge.model import Link, Source
from bot.language.graphemes import last_end
from bot.language.languages import ENGLISH, Language
from bot.language.speech import _
from bot.storage.errors import OutcomeUnknown, StorageUnavailable

MAX_CONTENT = 2000
MAX_CARD_TEXT = 4000  # of all texts together in a message with cards
MAX_LIST = 3500  # of a card that is a list, whose last lines are dropped
MAX_LABEL = 80
MAX_OPTION = 100
MAX_CHOICES = 25
MAX_MENU_OPTIONS = 25
MAX_LINK = 512
MAX_ATTRIBUTION = 600
ROW_OF_OFFERS = 3
LAST_ROW = 4

COLOR = discord.Colour(0x3B6EA5)
_FILE = "attachment://"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on the web, or a file to send along, which is the image at `attachment://` and its name."""

    address: str
    alt: str
    content: bytes | None = field(default=None, repr=False)

    @classmethod
    def file(cls, name: str, alt: str, content: bytes) -> Picture:
        """Return a file to send along."""
        return cls(f"{_FILE}{name}", alt, content)

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.address.removeprefix(_FILE)


@dataclass(frozen=True, slots=True)
class Card:
    """A framed part of a message, such as an answer, with what it has from top to bottom.

    Attributes:
        title: as plain text.
        text: as Discord's Markdown.
        picture: an image.
        lines: texts with a button beside each.
        items: buttons and menus, each in a row of its own.
        links: buttons that lead to addresses.
        source: where it comes from, as Discord's Markdown.
    """

    title: str = ""
    text: str = ""
    picture: Picture | None = None
    lines: tuple[tuple[str, discord.ui.Item[Any]], ...] = field(default=(), repr=False)
    items: tuple[discord.ui.Item[Any], ...] = field(default=(), repr=False)
    links: tuple[Link, ...] = ()
    source: str = ""

    @property
    def heading(self) -> str:
        """The title as Discord's Markdown."""
        return f"### {self.title}\n" if self.title else ""

    @property
    def footer(self) -> str:
        """The small line at the end."""
        if not self.source:
            return ""
        return "-# " + _("Source: {source}", source=self.source)


@dataclass(frozen=True, slots=True)
class Page:
    """A message to send: a plain one, or one with cards.

    Attributes:
        content: the text above the cards.
        cards: the message proper.
        topics: ids of the entries it answers with.
        language: the language that its answers are for.
        items: the buttons and menus below; if there are cards, texts may stand between them.
    """

    content: str = ""
    cards: tuple[Card, ...] = ()
    topics: tuple[str, ...] = ()
    items: tuple[discord.ui.Item[Any], ...] = ()
    language: Language = ENGLISH

    @property
    def files(self) -> tuple[Picture, ...]:
        """The files to send along."""
        return tuple(card.picture for card in self.cards if card.picture and card.picture.content is not None)

    def without_files(self) -> Page:
        """Return the same with words in place of files, for channels where files aren't allowed."""
        return replace(self, cards=tuple(_in_words(card) for card in self.cards))

    def headed(self, head: str) -> Page:
        """Return the page below a line of text."""
        return replace(self, content=shorten("\n".join(filter(None, [head, self.content])), MAX_CONTENT))


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji in place of a message."""

    emoji: str


Reply = Page | Reaction


def render_failure() -> Page:
    """Say that the bot itself failed."""
    return Page(content=_("Something went wrong on my end. Please try again in a moment."))


def render_storage_away(error: StorageUnavailable | None = None) -> Page:
    """Say that the database can't be reached, and that nothing has changed, if that's known."""
    if isinstance(error, OutcomeUnknown):
        unsure = _(
            "My database stopped responding, so I can't tell whether that was saved. Please check in a minute, and try "
            "again if it wasn't."
        )
        return Page(content=unsure)
    return Page(content=_("I can't reach my database right now, so nothing has changed. Please try again later."))


def render_underway() -> Page:
    """Respond to a second click while the first is being handled."""
    return Page(content=_("I'm already on it. One moment, please."))


def render_gone_topic() -> Page:
    """Say that a button leads to an entry that no longer exists."""
    return Page(content=_("I no longer have an answer for that. Use `/faq` to see what I can answer."))


def render_gone_command() -> Page:
    """Say that a command no longer exists; Discord may show it for a while."""
    return Page(content=_("I no longer have this command. Use `/help` to see what I can do."))


def render_not_here() -> Page:
    """Say that something works only in servers that the bot was added to."""
    return Page(
        content=_("I can't do that here, only in servers that I was added to. `/ask` and `/faq` work everywhere.")
    )


def render_unknown_button() -> Page:
    """Say that a button isn't known."""
    return Page(content=_("I don't know this button anymore. Use `/faq` to see what I can answer."))


def render_unknown_form() -> Page:
    """Say that a form isn't known."""
    return Page(content=_("I don't know this form anymore, so nothing has changed. Please start again."))


def render_answer_gone() -> Page:
    """Say that an answer has already been deleted."""
    return Page(content=_("This answer has already been deleted."))


def render_attribution(source: Source, limit: int = MAX_ATTRIBUTION) -> str:
    """Name a source, linked if the link fits."""
    linked = source.linked
    return linked if len(linked) <= limit else shorten(f"{source.publisher}, {source.title}", limit)


def shorten(text: str, limit: int) -> str:
    """Cut a text to a number of characters, at a nearby space if there is one, and mark the cut.

    What people see as one character, such as an emoji made of several, stays whole.
    """
    if len(text) <= limit:
        return text
    cut = text[: last_end(text, limit - 1)]
    space = cut.rfind(" ", int(limit * 0.8))
    return (cut[:space] if space > 0 else cut).rstrip() + "…"


def whole_lines(text: str, limit: int) -> str:
    """Drop the last lines of a text that is too long, and mark the cut."""
    if len(text) <= limit:
        return text
    return text[: text.rfind("\n", 0, limit - 1) + 1] + "…"


def _in_words(card: Card) -> Card:
    """Let a card say in words what its file shows."""
    if card.picture is None or card.picture.content is None:
        return card
    words = _("Image: {description}", description=discord.utils.escape_markdown(card.picture.alt))
    return replace(card, text="\n\n".join(filter(None, [card.text, f"*{words}*"])), picture=None)
