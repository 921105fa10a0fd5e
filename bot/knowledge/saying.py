"""Turn a translation into what the bot says in that language, and what it learns from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.knowledge.assembling import profile_of
from bot.knowledge.file_format import MAX_JOB_DESCRIPTION_LENGTH, FaqFile, RoleFile, section_answer
from bot.knowledge.job_description import as_markdown
from bot.knowledge.model import RoleProfile, RoleSection, TranslatedAnswer, TranslatedSubject, Translation
from bot.knowledge.originals import HEAD, Key, State, matches, originals, parts_of
from bot.knowledge.translation_format import Text, TranslationFile

Texts = Mapping[str, Text]


def said_in(file: TranslationFile, faq: FaqFile, role: RoleFile | None) -> Translation:
    """Return the parts of a translation that are used: complete ones whose originals haven't changed since."""
    said = _said(file, faq, role)
    head = said.get(Key(HEAD), {})
    profile = _profile(said, role)
    if profile and len(as_markdown(profile)) > MAX_JOB_DESCRIPTION_LENGTH:
        profile = None
    return Translation(
        name=_text(head, "name") or (_text(head, "title") if faq.name is None else None),
        about=_text(head, "about"),
        answers=dict(_answers(said, role, profile)),
        subjects={key.id: _subject(texts) for key, texts in said.items() if key.group == "off_topic"},
        manners={key.id: str(texts["reply"]) for key, texts in said.items() if key.group == "manners"},
        role=profile,
    )


def job_description_length(file: TranslationFile, faq: FaqFile, role: RoleFile | None) -> int:
    """Return how many characters the translated job description has; one that is too long isn't used."""
    profile = _profile(_said(file, faq, role), role)
    return len(as_markdown(profile)) if profile else 0


def ways_to_ask(files: Iterable[TranslationFile]) -> Mapping[str, tuple[str, ...]]:
    """Return the ways to ask in translations, by the id of what they ask for; also those of outdated ones."""
    found: dict[str, tuple[str, ...]] = {}
    for file in files:
        for key, part in parts_of(file).items():
            found[key.id] = (*found.get(key.id, ()), *part.ways_to_ask)
    return found


def _said(file: TranslationFile, faq: FaqFile, role: RoleFile | None) -> Mapping[Key, Texts]:
    found = matches(originals(faq, role), file)
    return {each.original.key: each.part.texts for each in found if each.part and each.state is State.TRANSLATED}


def _answers(
    said: Mapping[Key, Texts], role: RoleFile | None, profile: RoleProfile | None
) -> Iterator[tuple[str, TranslatedAnswer]]:
    for key, texts in said.items():
        if key.group == "entries":
            yield key.id, _answer(texts, str(texts["answer"]))
        elif key.group == "sections" and role:
            answer = section_answer(_text(texts, "text"), _list(texts, "items"))
            if role.sections[key.id].job_description:
                is_whole = profile and said.keys() >= {Key(HEAD), *map(_key_of, profile.sections)}
                answer = as_markdown(profile) if profile and is_whole else ""
            if answer:
                yield key.id, _answer(texts, answer)


def _answer(texts: Texts, answer: str) -> TranslatedAnswer:
    return TranslatedAnswer(str(texts["question"]), answer, _text(texts, "alt"), _list(texts, "links"))


def _subject(texts: Texts) -> TranslatedSubject:
    return TranslatedSubject(str(texts["name"]), _text(texts, "reply"))


def _key_of(section: RoleSection) -> Key:
    return Key("sections", section.id)


def _profile(said: Mapping[Key, Texts], role: RoleFile | None) -> RoleProfile | None:
    """Return the role with the sections that are translated; None if there are none."""
    if role is None:
        return None
    original = profile_of(role)
    sections = {section.id: said[key] for section in original.sections if (key := _key_of(section)) in said}
    if not sections:
        return None
    title = _text(said.get(Key(HEAD), {}), "title") or original.title
    return RoleProfile(title, tuple(_section(each, sections.get(each.id)) for each in original.sections))


def _section(original: RoleSection, texts: Texts | None) -> RoleSection:
    if texts is None:
        return original
    heading, text, items = str(texts["heading"]), _text(texts, "text") or "", _list(texts, "items")
    return RoleSection(original.id, heading, text, items, original.link)


def _text(texts: Texts, key: str) -> str | None:
    text = texts.get(key)
    return text if isinstance(text, str) else None


def _list(texts: Texts, key: str) -> tuple[str, ...]:
    found = texts.get(key, ())
    return found if isinstance(found, tuple) else ()
