"""Build knowledge from files without faults."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge.file_format import EntryPart, FaqFile, OffTopicPart, PhrasingsFile, RoleFile, SectionPart
from bot.knowledge.job_description import as_markdown
from bot.knowledge.model import (
    CONTACT_LABEL,
    Entry,
    Image,
    ImageFile,
    KnowledgeBase,
    Link,
    OffTopic,
    RoleProfile,
    RoleSection,
    Source,
    SubjectNames,
    Translation,
    Vocabulary,
)
from bot.language.languages import Language


def assemble(
    faq: FaqFile,
    role: RoleFile | None,
    phrasings: PhrasingsFile,
    *,
    language: Language,
    translations: Mapping[Language, Translation],
    foreign: Mapping[str, tuple[str, ...]],
    images: Mapping[str, ImageFile],
    version: str,
) -> KnowledgeBase:
    """Combine files; `foreign` are the ways to ask in translations, by the id of what they ask for."""
    profile = profile_of(role) if role else None
    source = Source(faq.source.publisher, faq.source.title, faq.source.url) if faq.source else None

    def ways_to_ask(id_: str, own: list[str]) -> tuple[tuple[str, ...], frozenset[str]]:
        """Return all ways to ask for something, and which of them come from translations."""
        known = dict.fromkeys([*own, *phrasings.phrasings.get(id_, ())])
        more = dict.fromkeys(text for text in foreign.get(id_, ()) if text not in known)
        return (*known, *more), frozenset(more)

    def entry(id_: str, part: EntryPart | SectionPart, answer: str, link: str | None = None) -> Entry:
        own_link = [Link(CONTACT_LABEL, link)] if link else []
        texts, translated = ways_to_ask(id_, [part.question, *part.phrasings])
        return Entry(
            id=id_,
            question=part.question,
            answer=answer,
            phrasings=texts,
            related=tuple(part.related),
            source_section=part.source_section,
            reviewed=part.reviewed,
            image=Image(images.get(part.image, part.image), part.alt) if part.image and part.alt else None,
            links=(*own_link, *(Link(each.label, each.url) for each in part.links)),
            channels=frozenset(map(int, part.channels)),
            examples=tuple(part.examples),
            not_examples=tuple(part.not_examples),
            language=language,
            translated_phrasings=translated,
        )

    def off_topic(id_: str, part: OffTopicPart) -> OffTopic:
        texts, translated = ways_to_ask(id_, part.phrasings)
        return OffTopic(
            id=id_,
            name=part.name,
            phrasings=texts,
            reply=part.reply,
            reaction=part.reaction,
            examples=tuple(part.examples),
            not_examples=tuple(part.not_examples),
            translated_phrasings=translated,
        )

    sections = (
        entry(id_, part, as_markdown(profile) if profile and part.job_description else part.answer, part.link)
        for id_, part in (role.sections if role else {}).items()
    )
    entries = (entry(id_, part, part.answer) for id_, part in faq.entries.items())
    return KnowledgeBase(
        name=faq.name or (role.title if role else ""),
        about=faq.about,
        source=source,
        entries=(*sections, *entries),
        off_topics=tuple(off_topic(id_, part) for id_, part in faq.off_topic.items()),
        vocabulary=Vocabulary({name: tuple(words) for name, words in phrasings.vocabulary.items()}),
        role=profile,
        version=version,
        language=language,
        manners=faq.manners,
        subject=SubjectNames(tuple(faq.subject.names), tuple(faq.subject.mistaken_for))
        if faq.subject
        else SubjectNames(),
        translations=translations,
    )


def profile_of(role: RoleFile) -> RoleProfile:
    """Return the role that the job description is made of."""
    return RoleProfile(
        role.title,
        tuple(
            RoleSection(id_, part.heading, part.text or "", tuple(part.items), part.link)
            for id_, part in role.sections.items()
            if part.heading
        ),
    )
