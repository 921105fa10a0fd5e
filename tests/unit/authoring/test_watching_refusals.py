"""Edits that load, but look half-written or break an example, are not served until somebody asks."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from watched import answer_to, edited, is_kept, is_reloaded, overwrite, watched

from bot.authoring.watching import Kept, Served


def phrasings_of(folder: Path, count: int) -> None:
    lines = "".join(f"    - how about lamp number {number}\n" for number in range(count))
    overwrite(folder / "phrasings.yaml", f"vocabulary: {{}}\nphrasings:\n  night-shift:\n{lines}")


async def test_less_than_half_of_the_phrasings_counts_as_half_written_until_somebody_asks(knowledge_dir: Path) -> None:
    phrasings_of(knowledge_dir, 100)
    async with watched(knowledge_dir) as (answering, told, watcher):
        before = answering.knowledge
        phrasings_of(knowledge_dir, 2)
        kept = await told.until(is_kept)

        assert isinstance(kept, Kept)
        assert kept.reason.startswith("Only 14 of 112 phrasings are left, as if a file were half-written.")
        assert answering.knowledge == before

        assert isinstance(await watcher.reload(), Served)
        assert len(answering.knowledge.entry("night-shift").phrasings) == 4


def with_examples(folder: Path, key: str, *examples: str) -> None:
    """Put examples below the entry night-shift; two saves of one file have to differ to be noticed."""
    marker = "    phrasings:\n      - Does a keeper work at night?\n"
    before, after = (folder / "faq.yaml").read_text(encoding="utf-8").split(marker)
    listed = "".join(f"      - {text}\n" for text in examples)
    overwrite(folder / "faq.yaml", f"{before}    {key}:\n{listed}{marker}{after}")


@pytest.mark.parametrize(
    ("key", "text"), [("examples", "how much do they pay a warden"), ("not", "do keepers sleep at night")]
)
async def test_an_edit_that_breaks_an_example_is_not_served_until_somebody_asks(
    knowledge_dir: Path, caplog: pytest.LogCaptureFixture, key: str, text: str
) -> None:
    async with watched(knowledge_dir) as (answering, told, watcher):
        before = answering.knowledge
        with_examples(knowledge_dir, key, text)
        kept = await told.until(is_kept)

        assert isinstance(kept, Kept)
        assert kept.reason.startswith("This edit breaks examples.")
        [fault] = kept.faults
        assert (fault.file, fault.line) == ("faq.yaml", 17)
        assert f'"{text}" should' in fault.problem
        assert str(fault) in caplog.text
        assert answering.knowledge == before

        reloaded = await watcher.reload()

        assert isinstance(reloaded, Served)
        assert reloaded.broken == (fault,)
        assert answering.knowledge != before


async def test_an_edit_of_phrasings_that_breaks_an_example_is_not_served(knowledge_dir: Path) -> None:
    with_examples(knowledge_dir, "examples", "is it a job for owls?")
    async with watched(knowledge_dir) as (answering, told, _):
        before = answering.knowledge
        phrasings = (knowledge_dir / "phrasings.yaml").read_text(encoding="utf-8")
        overwrite(knowledge_dir / "phrasings.yaml", phrasings.replace("is it a job for owls", "who is on watch"))
        kept = await told.until(is_kept)

        assert isinstance(kept, Kept)
        assert "is it a job for owls?" in kept.faults[0].problem
        assert answering.knowledge == before


async def test_an_example_that_was_broken_before_is_warned_of_and_hinders_no_edit(
    knowledge_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with_examples(knowledge_dir, "examples", "xqzt vlrm")
    async with watched(knowledge_dir) as (answering, told, _):
        overwrite(knowledge_dir / "faq.yaml", edited(knowledge_dir, "all"))
        reloaded = await told.until(is_reloaded)

        assert answer_to(answering).startswith("Yes, all nights.")
        assert isinstance(reloaded, Served)
        assert ["xqzt vlrm" in fault.problem for fault in reloaded.broken] == [True]

    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert all("xqzt vlrm" in warning for warning in warnings)
    assert "`tpm-bot check` says where" in warnings[0]


async def test_less_than_half_of_the_entries_counts_as_half_written(knowledge_dir: Path) -> None:
    role = knowledge_dir / "role.yaml"
    few = role.read_text(encoding="utf-8").split("  duties:\n")[0].replace("[duties, night-shift]", "[night-shift]")
    async with watched(knowledge_dir) as (answering, told, _):
        overwrite(role, few)
        kept = await told.until(is_kept)

        assert isinstance(kept, Kept)
        assert kept.reason.startswith("Only 2 of 5 entries are left, as if a file were half-written.")
        assert answering.knowledge.entry("jd")
