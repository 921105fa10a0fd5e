from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from command_line import CommandLine, Result
from home_brewers import FAQ, write_faq

from bot.knowledge.loading import load_knowledge

Command = Callable[..., Result]

ROOT = Path(__file__).parents[3]
REPLY = """\
Here you go:

```yaml
membership:
  phrasings:
    - "what are the dues"
    - "how much is the membership fee?"
    - "price to join"
  not:
    - "is the pot for free"
off_topic:
  leaving:
    name: "leaving the club"
    phrasings:
      - "how do I quit"
```
"""
PROSE = (
    "No phrasings found. Below the id of an entry, the reply needs a list of them, as `tpm-bot phrasings prompt` asks "
    "for."
)


@pytest.fixture
def phrasings(tpm_bot: CommandLine) -> Command:
    return partial(tpm_bot, "phrasings")


@pytest.fixture(autouse=True)
def club(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a knowledge base, and a reply next to it; KNOWLEDGE_DIR names the folder."""
    monkeypatch.setenv("ENCODER", "off")
    monkeypatch.setenv("KNOWLEDGE_DIR", "club")
    (empty_folder / "reply.txt").write_text(REPLY, encoding="utf-8")
    return write_faq(empty_folder / "club")


def test_the_request_goes_to_standard_output_and_what_to_do_with_it_to_the_other(phrasings: Command) -> None:
    result = phrasings("prompt", "--entries-per-request", "2")

    assert result.exit_code == 0
    assert result.out.startswith("Write the many ways in which members of a Discord community ask for things")
    assert "tpm-bot" not in result.out
    assert result.err == (
        "\nThis asks for meetings, beginners. Save the reply in a file, then: tpm-bot phrasings add FILE\n"
        "1 more entry has few phrasings. Then ask again.\n"
    )


def test_the_entries_and_the_number_of_phrasings_can_be_chosen(phrasings: Command) -> None:
    result = phrasings("prompt", "membership", "--count", "12")

    assert "write 12 phrasings" in result.out
    assert "## membership" in result.out
    assert "## meetings" not in result.out


def test_without_anything_to_ask_for_nothing_is_printed(phrasings: Command, club: Path) -> None:
    (club / "faq.yaml").write_text(
        "name: x\nentries:\n  a:\n    question: q\n    answer: a\n    phrasings: [b, c, d, e]\n", encoding="utf-8"
    )

    assert phrasings("prompt", "--count", "5") == (
        0,
        "",
        "Each entry has enough phrasings. Name entries to ask for more.\n",
    )


def test_a_wrong_id_is_a_wrong_call(phrasings: Command) -> None:
    result = phrasings("prompt", "member")

    assert (result.exit_code, result.out) == (2, "")
    assert result.err.endswith("This folder has no entry member. Do you mean membership?\n")


def test_a_reply_is_added_and_the_changes_are_reported(phrasings: Command, club: Path) -> None:
    result = phrasings("add", "reply.txt")

    assert (result.exit_code, result.err) == (0, "")
    assert result.out == (
        "membership: 2 phrasings, 1 near miss\n"
        "  left out: 1 nearly the same as one that is there\n"
        "leaving (a new off-topic subject: leaving the club): 1 phrasing\n"
        "Added 3 phrasings and 1 near miss to club/faq.yaml.\n"
        "Next: tpm-bot check club\n"
    )
    assert load_knowledge(club).entry("membership").phrasings[1:] == ("what are the dues", "price to join")
    assert phrasings("add", "reply.txt").out.endswith("Nothing new in the reply.\n")


def test_the_next_command_to_run_quotes_a_folder_with_a_space(phrasings: Command, club: Path) -> None:
    write_faq(club.parent / "our club")

    result = phrasings("add", "reply.txt", "--knowledge", "our club")

    assert result.out.endswith("Next: tpm-bot check 'our club'\n")


def test_a_dry_run_shows_each_line_and_writes_nothing(phrasings: Command, club: Path) -> None:
    result = phrasings("add", "--dry-run", "--all", "reply.txt")

    assert result.exit_code == 0
    assert result.out == (
        "membership: 2 phrasings, 1 near miss\n"
        "  + what are the dues\n"
        "  + price to join\n"
        "  not is the pot for free\n"
        '  left out: "how much is the membership fee?": nearly the same as one that is there\n'
        "leaving (a new off-topic subject: leaving the club): 1 phrasing\n"
        "  + how do I quit\n"
        "Would add 3 phrasings and 1 near miss to club/faq.yaml.\n"
    )
    assert (club / "faq.yaml").read_text(encoding="utf-8") == FAQ


@pytest.mark.parametrize(("reply", "code", "complaint"), [(REPLY, 0, ""), (" ", 1, "tpm-bot: The reply is empty.\n")])
def test_a_reply_may_come_through_a_pipe(club: Path, reply: str, code: int, complaint: str) -> None:
    add = [sys.executable, "-m", "bot", "phrasings", "add", "-"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    done = subprocess.run(add, input=reply, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    assert (done.returncode, done.stderr) == (code, complaint)
    assert ("price to join" in load_knowledge(club).entry("membership").phrasings) == (code == 0)


def test_another_folder_can_be_named(phrasings: Command, tmp_path: Path, club: Path) -> None:
    other = write_faq(tmp_path / "other")

    phrasings("add", "reply.txt", "--knowledge", "other")

    assert "price to join" in load_knowledge(other).entry("membership").phrasings
    assert (club / "faq.yaml").read_text(encoding="utf-8") == FAQ


def test_the_shipped_knowledge_is_changed_only_if_it_is_named(
    phrasings: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KNOWLEDGE_DIR")

    assert phrasings("add", "reply.txt") == (
        2,
        "",
        "tpm-bot: Which knowledge? Set KNOWLEDGE_DIR, or pass --knowledge.\n",
    )


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (b"", "reply.txt is empty."),
        (b"Dues: caf\xe9", "reply.txt isn't UTF-8 (line 1). Save it as UTF-8."),
        (b"x" * 50_000_000, "reply.txt is larger than 1 MiB. Split it, or leave out what isn't needed."),
        (b"Sorry, I can't do that.", PROSE),
        (b"dues:\n- how much\n", "This folder has no entry dues, and the reply has no other."),
    ],
    ids=["empty", "not UTF-8", "50 MB", "prose", "unknown ids"],
)
def test_a_bad_reply_ends_with_1_and_one_message_and_writes_nothing(
    phrasings: Command, club: Path, reply: bytes, complaint: str
) -> None:
    Path("reply.txt").write_bytes(reply)

    assert phrasings("add", "reply.txt") == (1, "", f"tpm-bot: {complaint}\n")
    assert (club / "faq.yaml").read_text(encoding="utf-8") == FAQ
    assert [path.name for path in club.iterdir()] == ["faq.yaml"]


def test_a_reply_without_usable_phrasings_adds_nothing(phrasings: Command, club: Path) -> None:
    Path("reply.txt").write_text(f"membership:\n- {'what does it cost ' * 30}\n", encoding="utf-8")

    result = phrasings("add", "reply.txt")

    assert result.exit_code == 1
    assert result.out == "membership: 0 phrasings\n  left out: 1 too long\n"
    assert result.err == "tpm-bot: Nothing in the reply can be added. The lines above say why.\n"
    assert (club / "faq.yaml").read_text(encoding="utf-8") == FAQ


def test_what_the_reply_lacks_is_reported(phrasings: Command) -> None:
    Path("reply.txt").write_text(
        '```yaml\nmemberships:\n  - price\nmembership:\n  - the dues\nmeetings:\n  - which evening\n  - "what ti',
        encoding="utf-8",
    )

    lines = phrasings("add", "reply.txt").out.splitlines()

    assert "Left out: 1 line for memberships, which isn't in this folder. Does it mean membership?" in lines
    assert "The reply is cut off at meetings. Ask for the rest, and add that too." in lines
