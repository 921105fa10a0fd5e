"""All that the bot can show on Discord, made from data without a single letter of its own."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import discord

import bot.discord_app
from bot.authoring.comparison import ContentChange, ContentChanges
from bot.authoring.examples import BrokenExample
from bot.authoring.links import LinkFault, MalformedLink
from bot.authoring.trying_out import Taken
from bot.authoring.unanswered import Diagnosed, UnansweredGroup, _nearest
from bot.authoring.watching import Kept, Served, Unchanged
from bot.discord_app.clicks import Feature
from bot.discord_app.digest.gathering import Digest
from bot.discord_app.faq_board.texts import MAX_SHOWN, BoardState
from bot.discord_app.handoff.button import Kind, QuestionKey
from bot.discord_app.job_postings.texts import PostState
from bot.discord_app.page import Card, Page
from bot.discord_app.permissions import PERMISSION_NAMES, MissingPermission
from bot.discord_app.posts import Edit, Whereabouts
from bot.knowledge.faults import Fault
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, RoleProfile, RoleSection, Source, Vocabulary
from bot.knowledge.taught import Standing
from bot.language.languages import Language
from bot.library import Refused
from bot.matching.confidence import Evidence
from bot.matching.decision import AnswerWith, Decision, Refuse, SuggestFrom
from bot.matching.lexicon import Reading, Repair
from bot.matching.matcher import Candidate, Explanation, Ranking, Subject
from bot.outcomes import Answer, Answered, Likely, Social, Suggested, Unanswered
from bot.storage.digests import Contents, QuotedQuestion
from bot.storage.drafts import Draft
from bot.storage.errors import OutcomeUnknown, StorageUnavailable
from bot.storage.job_posts import JobPost, JobPostOptions
from bot.storage.servers import ServerSettings
from bot.storage.statistics import Count, Event
from bot.storage.taught import TaughtItem
from bot.storage.unanswered import Reason, UnansweredQuestion

ID = 10**18
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = f"https://discord.com/channels/{ID}/{ID}/{ID}"
PAGE = Page(content="1", cards=(Card(title="2", text="3"),))

ENTRY = Entry("1", "2?", "3.", ())
SUBJECT = OffTopic("4", "5", ())
SECTION = RoleSection("6", "7", "8.", ("9",))
ROLE = RoleProfile("10", (SECTION,))
SOURCE = Source("11", "12", "https://example.org/")
ANSWER = Answer(ENTRY, (), SOURCE)


def knowledge(count: int, role: RoleProfile | None = None) -> KnowledgeBase:
    entries = [Entry(str(number), f"{number}?", "1.", ()) for number in range(count)]
    return KnowledgeBase("13", (*entries,), (), Vocabulary({}), "14", source=SOURCE, role=role)


def ranking(confidence: float) -> Ranking:
    evidence = Evidence(vote=0, similarity=0, unexplained=0, unsaid=0, another_subject=0, meaning=0.5)
    explanation = Explanation("15", "16", evidence, (), Reading("", ()), frozenset())
    subject = Subject("4", 0.5, "17")
    return Ranking("18?", (Candidate("1", confidence, explanation),), subject, (Repair("19", "20"),), ("21",), 0.6)


SURE, UNSURE = ranking(0.9), ranking(0.2)
DECISIONS: tuple[Decision, ...] = (
    AnswerWith(SURE.best, SURE, 0.6),
    SuggestFrom(UNSURE.candidates, UNSURE, 0.6),
    Refuse(UNSURE.subject, UNSURE, 0.6),
    Refuse(None, UNSURE, 0.6),
)
OUTCOMES = (
    Answered((ANSWER,), 0.9, DECISIONS[:1], suggestions=(ENTRY,), declined=(SUBJECT,)),
    Answered((Answer(Entry("22", "23?", "24", ()), (ENTRY,), None),), 0.9, DECISIONS[:1]),
    Suggested((ENTRY,), 0.2, DECISIONS[1:2]),
    Unanswered(SUBJECT, 0.1, DECISIONS[2:3]),
    Unanswered(None, 0.1, DECISIONS[3:]),
    Unanswered(None, 0.0, ()),
    Social("25", "26", (ENTRY,)),
)

MISSING = tuple(
    MissingPermission(name, is_the_bots=is_the_bots, channel_id=channel_id)
    for name, is_the_bots, channel_id in [
        *((name, True, ID) for name in PERMISSION_NAMES),
        ("manage_messages", True, None),
        ("manage_messages", False, ID),
        ("manage_guild", False, None),
    ]
)
WHERE = Whereabouts(ID, ID, ID)
BOARDS = (
    BoardState(ID, WHERE, 1, 1),
    BoardState(ID, WHERE, 5, 1, deleted=1),
    BoardState(ID, WHERE, MAX_SHOWN + 1, 6, deleted=2, is_current=False),
    BoardState(ID, WHERE, 30, 2, is_current=False, missing=MISSING[0]),
)
POSTS = tuple(
    PostState(JobPost(ID, ID, ID, JobPostOptions("27", "28"), "29", NOON), is_current=current)
    for current in (True, False)
)
DIGEST = Digest(
    Contents(NOON, NOON, tuple(Count("1", event, 2) for event in Event), taught=(1,), more_groups=2, hidden=2),
    answered=(("69?", 3),),
    groups=((QuotedQuestion(ID, "66?", NOON),) * 2,),
    taught=("67?",) * 10,
    voted_down=(("68?", 1, 2),),
)
FAULTS = tuple(Fault("30", number, "31.", "32.") for number in range(6))
CHANGES = ContentChanges(*((ContentChange("33", ("34",)),) for _ in range(3)))
RELOADS = (Served("35", CHANGES, FAULTS), Unchanged("35"), Kept("36.", FAULTS), Kept("36.", FAULTS[:5]))
QUESTION = UnansweredQuestion(ID, ID, ID, "37", "38?", Reason.refused, "1", NOON)
SETTINGS = (
    ServerSettings(),
    ServerSettings(
        mention_channels=frozenset({ID}),
        forum_channels=frozenset({ID, ID + 1}),
        private_by_default=False,
        minimum_confidence=0.7,
        help_channel=ID,
        taught_items_wait=True,
        handoff_role=ID,
        handoff_pings=1,
        skipped_tags=frozenset({"39"}),
    ),
    ServerSettings(handoff_role=ID, handoff_channel=ID, handoff_pings=2),
    ServerSettings(handoff_channel=ID, handoff_pings=0),
)


def groups() -> tuple[UnansweredGroup, ...]:
    """Return groups of questions, with the reasons for each in the language being spoken."""
    diagnosed = [Diagnosed(QUESTION, _nearest(outcome)) for outcome in OUTCOMES if outcome.decisions]
    asked = [replace(each, question=replace(QUESTION, message_id=ID + i)) for i, each in enumerate(diagnosed * 3)]
    return tuple(UnansweredGroup((each,) * (1 + number % 2), each) for number, each in enumerate(asked))


def taught(item_id: int, *, answer: str | None, by: int | None, waits: bool) -> TaughtItem:
    return TaughtItem(item_id, ID, "1", "40?", answer, by, NOON, waits=waits, version=1)


TAUGHT = (
    taught(ID, answer="41", by=ID, waits=False),
    *(taught(ID + number, answer=None, by=None, waits=True) for number in range(1, 12)),
)
DRAFT = Draft(ID, ID, ID, None, "42?", "43", None, None, had_it=True, created_at=NOON)

# What to call functions with, by the names of their parameters. If a parameter has several values, a function is called
# as often as it takes to give it each.
GIVEN: Mapping[str, Sequence[Any]] = {
    "address": [URL],
    "answer": [ANSWER],
    "answer_id": [ID],
    "answers": ["44", ""],
    "anyway": [True, False],
    "asker_id": [ID],
    "author_id": [ID],
    "broken": [(BrokenExample("1", "2", 3, "4", "5.", "6."),) * 7],
    "channel_id": [ID],
    "channels": [(), (ID,), (ID, ID + 1), range(ID, ID + 20)],
    "command": ["71"],
    "count": [0, 1, 2],
    "counts": [[Count("1", event, number) for event in Event for number in (1, 2)], [Count("1", Event.helpful, 1)], []],
    "custom_id": ["jd-post:1"],
    "days": [1, 30],
    "digest": [DIGEST],
    "draft": [DRAFT],
    "draft_id": [ID],
    "earlier": [URL, None],
    "edits": [[*Edit, *MISSING], [*Edit, *Edit, *MISSING[:1]]],
    "entries": [knowledge(60).entries],
    "error": [StorageUnavailable(), OutcomeUnknown()],
    "fault": ["45."],
    "gone": [0, 1, 2],
    "grant": [""],
    "help_channel": [ID, None],
    "helpful": [True, False],
    "in_server": [True],
    "in_thread": [True, False],
    "is_new": [True, False],
    "is_remembered": [True, False],
    "item": TAUGHT[:4],
    "item_id": [ID],
    "items": [TAUGHT, ()],
    "keeps_text": [True, False],
    "key": [QuestionKey(Kind.message, ID, ID)],
    "knowledge": [knowledge(3, ROLE), knowledge(MAX_SHOWN + 1), knowledge(MAX_SHOWN + 2)],
    "label": ["62"],
    "languages": [(Language("ja"),)],
    "left_out": [frozenset({"6"}), frozenset()],
    "language": [Language("de"), None],
    "likely": [(Likely(ENTRY, 0.5),), ()],
    "link": [MalformedLink("46", fault) for fault in LinkFault],
    "mention": ["<@1>"],
    "message_id": [ID],
    "missing": MISSING,
    "moderator_id": [ID],
    "name": ["47"],
    "newest_id": [ID],
    "number": [3],
    "offered": ["60."],
    "options": [JobPostOptions("48", "49", "https://example.org")],
    "others": [BOARDS],
    "outcome": OUTCOMES,
    "owner_id": [ID],
    "page": [PAGE],
    "part": [0, 1],
    "posts_jobs": [True, False],
    "preview": [PAGE],
    "problem": [Edit.failed],
    "question": ["50?"],
    "question_id": [ID],
    "questions": [0, 1, 2],
    "refusal": [Kept("51.", FAULTS)],
    "refused": [Refused("52", FAULTS, has_last_good=good) for good in (True, False)],
    "remarks": [["53."]],
    "replier_id": [ID],
    "role": [SimpleNamespace(mention="<@&1>")],
    "sections": [(SECTION,)],
    "server_id": [ID],
    "settings": SETTINGS,
    "source": [SOURCE],
    "stale": [POSTS, POSTS[:1]],
    "standing": [Standing.NEW_ENTRY, Standing.PHRASING, Standing.IN_FOLDER, Standing.WITHOUT_ENTRY],
    "standings": [{item.item_id: Standing.PHRASING for item in TAUGHT}],
    "state": BOARDS,
    "states": [POSTS, ()],
    "subject": [SUBJECT],
    "suggestions": [["54"], []],
    "taken": [(Taken("55?", "56", "57"),) * 7],
    "taught": [0, 1],
    "thanks": ["58."],
    "thread_id": [ID],
    "topic": ["1"],
    "topic_id": ["1"],
    "topics": [("1",)],
    "typed": [""],
    "unread": [1],
    "url": [URL],
    "version": ["63"],
    "votes": [0, 1, 2],
    "waits": [True, False],
}
SPECIAL: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "render_opening": {"address": [URL, None]},
    "describe_answers": {"outcome": OUTCOMES[:2]},
    "render_answers": {"outcome": OUTCOMES[:2]},
    "render_items": {"entries": [{}], "page": [0, 1]},
    "render_item": {"entries": [{}]},
    "render_requested": {"answer": [PAGE]},
    "render_reload": {"outcome": RELOADS},
    "render_explanation": {"outcome": [*OUTCOMES, Answered((ANSWER,), 0.9, DECISIONS)]},
    "render_still_looking": {"answers": [["59"]]},
    "render_job_description": {"knowledge": [replace(knowledge(3, ROLE), language=Language("ja"))]},
    "render_language_choices": {"languages": [()]},  # codes have letters
    "render_section_choices": {"sections": [()]},
}
OF_ITEMS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "ItemMenu": {"options": [[discord.SelectOption(label="64")]]},
    "TopicMenu": {"options": [[discord.SelectOption(label="64")]]},
    "TagsMenu": {"names": [["70"]]},
    "PageButton": {"page": [1], "label": [""]},
    "EditButton": {"version": [1]},
    "UndoButton": {"version": [1]},
    "ApproveButton": {"version": [1]},
    "TeachForm": {"entries": [(ENTRY,)], "answer": ["65"], "item": [None, TAUGHT[0]]},
}
# They name time zones, or take a server or an interaction of discord.py's; other tests see what they say.
WITH_DISCORD = frozenset({"describe_obstacles", "describe_plan", "for_person", "render_plan", "render_settings"})


def every_page() -> Iterator[tuple[str, Any]]:
    """Yield what each function returns that makes a page or a part of one, with the function's name."""
    for name, function in sorted(_functions().items()):
        for arguments in _calls(
            function, {"groups": [groups(), groups()[:1], ()], **SPECIAL.get(function.__name__, {})}
        ):
            yield name, function(**arguments)


def every_item() -> Iterator[Any]:
    """Yield each button, menu and form of every feature."""
    for kind in every_kind():
        for arguments in _calls(kind.__init__, OF_ITEMS.get(kind.__name__, {})):
            yield kind(**arguments)


def every_kind() -> tuple[type[Any], ...]:
    """Return the class of each button, menu and form of every feature."""
    for each in _modules():
        importlib.import_module(each.name)
    return tuple(kind for feature in _below(Feature) for kind in (*feature.items, *feature.forms))


def _below(kind: type[Feature]) -> Iterator[type[Feature]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _functions() -> Mapping[str, Callable[..., Any]]:
    modules = (importlib.import_module(each.name) for each in _modules())
    return {
        f"{module.__name__}.{name}": function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and name not in WITH_DISCORD and _makes_pages(name)
    }


def _modules() -> Iterator[pkgutil.ModuleInfo]:
    return pkgutil.walk_packages(bot.discord_app.__path__, f"{bot.discord_app.__name__}.")


def _makes_pages(name: str) -> bool:
    return name == "render" or name.startswith(("render_", "describe_")) or name in {"for_one", "for_post"}


def _calls(function: Callable[..., Any], own: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    given = {**GIVEN, **own}
    parameters = inspect.signature(function).parameters.items()
    names = [name for name, each in parameters if name != "self" and _is_given(each, given)]
    if unknown := [name for name in names if name not in given]:
        raise LookupError(f"GIVEN has nothing to call {function.__name__} with for {', '.join(unknown)}.")
    for turn in range(max([len(given[name]) for name in names], default=1)):
        yield {name: given[name][turn % len(given[name])] for name in names}


def _is_given(parameter: inspect.Parameter, given: Mapping[str, Sequence[Any]]) -> bool:
    return parameter.default is parameter.empty or parameter.name in given
