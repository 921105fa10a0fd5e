"""A board as pages, one for each of its messages, and what moderators read about boards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.discord_app.asking.buttons import TopicButton
from bot.discord_app.page import MAX_CONTENT, MAX_LABEL, Card, Page, shorten, whole_lines
from bot.discord_app.permissions import GRANT, PERMISSION_NAMES, MissingPermission
from bot.discord_app.posts import Whereabouts
from bot.knowledge.job_description import as_markdown
from bot.knowledge.model import Entry, KnowledgeBase, RoleProfile

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
            cards.append(Card(text=f"I can answer {_questions(left_out, 'more ')}. Use `/faq` to see them."))
        pages.append(Page(content="" if start else _head(knowledge), cards=tuple(cards)))
    return tuple(pages)


def version_of(page: Page) -> str:
    """Return a hash of what a message of a board says and where its buttons lead."""
    buttons = [[(item.topic_id, item.item.label) for item in _buttons(card)] for card in page.cards]
    return hashlib.sha256(repr((page.content, page.cards, buttons)).encode()).hexdigest()


def render_offer(state: BoardState, others: Sequence[BoardState], *, head: str = "") -> Page:
    """Say what a board in a channel would be like, to somebody who can post it."""
    questions = _questions(min(state.questions, MAX_SHOWN))
    parts = "1 message" if state.messages == 1 else f"{state.messages} messages"
    what = f"I'll post {questions} in <#{state.channel_id}>, in {parts}, and keep them up to date."
    return _said([head, what, _room(state), _listed(others)])


def render_state(state: BoardState, others: Sequence[BoardState], *, head: str = "") -> Page:
    """Say how a channel's board is doing."""
    url = state.where.url if state.where else f"<#{state.channel_id}>"
    what = f"The board is here, and I keep it up to date: {url}"
    if not state.is_current:
        what = f"The board is here, but it's out of date: {url}"
    return _said([head, what, _deleted(state), _waits(state), _room(state), _listed(others)])


def render_removed(channel_id: int) -> Page:
    """Confirm that there is no board in a channel any more."""
    return Page(content=f"The board in <#{channel_id}> is gone. Use `/manage board` to post it again.")


def render_not_removed(channel_id: int) -> str:
    """Say that some of a board is left."""
    return f"Discord didn't let me remove the whole board in <#{channel_id}>. Please try again in a moment."


def render_not_all_posted(problem: object) -> str:
    """Say that Discord doesn't take some of a board; a missing permission is named elsewhere."""
    if isinstance(problem, MissingPermission):
        return ""
    return "Discord rejected part of the board. Please try again in a moment."


def render_no_questions(channel_id: int) -> Page:
    """Say that there is nothing to put on a board."""
    return Page(content=f"I have no questions to post in <#{channel_id}>.")


def render_gone_channel() -> Page:
    """Say that a channel was deleted or can't be seen."""
    return Page(content="I can't see that channel, or it was deleted. Nothing has changed.")


def render_gone_screen() -> Page:
    """Say that a button below somebody's private response is no longer theirs to use."""
    return Page(content="This has expired. Please use `/manage board` again.")


def _sections(knowledge: KnowledgeBase) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """Return the questions about the role and the others, each in the order of the knowledge, or all in one list."""
    role = knowledge.role
    about_role = tuple(each for each in knowledge.entries if role is not None and _is_about(role, each))
    ids = {entry.id for entry in about_role}
    others = tuple(each for each in knowledge.entries if each.id not in ids)
    if role is None or not about_role or not others:
        return (("", knowledge.entries),)
    return ((role.title, about_role), ("More questions", others))


def _is_about(role: RoleProfile, entry: Entry) -> bool:
    return entry.id in {section.id for section in role.sections} or entry.answer == as_markdown(role)


def _cards(places: Sequence[tuple[str, Entry]], begun: set[str]) -> Iterator[Card]:
    """Yield a card for each section, and note which sections were begun."""
    for section in dict.fromkeys(section for section, _ in places):
        items = tuple(_button(entry) for each, entry in places if each == section)
        title = f"{section} (continued)" if section and section in begun else section
        yield Card(title=title, items=items)
        begun.add(section)


def _button(entry: Entry) -> TopicButton:
    return TopicButton(entry.id, shorten(entry.question, MAX_LABEL))


def _buttons(card: Card) -> Iterable[TopicButton]:
    return (item for item in card.items if isinstance(item, TopicButton))


def _head(knowledge: KnowledgeBase) -> str:
    return (
        f"### Frequently asked questions\nHere's what I can answer about **{knowledge.name}**. "
        "Click a question, and only you will see the answer."
    )


def _room(state: BoardState) -> str:
    if state.questions <= MAX_SHOWN:
        return ""
    return (
        f"A board holds {MAX_SHOWN} questions, and there are {state.questions}. "
        "Its last message points to `/faq` for the rest."
    )


def _deleted(state: BoardState) -> str:
    if not state.deleted:
        return ""
    messages = "one of its messages" if state.deleted == 1 else f"{state.deleted} of its messages"
    return f"Somebody deleted {messages}, so some questions are missing. **Update** posts them again."


def _waits(state: BoardState) -> str:
    if state.missing is None:
        return ""
    name = PERMISSION_NAMES[state.missing.permission]
    return f"To update it, I need the **{name}** permission in <#{state.channel_id}>. {GRANT}"


def _listed(others: Sequence[BoardState]) -> str:
    lines = [f"- {state.where.url} · {_condition(state)}" for state in others if state.where]
    return "\n".join(["Other boards:", *lines]) if lines else ""


def _condition(state: BoardState) -> str:
    if state.missing:
        return f"**out of date**: I need the **{PERMISSION_NAMES[state.missing.permission]}** permission there"
    if not state.is_current:
        return "**out of date**: I'll try again in a moment"
    return "somebody deleted part of it" if state.deleted else "up to date"


def _said(lines: Iterable[str]) -> Page:
    return Page(content=whole_lines("\n".join(filter(None, lines)), MAX_CONTENT))


def _questions(count: int, kind: str = "") -> str:
    return f"1 {kind}question" if count == 1 else f"{count} {kind}questions"
