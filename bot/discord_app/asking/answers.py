"""How answers look: a card each."""

from __future__ import annotations

from bot.discord_app.page import MAX_CONTENT, MAX_LINK, Card, Page, Picture, render_attribution, shorten
from bot.knowledge.model import Entry, ImageFile, OffTopic
from bot.language.speech import _
from bot.outcomes import Answer, Answered, Outcome, remark_on_language


def describe_answers(outcome: Answered) -> Page:
    """Return the answers below remarks on their language and on the rest of the message, without buttons."""
    remarks = [render_refusal(subject) for subject in outcome.declined if subject.reaction is None]
    if outcome.suggestions:
        remarks.append(_("I'm not sure about the rest. Maybe one of these buttons helps."))
    return Page(
        content=shorten("\n".join(filter(None, [*remarks, small_remark(outcome)])), MAX_CONTENT),
        cards=tuple(map(_card, outcome.answers)),
        topics=outcome.topics,
        language=outcome.language,
    )


def small_remark(outcome: Outcome) -> str:
    """Return the small line that says which languages there are, if needed."""
    remark = remark_on_language(outcome)
    return f"-# {remark}" if remark else ""


def render_refusal(subject: OffTopic) -> str:
    """Return what to say about an off-topic subject."""
    return subject.reply or _("I don't have anything on {subject}.", subject=subject.name)


def _card(answer: Answer) -> Card:
    entry = answer.entry
    section = f" · {entry.source_section}" if entry.source_section else ""
    return Card(
        title=entry.question,
        text=entry.answer,
        picture=_picture_of(entry),
        links=tuple(link for link in entry.links if len(link.url) <= MAX_LINK),
        source=render_attribution(answer.source) + section if answer.source else "",
    )


def _picture_of(entry: Entry) -> Picture | None:
    """Return an answer's image. A file has a name that Discord can show, whatever its own is."""
    if entry.image is None:
        return None
    if isinstance(entry.image.source, ImageFile):
        file = entry.image.source
        return Picture.file(f"{entry.id}.{file.extension}", entry.image.alt, file.content)
    return Picture(entry.image.location, entry.image.alt)
