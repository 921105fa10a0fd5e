from __future__ import annotations

import asyncio
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import CommandLine
from unanswered_questions import CLOSED, HOLIDAYS, NOON, UNSURE, asked, paste, without

from bot.answering import Answering
from bot.authoring.pasting import Stub
from bot.authoring.unanswered import Failure, UnansweredGroup, group_unanswered
from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot.storage.database import Database
from bot.storage.servers import ServerSettings, ServerSettingsStore
from bot.storage.unanswered import Reason, UnansweredQuestion, UnansweredQuestions
from lighthouse import answering_from

PASTE = re.compile(
    r"# Paste this into (?P<file>\S+) below line (?P<line>\d+): (?P<below>.*)\n(?P<text>(?:[^#\n].*\n)+)"
)


@pytest.fixture
def answering(knowledge_dir: Path) -> Answering:
    return answering_from(knowledge_dir)


def texts_of(gap: UnansweredGroup) -> list[str]:
    return [question.text for question in gap.questions]


def test_like_questions_are_one_gap_and_others_are_not(answering: Answering) -> None:
    gaps = group_unanswered(asked(HOLIDAYS[0], "Is rust allowed?", HOLIDAYS[1], HOLIDAYS[2]), answering)

    assert [texts_of(gap) for gap in gaps] == [list(HOLIDAYS[::-1]), ["Is rust allowed?"]]
    assert gaps[0].newest == NOON + timedelta(minutes=4)
    assert gaps[0].representative.text in HOLIDAYS


def test_the_order_in_which_questions_come_changes_nothing(answering: Answering) -> None:
    questions = asked(*HOLIDAYS, "Is rust allowed?", "is there rust", "what about it?", "What about it", "holidays")
    shuffled = list(questions)
    random.Random(1).shuffle(shuffled)  # noqa: S311 - no secret

    assert group_unanswered(shuffled, answering) == group_unanswered(questions, answering)


def test_questions_without_any_word_of_substance_are_one_gap_if_they_are_the_same(answering: Answering) -> None:
    (gap,) = group_unanswered(asked("is it that one?", "Is it that one"), answering)

    assert len(gap.questions) == 2


def test_what_is_answered_by_now_is_no_gap_unless_it_was_voted_down(answering: Answering) -> None:
    assert group_unanswered(asked("Does a keeper work at night?"), answering) == ()

    (gap,) = group_unanswered(asked("Does a keeper work at night?", reason=Reason.voted_down), answering)

    assert gap.nearest
    assert (gap.nearest.entry_id, gap.nearest.failure) == ("night-shift", Failure.VOTED_DOWN)


def test_what_is_now_known_to_be_manners_is_no_gap(answering: Answering) -> None:
    assert group_unanswered(asked("hello bot", "who r u"), answering) == ()


def test_a_server_that_wants_surer_answers_has_more_gaps(answering: Answering) -> None:
    (gap,) = group_unanswered(asked("Does a keeper work at night?"), answering, minimum_confidences={7: 1.0})

    assert gap.nearest
    assert gap.nearest.failure is Failure.UNSURE
    assert "an answer needs 1.00" in gap.nearest.why


def test_a_gap_says_what_came_nearest_and_why_it_was_no_answer() -> None:
    shipped = answering_from(SHIPPED_KNOWLEDGE)

    far, off_topic = group_unanswered(asked("What is the salary of a TPM?", "frobnicate the gizmo"), shipped)

    assert far.nearest
    assert far.nearest.failure is Failure.FAR
    assert re.search(r"nothing came close: .*; no phrasing contains: frobnicate, gizmo", far.nearest.why)
    assert off_topic.nearest
    assert (off_topic.nearest.failure, off_topic.nearest.off_topic_id) == (Failure.OFF_TOPIC, "salary")


def test_thousands_of_questions_are_grouped_in_seconds(answering: Answering) -> None:
    chance = random.Random(3)  # noqa: S311 - no secret
    vocabulary = [f"word{number}" for number in range(500)]
    questions = asked(*(" ".join(chance.choices(vocabulary, k=6)) for _ in range(2000)))

    gaps = group_unanswered(questions, answering)

    assert sum(len(gap.questions) for gap in gaps) == 2000


@pytest.fixture
def asked_here(empty_folder: Path, knowledge_dir: Path, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Set up a bot that was asked a question a minute until now, and one long ago; return what it takes for now."""
    address = f"sqlite:///{empty_folder}/bot.db"
    monkeypatch.setenv("KNOWLEDGE_DIR", str(knowledge_dir))
    monkeypatch.setenv("ENCODER", "off")
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("COLUMNS", "80")
    now = datetime.now(UTC)

    async def ask() -> None:
        async with Database.open(address) as database:
            questions = UnansweredQuestions(database=database)
            for number, text in enumerate([*CLOSED, "Is moss allowed?"], start=1):
                at = now - (timedelta(days=20) if "moss" in text else timedelta(minutes=number))
                reason = Reason.refused
                await questions.remember(UnansweredQuestion(number, 7, 70, "a" * 64, text, reason, None, at))

    asyncio.run(ask())
    return now


def test_the_terminal_shows_the_gaps_the_most_asked_first(tpm_bot: CommandLine, asked_here: datetime) -> None:
    code, out, _ = tpm_bot("unanswered", "--days", "10")

    assert code == 0
    last = asked_here - timedelta(minutes=CLOSED.index(HOLIDAYS[0]) + 1)
    assert out.startswith(f"3 questions, last asked on {last:%Y-%m-%d}\n  ")
    assert HOLIDAYS[0] in out
    assert "  nearest: " in out
    assert "moss" not in out
    assert "moss" in tpm_bot("unanswered").out


@pytest.mark.usefixtures("asked_here")
def test_the_yaml_that_the_terminal_prints_can_be_pasted(tpm_bot: CommandLine, knowledge_dir: Path) -> None:
    code, out, _ = tpm_bot("unanswered", "--yaml")

    found = [
        Stub(match["file"], int(match["line"]), match["below"], "", match["text"]) for match in PASTE.finditer(out)
    ]
    knowledge = paste(knowledge_dir, without(found, "off_topic:"))
    assert code == 0
    assert out.count("# Paste this") == len(found)
    assert "rust-allowed" in {entry.id for entry in knowledge.entries}


@pytest.mark.usefixtures("asked_here")
def test_the_terminal_asks_for_as_much_confidence_as_the_server_where_it_was_asked(
    tpm_bot: CommandLine, tmp_path: Path
) -> None:
    async def want_surer_answers() -> None:
        async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
            await ServerSettingsStore(database=database).save(7, ServerSettings(minimum_confidence=1.0))

    assert UNSURE[0] not in tpm_bot("unanswered").out
    asyncio.run(want_surer_answers())

    unsure = rf"{re.escape(UNSURE[0])}\n(  .*\n)*?  nearest: night-shift .* an answer needs 1\.00"
    assert re.search(unsure, tpm_bot("unanswered").out)


def test_a_database_that_cannot_be_read_is_told_in_one_line(
    tpm_bot: CommandLine,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "bot.db").write_text("no database" * 100, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")

    code, out, err = tpm_bot("unanswered")

    assert (code, out) == (2, "")
    assert err == "tpm-bot: The database can't be used right now: file is not a database.\n"
    assert caplog.messages == []  # outside of tests, they would be printed


@pytest.mark.usefixtures("asked_here")
def test_without_a_database_the_terminal_says_so_and_makes_none(
    tpm_bot: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere/bot.db")

    code, out, err = tpm_bot("unanswered")

    assert (code, out) == (2, "")
    assert err.startswith("tpm-bot: There's no database here yet. Set DATABASE_URL")
    assert not (tmp_path / "elsewhere").exists()
