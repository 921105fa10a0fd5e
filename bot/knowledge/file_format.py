"""The format of the knowledge files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.knowledge.manners import PLACEHOLDERS, manners, unknown_placeholders

MAX_ID_LENGTH = 40
MAX_QUESTION_LENGTH = 200
MAX_ANSWER_LENGTH = 1500
MAX_JOB_DESCRIPTION_LENGTH = 3000
MAX_PHRASING_LENGTH = 300
MAX_NAME_LENGTH = 60
MAX_RELATED = 3
MAX_LINKS = 5  # in a row of buttons
MAX_LINK_LABEL = 80  # on a button
MAX_ADDRESS_LENGTH = 512  # behind a button
MAX_ALT_LENGTH = 300

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LINE_PATTERN = r"^.*$"
LINK_PATTERN = r"^https?://[^\s<>()]+$"
HTTPS_PATTERN = r"^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?([/?#][^\s<>]*)?$"
IMAGE_PATTERN = rf"{HTTPS_PATTERN}|^[^:\\\n]+$"
EMOJI_PATTERN = r"^[^A-Za-z\s:<>]+$"
DISCORD_ID_PATTERN = r"^\d{15,20}$"

UNWRITTEN_PATTERN = r"^\s*TODO\b"  # how `tpm-bot unanswered --yaml` marks what a person has to write


def _refuse_unknown_kind(kind: str) -> str:
    if kind not in manners():
        raise PydanticCustomError("unknown_manners", "is no kind of manners", {"remedy": _which(kind, manners())})
    return kind


def _refuse_unknown_placeholders(reply: str) -> str:
    for unknown in unknown_placeholders(reply):
        context = {"it": unknown, "remedy": _which(unknown, PLACEHOLDERS)}
        raise PydanticCustomError("unknown_placeholder", "has a placeholder of its own", context)
    return reply


def _which(written: str, known: Iterable[str]) -> str:
    """Return which of some names may be meant."""
    names = list(known)
    near = get_close_matches(written, names, 1)
    return f"Did you mean {near[0]}?" if near else f"Use one of these: {', '.join(names)}."


def list_kinds(schema: dict[str, Any]) -> None:
    """Let a schema name the kinds of manners."""
    [reply] = schema.pop("patternProperties").values()
    schema["properties"] = {kind: reply | {"description": manner.reply} for kind, manner in manners().items()}


def _refuse_unwritten(text: str) -> str:
    if re.match(UNWRITTEN_PATTERN, text):
        raise PydanticCustomError("unwritten", "hasn't been written yet")
    return text


_WRITTEN = AfterValidator(_refuse_unwritten)
_WRITTEN_IN_SCHEMA = Field(json_schema_extra={"not": {"pattern": UNWRITTEN_PATTERN}})

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=MAX_ID_LENGTH)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=LINE_PATTERN, min_length=1, max_length=MAX_QUESTION_LENGTH),
    _WRITTEN,
    _WRITTEN_IN_SCHEMA,
]
Word = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=LINE_PATTERN, min_length=1, max_length=MAX_NAME_LENGTH)
]
Name = Annotated[Word, _WRITTEN, _WRITTEN_IN_SCHEMA]
Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=LINE_PATTERN, min_length=1, max_length=MAX_LINK_LABEL),
    _WRITTEN,
    _WRITTEN_IN_SCHEMA,
]
AltText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=LINE_PATTERN, min_length=1, max_length=MAX_ALT_LENGTH),
    _WRITTEN,
    _WRITTEN_IN_SCHEMA,
]
Answer = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ANSWER_LENGTH),
    _WRITTEN,
    _WRITTEN_IN_SCHEMA,
]
MannersKind = Annotated[str, StringConstraints(pattern=ID_PATTERN), AfterValidator(_refuse_unknown_kind)]
MannersReply = Annotated[Answer, AfterValidator(_refuse_unknown_placeholders)]
Phrasing = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PHRASING_LENGTH)]
LanguageCode = Literal[
    "ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh", "zh-tw"
]
"""The languages that the multilingual encoder was trained on (Yang et al., 2019)."""
Link = Annotated[str, StringConstraints(pattern=LINK_PATTERN, max_length=500)]
Address = Annotated[str, StringConstraints(pattern=HTTPS_PATTERN, max_length=MAX_ADDRESS_LENGTH)]
ImagePlace = Annotated[str, StringConstraints(pattern=IMAGE_PATTERN, min_length=1, max_length=MAX_ADDRESS_LENGTH)]
Emoji = Annotated[str, StringConstraints(pattern=EMOJI_PATTERN, max_length=8)]
DiscordId = Annotated[str, StringConstraints(pattern=DISCORD_ID_PATTERN)]


class Part(BaseModel):
    """Something in a knowledge file, with the keys that it may have."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class SourcePart(Part):
    """The publication the answers come from. Each answer names it."""

    publisher: Name
    """Who published it."""
    title: Line
    """Its title."""
    url: Link | None = None
    """Its address. The setting SOURCE_URL takes precedence."""


class _TestedPart(Part):
    """Fields shared by everything that questions can be about."""

    examples: list[Phrasing] = []
    """Questions this must answer. The bot doesn't learn from them; `tpm-bot check` asks them."""
    not_examples: Annotated[list[Phrasing], Field(alias="not")] = []
    """Questions this must not answer. The bot doesn't learn from them either."""


class LinkPart(Part):
    """A link below an answer, shown as a button."""

    label: Label
    """What the button says."""
    url: Address
    """The address it opens. It starts with https://."""


class _AskedPart(_TestedPart):
    """Fields shared by everything that has an answer."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"image": ["alt"], "alt": ["image"]}})

    question: Line
    """The question as the bot shows it."""
    phrasings: Annotated[list[Phrasing], Field(min_length=1)] = []
    """Other ways people ask this. The more they differ, the better the bot understands."""
    source_section: Line | None = None
    """The section of the source the answer comes from."""
    related: Annotated[list[Id], Field(max_length=MAX_RELATED)] = []
    """Ids of up to 3 entries a reader may want next; shown as buttons."""
    image: ImagePlace | None = None
    """An image to show with the answer: the path of a PNG, JPEG, GIF, or WebP file in this folder, or its https
    address. Needs `alt`."""
    alt: AltText | None = None
    """What the image shows, for those who can't see it."""
    links: Annotated[list[LinkPart], Field(max_length=MAX_LINKS)] = []
    """Links to show as buttons below the answer."""
    channels: list[DiscordId] = []
    """Ids of the Discord channels this applies to. Without any, it applies everywhere."""
    reviewed: date | None = None
    """The day someone last checked the answer, such as 2026-11-22."""


class EntryPart(_AskedPart):
    """A question and its answer."""

    answer: Answer
    """The answer, in Discord's Markdown."""


class OffTopicPart(_TestedPart):
    """A subject the bot recognizes and has no answer to."""

    name: Name
    """What the subject is called, in the plural or with an article, since it follows "I don't have anything on"."""
    phrasings: Annotated[list[Phrasing], Field(min_length=1)]
    """A few ways people ask about this."""
    reply: Line | None = None
    """What the bot says instead of "I don't have anything on …", on one line."""
    reaction: Emoji | None = None
    """An emoji to react with instead of replying. In quotes."""


class SubjectPart(Part):
    """What the knowledge is about, and what people confuse it with."""

    names: Annotated[list[Word], Field(min_length=1)]
    """Names of what the knowledge is about, such as a role, a product or a club."""
    mistaken_for: list[Word] = []
    """Similar things that have no answers here. A question that names one of these, and none of the names, is answered
    only by an entry with a phrasing that does the same."""


class FaqFile(Part):
    """faq.yaml: questions with answers, and subjects without one."""

    name: Name | None = None
    """The community or subject the bot speaks for, as it follows "I answer questions about". Without it, the title of
    the role."""
    about: Line | None = None
    """One sentence about it, which the bot shows where it says what it's for."""
    language: LanguageCode = "en"
    """The language of questions, phrasings and answers."""
    source: SourcePart | None = None
    """The publication that the answers rest on. Without it, answers name none."""
    subject: SubjectPart | None = None
    """What the knowledge is about, and what people confuse it with."""
    entries: Annotated[dict[Id, EntryPart], Field(min_length=1)]
    """Questions and answers, by id."""
    off_topic: dict[Id, OffTopicPart] = {}
    """Subjects without an answer, by id."""
    manners: Annotated[dict[MannersKind, MannersReply], Field(json_schema_extra=list_kinds)] = {}
    """Your own replies to greetings, thanks and questions about the bot, by kind. {name} stands for the name above,
    {about} for the sentence below it, {source} for the source. An emoji alone is a reaction."""

    def with_source_url(self, url: str) -> FaqFile:
        """Return the file with a different address for the source, if it has a source."""
        if self.source is None:
            return self
        return self.model_copy(update={"source": self.source.model_copy(update={"url": url})})


def section_answer(text: str | None, items: Iterable[str]) -> str:
    """Return a section as an answer: its text and, below it, the items as a Markdown list."""
    return "\n\n".join(filter(None, [text, "\n".join(f"- {item}" for item in items)]))


def refuse_too_long(answer: str) -> None:
    """Refuse a section whose text and items are too long for an answer.

    Raises:
        PydanticCustomError: They are.
    """
    if len(answer) > MAX_ANSWER_LENGTH:
        context = {"length": len(answer), "max_length": MAX_ANSWER_LENGTH}
        raise PydanticCustomError("answer_too_long", "has too long an answer", context)


class SectionPart(_AskedPart):
    """A part of the role: an answer of its own and, if it has a heading, a section of the job description."""

    heading: Name | None = None
    """Its heading in the job description. Without one, it's left out of it."""
    text: Answer | None = None
    """The section's text."""
    items: Annotated[list[Line], Field(max_length=20)] = []
    """A list below the text."""
    links: Annotated[list[LinkPart], Field(max_length=MAX_LINKS - 1)] = []
    """Further links to show as buttons below the answer."""
    link: Link | None = None
    """Where a reader can go next, as a button called "Get in touch". For the section `contact`, the setting CONTACT_URL
    takes precedence."""
    job_description: bool = False
    """true: the answer is the whole job description, built from the sections with a heading."""

    @property
    def answer(self) -> str:
        """The text and, below it, the items as a Markdown list."""
        return section_answer(self.text, self.items)

    @model_validator(mode="after")
    def _has_one_answer(self) -> Self:
        if self.job_description and (self.heading or self.answer):
            raise PydanticCustomError("two_answers", "has an answer of its own")
        if not (self.job_description or self.answer):
            raise PydanticCustomError("no_answer", "has no answer")
        refuse_too_long(self.answer)
        return self


class RoleFile(Part):
    """role.yaml: the role, described once."""

    title: Name
    """The role's name."""
    sections: Annotated[dict[Id, SectionPart], Field(min_length=1)]
    """The role's sections, by id, in the order of the job description."""

    def with_contact_url(self, url: str) -> RoleFile:
        """Return the file with a different link in the `contact` section, if there is one."""
        if "contact" not in self.sections:
            return self
        contact = self.sections["contact"].model_copy(update={"link": url})
        return self.model_copy(update={"sections": {**self.sections, "contact": contact}})


class PhrasingsFile(Part):
    """phrasings.yaml: the many ways people ask, and words that mean the same here."""

    vocabulary: dict[Word, list[Word]] = {}
    """Words and phrases that mean the same, by a name for what they mean."""
    phrasings: dict[Id, list[Phrasing]] = {}
    """Ways to ask, by the id of an entry or off-topic subject."""


class ServerFile(Part):
    """server.yaml: for which servers the folder beside it holds knowledge."""

    servers: Annotated[list[DiscordId], Field(min_length=1)]
    """The ids of the Discord servers."""
    channels: list[DiscordId] = []
    """Ids of channels in these servers, if the knowledge is for them alone."""
    extends: bool = True
    """Whether it adds to the shared knowledge and replaces entries with the same id. If not, it stands alone."""


FORMATS: dict[str, type[Part]] = {"faq.yaml": FaqFile, "role.yaml": RoleFile, "phrasings.yaml": PhrasingsFile}
OPTIONAL_FILES = frozenset({"role.yaml", "phrasings.yaml"})
SERVER_FILE = "server.yaml"
ALL_FORMATS: dict[str, type[Part]] = {**FORMATS, SERVER_FILE: ServerFile}
