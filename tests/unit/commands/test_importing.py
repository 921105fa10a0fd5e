from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CommandLine

from bot.knowledge.loading import load_knowledge

FAQ = """\
# Riverside FAQ

## How do I join?

Come along.

![The pub](img/pub.png)

## What does it cost?

Thirty a year.
"""


@pytest.fixture(autouse=True)
def faq(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCODER", "off")
    (empty_folder / "faq.md").write_text(FAQ, encoding="utf-8")


def test_an_import_tells_what_was_lost_checks_the_folder_and_says_how_to_go_on(tpm_bot: CommandLine) -> None:
    result = tpm_bot("import", "faq.md", "club")

    assert (result.exit_code, result.err) == (0, "")
    assert result.out.startswith(
        "line 3: The image The pub was left out.\nMade club: 2 entries with 2 phrasings about Riverside.\n\n"
    )
    assert "club: 2 entries with 2 phrasings" in result.out.split("\n\n", 1)[1]
    assert result.out.endswith("\n  tpm-bot phrasings prompt --knowledge club\n\nTry it: tpm-bot chat club\n")
    assert tpm_bot("check", "club").exit_code == 0


def test_the_knowledge_can_be_given_a_name(tpm_bot: CommandLine) -> None:
    tpm_bot("import", "faq.md", "club", "--name", "The Brewers")

    assert load_knowledge(Path("club")).name == "The Brewers"


def test_the_knowledge_can_be_given_a_language(tpm_bot: CommandLine) -> None:
    tpm_bot("import", "faq.md", "club", "--language", "pt")

    assert load_knowledge(Path("club")).language == "pt-BR"


def test_of_many_warnings_a_few_are_shown_unless_all_are_asked_for(tpm_bot: CommandLine) -> None:
    Path("faq.md").write_text(FAQ + "![a](b.png)\n" * 30, encoding="utf-8")

    few, everything = tpm_bot("import", "faq.md", "few").out, tpm_bot("import", "--all", "faq.md", "everything").out

    assert few.count("was left out") == 20
    assert "… and 11 more like these; --all shows them." in few
    assert everything.count("was left out") == 31


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("faq.md", b"", "faq.md is empty."),
        ("faq.md", b"## How?\n\nSo, caf\xe9.", "faq.md isn't UTF-8 (line 3). Save it as UTF-8."),
        ("faq.md", b"x" * 50_000_000, "faq.md is larger than 5 MiB. Split it, or leave out what isn't needed."),
        (
            "faq.md",
            b"Come along.",
            "faq.md has no questions with answers. Write each question as a heading or in bold, with its answer below.",
        ),
        (
            "faq.csv",
            b"name,address\nAnn,Mill Lane\n",
            "faq.csv needs a column named question and one named answer. Its first line has: name, address.",
        ),
        (
            "faq.csv",
            b"PK\x03\x04\x00",
            "faq.csv is a spreadsheet, a document or another zip file, not text. Save it as CSV or Markdown.",
        ),
        ("faq.json", b"{", "faq.json isn't valid JSON (line 1)."),
    ],
    ids=["empty", "not UTF-8", "50 MB", "no questions", "other columns", "binary", "no JSON"],
)
def test_a_bad_file_ends_with_1_and_one_message_and_makes_no_folder(
    tpm_bot: CommandLine, tmp_path: Path, name: str, content: bytes, complaint: str
) -> None:
    (tmp_path / "faq.md").unlink()
    (tmp_path / name).write_bytes(content)

    assert tpm_bot("import", name, "club") == (1, "", f"tpm-bot: {complaint}\n")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["faq.md", "club", "--language", "klingon"], "zh, zh-tw."),
        (["no.md", "club"], "'no.md': No such file or directory"),
        (["faq.md", "."], "tpm-bot: . is the folder you are in. Name one that doesn't exist yet, such as ./knowledge."),
        (["faq.md", "faq.md"], "tpm-bot: faq.md is a file. Name a folder that doesn't exist yet."),
    ],
)
def test_a_wrong_call_ends_with_2(tpm_bot: CommandLine, arguments: list[str], complaint: str) -> None:
    result = tpm_bot("import", *arguments)

    assert (result.exit_code, result.out) == (2, "")
    assert result.err.endswith(f"{complaint}\n")
