"""An edit is served when it is whole, and otherwise the last good knowledge."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from translated import translate
from watched import (
    QUESTION,
    QUICK,
    Told,
    answer_to,
    edited,
    is_kept,
    is_reloaded,
    overwrite,
    put_a_pipe_in_place,
    put_in_place,
    put_in_place_of_the_old_one,
    watched,
)

from bot.answering import Answering
from bot.authoring.snapshot import take_snapshot
from bot.authoring.watching import Kept, KnowledgeWatcher, Patience, Reload, Served, Unchanged
from bot.knowledge.loading import load_knowledge, load_with_documents
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.yaml_document import Document
from bot.language.languages import Language
from bot.outcomes import Answered
from lighthouse import answering_from

GERMAN = Language("de")


@pytest.mark.parametrize("save", [overwrite, put_in_place, put_in_place_of_the_old_one])
async def test_an_edit_is_served_however_the_editor_saves_it(
    knowledge_dir: Path, save: Callable[[Path, str], None]
) -> None:
    async with watched(knowledge_dir) as (answering, told, _):
        await asyncio.sleep(0)
        save(knowledge_dir / "faq.yaml", edited(knowledge_dir, "all"))

        reloaded = await told.until(is_reloaded)

        assert answer_to(answering).startswith("Yes, all nights.")
        assert isinstance(reloaded, Served)
        assert reloaded.version == answering.knowledge.version
        assert [change.what for change in reloaded.changes.changed] == ["entry night-shift"]


async def test_a_config_map_of_kubernetes_is_followed_to_its_new_folder(tmp_path: Path, knowledge_dir: Path) -> None:
    mounted = tmp_path / "mounted"
    for number, word in ((1, "**most**"), (2, "all")):
        shutil.copytree(knowledge_dir, mounted / f"..{number}")
        overwrite(mounted / f"..{number}" / "faq.yaml", edited(knowledge_dir, word))
    (mounted / "..data").symlink_to("..1")
    for name in ("faq.yaml", "role.yaml", "phrasings.yaml"):
        (mounted / name).symlink_to(f"..data/{name}")

    async with watched(mounted) as (answering, told, _):
        (mounted / "..data_tmp").symlink_to("..2")
        (mounted / "..data_tmp").replace(mounted / "..data")
        await told.until(is_reloaded)

        assert answer_to(answering).startswith("Yes, all nights.")


async def test_a_repository_that_is_synced_is_followed_to_its_new_work_tree(
    tmp_path: Path, knowledge_dir: Path
) -> None:
    trees, link = tmp_path / ".worktrees", tmp_path / "current"
    for commit in ("one", "two"):
        shutil.copytree(knowledge_dir, trees / commit)
    overwrite(trees / "two" / "faq.yaml", edited(knowledge_dir, "all"))
    translate(trees / "two")
    link.symlink_to(".worktrees/one")

    async with watched(link) as (answering, told, _):
        (tmp_path / "next").symlink_to(".worktrees/two")
        (tmp_path / "next").replace(link)
        shutil.rmtree(trees / "one")
        served = await told.until(is_reloaded)

        assert isinstance(served, Served)
        assert [change.what for change in served.changes.added] == ["translation de"]
        assert answer_to(answering).startswith("Yes, all nights.")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: overwrite(file, ""),
        lambda file: overwrite(file, file.read_text(encoding="utf-8")[:200]),
        lambda file: overwrite(file, "[" * 5000),
        lambda file: file.write_bytes(b"\xff\xfe\x00"),
        lambda file: file.unlink(),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), file.symlink_to("/etc/hostname")),
        lambda file: (file.unlink(), file.symlink_to(file.name)),
        put_a_pipe_in_place,
    ],
    ids=["empty", "half", "nested", "bytes", "gone", "folder", "link out", "link to itself", "pipe"],
)
async def test_a_spoilt_file_keeps_the_last_good_one_in_service_until_it_is_mended(
    knowledge_dir: Path, spoil: Callable[[Path], object]
) -> None:
    file = knowledge_dir / "faq.yaml"
    mended = edited(knowledge_dir, "all")
    async with watched(knowledge_dir) as (answering, told, _):
        spoil(file)
        kept = await told.until(is_kept)

        assert isinstance(kept, Kept)
        assert kept.faults[0].file == "faq.yaml"
        assert answer_to(answering).startswith("Yes, **most** nights.")

        if file.is_dir():
            file.rmdir()
        file.unlink(missing_ok=True)
        overwrite(file, mended)
        await told.until(is_reloaded)

        assert answer_to(answering).startswith("Yes, all nights.")


async def test_a_folder_that_vanishes_and_comes_back_is_watched_again(tmp_path: Path, knowledge_dir: Path) -> None:
    async with watched(knowledge_dir) as (answering, told, _):
        shutil.move(knowledge_dir, tmp_path / "elsewhere")
        await told.until(is_kept)

        assert answer_to(answering).startswith("Yes, **most** nights.")

        shutil.copytree(tmp_path / "elsewhere", knowledge_dir)
        await told.until(lambda outcome: isinstance(outcome, Unchanged))
        overwrite(knowledge_dir / "faq.yaml", edited(knowledge_dir, "all"))
        await told.until(is_reloaded)

        assert answer_to(answering).startswith("Yes, all nights.")


async def test_an_edit_of_a_translation_is_served(knowledge_dir: Path) -> None:
    async with watched(knowledge_dir) as (answering, told, _):
        file = translate(knowledge_dir)
        served = await told.until(is_reloaded)
        assert isinstance(served, Served)
        assert [change.what for change in served.changes.added] == ["translation de"]
        assert answering.knowledge.in_language(GERMAN).entry("jd").question == "Gibt es eine Stellenbeschreibung?"

        overwrite(file, file.read_text(encoding="utf-8").replace("  night-shift:", "  Night shift:"))
        kept = await told.until(is_kept)

        assert isinstance(kept, Kept)
        assert [fault.file for fault in kept.faults] == ["translations/de.yaml"]
        assert answering.knowledge.in_language(GERMAN).entry("jd").question == "Gibt es eine Stellenbeschreibung?"


async def test_saves_in_quick_succession_are_one_edit(knowledge_dir: Path) -> None:
    reads: list[Path] = []
    answering, told = answering_from(knowledge_dir), Told()

    def load(folder: Path) -> tuple[KnowledgeBase, Mapping[str, Document]]:
        reads.append(folder)
        return load_with_documents(folder)

    def serves(word: str) -> Callable[[Reload], bool]:
        return lambda _: answer_to(answering).startswith(f"Yes, {word} nights.")

    watcher = KnowledgeWatcher(
        answering=answering,
        loaded_from=take_snapshot(knowledge_dir),
        load=load,
        report=told,
        patience=Patience(poll=0.05, quiet=0.5, longest=5.0),
    )
    texts = {word: edited(knowledge_dir, word) for word in ("all", *map(str, range(10)))}
    watching = asyncio.create_task(watcher.watch())
    overwrite(knowledge_dir / "faq.yaml", texts.pop("all"))
    await told.until(serves("all"))
    reads_before = len(reads)
    for text in texts.values():
        overwrite(knowledge_dir / "faq.yaml", text)
        await asyncio.sleep(0.02)
    await told.until(serves("9"))
    watching.cancel()

    assert len(reads) - reads_before == 1


async def test_questions_are_answered_while_files_are_read_slowly(knowledge_dir: Path) -> None:
    is_reading, may_end = threading.Event(), threading.Event()

    def load_slowly(folder: Path) -> tuple[KnowledgeBase, Mapping[str, Document]]:
        is_reading.set()
        assert may_end.wait(10), "the event loop was held up"
        return load_with_documents(folder)

    answering = answering_from(knowledge_dir)
    watcher = KnowledgeWatcher(
        answering=answering, loaded_from=take_snapshot(knowledge_dir), load=load_slowly, patience=QUICK
    )
    overwrite(knowledge_dir / "faq.yaml", edited(knowledge_dir, "all"))
    reloading = asyncio.create_task(watcher.reload())
    await asyncio.to_thread(is_reading.wait)
    before = answer_to(answering)
    may_end.set()

    assert isinstance(await reloading, Served)
    assert before.startswith("Yes, **most** nights.")
    assert answer_to(answering).startswith("Yes, all nights.")


async def test_a_fault_is_told_once_and_again_to_whoever_asks(
    knowledge_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.authoring.watching")
    file = knowledge_dir / "faq.yaml"
    good = file.read_text(encoding="utf-8")
    async with watched(knowledge_dir) as (_, told, watcher):
        overwrite(file, good.replace("question: Does", "qestion: Does"))
        kept = await told.until(is_kept)
        for _ in range(3):
            os.utime(file)
            await asyncio.sleep(0.15)

        assert told.outcomes == [kept]
        assert await watcher.reload() == kept
        overwrite(file, good)
        await told.until(lambda outcome: isinstance(outcome, Unchanged))

    own = [record.getMessage() for record in caplog.records if record.name == "bot.authoring.watching"]
    assert [line.split(". ")[0] for line in own] == [
        "Keeping the last good knowledge",
        "Keeping the last good knowledge",
        f"The knowledge is unchanged: version {load_knowledge(knowledge_dir).version}.",
    ]
    assert "faq.yaml:8: There's no key qestion here." in caplog.text
    assert not any("\n" in line for line in own)


async def test_reading_the_files_is_no_reason_to_read_them_again(knowledge_dir: Path) -> None:
    reads: list[Path] = []

    def load(folder: Path) -> tuple[KnowledgeBase, Mapping[str, Document]]:
        reads.append(folder)
        return load_with_documents(folder)

    watcher = KnowledgeWatcher(
        answering=answering_from(knowledge_dir),
        loaded_from=take_snapshot(knowledge_dir),
        load=load,
        patience=QUICK,
    )
    watching = asyncio.create_task(watcher.watch())
    await asyncio.sleep(0.5)
    reads_at_rest = len(reads)
    overwrite(knowledge_dir / "faq.yaml", edited(knowledge_dir, "all"))
    await asyncio.sleep(0.5)
    watching.cancel()

    assert (reads_at_rest, len(reads)) == (0, 1)


async def test_an_edit_between_loading_and_the_start_of_watching_is_served(knowledge_dir: Path) -> None:
    loaded_from, answering, told = take_snapshot(knowledge_dir), answering_from(knowledge_dir), Told()
    overwrite(knowledge_dir / "faq.yaml", edited(knowledge_dir, "all"))
    watcher = KnowledgeWatcher(answering=answering, loaded_from=loaded_from, report=told, patience=QUICK)
    watching = asyncio.create_task(watcher.watch())
    await told.until(is_reloaded)
    watching.cancel()

    assert answer_to(answering).startswith("Yes, all nights.")


async def test_files_that_change_while_they_are_read_are_read_again_together(knowledge_dir: Path) -> None:
    text = edited(knowledge_dir, "all")

    def load_slowly(folder: Path) -> tuple[KnowledgeBase, Mapping[str, Document]]:
        knowledge, documents = load_with_documents(folder)
        if "most" in knowledge.entry("night-shift").answer:
            put_in_place(folder / "faq.yaml", text)
        return knowledge, documents

    answering, told = answering_from(knowledge_dir), Told()
    watcher = KnowledgeWatcher(
        answering=answering,
        loaded_from=take_snapshot(knowledge_dir),
        load=load_slowly,
        report=told,
        patience=QUICK,
    )

    assert isinstance(await watcher.reload(), Served)
    assert "all" in answer_to(answering)


async def test_a_fault_of_our_own_keeps_the_last_good_one_too(
    knowledge_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Path) -> tuple[KnowledgeBase, Mapping[str, Document]]:
        raise RuntimeError("whatever")

    answering = answering_from(knowledge_dir)
    watcher = KnowledgeWatcher(answering=answering, loaded_from=take_snapshot(knowledge_dir), load=fail)

    outcome = await watcher.reload()

    assert isinstance(outcome, Kept)
    assert "see the bot's log" in outcome.reason
    assert "RuntimeError: whatever" in caplog.text
    assert answer_to(answering).startswith("Yes")


async def test_watching_ends_at_once(knowledge_dir: Path) -> None:
    patience = Patience()
    async with watched(knowledge_dir, patience):
        await asyncio.sleep(0.2)
        begun = time.monotonic()
    assert time.monotonic() - begun < patience.poll / 2


class Saver:
    """Saves one of the files after the other, each with the save's number in an answer; every second one broken.

    `together` holds the numbers in faq.yaml and role.yaml whenever both were good.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chance = random.Random(7)  # noqa: S311 - no secret
        self.good = {name: (folder / name).read_text(encoding="utf-8") for name in ("faq.yaml", "role.yaml")}
        self.numbers: dict[str, int | None] = {"faq.yaml": 0, "role.yaml": 0}
        for name in self.good:
            overwrite(folder / name, self.numbered(name, 0))
        self.together: set[tuple[int | None, int | None]] = {(0, 0)}

    def numbered(self, name: str, number: int) -> str:
        told = {"faq.yaml": "Yes, **most** nights.", "role.yaml": "A keeper looks after the lamp."}[name]
        return self.good[name].replace(told, f"Edition {number}.")

    def save(self, number: int, *, broken: bool) -> None:
        name = self.chance.choice(sorted(self.good))
        content = self.numbered(name, number)
        if broken:
            content = content[: self.chance.randrange(len(content) - 1)]
        saving = self.chance.choice((overwrite, put_in_place, put_in_place_of_the_old_one))
        saving(self.folder / name, content)
        self.numbers[name] = None if broken else number
        self.together.add((self.numbers["faq.yaml"], self.numbers["role.yaml"]))


async def test_a_thousand_saves_half_of_them_broken_never_disturb_an_answer(knowledge_dir: Path) -> None:
    saver = Saver(knowledge_dir)
    answered: list[tuple[int, int]] = []
    is_over = threading.Event()

    def ask_and_ask(answering: Answering) -> None:
        while not is_over.wait(0.001):
            outcome = answering.answer(f"{QUESTION} What is a lighthouse keeper?")
            assert isinstance(outcome, Answered)
            night_shift, definition = (answer.entry.answer for answer in outcome.answers)
            answered.append((int(night_shift.split()[1].rstrip(".")), int(definition.split()[1].rstrip("."))))

    async with watched(knowledge_dir, Patience(poll=0.002, quiet=0.002, longest=0.005)) as (answering, told, watcher):
        asking = asyncio.create_task(asyncio.to_thread(ask_and_ask, answering))
        for number in range(1, 1001):
            saver.save(number, broken=number % 2 == 1)
            await asyncio.sleep(0.005)
        for name in saver.good:
            overwrite(knowledge_dir / name, saver.numbered(name, 1001))
        saver.together |= {(1001, saver.numbers["role.yaml"]), (1001, 1001)}  # it may look between the two
        await watcher.reload()
        await asyncio.sleep(0.05)
        is_over.set()
        await asking  # raises what went wrong while asking

    kinds = [type(outcome) for outcome in told.outcomes]
    assert set(answered) <= saver.together
    assert len(set(answered)) > 20
    assert answered[-1] == (1001, 1001)
    assert kinds.count(Kept) > 20
    assert len(answered) > 1000
