"""Show unanswered questions: grouped for people, or as YAML to paste."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.answering import Answering
from bot.authoring.stubs import stubs
from bot.authoring.unanswered import UnansweredGroup, group_unanswered
from bot.knowledge.loading import load_with_documents
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice
from bot.storage.database import Database
from bot.storage.servers import ServerSettingsStore
from bot.storage.unanswered import UnansweredQuestion, UnansweredQuestions
from bot.terminal.check_report import count_of
from bot.terminal.database import explaining_database, refuse_missing_file
from bot.terminal.outcomes import open_console
from bot.terminal.paragraphs import print_paragraph

SHOWN_QUESTIONS = 3  # of a group


def report_unanswered(folder: Path, address: str, *, days: int, yaml: bool, encoders: EncoderChoice) -> None:
    """Print the unanswered questions of all servers that `folder` doesn't answer yet, the most frequent first.

    Raises:
        KnowledgeError: The folder can't be loaded.
        DatabaseRefused: The database can't be read.
    """
    knowledge, documents = load_with_documents(folder)
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge, encoders=encoders))
    now = datetime.now(UTC)
    with explaining_database():
        questions, minimums = asyncio.run(_read(address, now - timedelta(days=days)))
    groups = sorted(
        group_unanswered(questions, answering, minimum_confidences=minimums),
        key=lambda group: len(group.questions),
        reverse=True,
    )
    console = open_console()
    if not yaml:
        _print_groups(console, groups, days)
        return
    for stub in stubs(groups, documents, folder, today=now.date()):
        console.out(f"# {stub.reason}")
        console.out(f"# Paste this into {stub.file} below line {stub.line}: {stub.below}")
        console.out(stub.text)


async def _read(address: str, since: datetime) -> tuple[Sequence[UnansweredQuestion], Mapping[int, float]]:
    refuse_missing_file(address)
    async with Database.open(address, may_be_away=False) as database:
        questions = await UnansweredQuestions(database=database).asked_since(since)
        servers = ServerSettingsStore(database=database)
        await servers.load_all()
        ids = {question.server_id for question in questions}
        minimums = {id_: servers.of(id_).minimum_confidence for id_ in ids}
        return questions, {id_: minimum for id_, minimum in minimums.items() if minimum is not None}


def _print_groups(console: Console, groups: Sequence[UnansweredGroup], days: int) -> None:
    for group in groups:
        title = f"{count_of(len(group.questions), 'question')}, last asked on {group.newest:%Y-%m-%d}"
        print_paragraph(console, Text(title, style="bold"))
        texts = dict.fromkeys([group.representative.text, *(question.text for question in group.questions)])
        for text in list(texts)[:SHOWN_QUESTIONS]:
            print_paragraph(console, text, indent="  ")
        if group.nearest:
            near = f"nearest: {group.nearest.entry_id} ({group.nearest.phrasing}); {group.nearest.why}"
            print_paragraph(console, Text(near, style="dim"), indent="  ")
        console.print()
    total = sum(len(group.questions) for group in groups)
    summary = f"{count_of(total, 'question')} in {count_of(len(groups), 'group')} unanswered in the last {days} days."
    told = f"{summary} --yaml prints YAML to paste." if groups else "No unanswered questions."
    print_paragraph(console, told, hanging="")
