"""Answers, and the buttons and menus that lead to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Self

import discord

from bot.answering import UnknownTopic
from bot.discord_app.asking.answers import describe_answers
from bot.discord_app.asking.flood import FloodLimits
from bot.discord_app.asking.last_answers import asker_of
from bot.discord_app.asking.questions import Questions
from bot.discord_app.asking.removal import DeleteButton, MistakenButton
from bot.discord_app.asking.texts import (
    posted_for,
    render_may_not_write,
    render_said_already,
    render_too_many_questions,
)
from bot.discord_app.clicks import Clickable, Feature, feature, language_of, once, reply_privately, responses_of
from bot.discord_app.custom_ids import ID, LANGUAGE, MAX_CUSTOM_ID, TOPICS, in_language, language_in, topics_in
from bot.discord_app.interactions import MAX_SILENCE, clicked_message
from bot.discord_app.page import (
    LAST_ROW,
    MAX_LABEL,
    MAX_LIST,
    MAX_MENU_OPTIONS,
    MAX_OPTION,
    ROW_OF_OFFERS,
    Card,
    Page,
    render_gone_topic,
    shorten,
    whole_lines,
)
from bot.discord_app.permissions import may_replace, missing_to_write, render_missing_permission, sending
from bot.discord_app.scope import scope_of
from bot.discord_app.unanswered.tracking import UnansweredTracker, question_ids
from bot.discord_app.user_installs import is_brought_along
from bot.discord_app.voting.vote_button import vote_buttons
from bot.knowledge.model import Entry
from bot.language.languages import Language
from bot.language.speech import _, speaking
from bot.outcomes import Answered
from bot.storage.statistics import Event

MAX_MENUS = 5  # of a list

_TOPIC = r"(?P<topic>\S{1,80})"


class TopicButton(Clickable[discord.ui.Button[Any]], template=f"topic:{_TOPIC}"):
    """Answer with an entry, only for the person who clicks."""

    goes_along = True

    def __init__(self, topic_id: str, label: str) -> None:
        self.topic_id = topic_id
        super().__init__(discord.ui.Button(label=label, custom_id=f"topic:{topic_id}", row=ROW_OF_OFFERS))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(match["topic"], item.label or "")

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Answer."""
        await _answer_privately(interaction, self.topic_id)


class SuggestionButton(
    Clickable[discord.ui.Button[Any]], template=rf"suggestion:(?:(?P<owner>{ID}):)?{LANGUAGE}{_TOPIC}"
):
    """Turn the suggestion above the button into the answer, in the language of the question.

    In public, `owner_id` is whoever asked.

    Anyone else who may not replace it gets the answer privately, and the asker keeps the choice.
    """

    goes_along = True

    def __init__(
        self, topic_id: str, label: str, owner_id: int | None = None, *, language: Language | None = None
    ) -> None:
        self.topic_id = topic_id
        self.label = label
        self.owner_id = owner_id
        self.language = language
        owner = "" if owner_id is None else f"{owner_id}:"
        custom_id = in_language(f"suggestion:{owner}", topic_id, language)
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        owner_id = int(match["owner"]) if match["owner"] else None
        return cls(match["topic"], item.label or "", owner_id, language=language_in(match))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Show the answer in place of the suggestion; if the entry no longer exists, say so and leave it."""
        if self.owner_id is not None and not may_replace(interaction, self.owner_id):
            await _answer_privately(interaction, self.topic_id)
            return
        try:
            outcome = await picked(interaction, self.topic_id, language=self.language)
        except UnknownTopic:
            await reply_privately(interaction, render_gone_topic())
            return
        with speaking(outcome.language):
            page = render_answers(outcome)
            if self.owner_id is None or is_brought_along(interaction):
                page = for_person(page, interaction)
            else:
                page = for_everybody(page, self.owner_id)
        address = await once(
            interaction,
            "choose",
            clicked_message(interaction).id,
            work=lambda: responses_of(interaction).show_instead(interaction, page),
            if_busy=Page(content=_("I'm already answering this.")),
        )
        if address is not None:
            await self._note_choice(interaction, page, address)

    async def _note_choice(self, interaction: discord.Interaction[Any], page: Page, address: str) -> None:
        """Count the choice, link its answer to whoever asks the same next, and forget the unanswered question."""
        topics = page.topics
        questions = feature(interaction, Questions)
        questions.last_answers.remember(asker_of(interaction), topics)
        if is_brought_along(interaction):
            return
        questions.count(Event.chosen, server_id=interaction.guild_id, topics=topics)
        if interaction.guild_id is None:
            return
        answers = feature(interaction, Answers)
        if self.owner_id is not None and interaction.channel_id:
            answers.limits.answers.remember(interaction.channel_id, topics, address, language=page.language)
        await answers.unanswered.forget(question_ids(clicked_message(interaction)))


class TopicMenu(Clickable[discord.ui.Select[Any]], template=r"topics:(?P<part>\d)"):
    """Answer with the entry picked from a list, only for the person who picks it. A long list has several menus."""

    goes_along = True

    def __init__(self, part: int, options: list[discord.SelectOption]) -> None:
        placeholder = _("Pick a question") if part == 0 else _("More questions")
        super().__init__(discord.ui.Select(custom_id=f"topics:{part}", placeholder=placeholder, options=options))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Build the menu that was used."""
        return cls(int(match["part"]), item.options)

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Answer."""
        await _answer_privately(interaction, self.item.values[0])


class AllTopicsButton(Clickable[discord.ui.Button[Any]], template="^all-topics$"):
    """List all questions that can be answered, as `/faq` does, only for the person who clicks."""

    goes_along = True

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label=_("What I can answer"), custom_id="all-topics"))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Show the list."""
        questions = feature(interaction, Questions)
        entries = await questions.entries(scope=scope_of(interaction), language=language_of(interaction))
        await reply_privately(interaction, render_topics(entries))


class PublishButton(Clickable[discord.ui.Button[Any]], template=rf"^publish:{LANGUAGE}{TOPICS}$"):
    """Post an answer that only one person sees for everyone, in the same language."""

    def __init__(self, topics: Iterable[str], *, language: Language | None = None) -> None:
        self.topics = tuple(topics)
        self.language = language
        custom_id = in_language("publish:", ",".join(self.topics), language)
        super().__init__(discord.ui.Button(label=_("Post publicly"), custom_id=custom_id, row=LAST_ROW))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(topics_in(match), language=language_in(match))

    @classmethod
    def below(cls, page: Page) -> tuple[PublishButton, ...]:
        """Return the button for an answer; none if the custom_id has no room for all of it."""
        fits = len(f"publish:{','.join(page.topics)}") <= MAX_CUSTOM_ID
        return (cls(page.topics, language=page.language),) if page.topics and fits else ()

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Post the answer and remove the button; link an answer that was just given instead."""
        if not getattr(interaction.permissions, sending(interaction.channel)):
            in_thread = isinstance(interaction.channel, discord.Thread)
            await reply_privately(interaction, render_may_not_write(in_thread=in_thread))
            return
        if missing := missing_to_write(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        try:
            outcome = await picked(interaction, *self.topics, language=self.language)
        except UnknownTopic:
            await reply_privately(interaction, render_gone_topic())
            return
        with speaking(outcome.language):
            page = render_answers(outcome)
            left = for_one(page, in_server=False)
            public = for_everybody(page.headed(posted_for(interaction.user.id)), interaction.user.id)

        async def post() -> str | None:
            return await responses_of(interaction).publish(interaction, left=left, public=public)

        limits = feature(interaction, Answers).limits
        if not limits.questions.admits(interaction.user.id, interaction.created_at):
            await reply_privately(interaction, render_too_many_questions())
            return
        earlier = await limits.answers.once(
            interaction.channel_id or 0, self.topics, post, language=page.language, patience=MAX_SILENCE
        )
        if earlier is not None:
            await reply_privately(interaction, render_said_already(page, earlier))


class Answers(Feature):
    """What the buttons below answers need."""

    items = (TopicButton, SuggestionButton, TopicMenu, AllTopicsButton, PublishButton, DeleteButton, MistakenButton)

    def __init__(self, *, limits: FloodLimits, unanswered: UnansweredTracker) -> None:
        self.limits = limits
        self.unanswered = unanswered


def render_answers(outcome: Answered) -> Page:
    """Return answers, and buttons for related entries below."""
    items = tuple(TopicButton(entry.id, shorten(entry.question, MAX_LABEL)) for entry in outcome.offers)
    return replace(describe_answers(outcome), items=items)


def render_topics(entries: Sequence[Entry]) -> Page:
    """Return the list of all questions the bot can answer, and menus to pick one."""
    text = "\n".join([_("Pick a question below."), "", *(f"- {entry.question}" for entry in entries)])
    card = Card(title=_("What I can answer"), text=whole_lines(text, MAX_LIST))
    options = [discord.SelectOption(label=shorten(entry.question, MAX_OPTION), value=entry.id) for entry in entries]
    parts = [options[start : start + MAX_MENU_OPTIONS] for start in range(0, len(options), MAX_MENU_OPTIONS)]
    menus = tuple(TopicMenu(part, options) for part, options in enumerate(parts[:MAX_MENUS]))
    return Page(cards=(card,), items=menus)


def for_everybody(page: Page, owner_id: int) -> Page:
    """Return a page for the public: people can vote on answers, and whoever asked can delete it."""
    items = tuple(
        SuggestionButton(item.topic_id, item.label, owner_id, language=item.language)
        if isinstance(item, SuggestionButton)
        else item
        for item in page.items
    )
    if not page.topics and not any(isinstance(item, SuggestionButton | TopicMenu) for item in items):
        return replace(page, items=items)
    return replace(page, items=(*items, *vote_buttons(page.topics), DeleteButton(owner_id)))


def for_one(page: Page, *, in_server: bool) -> Page:
    """Return a page for one person, who can vote on answers and, in a server, post them publicly."""
    publish = PublishButton.below(page) if in_server else ()
    return replace(page, items=(*page.items, *vote_buttons(page.topics), *publish))


def for_person(page: Page, interaction: discord.Interaction[Any]) -> Page:
    """Return a page for whoever used a command or clicked; where they brought the bot along, with offers only."""
    return page if is_brought_along(interaction) else for_one(page, in_server=interaction.guild_id is not None)


def for_post(
    page: Page, author_id: int, *, earlier: str | None = None, further: tuple[discord.ui.Item[Any], ...] = ()
) -> Page:
    """Return a page as an automatic answer to a forum post, which the post's author can delete.

    It links the answer to an `earlier` post, and has `further` buttons.
    """
    if earlier:
        head = _("Automatic answer to this post's title. Asked before: {address}", address=earlier)
    else:
        head = _("Automatic answer to this post's title")
    mistaken = MistakenButton(author_id, page.topics)
    return replace(page.headed(f"-# {head}"), items=(*page.items, *vote_buttons(page.topics), mistaken, *further))


async def picked(interaction: discord.Interaction[Any], *topics: str, language: Language | None = None) -> Answered:
    """Return the answers of entries where somebody clicked, in their language or in the one given.

    Raises:
        UnknownTopic: No entry has one of the ids there.
    """
    language = language or language_of(interaction)
    return await feature(interaction, Questions).pick(*topics, scope=scope_of(interaction), language=language)


async def _answer_privately(interaction: discord.Interaction[Any], topic_id: str) -> None:
    try:
        page = render_answers(await picked(interaction, topic_id))
    except UnknownTopic:
        await reply_privately(interaction, render_gone_topic())
    else:
        await reply_privately(interaction, for_person(page, interaction))
        feature(interaction, Questions).last_answers.remember(asker_of(interaction), (topic_id,))
