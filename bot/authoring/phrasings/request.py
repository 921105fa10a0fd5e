"""Ask a language model for phrasings: for which entries, what keeps them apart from others, and in what form."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from bot.authoring.phrasings.wording import OTHERS, REQUEST, SUBJECTS
from bot.authoring.requests import Request, named
from bot.knowledge.faults import shown
from bot.knowledge.file_format import MAX_ANSWER_LENGTH, MAX_PHRASING_LENGTH
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, Owner
from bot.language.names import english_name
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice
from bot.matching.text import clean

ENOUGH = 0.75  # of the phrasings wanted for an entry, for it not to be asked for again
NOT_EXAMPLES = 3  # near misses under `not`, for an entry
OFF_TOPIC = 5  # near misses under `off_topic`, for an entry
MAX_SHOWN = 12  # phrasings that an entry has already
MAX_NEIGHBORS = 3
MAX_OTHERS = 100
MAX_OTHER_ANSWER = 200  # characters
_SHARES = {"full": 0.25, "casual": 0.25, "fragments": 0.2, "situations": 0.15, "slang": 0.08, "learners": 0.05}


def make_request(
    knowledge: KnowledgeBase,
    encoders: EncoderChoice,
    *,
    own: AbstractSet[str],
    ids: Sequence[str],
    count: int,
    per_request: int,
) -> Request | None:
    """Return a request for `count` phrasings of each entry with one of the `ids`.

    Without ids, it asks for the first `per_request` entries that have few phrasings; None if none has few. `own` are
    the ids that the folder has: phrasings for others can't be added to it.

    Raises:
        UnknownId: Nothing has one of the ids.
    """
    few = [entry for entry in knowledge.entries if entry.id in own and len(entry.own_phrasings) < ENOUGH * count]
    owners = {owner.id: owner for owner in knowledge.owners if owner.id in own}
    wanted = [named(id_, owners, as_what="no entry") for id_ in dict.fromkeys(ids)] if ids else few[:per_request]
    if not wanted:
        return None
    asked = {owner.id for owner in wanted}
    neighbors = _neighbors(Matcher(knowledge, encoders=encoders), wanted)
    text = REQUEST.format(
        name=knowledge.name,
        about=f" {knowledge.about}" if knowledge.about else "",
        count=count,
        not_count=NOT_EXAMPLES,
        off_topic_count=OFF_TOPIC * len(wanted),
        language=english_name(knowledge.language),
        subjects=_subjects([subject for subject in knowledge.off_topics if subject.id in own]),
        example=_example(wanted),
        max_length=MAX_PHRASING_LENGTH,
        entries="\n".join(_described(knowledge, owner, neighbors[owner.id]) for owner in wanted).rstrip(),
        **{form: max(1, round(share * count)) for form, share in _SHARES.items()},
    )
    near = {neighbor for found in neighbors.values() for neighbor in found}
    others = sorted((entry for entry in knowledge.entries if entry.id not in asked), key=lambda e: e.id not in near)
    if others:
        text += OTHERS.format(others="\n".join(map(_in_a_line, others[:MAX_OTHERS])))
    later = tuple(entry.id for entry in few if entry.id not in asked)
    return Request(text, tuple(owner.id for owner in wanted), later)


def _neighbors(matcher: Matcher, wanted: Sequence[Owner]) -> dict[str, tuple[str, ...]]:
    """Return the entries that each owner's phrasings are next likely to be taken for, the likeliest first."""
    found: dict[str, tuple[str, ...]] = {}
    for owner in wanted:
        near: defaultdict[str, float] = defaultdict(float)
        for text in _sample(owner.own_phrasings):
            for candidate in matcher.rank(clean(text)).candidates:
                near[candidate.entry_id] += candidate.confidence
        near.pop(owner.id, None)
        found[owner.id] = tuple(sorted(near, key=near.__getitem__, reverse=True)[:MAX_NEIGHBORS])
    return found


def _sample(phrasings: Sequence[str]) -> Sequence[str]:
    """Return a few of the phrasings, from the first to the last."""
    return phrasings[:: 1 + (len(phrasings) - 1) // MAX_SHOWN]


def _described(knowledge: KnowledgeBase, owner: Owner, neighbors: Sequence[str]) -> str:
    if isinstance(owner, OffTopic):
        about = f"An off-topic subject. Members who ask about it are told that there is nothing on {owner.name}."
    else:
        quote = "\n".join(f"> {line}".rstrip() for line in owner.answer[:MAX_ANSWER_LENGTH].splitlines())
        about = f"Question: {owner.question}\n\nAnswer:\n{quote}"
    has = "\n".join(f"- {text}" for text in _sample(owner.own_phrasings))
    near = "; ".join(f"{id_} ({knowledge.entry(id_).question})" for id_ in neighbors)
    confused = f"\n\nEasily confused with: {near}" if near else ""
    return f"## {owner.id}\n\n{about}\n\nHas already:\n{has}{confused}\n"


def _in_a_line(entry: Entry) -> str:
    return f"- {entry.id}: {entry.question} {shown(' '.join(entry.answer.split()), MAX_OTHER_ANSWER)}"


def _subjects(off_topics: Sequence[OffTopic]) -> str:
    listed = "\n".join(f"- {subject.id}: {subject.name}" for subject in off_topics)
    return SUBJECTS.format(subjects=listed) if off_topics else ""


def _example(wanted: Sequence[Owner]) -> str:
    """Return the beginning of a reply, and its end."""
    entries = [owner.id for owner in wanted if isinstance(owner, Entry)]
    subjects = [owner.id for owner in wanted if isinstance(owner, OffTopic)]
    lists = '  phrasings:\n    - "…"\n    - "…"\n'
    shown = [f'{id_}:\n{lists}  not:\n    - "…"\n' for id_ in entries[:2]]
    shown += ["…\n"] if len(entries) > len(shown) else []
    below = "".join(f"  {id_}:\n{textwrap.indent(lists, '  ')}" for id_ in subjects)
    new = f'  an-id:\n    name: "…"\n{textwrap.indent(lists, "  ")}'
    return f"{''.join(shown)}off_topic:\n{below}{new}".rstrip()
