"""Whatever the bot says on Discord, it says it through the catalogs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
from every_page import every_item, every_page
from spare_catalogs import catalogs_in, letters_left, pretend_language, texts_extracted
from unsaid import texts_bypassing, texts_said

import bot
from bot.discord_app.digest.schedule import USUAL_ZONES
from bot.discord_app.forms import layout_of
from bot.discord_app.page import Page, Reaction
from bot.language.languages import Language
from bot.language.speech import speaking

ROOT = Path(bot.__file__).parents[1]
DISCORD = ROOT / "bot" / "discord_app"
FOR_OPERATORS = {
    DISCORD / name for name in ("connection.py", "sharding/division.py", "sharding/watch.py")
}  # in the log and the like
SAYING = [
    *sorted({*DISCORD.rglob("*.py")} - FOR_OPERATORS),
    ROOT / "bot" / "terminal" / "chat.py",
    ROOT / "bot" / "terminal" / "outcomes.py",
    ROOT / "bot" / "knowledge" / "job_description.py",
]
IN_ENGLISH = ("print_explanation", "_reason", "_evidence")  # of `--why` in the terminal
NOT_SAID = frozenset(
    {
        "Feature",
        "Date",  # headers of HTTP
        "Via",
        "Discord says {}/{}",  # in the log
        "{} {} in channel {}",
        "Discord limits all requests",
        "Cloudflare blocks its requests",
    }
)
PRETENDED = Language("ja")  # whose lists have no letters


@pytest.fixture(scope="module", autouse=True)
def _pretended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("catalogs")
    pretend_language(folder, PRETENDED)
    with catalogs_in(folder), speaking(PRETENDED):
        yield


def words_in(said: Any) -> Iterator[str]:
    """Yield all texts in what a function returned."""
    match said:
        case str():
            yield said
        case Page():
            yield from (found for item in layout_of(said).walk_children() for found in words_on(item))
        case Reaction() | None | bool():
            pass
        case _:
            for each in said:
                yield from words_in(each)


def words_on(item: Any) -> Iterator[str]:
    if isinstance(item, discord.ui.DynamicItem):
        yield from words_on(item.item)
        return
    names = ("title", "text", "description", "content", "placeholder")
    yield from (getattr(item, name, None) or "" for name in names)
    if isinstance(item, discord.ui.Button):
        yield item.label or ""
    yield from (without_zone(option.label) for option in getattr(item, "options", ()))
    inner = [item.component] if isinstance(item, discord.ui.Label) else getattr(item, "children", ())
    for child in inner:
        yield from words_on(child)


def without_zone(label: str) -> str:
    """Return a label without the name of a time zone, which is the same in every language."""
    return label.removesuffix(next((zone for zone in USUAL_ZONES if label.endswith(zone)), ""))


def test_every_page_is_said_through_the_catalogs() -> None:
    bypassing = {name: left for name, said in every_page() for text in words_in(said) if (left := letters_left(text))}

    assert bypassing == {}


def test_every_button_menu_and_form_is_labeled_through_the_catalogs() -> None:
    items = list(every_item())

    bypassing = {type(item).__name__: left for item in items for text in words_on(item) if (left := letters_left(text))}

    assert bypassing == {}
    assert len(items) > 30


def test_no_text_in_the_code_bypasses_the_catalogs() -> None:
    bypassing = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SAYING
        for line, text in texts_bypassing(path.read_text(encoding="utf-8"), skipped=IN_ENGLISH)
        if text not in NOT_SAID
    ]

    assert bypassing == []


def test_pybabel_finds_all_that_is_said() -> None:
    paths = [path for path in (ROOT / "bot").rglob("*.py") if path.parent.name != "language"]
    said = {text for path in paths for text in texts_said(path.read_text(encoding="utf-8"))}

    found = {each for text in texts_extracted().values() for each in ([text] if isinstance(text, str) else text)}
    assert said - found == set()
    assert len(said) > 300


@pytest.mark.parametrize(
    "source",
    [
        'Page(content="Try again in a moment.")',
        'Page(content=f"I counted your {vote}.")',
        'Page(content=_("{who} did it.", who="Nobody here"))',
        'Button(label="Delete")',
        'def render(title="How to ask"): ...',
        'class Menu:\n    placeholder = "Pick a question"',
        "f\"{_hint('in this server')}\"",
        'return "Some of it", ["and more", {"key": "and the rest"}]',
    ],
)
def test_a_text_that_bypasses_the_catalogs_is_seen(source: str) -> None:
    assert texts_bypassing(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Say something."""',
        'Page(content=_("Try again in a moment."))',
        'ngettext("{count} small vote", "{count} small votes", 2, count=2)',
        'logger.warning("Something went wrong.")',
        'raise AssertionError("a button belongs to a message")',
        'x = re.compile("some words")',
        'custom_id = f"teach:{draft_id}:{version}"',
        'def f(x: Literal["some words"]) -> Literal["other words"]: ...',
        'y: Literal["some words"] = "all"',
    ],
)
def test_what_nobody_reads_on_discord_is_allowed(source: str) -> None:
    assert texts_bypassing(source) == []
