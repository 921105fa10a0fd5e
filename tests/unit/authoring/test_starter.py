from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Answering
from bot.authoring.starter import FolderTaken, StartingPoint, create_knowledge
from bot.cli import main
from bot.knowledge.loading import load_knowledge
from bot.knowledge.schemas import schema_name, write_schemas
from bot.matching.matcher import Matcher
from bot.matching.meaning import Encoders
from bot.terminal.check_report import check_and_report

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 23)


START = StartingPoint(
    name="Riverside Home Brewers",
    about="We brew beer at home.",
    question="When do you meet?",
    answer="On the first Tuesday: at seven.",
)


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def workflow(file: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def made(tmp_path: Path) -> Path:
    create_knowledge(tmp_path / "ours")
    return tmp_path / "ours"


def test_what_is_made_checks_without_an_error(made: Path) -> None:
    assert check_and_report(made, today=TODAY, format_="github", everything=True, strict=False, encoders=Encoders())


def test_what_is_made_is_one_file_to_edit(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == {"faq.yaml", "README.md", "schemas", ".github"}


def test_what_is_made_answers_its_own_questions(made: Path) -> None:
    knowledge = load_knowledge(made)
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))

    assert len(knowledge.entries) == 3
    for entry in knowledge.entries:
        assert answering.answer(entry.question).topics == (entry.id,)
    assert answering.answer("have you a recipe for croissants?").topics == ("recipes",)


def test_its_entries_show_phrasings_a_long_answer_and_a_related_entry(made: Path) -> None:
    entries = load_knowledge(made).entries

    assert all(len(entry.phrasings) >= 4 for entry in entries)
    assert any("\n" in entry.answer for entry in entries)
    assert any(entry.related for entry in entries)


def test_the_file_names_its_schema_and_the_schemas_are_there(made: Path, tmp_path: Path) -> None:
    write_schemas(tmp_path / "schemas")

    assert contents(made / "schemas") == contents(tmp_path / "schemas")
    first = (made / "faq.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=schemas/{schema_name('faq.yaml')}"


@pytest.mark.parametrize("start", [None, START])
def test_the_comments_name_the_commands_for_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: StartingPoint | None
) -> None:
    monkeypatch.chdir(tmp_path)
    create_knowledge(Path("our bot"), start=start)

    text = Path("our bot/faq.yaml").read_text(encoding="utf-8")
    assert "#     tpm-bot check 'our bot' " in text
    assert "#     tpm-bot chat 'our bot' " in text


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no such names")
def test_a_strange_name_of_the_folder_does_no_harm(tmp_path: Path) -> None:
    create_knowledge(tmp_path / "a\nname: b")

    assert load_knowledge(tmp_path / "a\nname: b").name == "the Corner Bakery School"


def test_a_starting_point_becomes_a_bot_that_answers_its_question(tmp_path: Path) -> None:
    create_knowledge(tmp_path / "ours", start=START)

    knowledge = load_knowledge(tmp_path / "ours")
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))
    assert (knowledge.name, knowledge.about) == (START.name, START.about)
    assert [(entry.id, entry.answer) for entry in knowledge.entries] == [("meet", START.answer)]
    assert answering.answer(START.question).topics == ("meet",)
    assert knowledge.off_topics == ()


def test_without_a_sentence_about_it_there_is_room_for_one(tmp_path: Path) -> None:
    create_knowledge(tmp_path / "ours", start=replace(START, about=None))

    assert load_knowledge(tmp_path / "ours").about is None
    assert "\n# about: ...\n" in (tmp_path / "ours/faq.yaml").read_text(encoding="utf-8")


@given(text=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1).map(str.strip).filter(bool))
def test_whatever_is_typed_stays_what_it_is(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("made") / "ours"
    text = " ".join(text.split())[:50].strip()
    create_knowledge(folder, start=StartingPoint(text, text, text, text))

    knowledge = load_knowledge(folder)
    [entry] = knowledge.entries
    assert (knowledge.name, knowledge.about, entry.question, entry.answer) == (text, text, text, text)


def steps_of(made: Path) -> list[dict[str, Any]]:
    [job] = workflow(made / ".github/workflows/check.yaml")["jobs"].values()
    steps: list[dict[str, Any]] = job["steps"]
    return steps


def test_the_workflow_checks_pull_requests_and_an_answer_grown_old_fails_none(made: Path) -> None:
    triggers = workflow(made / ".github/workflows/check.yaml")[True]  # what YAML 1.1 makes of `on`

    assert "pull_request" in triggers
    assert "pull_request_target" not in triggers
    assert steps_of(made)[-1]["run"] == "tpm-bot check --format github ."


def test_the_workflow_needs_nothing_that_a_pull_request_from_a_fork_cannot_see(made: Path) -> None:
    assert "${{" not in (made / ".github/workflows/check.yaml").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="GitHub runs it on Linux")
@pytest.mark.parametrize(
    ("source", "code", "told"),
    [
        ("", 1, r"::error file=\.github/workflows/check\.yaml::TPM_BOT is empty\. .*\n"),
        ("git+https://example.org/the bot", 0, r"pip install --quiet git\+https://example\.org/the bot\n"),
    ],
    ids=["not filled in", "filled in"],
)
def test_the_workflow_installs_the_bot_from_what_is_filled_in(
    tmp_path: Path, made: Path, source: str, code: int, told: str
) -> None:
    pip = tmp_path / "bin" / "pip"
    pip.parent.mkdir()
    pip.write_text('#!/bin/sh\ntest $# = 3 && echo pip "$@"\n', encoding="utf-8")
    pip.chmod(0o755)
    given = workflow(made / ".github/workflows/check.yaml")["env"]
    [install] = [step["run"] for step in steps_of(made) if step.get("name") == "Install the bot"]

    environment = {"PATH": f"{pip.parent}:{os.environ['PATH']}", **given} | ({"TPM_BOT": source} if source else {})
    done = subprocess.run(  # noqa: S603 - a script of our own, as GitHub runs it
        ["/bin/bash", "-e", "-c", install], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == code, done.stderr
    assert re.fullmatch(told, done.stdout)


def test_what_is_made_says_that_it_belongs_at_the_root_of_a_repository(made: Path) -> None:
    assert "the root of a repository" in (made / "README.md").read_text(encoding="utf-8")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()

    create_knowledge(tmp_path / "ours")

    assert load_knowledge(tmp_path / "ours")


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    create_knowledge(tmp_path / "our/bakery/knowledge")

    assert load_knowledge(tmp_path / "our/bakery/knowledge")


@given(name=st.sampled_from(["faq.yaml", ".git", ".hidden", "a b", "ü"]), is_file=st.booleans())
def test_a_folder_that_is_not_empty_is_refused_and_not_touched(
    tmp_path_factory: pytest.TempPathFactory, name: str, *, is_file: bool
) -> None:
    directory = tmp_path_factory.mktemp("taken")
    taken = directory / "ours"
    (taken / name).mkdir(parents=True)
    if is_file:
        (taken / name).rmdir()
        (taken / name).write_text("mine", encoding="utf-8")
    before = [*directory.rglob("*")]

    with pytest.raises(FolderTaken, match="isn't empty"):
        create_knowledge(taken)

    assert [*directory.rglob("*")] == before
    assert not is_file or (taken / name).read_text(encoding="utf-8") == "mine"


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ours").write_text("mine", encoding="utf-8")

    with pytest.raises(FolderTaken, match="is a file"):
        create_knowledge(tmp_path / "ours")

    assert (tmp_path / "ours").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make symbolic links")
@pytest.mark.parametrize("place", ["circle", "circle/ours", "file/ours"])
def test_a_place_where_nothing_can_be_made_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "file").touch()

    with pytest.raises(SystemExit) as end:
        main(["new", str(tmp_path / place)])

    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("tpm-bot: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["circle", "file"]


def test_the_folder_one_stands_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(FolderTaken, match="the folder you are in"):
        create_knowledge(Path())

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_behind_where_the_folder_cannot_be_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def rename_after_somebody_else(self: Path, target: Path) -> Path:
        target.mkdir()
        (target / "theirs").touch()
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", rename_after_somebody_else)
    with pytest.raises(FolderTaken, match="isn't empty"):
        create_knowledge(tmp_path / "ours")

    assert [path.name for path in tmp_path.rglob("*")] == ["ours", "theirs"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_who_may_read_it_is_what_the_umask_says(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        create_knowledge(tmp_path / "ours")
    finally:
        os.umask(before)

    for path in [tmp_path / "ours", *(tmp_path / "ours").rglob("*")]:
        widest = 0o777 if path.is_dir() else 0o666
        assert stat.S_IMODE(path.stat().st_mode) == widest & ~umask, path


def test_the_command_makes_it_and_says_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["new", str(tmp_path / "ours")])

    assert (end.value.code or 0) == 0
    assert f"tpm-bot check {tmp_path / 'ours'}" in capsys.readouterr().out
    assert load_knowledge(tmp_path / "ours")


def test_the_command_ends_with_2_where_it_may_not(
    tmp_path: Path, knowledge_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(tmp_path)

    with pytest.raises(SystemExit) as end:
        main(["new", str(knowledge_dir)])

    assert end.value.code == 2
    assert (
        capsys.readouterr().err
        == f"tpm-bot: The folder {knowledge_dir} isn't empty. Name another, or empty it yourself.\n"
    )
    assert contents(tmp_path) == before


def test_the_template_travels_in_the_wheel(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - arguments of our own
    [wheel] = tmp_path.glob("*.whl")
    # Python imports from a wheel's file too, but the template is read as a file: so it is unpacked, as when installed.
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(tmp_path / "site")], check=True)  # noqa: S603
    new = [sys.executable, "-m", "bot", "new", "ours"]
    subprocess.run(new, cwd=tmp_path, check=True, env={"PYTHONPATH": str(tmp_path / "site")}, capture_output=True)  # noqa: S603

    assert {*contents(tmp_path / "ours")} >= {"faq.yaml", "README.md", ".github/workflows/check.yaml"}
    assert load_knowledge(tmp_path / "ours")
