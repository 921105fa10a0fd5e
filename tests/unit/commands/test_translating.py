from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from checked import edit
from command_line import CommandLine, Result
from translated import GERMAN, translate

from bot.knowledge.loading import load_knowledge
from bot.language.languages import Language
from lighthouse import write_knowledge

Command = Callable[..., Result]


@pytest.fixture
def translations(tpm_bot: CommandLine) -> Command:
    return partial(tpm_bot, "translations")


@pytest.fixture(autouse=True)
def tower(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a knowledge base, and a reply next to it; KNOWLEDGE_DIR names the folder."""
    monkeypatch.setenv("KNOWLEDGE_DIR", "tower")
    (empty_folder / "reply.txt").write_text(GERMAN, encoding="utf-8")
    return write_knowledge(empty_folder / "tower")


def test_the_status_is_a_table_and_what_is_open(translations: Command, tower: Path) -> None:
    translate(tower)
    translate(tower, "entries:\n  night-shift:\n    phrasings: [夜勤はありますか]\n", code="ja")
    edit(tower, "faq.yaml", "**most** nights", "all nights")
    edit(tower, "translations/de.yaml", "    heading: Aufgaben\n", "")

    assert translations("status").out == (
        "               translated  incomplete  out of date  missing\n"
        "German (de)             6           1            1        0\n"
        "Japanese (ja)           0           0            0        8\n"
        "\n"
        "de, out of date: night-shift\n"
        "de, incomplete: duties\n"
        "Next: tpm-bot translations prompt de --knowledge tower\n"
        "\n"
        "ja, missing: head, definition, duties, jd, contact, night-shift, salary, thanks\n"
        "Next: tpm-bot translations prompt ja --knowledge tower\n"
    )


def test_without_translations_the_status_says_how_to_start(translations: Command) -> None:
    result = translations("status", "--knowledge", "tower")

    assert (result.exit_code, result.err) == (0, "")
    assert result.out == (
        "There are no translations in tower yet. To start with German, run:\n"
        "  tpm-bot translations prompt de --knowledge tower\n"
    )


def test_the_request_goes_to_standard_output_and_what_to_do_with_it_to_the_other(translations: Command) -> None:
    result = translations("prompt", "de", "--texts-per-request", "7")

    assert result.exit_code == 0
    assert result.out.startswith("Translate what the help bot of a Discord community says to its members from English")
    assert "tpm-bot" not in result.out
    assert result.err == (
        "\nThis asks for 7 texts in German. Save the reply in a file, then: tpm-bot translations add de FILE\n"
        "1 more is not translated. Then ask again.\n"
    )


def test_what_to_do_with_the_request_names_the_folder_again(translations: Command) -> None:
    assert (
        "tpm-bot translations add de --knowledge tower FILE\n"
        in translations("prompt", "de", "--knowledge", "tower").err
    )


def test_texts_can_be_chosen(translations: Command) -> None:
    assert "This asks for 1 text in German." in translations("prompt", "de", "jd").err


def test_once_everything_is_translated_nothing_is_printed(translations: Command, tower: Path) -> None:
    translate(tower)

    assert translations("prompt", "de") == (0, "", "Everything is translated into German.\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("prompt", "pt"), "No language has the code pt. Do you mean pt-BR?"),
        (("prompt", "DE"), "No language has the code DE. Do you mean de?"),
        (("prompt", "xx"), "No language has the code xx. Use one of these: ar, bg, "),
        (("prompt", "en"), "The knowledge is written in en already."),
        (("prompt", "de", "member"), "This folder has nothing to translate called member."),
        (("add", "german", "reply.txt"), "No language has the code german. Use one of these: ar, bg, "),
    ],
)
def test_a_wrong_call_ends_with_2(translations: Command, arguments: tuple[str, ...], complaint: str) -> None:
    result = translations(*arguments)

    assert (result.exit_code, result.out) == (2, "")
    assert complaint in result.err


def test_a_reply_is_written_and_the_changes_are_reported(translations: Command, tower: Path) -> None:
    (tower.parent / "reply.txt").write_text(GERMAN.replace("  night-shift:", "  nightshift:"), encoding="utf-8")

    result = translations("add", "de", "reply.txt")

    assert (result.exit_code, result.err) == (0, "")
    assert result.out == (
        "new: head, definition, duties, jd, contact, salary, thanks\n"
        "left out: nightshift, which isn't in this folder. Does it mean night-shift?\n"
        "Wrote 7 texts to tower/translations/de.yaml.\n"
        "Next: tpm-bot check tower\n"
    )
    assert load_knowledge(tower).in_language(Language("de")).entry("jd").language == "de"
    assert translations("add", "de", "reply.txt").out.endswith("Nothing new in the reply.\n")


def test_a_dry_run_writes_nothing(translations: Command, tower: Path) -> None:
    result = translations("add", "--dry-run", "de", "reply.txt")

    assert result.exit_code == 0
    assert result.out.endswith("Would write 8 texts to tower/translations/de.yaml.\n")
    assert not (tower / "translations").exists()


def test_a_translation_is_replaced_on_request(translations: Command, tower: Path) -> None:
    translate(tower, GERMAN.replace("meistens", "manchmal"))

    result = translations("add", "--replace", "de", "reply.txt")

    assert result.out.startswith("renewed: night-shift\ntranslated already: head, ")
    assert (tower / "translations/de.yaml").read_text(encoding="utf-8") == GERMAN


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (b"", "reply.txt is empty."),
        (b"Caf\xe9", "reply.txt isn't UTF-8 (line 1). Save it as UTF-8."),
        (b"x" * 50_000_000, "reply.txt is larger than 1 MiB. Split it, or leave out what isn't needed."),
        (
            b"Sorry, I can't do that.",
            "No translations found. The reply needs the form that `tpm-bot translations prompt` asks for.",
        ),
        (
            b"entries:\n  dues:\n    question: x\n",
            "This folder has nothing to translate called dues. Does dues mean duties?",
        ),
    ],
    ids=["empty", "not UTF-8", "50 MB", "prose", "unknown ids"],
)
def test_a_bad_reply_ends_with_1_and_one_message_and_writes_nothing(
    translations: Command, tower: Path, reply: bytes, complaint: str
) -> None:
    Path("reply.txt").write_bytes(reply)

    assert translations("add", "de", "reply.txt") == (1, "", f"tpm-bot: {complaint}\n")
    assert not (tower / "translations").exists()


def test_a_reply_without_usable_translations_ends_with_1(translations: Command, tower: Path) -> None:
    Path("reply.txt").write_text("sections:\n  jd:\n    question: 7\n", encoding="utf-8")

    result = translations("add", "de", "reply.txt")

    assert result.exit_code == 1
    assert result.out.startswith("left out: jd: The key sections.jd.question: YAML doesn't read 7 as text.")
    assert result.err == "tpm-bot: Nothing in the reply can be added. The lines above say why.\n"
    assert not (tower / "translations").exists()


def test_the_shipped_knowledge_is_changed_only_if_it_is_named(
    translations: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KNOWLEDGE_DIR")

    assert translations("add", "de", "reply.txt") == (
        2,
        "",
        "tpm-bot: Which knowledge? Set KNOWLEDGE_DIR, or pass --knowledge.\n",
    )


def test_the_shipped_knowledge_is_translated_completely(translations: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KNOWLEDGE_DIR")

    result = translations("status")

    assert [line.split()[-4:] for line in result.out.splitlines()[1:]] == [["34", "0", "0", "0"]] * 5
