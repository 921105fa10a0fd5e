"""Add a model's phrasings to the knowledge, and show what was added and what wasn't."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.text import Text

from bot.authoring.edits import NothingAdded
from bot.authoring.findings import quoted
from bot.authoring.incoming import MEBIBYTE, read_text
from bot.authoring.phrasings.adding import Plan, plan_additions
from bot.authoring.phrasings.sifting import Dropped, Reason, Sifted
from bot.authoring.replacing import replace_files
from bot.matching.meaning import EncoderChoice
from bot.terminal.check_report import LateProgress, count_of
from bot.terminal.outcomes import open_console
from bot.terminal.paragraphs import print_paragraph

MAX_REPLY = MEBIBYTE
SHOWN = 5  # of what is left out of an entry for a reason, unless all is asked for
_COUNTED = (Reason.DUPLICATE, Reason.TOO_LONG)  # which nobody needs to look at


def add_and_report(
    folder: Path, reply: BinaryIO, *, name: str, encoders: EncoderChoice, dry_run: bool, everything: bool
) -> None:
    """Add what is worth adding, all of it or nothing, and print it.

    Raises:
        UnusableFile: The reply isn't text.
        NothingAdded: It has no phrasings for this knowledge, or they can't be written.
        ChangedSinceRead: Somebody else wrote a file.
        KnowledgeError: The knowledge can't be used.
    """
    text = read_text(reply, name=name, most=MAX_REPLY)
    with LateProgress(open_console(errors=True)) as progress:
        plan = plan_additions(folder, text, encoders, progress)
    if not dry_run:
        replace_files(plan.edits)
    console = open_console()
    for each in plan.sifted:
        _print_owner(console, each, everything=everything, dry_run=dry_run)
    if not plan.edits and {dropped.reason for each in plan.sifted for dropped in each.dropped} - {Reason.DUPLICATE}:
        raise NothingAdded("Nothing in the reply can be added. The lines above say why.")
    for line in (*_warnings(plan), _total(plan, dry_run=dry_run)):
        print_paragraph(console, line)
    if plan.edits and not dry_run:
        console.print(f"Next: tpm-bot check {shlex.quote(str(folder))}", soft_wrap=True)


def _print_owner(console: Console, each: Sifted, *, everything: bool, dry_run: bool) -> None:
    new = "" if each.name is None else f" (a new off-topic subject: {each.name})"
    near = f", {_near_misses(len(each.not_examples))}" if each.not_examples else ""
    counts = f"{new}: {count_of(len(each.phrasings), 'phrasing')}{near}"
    print_paragraph(console, Text.assemble((each.id, "bold"), counts))
    if dry_run:
        for mark, texts in (("+", each.phrasings), ("not", each.not_examples)):
            for text in texts:
                print_paragraph(console, Text(f"{mark} {text}", style="green" if mark == "+" else ""), indent="  ")
    for line in _left_out(each.dropped, everything=everything):
        print_paragraph(console, Text(f"left out: {line}", style="yellow"), indent="  ")
    for one in each.rescued if everything else each.rescued[:SHOWN]:
        was = f"answered with {one.by} without this, so make sure that's wrong: {quoted(one.text)}"
        print_paragraph(console, Text(was, style="yellow"), indent="  ")


def _left_out(dropped: Sequence[Dropped], *, everything: bool) -> Iterator[str]:
    for reason in Reason:
        found = [each for each in dropped if each.reason is reason]
        if not found:
            continue
        if reason in _COUNTED and not everything:
            yield f"{len(found)} {reason}"
            continue
        shown = found if everything else found[:SHOWN]
        yield from (_told(each) for each in shown)
        if len(found) > len(shown):
            yield f"… and {len(found) - len(shown)} more like these; --all shows them"


def _told(each: Dropped) -> str:
    match each.reason:
        case Reason.WON:
            return f"{quoted(each.text)}: {each.by} would answer it ({each.confidence:.2f})"
        case Reason.TAKEN:
            return f"{quoted(each.text)}: {each.by} has nearly the same"
        case Reason.ANSWERED:
            return f"{quoted(each.text)}: {each.by} would still answer it; put it under an off-topic subject"
        case _:
            return f"{quoted(each.text)}: {each.reason}"


def _warnings(plan: Plan) -> Iterator[str]:
    for id_, count in plan.reply.unknown.items():
        closest = plan.reply.closest.get(id_)
        meant = f" Does it mean {closest}?" if closest else ""
        yield f"Left out: {count_of(count, 'line')} for {id_}, which isn't in this folder.{meant}"
    if plan.reply.cut_off_at:
        yield f"The reply is cut off at {plan.reply.cut_off_at}. Ask for the rest, and add that too."
    for broken in plan.broken:
        yield f"This breaks an example, so the bot won't serve it: {broken.problem} {broken.remedy}"


def _total(plan: Plan, *, dry_run: bool) -> str:
    if not plan.edits:
        return "Nothing new in the reply."
    phrasings = count_of(sum(len(each.phrasings) for each in plan.sifted), "phrasing")
    count = sum(len(each.not_examples) for each in plan.sifted)
    near = f" and {_near_misses(count)}" if count else ""
    files = " and ".join(map(str, plan.edits))
    return f"{'Would add' if dry_run else 'Added'} {phrasings}{near} to {files}."


def _near_misses(count: int) -> str:
    return count_of(count, "near miss", "near misses")
