"""A board as pages, one for each of its messages, and what moderators read about boards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.discord_app.asking.buttons import TopicButton
from bot.discord_app.page import MAX_CONTENT, MAX_LABEL, Card, Page, shorten, whole_lines
from bot.discord_app.permissions import MissingPermission, permission_name, who_can_grant
from bot.discord_app.posts import Whereabouts
from bot.knowledge.job_description import as_markdown
from bot.knowledge.model import Entry, KnowledgeBase, RoleProfile
from bot.language.formats import sentences
from bot.language.speech import _, ngettext

MAX_QUESTIONS = 17  # in a message: a button and its row each, and up to 6 other components, of 40 that Discord allows
MAX_MESSAGES = 6
MAX_SHOWN = MAX_QUESTIONS * MAX_MESSAGES


@dataclass(frozen=True, slots=True)
class BoardState:
    """A channel's board, as a moderator reads of it.

    Attributes:
        where: its first message that there is; None if there is no board.
        questions: how many it has or would have, all that the bot can answer there.
        messages: how many it takes to show them.
        deleted: how many of its messages somebody deleted.
        is_current: whether the others say what they should.
        missing: what keeps the bot from bringing it up to date.
    """

    channel_id: int
    where: Whereabouts | None
    questions: int
    messages: int
    deleted: int = 0
    is_current: bool = True
    missing: MissingPermission | None = None

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing to do about it."""
        return self.is_current and not self.deleted


def render_board(knowledge: KnowledgeBase) -> tuple[Page, ...]:
    """Return the messages of a board with the questions of some knowledge; those it has no room for are left out."""
    left_out = max(0, len(knowledge.entries) - MAX_SHOWN)
    places = [(section, entry) for section, entries in _sections(knowledge) for entry in entries][:MAX_SHOWN]
    pages = []
    begun: set[str] = set()
    for start in range(0, len(places), MAX_QUESTIONS):
        cards = [*_cards(places[start : start + MAX_QUESTIONS], begun)]
        if left_out and start + MAX_QUESTIONS >= len(places):
            rest = ngettext(
                "I can answer {count} more question. Use `/faq` to see them.",
                "I can answer {count} more questions. Use `/faq` to see them.",
                left_out,
                count=left_out,
            )
            cards.append(Card(text=rest))
        pages.append(Page(content="" if start else _head(knowledge), cards=tuple(cards)))
    return tuple(pages)


def version_of(page: Page) -> str:
    """Return a hash of what a message of a board says and where its buttons lead."""
    buttons = [[(item.topic_id, item.item.label) for item in _buttons(card)] for card in page.cards]
    return hashlib.sha256(repr((page.content, page.cards, buttons)).encode()).hexdigest()


def render_offer(state: BoardState, others: Sequence[BoardState], *, head: str = "") -> Page:
    """Describe the board that somebody could post in a channel."""
    return _said([head, _planned(state), _room(state), _listed(others)])


def render_state(state: BoardState, others: Sequence[BoardState], *, head: str = "") -> Page:
    """Say how a channel's board is doing."""
    url = state.where.url if state.where else f"<#{state.channel_id}>"
    if state.is_current:
        what = _("The board is here, and I keep it up to date: {address}", address=url)
    else:
        what = _("The board is here, but it's out of date: {address}", address=url)
    return _said([head, what, _deleted(state), _waits(state), _room(state), _listed(others)])


def render_removed(channel_id: int) -> Page:
    """Confirm that there is no board in a channel any more."""
    text = _("The board in <#{channel}> is gone. Use `/manage board` to post it again.", channel=channel_id)
    return Page(content=text)


def render_not_removed(channel_id: int) -> str:
    """Say that some of a board is left."""
    return _(
        "Discord didn't let me remove the whole board in <#{channel}>. Please try again in a moment.",
        channel=channel_id,
    )


def render_not_all_posted(problem: object) -> str:
    """Say that Discord doesn't take some of a board; a missing permission is named elsewhere."""
    if isinstance(problem, MissingPermission):
        return ""
    return _("Discord rejected part of the board. Please try again in a moment.")


def render_no_questions(channel_id: int) -> Page:
    """Say that there is nothing to put on a board."""
    return Page(content=_("I have no questions to post in <#{channel}>.", channel=channel_id))


def render_gone_channel() -> Page:
    """Say that a channel was deleted or can't be seen."""
    return Page(content=_("I can't see that channel, or it was deleted. Nothing has changed."))


def render_gone_screen() -> Page:
    """Say that a button below somebody's private response is no longer theirs to use."""
    return Page(content=_("This has expired. Please use `/manage board` again."))


def _sections(knowledge: KnowledgeBase) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """Return the questions about the role and the others, each in the order of the knowledge, or all in one list."""
    role = knowledge.role
    about_role = tuple(each for each in knowledge.entries if role is not None and _is_about(role, each))
    ids = {entry.id for entry in about_role}
    others = tuple(each for each in knowledge.entries if each.id not in ids)
    if role is None or not about_role or not others:
        return (("", knowledge.entries),)
    return ((role.title, about_role), (_("More questions"), others))


def _is_about(role: RoleProfile, entry: Entry) -> bool:
    return entry.id in {section.id for section in role.sections} or entry.answer == as_markdown(role)


def _cards(places: Sequence[tuple[str, Entry]], begun: set[str]) -> Iterator[Card]:
    """Yield a card for each section, and note which sections were begun."""
    for section in dict.fromkeys(place[0] for place in places):
        items = tuple(_button(entry) for each, entry in places if each == section)
        title = _("{section} (continued)", section=section) if section and section in begun else section
        yield Card(title=title, items=items)
        begun.add(section)


def _button(entry: Entry) -> TopicButton:
    return TopicButton(entry.id, shorten(entry.question, MAX_LABEL))


def _buttons(card: Card) -> Iterable[TopicButton]:
    return (item for item in card.items if isinstance(item, TopicButton))


def _head(knowledge: KnowledgeBase) -> str:
    title = _("Frequently asked questions")
    text = _(
        "Here's what I can answer about **{name}**. Click a question, and only you will see the answer.",
        name=knowledge.name,
    )
    return f"### {title}\n{text}"


def _planned(state: BoardState) -> str:
    count, where = min(state.questions, MAX_SHOWN), state.channel_id
    if state.messages == 1:
        return ngettext(
            "I'll post {count} question in <#{channel}>, in 1 message, and keep it up to date.",
            "I'll post {count} questions in <#{channel}>, in 1 message, and keep them up to date.",
            count,
            count=count,
            channel=where,
        )
    return _(
        "I'll post {count} questions in <#{channel}>, in {messages} messages, and keep them up to date.",
        count=count,
        channel=where,
        messages=state.messages,
    )


def _room(state: BoardState) -> str:
    if state.questions <= MAX_SHOWN:
        return ""
    return _(
        "A board holds {room} questions, and there are {count}. Its last message points to `/faq` for the rest.",
        room=MAX_SHOWN,
        count=state.questions,
    )


def _deleted(state: BoardState) -> str:
    if not state.deleted:
        return ""
    return ngettext(
        "Somebody deleted one of its messages, so some questions are missing. **{update}** posts them again.",
        "Somebody deleted {count} of its messages, so some questions are missing. **{update}** posts them again.",
        state.deleted,
        count=state.deleted,
        update=_("Update"),
    )


def _waits(state: BoardState) -> str:
    if state.missing is None:
        return ""
    needed = _(
        "To update it, I need the **{permission}** permission in <#{channel}>.",
        permission=permission_name(state.missing.permission),
        channel=state.channel_id,
    )
    return sentences(needed, who_can_grant())


def _listed(others: Sequence[BoardState]) -> str:
    lines = [f"- {state.where.url} · {_condition(state)}" for state in others if state.where]
    return "\n".join([_("Other boards:"), *lines]) if lines else ""


def _condition(state: BoardState) -> str:
    if state.missing:
        name = permission_name(state.missing.permission)
        return _("**out of date**: I need the **{permission}** permission there", permission=name)
    if not state.is_current:
        return _("**out of date**: I'll try again in a moment")
    return _("somebody deleted part of it") if state.deleted else _("up to date")


def _said(lines: Iterable[str]) -> Page:
    return Page(content=whole_lines("\n".join(filter(None, lines)), MAX_CONTENT))
