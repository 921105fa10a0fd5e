"""Knowledge in a folder that is edited, and what `check` finds in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.authoring.checking import check_folder
from bot.authoring.findings import Finding, Kind

TODAY = date(2026, 11, 23)


def findings(directory: Path, kind: Kind, today: date = TODAY) -> list[Finding]:
    return [finding for finding in check_folder(directory, today=today)[1] if finding.kind is kind]


def edit(directory: Path, file: str, old: str, new: str) -> None:
    """Replace a text where it stands first."""
    content = (directory / file).read_text(encoding="utf-8")
    assert old in content
    (directory / file).write_text(content.replace(old, new, 1), encoding="utf-8")


def line_of(directory: Path, file: str, text: str) -> int:
    lines = (directory / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def add_phrasings(directory: Path, **ways: list[str]) -> None:
    """Put more ways to ask below an id in phrasings.yaml that has none there yet; _ stands for a hyphen."""
    with (directory / "phrasings.yaml").open("a", encoding="utf-8") as file:
        for id_, texts in ways.items():
            file.write(f"  {id_.replace('_', '-')}:\n" + "".join(f"    - {text}\n" for text in texts))


def with_examples(directory: Path, key: str, text: str) -> None:
    """Add an example to the entry night-shift."""
    edit(
        directory,
        "faq.yaml",
        "      - when do keepers sleep\n",
        f"      - when do keepers sleep\n    {key}:\n      - {text}\n",
    )
