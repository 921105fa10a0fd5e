"""Add the phrasings of a model's reply to a knowledge folder, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bot.answering import Answering
from bot.authoring.edits import Edits, NothingAdded, edited, try_out
from bot.authoring.examples import BrokenExample, broken_examples
from bot.authoring.phrasings.owners import ids_below, own_ids
from bot.authoring.phrasings.reply import Reply, read_reply
from bot.authoring.phrasings.sifting import Progress, Sifted, sift
from bot.authoring.yaml_additions import with_additions
from bot.knowledge.file_format import FORMATS
from bot.knowledge.loading import load_with_documents
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.yaml_document import Document
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be added to a folder.

    Attributes:
        broken: examples of the folder that wouldn't have the right outcome any more.
        edits: what each file holds now, and what it would hold.
    """

    sifted: tuple[Sifted, ...]
    reply: Reply
    broken: tuple[BrokenExample, ...]
    edits: Edits


def plan_additions(folder: Path, reply_text: str, encoders: EncoderChoice, progress: Progress = lambda _: None) -> Plan:
    """Read a reply and decide what of it to add to a folder; write nothing.

    Raises:
        NothingAdded: The reply has no phrasings for this knowledge, or the files would have faults with them.
        KnowledgeError: The folder has faults already.
    """
    knowledge, documents = load_with_documents(folder)
    own = own_ids(documents)
    everything = {owner.id for owner in knowledge.owners}
    reply = read_reply(
        reply_text,
        questions={entry.id: entry.question for entry in knowledge.entries if entry.id in own},
        off_topics=frozenset(subject.id for subject in knowledge.off_topics if subject.id in own),
        elsewhere=frozenset(everything - own),
    )
    if not (reply.proposals or reply.subjects):
        raise NothingAdded(_why_nothing(reply))
    sifted, answering = sift(reply, knowledge, encoders, progress)
    edits = {
        folder / name: edited(folder / name, partial(with_additions, additions=additions))
        for name, additions in _additions(sifted, documents).items()
    }
    try_out(folder, edits, knowledge)
    return Plan(sifted, reply, _newly_broken(answering, knowledge, encoders), edits)


def _newly_broken(answering: Answering, before: KnowledgeBase, encoders: EncoderChoice) -> tuple[BrokenExample, ...]:
    if not (broken := broken_examples(answering)):
        return ()
    former = Answering(knowledge=before, matcher=Matcher(before, encoders=encoders))
    known = {each.identity for each in broken_examples(former)}
    return tuple(each for each in broken if each.identity not in known)


def _why_nothing(reply: Reply) -> str:
    if reply.unknown:
        named = ", ".join([*reply.unknown][:3])
        more = f" and {len(reply.unknown) - 3} more" if len(reply.unknown) > 3 else ""  # noqa: PLR2004 - as above
        closest = "".join(f" Does {id_} mean {near}?" for id_, near in [*reply.closest.items()][:1])
        return f"This folder has no entry {named}{more}, and the reply has no other.{closest}"
    return (
        "No phrasings found. Below the id of an entry, the reply needs a list of them, as `tpm-bot phrasings prompt` "
        "asks for."
    )


def _additions(sifted: Iterable[Sifted], documents: Mapping[str, Document]) -> Mapping[str, dict[str, Any]]:
    """Return what to add to which file: phrasings go to phrasings.yaml if there is one, else to their entry."""
    has_phrasings_file = not documents["phrasings.yaml"].is_absent
    sections = ids_below(documents["role.yaml"], "sections")
    subjects = ids_below(documents["faq.yaml"], "off_topic")
    added: dict[str, dict[str, Any]] = {file: {} for file in FORMATS}
    for each in sifted:
        is_subject = each.name is not None or each.id in subjects
        file, group = ("role.yaml", "sections") if each.id in sections else ("faq.yaml", "entries")
        if is_subject:
            file, group = "faq.yaml", "off_topic"
        part: dict[str, Any] = {"name": each.name} if each.name is not None else {}
        if each.phrasings and has_phrasings_file and each.name is None:
            added["phrasings.yaml"].setdefault("phrasings", {})[each.id] = each.phrasings
        elif each.phrasings:
            part["phrasings"] = each.phrasings
        if each.not_examples:
            part["not"] = each.not_examples
        if part and (each.name is None or each.phrasings):
            added[file].setdefault(group, {})[each.id] = part
    return {file: additions for file, additions in added.items() if additions}
