"""The terminal face: answers as text for people, and as JSON Lines for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from bot.answering import Answer, Answered, Answering, Outcome, Suggested, Unanswered
from bot.job_description import as_markdown
from bot.knowledge.model import Entry
from bot.matching.matcher import Candidate


def print_outcome(console: Console, outcome: Outcome) -> tuple[Entry, ...]:
    """Print an outcome and return the entries it offers to go on with, in the order of their numbers."""
    match outcome:
        case Answered():
            for answer in outcome.answers:
                print_answer(console, answer)
            for subject in outcome.declined:
                console.print(subject.reply or f"I have nothing on {subject.name}.")
            shown = {answer.entry.id for answer in outcome.answers}
            related = {e.id: e for answer in outcome.answers for e in answer.related if e.id not in shown}
            return _print_offers(console, "Related:", tuple(related.values())[:3])
        case Suggested():
            return _print_offers(console, "I'm not sure what you mean. Did you mean one of these?", outcome.entries)
        case Unanswered(off_topic=None):
            console.print("I don't know the answer to that.")
        case Unanswered(off_topic=subject):
            console.print(subject.reaction or subject.reply or f"I have nothing on {subject.name}.")
    return ()


def print_answer(console: Console, answer: Answer) -> None:
    """Print one answer with what it rests on."""
    console.print(Text(answer.entry.question, style="bold cyan"))
    console.print(Padding(Markdown(answer.entry.answer), (0, 0, 1, 2)))
    if answer.entry.link:
        console.print(f"  {answer.entry.link}", style="underline", highlight=False, markup=False)
    source = answer.source
    where = f"{source.publisher}, {source.title} ({answer.entry.source_section})"
    console.print(Padding(Text(f"Source: {where}", style="dim"), (0, 0, 0, 2)))
    if source.url:
        console.print(Padding(Text(source.url, style="dim underline"), (0, 0, 0, 2)))


def print_explanation(console: Console, outcome: Outcome) -> None:
    """Print why the outcome is what it is: for each question, what spoke for the likeliest entries."""
    for ranking in outcome.rankings:
        console.print()
        console.print(Text.assemble(("Read as: ", "dim"), ranking.question))
        for repair in ranking.repairs:
            console.print(f"  {repair.typed!r} was taken for {repair.taken_for!r}", style="dim", highlight=False)
        if ranking.unknown:
            console.print(f"  nobody here knows: {', '.join(ranking.unknown)}", style="dim", highlight=False)
        for candidate in ranking.candidates[:3]:
            _print_candidate(console, candidate)
        if ranking.subject:
            subject = ranking.subject
            line = f"  off topic? {subject.off_topic_id}, vote {subject.vote:.2f}, as in: {subject.example}"
            console.print(line, highlight=False, markup=False)


def job_description(answering: Answering) -> str:
    """Return the job description as Markdown, with what it rests on."""
    source = answering.knowledge.source
    title = f"[{source.title}]({source.url})" if source.url else source.title
    return f"{as_markdown(answering.knowledge.role)}\n\nSource: {source.publisher}, {title}\n"


def as_record(text: str, outcome: Outcome) -> dict[str, object]:
    """Return an outcome as one line of JSON holds it."""
    answered = outcome.answers if isinstance(outcome, Answered) else ()
    suggested: Sequence[Entry] = outcome.entries if isinstance(outcome, Suggested) else ()
    off_topic = outcome.off_topic if isinstance(outcome, Unanswered) else None
    return {
        "text": text,
        "outcome": type(outcome).__name__.lower(),
        "entries": [answer.entry.id for answer in answered],
        "suggestions": [entry.id for entry in suggested],
        "off_topic": off_topic.id if off_topic else None,
        "confidence": round(outcome.confidence, 4),
    }


def answer_batch(answering: Answering, lines: Iterable[bytes], out: TextIO, faults: TextIO) -> bool:
    """Answer JSON Lines with a `text` each, in order, one line for one; return whether every line was good.

    A bad line is reported with its number; the rest is answered all the same.
    """
    all_good = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            text = _text_of(line)
        except ValueError as error:
            all_good = False
            print(f"line {number}: {error}", file=faults, flush=True)
            continue
        print(json.dumps(as_record(text, answering.answer(text)), ensure_ascii=False), file=out, flush=True)
    return all_good


def _text_of(line: bytes) -> str:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("this is not JSON in UTF-8") from None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise ValueError(  # noqa: TRY004 - one kind of error for one kind of fault
            'a JSON object with a "text" in quotes is due, such as {"text": "What is a TPM?"}'
        )
    text: str = record["text"]
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("the text contains half of a surrogate pair")
    return text


def _print_offers(console: Console, heading: str, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if entries:
        console.print(heading, style="dim" if heading == "Related:" else "")
        for number, entry in enumerate(entries, start=1):
            console.print(f"  {number}. {entry.question}", highlight=False, markup=False)
    return entries


def _print_candidate(console: Console, candidate: Candidate) -> None:
    why = candidate.explanation
    evidence = why.evidence
    console.print(Text.assemble("  ", (candidate.entry_id, "bold"), f"  confidence {candidate.confidence:.2f}"))
    console.print(f"    nearest phrasing ({evidence.similarity:.2f}): {why.phrasing}", highlight=False, markup=False)
    console.print(f"    shared: {', '.join(why.shared) or '-'}", highlight=False, markup=False)
    if why.unexplained:
        console.print(f"    not in its phrasings: {', '.join(why.unexplained)}", highlight=False, markup=False)
    votes = f"vote {evidence.vote:.2f}, best other {evidence.rival_vote:.2f}, off topic {evidence.off_topic_vote:.2f}"
    console.print(f"    {votes}", highlight=False)


def history_file() -> Path:
    """Return where the chat keeps what was typed, for the arrow keys."""
    return Path.home() / ".local" / "state" / "tpm-bot" / "history"
