"""Import a file, show what to look at, and check the result."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path
from typing import BinaryIO

from rich.text import Text

from bot.authoring.importing.folder import import_file
from bot.knowledge.file_format import LanguageCode
from bot.matching.meaning import EncoderChoice
from bot.terminal.check_report import check_and_report, count_of
from bot.terminal.outcomes import open_console
from bot.terminal.paragraphs import print_paragraph

SHOWN_WARNINGS = 20  # unless all are asked for


def import_and_report(
    file: BinaryIO,
    directory: Path,
    *,
    source: str,
    name: str | None,
    language: LanguageCode | None,
    everything: bool,
    today: date,
    encoders: EncoderChoice,
) -> bool:
    """Make a folder from a file, check it, say what to do next, and tell whether it passed.

    Raises:
        UnusableFile: The file isn't text, or is too large.
        NothingFound: It has no questions with answers.
        FolderTaken: Something is in the folder already.
    """
    imported = import_file(file, directory, source=source, name=name, language=language)
    console = open_console()
    shown = imported.warnings if everything else imported.warnings[:SHOWN_WARNINGS]
    for warning in shown:
        print_paragraph(console, Text(warning, style="yellow"))
    if left := len(imported.warnings) - len(shown):
        console.print(f"… and {left} more like these; --all shows them.", style="dim")
    entries, phrasings = count_of(imported.entries, "entry", "entries"), count_of(imported.phrasings, "phrasing")
    print_paragraph(console, f"Made {directory}: {entries} with {phrasings} about {imported.name}.")
    console.print()
    passed = check_and_report(directory, today=today, format_="text", everything=False, strict=False, encoders=encoders)
    console.print(f"\nTry it: tpm-bot chat {shlex.quote(str(directory))}", soft_wrap=True)
    return passed
