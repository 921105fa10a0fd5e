"""What the documentation names exists: files, settings, and the test command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def linked_files(page: Path) -> list[Path]:
    """Return the files of this repository that a page links to."""
    targets: list[str] = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    return [page.parent / target for target in targets if "://" not in target]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_a_page_links_to_exists(page: Path) -> None:
    assert [file.as_posix() for file in linked_files(page) if not file.is_file()] == []


def test_the_readme_links_to_every_page_a_reader_needs() -> None:
    linked = {file.resolve() for file in linked_files(ROOT / "README.md")}
    pages = ("setup", "settings", "editing", "operating", "matching", "delivery", "privacy", "screens")

    assert {ROOT / "docs" / f"{page}.md" for page in pages} <= linked


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = {file.name for file in linked_files(folder / "README.md")}

    assert {file.name for file in folder.glob("0*.md")} <= listed


def test_the_page_about_settings_describes_every_setting_once_and_no_other() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `([A-Z_]+)` \|", page, flags=re.MULTILINE)

    assert sorted(described) == sorted(name.upper() for name in Settings.model_fields)


def test_the_readme_fits_two_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 100
