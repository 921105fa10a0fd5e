from __future__ import annotations

import io
from pathlib import Path

import pytest

from bot.cli import main
from bot.knowledge.loading import load_knowledge

QUESTION = "When do you meet?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ours"


def types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let a person type these lines and then end the input."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def new(folder: Path) -> int:
    with pytest.raises(SystemExit) as end:
        main(["new", str(folder), "--interactive"])
    return int(end.value.code or 0)


def test_what_is_typed_becomes_the_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    types(monkeypatch, "Riverside Home Brewers", "We brew beer.", QUESTION, "On the first Tuesday: at seven.")

    assert new(folder) == 0
    knowledge = load_knowledge(folder)
    assert (knowledge.name, knowledge.about) == ("Riverside Home Brewers", "We brew beer.")
    [entry] = knowledge.entries
    assert (entry.question, entry.answer) == (QUESTION, "On the first Tuesday: at seven.")


def test_the_sentence_about_it_can_be_skipped(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    types(monkeypatch, "Riverside Home Brewers", "", QUESTION, "On Tuesdays.")

    assert new(folder) == 0
    assert load_knowledge(folder).about is None


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("x" * 61, "It has 61 characters. Shorten it to 60."),
        ("a\u200bb", "There's an invisible character in it."),
        ("TODO", "Please type something else."),
        ("   ", "Please type something else."),
    ],
)
def test_what_cannot_be_used_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, typed: str, problem: str
) -> None:
    types(monkeypatch, typed, "Riverside Home Brewers", "", QUESTION, "On Tuesdays.")

    assert new(folder) == 0
    assert f"Error: {problem}" in capsys.readouterr().out
    assert load_knowledge(folder).name == "Riverside Home Brewers"


@pytest.mark.parametrize("lines", [[], ["Riverside Home Brewers"], ["Riverside Home Brewers", "", QUESTION]])
def test_an_input_that_ends_early_makes_nothing_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, lines: list[str]
) -> None:
    types(monkeypatch, *lines)

    assert new(folder) == 2
    message = "tpm-bot: The questions weren't all answered, so no folder was made.\n"
    assert capsys.readouterr().err == message
    assert not folder.exists()


def test_a_place_that_is_taken_is_refused_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], knowledge_dir: Path
) -> None:
    types(monkeypatch)

    assert new(knowledge_dir) == 2
    assert capsys.readouterr().err.startswith(f"tpm-bot: The folder {knowledge_dir} isn't empty.")
