"""Show what moderators taught on Discord: as a list for people, or as YAML to paste."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.authoring.taught import as_knowledge, standings_of
from bot.authoring.taught_yaml import taught_yaml
from bot.knowledge.loading import load_with_documents
from bot.knowledge.server_folders import find_server_folders
from bot.knowledge.taught import Standing
from bot.storage.database import Database
from bot.storage.drafts import Drafts
from bot.storage.taught import TaughtItem, TaughtItems
from bot.terminal.check_report import count_of
from bot.terminal.database import explaining_database, refuse_missing_file
from bot.terminal.outcomes import open_console
from bot.terminal.paragraphs import print_paragraph

_SAID = {
    Standing.NEW_ENTRY: "a new entry, {id}",
    Standing.PHRASING: "for {id}",
    Standing.IN_FOLDER: "in the files now, so the bot deletes it",
    Standing.WITHOUT_ENTRY: "without effect: {id} is gone",
}


def report_taught(directory: Path, address: str, *, server: int | None, yaml: bool) -> None:
    """Print what the servers were taught, or one of them, that the knowledge files don't say yet.

    Raises:
        KnowledgeError: A folder can't be loaded.
        DatabaseRefused: The database can't be read.
    """
    with explaining_database():
        taught = asyncio.run(_read(address))
    by_folder: dict[Path, dict[int, tuple[TaughtItem, ...]]] = {}
    folders = find_server_folders(directory)
    for server_id, items in sorted(taught.items()):
        if server in (None, server_id):
            own = folders.of(server_id, frozenset())
            by_folder.setdefault(own.directory if own else directory, {})[server_id] = items
    console = open_console()
    for folder, servers in by_folder.items():
        if yaml:
            _print_yaml(console, folder, [item for items in servers.values() for item in items])
        else:
            _print_items(console, folder, servers)
    if not yaml:
        total = sum(len(items) for servers in by_folder.values() for items in servers.values())
        summary = f"{count_of(total, 'question')} taught. --yaml prints YAML to paste." if total else "Nothing taught."
        print_paragraph(console, summary, hanging="")


async def _read(address: str) -> Mapping[int, tuple[TaughtItem, ...]]:
    refuse_missing_file(address)
    async with Database.open(address, may_be_away=False) as database:
        items = TaughtItems(database=database, drafts=Drafts(database=database))
        await items.load_all()
        return {server_id: items.of(server_id) for server_id in items.servers}


def _print_items(console: Console, folder: Path, servers: Mapping[int, Sequence[TaughtItem]]) -> None:
    knowledge, _ = load_with_documents(folder)
    for server_id, items in servers.items():
        print_paragraph(console, Text(f"Server {server_id}", style="bold"))
        standings = standings_of(items, knowledge).standings
        for item in items:
            what = _SAID[standings[item.item_id]].format(id=item.entry_id)
            who = f"by {item.taught_by}" if item.taught_by else "by someone who asked to be forgotten"
            waits = "; waits for approval" if item.waits else ""
            print_paragraph(console, item.question, indent="  ")
            print_paragraph(
                console, Text(f"{what}; {who} on {item.taught_at:%Y-%m-%d}{waits}", style="dim"), indent="    "
            )
        console.print()


def _print_yaml(console: Console, folder: Path, items: Sequence[TaughtItem]) -> None:
    knowledge, documents = load_with_documents(folder)
    found = taught_yaml(as_knowledge(item for item in items if not item.waits), knowledge, documents, folder)
    for stub in found.stubs:
        console.out(f"# {stub.reason}")
        console.out(f"# Paste this into {folder / stub.file} below line {stub.line}: {stub.below}")
        console.out(stub.text)
    for each in found.replacements:
        console.out(f"# {each.entry_id} was taught another answer.")
        console.out(f"# Replace the one in {folder / each.file}, in the entry that begins in line {each.line}:")
        console.out(f"{each.text}\n")
