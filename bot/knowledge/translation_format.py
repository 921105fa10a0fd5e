"""The format of translations of the knowledge: `translations/de.yaml` and the like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.knowledge.file_format import (
    MAX_LINKS,
    AltText,
    Answer,
    Id,
    Label,
    Line,
    MannersKind,
    MannersReply,
    Name,
    Part,
    Phrasing,
    list_kinds,
    refuse_too_long,
    section_answer,
)

TRANSLATIONS = "translations"
"""The folder, below that of the knowledge, with a file for each language."""

LANGUAGES = (
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "nl",
    "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
)  # fmt: skip
"""The languages that a file can be called after: those of Discord, as it writes them, and Arabic."""

VERSION_PATTERN = r"^[bcdfghjkmnpqrstv]{7}$"

Text = str | tuple[str, ...]

Version = Annotated[str, StringConstraints(pattern=VERSION_PATTERN)]


class TranslatedPart(Part):
    """What a translation has for one part of the knowledge."""

    needed: ClassVar[tuple[str, ...]] = ()
    """The keys that a translation can't do without. With `phrasings` alone, it needs none."""

    of: Version | None = None
    """Which version of the original this translates. `tpm-bot check` says what to write here."""

    @property
    def texts(self) -> Mapping[str, Text]:
        """The translated texts, by key."""
        return dict(self._texts())

    @property
    def own_phrasings(self) -> tuple[str, ...]:
        """The phrasings, if it is of something that has any."""
        return ()

    @property
    def ways_to_ask(self) -> tuple[str, ...]:
        """The ways to ask in this language."""
        return self.own_phrasings

    def _texts(self) -> Iterator[tuple[str, Text]]:
        for name, value in self:
            if name not in {"of", "phrasings"} and value:
                yield name, tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        texts = self.texts
        lacking = [key for key in ("of", *self.needed) if not (self.of if key == "of" else texts.get(key))]
        if lacking and (self.of or texts or not self.ways_to_ask):
            raise PydanticCustomError("half_translated", "is half translated", {"lacking": " and ".join(lacking)})
        return self


class _TranslatedOwner(TranslatedPart):
    """Something that has phrasings."""

    phrasings: Annotated[list[Phrasing], Field(min_length=1)] = Field(default=[])
    """Ways people ask this in this language. The bot learns from them as from any other."""

    @property
    def own_phrasings(self) -> tuple[str, ...]:
        """The phrasings."""
        return tuple(self.phrasings)


class _TranslatedAnswer(_TranslatedOwner):
    question: Line | None = None
    """The question."""
    alt: AltText | None = None
    """What the image shows."""
    links: Annotated[list[Label], Field(max_length=MAX_LINKS)] = Field(default=[])
    """What the buttons of the links say, in the order of the original."""

    @property
    def ways_to_ask(self) -> tuple[str, ...]:
        """The question, and the phrasings."""
        return (*filter(None, [self.question]), *self.own_phrasings)


class TranslatedEntry(_TranslatedAnswer):
    """An entry of faq.yaml."""

    needed = ("question", "answer")
    answer: Answer | None = None
    """The answer."""


class TranslatedSection(_TranslatedAnswer):
    """A section of role.yaml."""

    needed = ("question",)
    heading: Name | None = None
    """The heading in the job description."""
    text: Answer | None = None
    """The section's text."""
    items: Annotated[list[Line], Field(max_length=20)] = Field(default=[])
    """The list below the text."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        refuse_too_long(section_answer(self.text, self.items))
        return self


class TranslatedOffTopic(_TranslatedOwner):
    """An off-topic subject of faq.yaml."""

    needed = ("name",)
    name: Name | None = None
    """What the subject is called."""
    reply: Line | None = None
    """What the bot says instead of "I don't have anything on …"."""


class TranslatedManners(TranslatedPart):
    """A community's own reply to a greeting or the like."""

    needed = ("reply",)
    reply: MannersReply | None = None
    """The reply. {name}, {about}, and {source} stand for the same as in the original."""


class TranslatedHead(TranslatedPart):
    """What stands at the top of faq.yaml and role.yaml."""

    name: Name | None = None
    """The `name` of faq.yaml."""
    about: Line | None = None
    """The `about` of faq.yaml."""
    title: Name | None = None
    """The `title` of role.yaml."""


class TranslationFile(Part):
    """translations/de.yaml and the like: what the bot says, in another language."""

    head: TranslatedHead | None = None
    """The name of the knowledge, the sentence about it, and the title of the role."""
    sections: dict[Id, TranslatedSection] = Field(default={})
    """The sections of role.yaml, by id."""
    entries: dict[Id, TranslatedEntry] = Field(default={})
    """The entries of faq.yaml, by id."""
    off_topic: dict[Id, TranslatedOffTopic] = Field(default={})
    """The off-topic subjects of faq.yaml, by id."""
    manners: Annotated[dict[MannersKind, TranslatedManners], Field(json_schema_extra=list_kinds)] = Field(default={})
    """The replies under `manners` of faq.yaml, by kind."""
