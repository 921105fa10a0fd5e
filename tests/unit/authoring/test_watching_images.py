"""An image file belongs to the knowledge: a new one is served, and without it the last good knowledge stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from pictured import FAQ, MAP, WAY, map_file, write_pictured
from pictures import PNG, png
from watched import is_kept, is_reloaded, overwrite, watched

from bot.answering import Answering
from bot.authoring.comparison import ContentChange
from bot.authoring.watching import Kept, Reload, Served, Unchanged
from bot.knowledge.model import ImageFile

OTHER = png(64, 48, (200, 30, 30))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_pictured(tmp_path / "bakery")


def shown(answering: Answering) -> bytes:
    image = answering.topic("way").entry.image
    assert image is not None
    assert isinstance(image.source, ImageFile)
    return image.source.content


def is_unchanged(outcome: Reload) -> bool:
    return isinstance(outcome, Unchanged)


async def test_a_changed_image_is_an_edit(folder: Path) -> None:
    async with watched(folder) as (answering, told, _):
        before = answering.knowledge.version
        map_file(folder).write_bytes(OTHER)

        served = await told.until(is_reloaded)

        assert isinstance(served, Served)
        assert served.version == answering.knowledge.version != before
        assert served.changes.changed == (ContentChange("entry way", ("image",)),)
        assert shown(answering) == OTHER


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda file: file.unlink(), "There's no image images/map of 2026.jpeg in this folder."),
        (lambda file: file.write_bytes(PNG[4:]), "The file images/map of 2026.jpeg isn't a PNG, JPEG, GIF, or WebP"),
    ],
)
async def test_without_its_image_the_last_good_knowledge_stays_until_it_is_back(
    folder: Path, spoil: object, problem: str
) -> None:
    assert callable(spoil)
    async with watched(folder) as (answering, told, _):
        spoil(map_file(folder))

        kept = await told.until(is_kept)
        assert isinstance(kept, Kept)
        assert [(fault.file, fault.problem[: len(problem)]) for fault in kept.faults] == [("faq.yaml", problem)]
        assert shown(answering) == MAP

        map_file(folder).write_bytes(MAP)
        await told.until(is_unchanged)
        assert shown(answering) == MAP


async def test_an_edit_waits_for_the_image_that_it_names(folder: Path) -> None:
    async with watched(folder) as (answering, told, _):
        overwrite(folder / "faq.yaml", FAQ.replace("images/map of 2026.jpeg", "new.png"))
        await told.until(is_kept)
        assert shown(answering) == MAP

        (folder / "new.png").write_bytes(OTHER)

        await told.until(is_reloaded)
        assert shown(answering) == OTHER


async def test_what_became_of_an_image_that_nothing_names_any_more_makes_no_difference(folder: Path) -> None:
    async with watched(folder) as (_, told, watcher):
        overwrite(folder / "faq.yaml", FAQ.replace("images/map of 2026.jpeg", "oven.gif"))
        await told.until(is_reloaded)

        map_file(folder).unlink()

        assert is_unchanged(await watcher.reload())
        assert len(told.outcomes) == 2


async def test_an_image_that_changed_while_the_bot_started_is_served(folder: Path) -> None:
    async with watched(folder) as (answering, told, _):
        assert answering.answer(WAY).topics == ("way",)
        map_file(folder).write_bytes(OTHER)  # before the watcher has looked for the first time

        await told.until(is_reloaded)

        assert shown(answering) == OTHER
