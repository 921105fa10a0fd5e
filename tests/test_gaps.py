from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering import Answered, Answering
from bot.cli import main
from bot.gap_stubs import Stub, stubs
from bot.gaps import Failure, Gap, find_gaps
from bot.knowledge.loading import KnowledgeError, load_knowledge, load_with_documents
from bot.knowledge.model import KnowledgeBase
from bot.matching.matcher import Matcher
from bot.settings import Settings
from bot.starter import create_knowledge
from bot.storage.database import Database
from bot.storage.servers import ServerSettings, ServerSettingsStore
from bot.storage.unanswered import Reason, UnansweredQuestion, UnansweredQuestions

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HOLIDAYS = ("How many holidays are there?", "how many holidays?", "many holidays are there")
PASTE = re.compile(
    r"# Paste this into (?P<file>\S+) below line (?P<line>\d+): (?P<below>.*)\n(?P<text>(?:[^#\n].*\n)+)"
)


def asked(*texts: str, reason: Reason = Reason.refused) -> list[UnansweredQuestion]:
    return [
        UnansweredQuestion(number, 7, 70, "a" * 64, text, reason, None, NOON + timedelta(minutes=number))
        for number, text in enumerate(texts, start=1)
    ]


def answering_from(folder: Path) -> Answering:
    knowledge = load_knowledge(folder)
    return Answering(knowledge=knowledge, matcher=Matcher(knowledge))


@pytest.fixture
def answering(knowledge_dir: Path) -> Answering:
    return answering_from(knowledge_dir)


def texts_of(gap: Gap) -> list[str]:
    return [question.text for question in gap.questions]


def test_like_questions_are_one_gap_and_others_are_not(answering: Answering) -> None:
    gaps = find_gaps(asked(HOLIDAYS[0], "Is rust allowed?", HOLIDAYS[1], HOLIDAYS[2]), answering)

    assert [texts_of(gap) for gap in gaps] == [list(HOLIDAYS[::-1]), ["Is rust allowed?"]]
    assert gaps[0].newest == NOON + timedelta(minutes=4)
    assert gaps[0].representative.text in HOLIDAYS


def test_the_order_in_which_questions_come_changes_nothing(answering: Answering) -> None:
    questions = asked(*HOLIDAYS, "Is rust allowed?", "is there rust", "what about it?", "What about it", "holidays")
    shuffled = list(questions)
    random.Random(1).shuffle(shuffled)  # noqa: S311 - no secret

    assert find_gaps(shuffled, answering) == find_gaps(questions, answering)


def test_questions_without_any_word_of_substance_are_one_gap_if_they_are_the_same(answering: Answering) -> None:
    (gap,) = find_gaps(asked("what about it?", "What about it"), answering)

    assert len(gap.questions) == 2


def test_what_is_answered_by_now_is_no_gap_unless_it_was_voted_down(answering: Answering) -> None:
    assert find_gaps(asked("Does a keeper work at night?"), answering) == ()

    (gap,) = find_gaps(asked("Does a keeper work at night?", reason=Reason.voted_down), answering)

    assert gap.nearest
    assert (gap.nearest.entry_id, gap.nearest.failure) == ("night-shift", Failure.VOTED_DOWN)


def test_a_server_that_wants_surer_answers_has_more_gaps(answering: Answering) -> None:
    (gap,) = find_gaps(asked("Does a keeper work at night?"), answering, minimum_confidences={7: 1.0})

    assert gap.nearest
    assert gap.nearest.failure is Failure.UNSURE
    assert "an answer needs 1.00" in gap.nearest.why


def test_a_gap_says_what_came_nearest_and_why_it_was_no_answer(answering: Answering) -> None:
    far, off_topic = find_gaps(asked("What does a keeper earn?", "Is rust allowed here?"), answering)

    assert far.nearest
    assert far.nearest.failure is Failure.FAR
    assert re.search(r"far from everything: .*; no phrasing of anything has: rust, allowed", far.nearest.why)
    assert off_topic.nearest
    assert (off_topic.nearest.failure, off_topic.nearest.off_topic_id) == (Failure.OFF_TOPIC, "salary")


def test_thousands_of_questions_are_grouped_in_seconds(answering: Answering) -> None:
    chance = random.Random(3)  # noqa: S311 - no secret
    vocabulary = [f"word{number}" for number in range(500)]
    questions = asked(*(" ".join(chance.choices(vocabulary, k=6)) for _ in range(2000)))

    gaps = find_gaps(questions, answering)

    assert sum(len(gap.questions) for gap in gaps) == 2000


def paste(folder: Path, found: Sequence[Stub], *, write: bool = True) -> KnowledgeBase:
    """Paste stubs one after the other, as told, write what is to be written, and load the folder."""
    for stub in found:
        file = folder / stub.file
        lines = file.read_text(encoding="utf-8").split("\n")
        assert lines[stub.line - 1].strip() == stub.below
        text = stub.text.replace('"TODO: ', '"') if write else stub.text
        lines[stub.line : stub.line] = text.rstrip("\n").split("\n")
        file.write_text("\n".join(lines), encoding="utf-8")
    return load_knowledge(folder)


def stubs_for(folder: Path, questions: list[UnansweredQuestion]) -> tuple[Stub, ...]:
    gaps = find_gaps(questions, answering_from(folder), minimum_confidences={7: 0.99})
    return stubs(gaps, load_with_documents(folder)[1], folder, today=TODAY)


def without(found: Sequence[Stub], below: str) -> list[Stub]:
    return [stub for stub in found if stub.below != below]


UNSURE = ("do keepers work nights?", "which duties has the keeper", "work at night as a keeper")
CLOSED = (*UNSURE, *HOLIDAYS, "Is rust allowed here?")


@pytest.mark.parametrize("unwanted", ["off_topic:", "entries:"])
def test_what_is_pasted_loads_and_closes_the_gaps(knowledge_dir: Path, unwanted: str) -> None:
    found = stubs_for(knowledge_dir, asked(*CLOSED))
    knowledge = paste(knowledge_dir, without(found, unwanted))

    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))
    outcomes = [answering.answer(text) for text in CLOSED]
    assert {stub.file for stub in found} == {"faq.yaml", "phrasings.yaml"}
    assert all(isinstance(outcome, Answered) for outcome in outcomes[: len(UNSURE)])
    assert "which duties has the keeper" in knowledge.entry("duties").phrasings
    new = [owner.id for owner in (knowledge.entries if unwanted == "off_topic:" else knowledge.off_topics)]
    assert {"rust-allowed"} <= set(new)


def test_what_is_pasted_and_not_written_is_a_fault_of_its_own(knowledge_dir: Path) -> None:
    found = stubs_for(knowledge_dir, asked("Is rust allowed here?"))

    with pytest.raises(KnowledgeError) as refused:
        paste(knowledge_dir, found, write=False)

    unwritten = [fault.problem for fault in refused.value.faults if fault.remedy == "Write it, or remove the entry."]
    assert unwritten == [
        f"{name} is still to be written."
        for name in (
            "entries.rust-allowed.answer",
            "entries.rust-allowed.source_section",
            "off_topic.rust-allowed.name",
        )
    ]


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    create_knowledge(tmp_path / "bakery", today=TODAY)
    return tmp_path / "bakery"


def stubs_in(folder: Path, *texts: str) -> dict[str, list[Stub]]:
    """Return the stubs for questions as the bot asks for them by default, by the line that they go below."""
    found: dict[str, list[Stub]] = {}
    gaps = find_gaps(asked(*texts), answering_from(folder))
    for stub in stubs(gaps, load_with_documents(folder)[1], folder, today=TODAY):
        found.setdefault(stub.below, []).append(stub)
    return found


CANTEEN = "is there a canteen for apprentices"


def test_a_question_with_a_word_that_nothing_knows_is_offered_as_a_new_entry_or_subject(bakery: Path) -> None:
    found = stubs_in(bakery, CANTEEN, "what do I do all day")

    (near,) = found["duties:"]
    assert near.text == '    - "what do I do all day"  # duties 0.41\n'
    assert near.reason == "1 question near duties. Keep only those that the answer of duties fits."
    (entry,), (subject,) = found["entries:"], found["off_topic:"]
    for stub in (entry, subject):
        assert stub.text.endswith(f'- "{CANTEEN}"  # duties 0.18; unknown: canteen\n')
        assert stub.reason.startswith("1 question not near enough to duties: a new ")


def test_a_question_that_an_entry_is_hardly_likely_to_answer_is_none_of_its_phrasings(bakery: Path) -> None:
    found = stubs_in(bakery, "is the uniform free")

    assert sorted(found) == ["entries:", "off_topic:"]
    assert '- "is the uniform free"  # clothes 0.19\n' in found["entries:"][0].text


def test_of_like_questions_only_those_near_an_entry_become_its_phrasings(bakery: Path) -> None:
    found = stubs_in(bakery, "what does the uniform cost", "what does the uniform cost tomorrow")

    assert [stub.text for stub in found["fees:"]] == ['    - "what does the uniform cost"  # fees 0.44\n']
    (entry,) = found["entries:"]
    assert re.findall('- "(.*)"', entry.text) == ["what does the uniform cost tomorrow"]
    assert entry.reason.startswith("1 question ")


def test_what_is_pasted_as_told_and_written_answers_no_question_with_another_entry(bakery: Path) -> None:
    found = stubs_in(bakery, CANTEEN, "is there a canteen", "what do I do all day")
    knowledge = paste(bakery, [stub for below in found for stub in found[below] if below != "off_topic:"])

    outcome = Answering(knowledge=knowledge, matcher=Matcher(knowledge)).answer("is there a canteen for trainees")

    assert isinstance(outcome, Answered)
    assert [answer.entry.id for answer in outcome.answers] == ["canteen-apprentices"]


def test_of_two_stubs_that_exclude_each_other_each_says_where_the_other_stands(bakery: Path) -> None:
    found = stubs_in(bakery, CANTEEN)
    (entry,), (subject,) = found["entries:"], found["off_topic:"]

    assert list(found) == ["off_topic:", "entries:"]
    assert subject.reason.endswith(f"Paste either this or the same below entries (line {entry.line}), further down.")
    assert entry.reason.endswith(f"Paste either this or the same below off_topic (line {subject.line}), further up.")


def test_what_is_pasted_keeps_to_the_indentation_of_the_file(knowledge_dir: Path) -> None:
    for name in ("faq.yaml", "phrasings.yaml"):
        file = knowledge_dir / name
        wide = [
            re.sub("^ +", lambda spaces: spaces[0] * 2, line) for line in file.read_text(encoding="utf-8").split("\n")
        ]
        file.write_text("\n".join(wide), encoding="utf-8")

    found = stubs_for(knowledge_dir, asked(*CLOSED))

    assert paste(knowledge_dir, without(found, "off_topic:"))
    assert all(stub.text.startswith("    ") for stub in found)


def test_a_file_without_off_topic_subjects_and_lists_gets_them(knowledge_dir: Path) -> None:
    faq = knowledge_dir / "faq.yaml"
    faq.write_text(faq.read_text(encoding="utf-8").split("off_topic:")[0], encoding="utf-8")
    (knowledge_dir / "phrasings.yaml").write_text("vocabulary:\n  keeper: [warden]\n", encoding="utf-8")

    found = stubs_for(knowledge_dir, asked(*CLOSED))
    knowledge = paste(knowledge_dir, without(found, "entries:"))

    assert sorted(stub.text.split("\n")[0] for stub in found if stub.text[0] != " ") == ["off_topic:", "phrasings:"]
    assert "rust-allowed" in {subject.id for subject in knowledge.off_topics}


def test_an_id_that_is_taken_is_not_given_again(knowledge_dir: Path) -> None:
    faq = knowledge_dir / "faq.yaml"
    faq.write_text(faq.read_text(encoding="utf-8").replace("  salary:", "  rust-allowed:"), encoding="utf-8")
    phrasings = knowledge_dir / "phrasings.yaml"
    phrasings.write_text(phrasings.read_text(encoding="utf-8").split("  salary:")[0], encoding="utf-8")

    found = stubs_for(knowledge_dir, asked("Is rust allowed?"))

    assert {stub.text.split(":")[0].strip() for stub in found} == {"rust-allowed-2"}


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=400)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_asked_can_be_pasted(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("knowledge")
    for name, content in SMALL.items():
        (folder / name).write_text(content, encoding="utf-8")

    found = stubs_for(folder, asked(*(" ".join(text.split()) or "?" for text in texts), "work at night"))

    try:
        paste(folder, without(found, "off_topic:"))
    except KnowledgeError as error:  # a person has so much to see to
        pytest.fail(str(error))


def small_files() -> Iterator[tuple[str, str]]:
    from conftest import FAQ, PHRASINGS, ROLE  # noqa: PLC0415 - where the fixture takes it from

    yield from {"faq.yaml": FAQ, "role.yaml": ROLE, "phrasings.yaml": PHRASINGS}.items()


SMALL = dict(small_files())


@pytest.fixture
def asked_here(tmp_path: Path, knowledge_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up the environment of a bot that was asked some questions today, and one long ago."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    address = f"sqlite:///{tmp_path}/bot.db"
    monkeypatch.setenv("KNOWLEDGE_DIR", str(knowledge_dir))
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    now = datetime.now(UTC)

    async def ask() -> None:
        async with Database.open(address) as database:
            questions = UnansweredQuestions(database=database)
            for number, text in enumerate([*CLOSED, "Is moss allowed?"], start=1):
                at = now - (timedelta(days=20) if "moss" in text else timedelta(minutes=number))
                reason = Reason.refused
                await questions.remember(UnansweredQuestion(number, 7, 70, "a" * 64, text, reason, None, at))

    asyncio.run(ask())


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    capfd.readouterr()
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return end.value.code or 0, *capfd.readouterr()


@pytest.mark.usefixtures("asked_here")
def test_the_terminal_shows_the_gaps_the_most_asked_first(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capfd, "gaps", "--days", "10")

    assert code == 0
    assert out.startswith(f"3 questions, last on {datetime.now(UTC):%Y-%m-%d}\n  ")
    assert HOLIDAYS[0] in out
    assert "  nearest: " in out
    assert "moss" not in out
    assert "moss" in run(capfd, "gaps")[1]


@pytest.mark.usefixtures("asked_here")
def test_the_yaml_that_the_terminal_prints_can_be_pasted(
    capfd: pytest.CaptureFixture[str], knowledge_dir: Path
) -> None:
    code, out, _ = run(capfd, "gaps", "--yaml")

    found = [
        Stub(match["file"], int(match["line"]), match["below"], "", match["text"]) for match in PASTE.finditer(out)
    ]
    knowledge = paste(knowledge_dir, without(found, "off_topic:"))
    assert code == 0
    assert out.count("# Paste this") == len(found)
    assert "rust-allowed" in {entry.id for entry in knowledge.entries}


@pytest.mark.usefixtures("asked_here")
def test_the_terminal_asks_for_as_much_confidence_as_the_server_where_it_was_asked(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    async def want_surer_answers() -> None:
        async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
            await ServerSettingsStore(database=database).save(7, ServerSettings(minimum_confidence=0.99))

    assert UNSURE[1] not in run(capfd, "gaps")[1]
    asyncio.run(want_surer_answers())

    assert re.search(rf"{UNSURE[1]}\n  nearest: duties .* an answer needs 0\.99", run(capfd, "gaps")[1])


def test_a_database_that_cannot_be_read_is_told_in_one_line(
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "bot.db").write_text("no database" * 100, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/bot.db")

    code, out, err = run(capfd, "gaps")

    assert (code, out) == (2, "")
    assert err == "tpm-bot: The database can't be used now: file is not a database.\n"
    assert caplog.messages == []  # outside of tests, they would be printed


@pytest.mark.usefixtures("asked_here")
def test_without_a_database_the_terminal_says_so_and_makes_none(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere/bot.db")

    code, out, err = run(capfd, "gaps")

    assert (code, out) == (2, "")
    assert err.startswith("tpm-bot: There is no database here yet. Set DATABASE_URL")
    assert not (tmp_path / "elsewhere").exists()
