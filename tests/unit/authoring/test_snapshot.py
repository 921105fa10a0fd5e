"""A file that was cut off is told from one that was edited, wherever the cut falls."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.answering import Answering
from bot.authoring.snapshot import Snapshot, cut_off, ending_of, stamps_of, take_snapshot
from bot.authoring.watching import Kept, KnowledgeWatcher
from bot.knowledge.file_format import FORMATS
from bot.knowledge.loading import SHIPPED_KNOWLEDGE, load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.matching.matcher import Matcher

SHIPPED = {name: (SHIPPED_KNOWLEDGE / name).read_bytes() for name in FORMATS}


def holding(content: bytes) -> Snapshot:
    """Return what a folder is like whose faq.yaml holds this and nothing else."""
    return Snapshot(Path(), (), {"faq.yaml": ending_of(content)})


def complaint(before: bytes, now: bytes) -> str:
    return cut_off(holding(before), holding(now))


@pytest.mark.parametrize("name", SHIPPED)
def test_each_cut_of_a_shipped_file_between_two_of_its_lines_is_noticed(name: str) -> None:
    lines = SHIPPED[name].splitlines(keepends=True)
    complete, length, passed = holding(SHIPPED[name]), 0, []
    for number, line in enumerate(lines[:-1], start=1):
        length += len(line)
        if not cut_off(complete, holding(SHIPPED[name][:length])):
            passed.append(number)

    assert passed == []


lines_of_text = st.lists(
    st.text("abc -#'\"", min_size=1).filter(str.strip), min_size=1, max_size=8, unique_by=str.strip
)


@given(lines_of_text, st.data())
def test_whatever_a_cut_takes_but_blanks_at_the_end_is_noticed(lines: list[str], data: st.DataObject) -> None:
    content = "".join(f"{number}{line}\r\n" for number, line in enumerate(lines)).encode()
    rest = content[: data.draw(st.integers(0, len(content)))]

    assert bool(complaint(content, rest)) == (rest.rstrip() != content.rstrip())


def test_an_unfinished_line_is_said_to_be_with_a_remedy() -> None:
    assert complaint(b"a: 1\nb: 2\n", b"a: 1\nc: 3\nb: 2 or") == (
        "faq.yaml ends mid-line, as if it were half-written. If it's complete, end it with a line break."
    )


def test_a_lost_end_is_said_to_be_with_a_remedy() -> None:
    assert complaint(b"a: 1\nb: 2\nc: 3\n", b"a: 7\nb: 2\n") == (
        "faq.yaml has 2 lines instead of 3 and a new ending, as if it were cut off. If that's on purpose, use /manage "
        "reload."
    )


@pytest.mark.parametrize(
    "edited",
    [
        b"a: 1\nb: 2\nc: 3",
        b"a: 1\r\nb: 2\r\nc: 3\r\n",
        b"a: 1\nb: 2\nc: 3\n\n\n",
        b"b: 2\nc: 3\n",
        b"a: 1\nb: 2\nc: 4\n",
        b"a: 1\nb: 2\nc: 3\nd: 4\n",
        b"b: 2\nc: 3\nd: 4\n",
    ],
    ids=["no last break", "Windows", "blank lines", "first removed", "last changed", "one added", "last one added"],
)
def test_an_edit_is_no_cut(edited: bytes) -> None:
    assert complaint(b"a: 1\nb: 2\nc: 3\n", edited) == ""


def test_a_file_that_never_ended_with_a_line_break_needs_none() -> None:
    assert complaint(b"a: 1\nb: 2", b"a: 1\nb: 3") == ""


def test_stamps_tell_an_edit_and_a_file_that_is_gone(knowledge_dir: Path) -> None:
    seen = [stamps_of(knowledge_dir)]
    with (knowledge_dir / "faq.yaml").open("ab") as file:
        file.write(b"# done\n")
    seen.append(stamps_of(knowledge_dir))
    (knowledge_dir / "faq.yaml").unlink()
    seen.append(stamps_of(knowledge_dir))

    assert len(set(seen)) == 3
    assert stamps_of(knowledge_dir) == seen[-1]
    assert sorted(take_snapshot(knowledge_dir).endings) == ["phrasings.yaml", "role.yaml"]


def content_of(knowledge: KnowledgeBase) -> KnowledgeBase:
    return dataclasses.replace(knowledge, version="")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped knowledge."""
    return Path(shutil.copytree(SHIPPED_KNOWLEDGE, tmp_path_factory.mktemp("cut") / "knowledge"))


@pytest.fixture(scope="module")
def shipped(folder: Path) -> Answering:
    knowledge = load_knowledge(folder)
    return Answering(knowledge=knowledge, matcher=Matcher(knowledge))


cuts = st.sampled_from(sorted(SHIPPED)).flatmap(
    lambda name: st.tuples(st.just(name), st.integers(0, len(SHIPPED[name]) - 1))
)


@settings(max_examples=20)  # each reads all files; the tests above try many more cuts
@given(cuts)
@example(("phrasings.yaml", SHIPPED["phrasings.yaml"].rindex(b"\n    - ") + 1))
@example(("phrasings.yaml", len(SHIPPED["phrasings.yaml"]) - 2))
@example(("faq.yaml", len(SHIPPED["faq.yaml"]) - 1))
def test_of_a_cut_file_the_watcher_serves_nothing_or_all(
    folder: Path, shipped: Answering, cut: tuple[str, int]
) -> None:
    name, length = cut
    (folder / name).write_bytes(SHIPPED[name])
    before = shipped.knowledge
    watcher = KnowledgeWatcher(answering=shipped, loaded_from=take_snapshot(folder))
    (folder / name).write_bytes(SHIPPED[name][:length])

    outcome = asyncio.run(watcher._reload(force=False))

    (folder / name).write_bytes(SHIPPED[name])
    assert content_of(shipped.knowledge) == content_of(before)
    assert isinstance(outcome, Kept) or length == len(SHIPPED[name].rstrip())
