"""Show how much of the knowledge is translated, and what was written from a model's reply."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.authoring.edits import NothingAdded
from bot.authoring.incoming import MEBIBYTE, read_text
from bot.authoring.replacing import replace_files
from bot.authoring.translations.adding import Plan, plan_additions
from bot.authoring.translations.standings import Standing, standings
from bot.knowledge.loading import load_with_documents
from bot.knowledge.originals import Key, State
from bot.language.languages import Language
from bot.language.names import english_name
from bot.terminal.check_report import count_of
from bot.terminal.outcomes import open_console
from bot.terminal.paragraphs import print_paragraph, print_table

MAX_REPLY = MEBIBYTE
_COLUMNS = {
    State.TRANSLATED: "translated",
    State.INCOMPLETE: "incomplete",
    State.OUTDATED: "out of date",
    State.MISSING: "missing",
}
_OPEN = (State.OUTDATED, State.INCOMPLETE, State.MISSING)


def report_status(folder: Path) -> None:
    """Print a table of the languages, and below it what each one lacks.

    Raises:
        KnowledgeError: The knowledge can't be used.
    """
    _, documents = load_with_documents(folder)
    found = standings(documents)
    console = open_console()
    if not found:
        print_paragraph(console, f"There are no translations in {folder} yet. To start with German, run:")
        console.print(f"  {_prompt('de', folder)}", soft_wrap=True)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for heading in _COLUMNS.values():
        table.add_column(heading, justify="right")
    for standing in found:
        counts = (str(len(standing.of(state))) for state in _COLUMNS)
        table.add_row(f"{english_name(standing.language)} ({standing.language})", *counts)
    print_table(console, table)
    for standing in found:
        _print_open(console, standing, folder)


def _print_open(console: Console, standing: Standing, folder: Path) -> None:
    """Print what a language lacks."""
    if not standing.of(*_OPEN):
        return
    console.print()
    for state in _OPEN:
        if keys := [match.original.key for match in standing.of(state)]:
            print_paragraph(console, Text.assemble((f"{standing.language}, {state}: ", "bold"), _named(keys)))
    console.print(f"Next: {_prompt(standing.language, folder)}", soft_wrap=True)


def _prompt(language: str, folder: Path) -> str:
    return f"tpm-bot translations prompt {language} --knowledge {shlex.quote(str(folder))}"


def add_and_report(
    folder: Path, language: Language, reply: BinaryIO, *, name: str, dry_run: bool, replace: bool
) -> None:
    """Write the usable parts of a reply, and print what they were.

    Raises:
        UnusableFile: The reply isn't text.
        NothingAdded: It has no translations for this knowledge, or they can't be written.
        ChangedSinceRead: Somebody else wrote the file.
        KnowledgeError: The knowledge can't be used.
    """
    plan = plan_additions(folder, language, read_text(reply, name=name, most=MAX_REPLY), replace=replace)
    if not dry_run:
        replace_files(plan.edits)
    console = open_console()
    for line in _lines(plan):
        print_paragraph(console, line)
    if not plan.edits and plan.refused:
        raise NothingAdded("Nothing in the reply can be added. The lines above say why.")
    print_paragraph(console, _total(plan, dry_run=dry_run))
    if plan.edits and not dry_run:
        console.print(f"Next: tpm-bot check {shlex.quote(str(folder))}", soft_wrap=True)


def _lines(plan: Plan) -> Iterator[Text]:
    for what, keys in (("new", plan.added), ("renewed", plan.renewed), ("translated already", plan.unchanged)):
        if keys:
            yield Text.assemble((f"{what}: ", "bold"), _named(keys))
    for key, reason in plan.refused.items():
        yield Text(f"left out: {key}: {reason}", style="yellow")
    for id_, near in plan.reply.unknown.items():
        meant = f" Does it mean {near}?" if near else ""
        yield Text(f"left out: {id_}, which isn't in this folder.{meant}", style="yellow")
    if plan.reply.cut_off_at:
        yield Text(f"The reply is cut off at {plan.reply.cut_off_at}. Ask for the rest, and add that too.")


def _total(plan: Plan, *, dry_run: bool) -> str:
    if not plan.edits:
        return "Nothing new in the reply."
    [file] = plan.edits
    count = count_of(len(plan.added) + len(plan.renewed), "text")
    return f"{'Would write' if dry_run else 'Wrote'} {count} to {file}."


def _named(keys: Iterable[Key]) -> str:
    return ", ".join(map(str, keys))
