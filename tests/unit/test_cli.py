from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from command_line import CommandLine
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from translated import translate

from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from lighthouse import write_knowledge


@pytest.fixture(autouse=True)
def settings(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCODER", "off")  # reading them takes a second for each command
    monkeypatch.setenv("KNOWLEDGE_DIR", write_knowledge(empty_folder / "knowledge").name)
    monkeypatch.setenv("COLUMNS", "80")


def process(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """Start the real command."""
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([sys.executable, "-m", "bot", *arguments], **streams)  # type: ignore[call-overload, no-any-return] # noqa: S603


def test_help_names_every_command(tpm_bot: CommandLine) -> None:
    result = tpm_bot("--help")

    assert result.exit_code == 0
    assert {"ask", "chat", "jd", "check", "run", "health", "schemas"} <= set(result.out.split())
    assert tpm_bot("-h") == result


def test_without_a_command_the_help_is_shown_as_a_wrong_call(tpm_bot: CommandLine) -> None:
    result = tpm_bot()

    assert result.exit_code == 2
    assert "Usage: tpm-bot" in result.out + result.err


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_the_installed_one(tpm_bot: CommandLine, flag: str) -> None:
    assert tpm_bot(flag) == (0, f"tpm-bot {version('tpm-career-bot')}\n", "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["fly"], "No such command 'fly'."),
        (["[red]fly[/blue]"], "No such command '[red]fly[/blue]'."),
        (["\udcff"], "No such command '\\udcff'."),
        (["ask"], "Pass a question, or --batch with a file."),
        (["ask", ""], "Pass a question, or --batch with a file."),
        (["ask", " ", "\t"], "Pass a question, or --batch with a file."),
        (["ask", "-l", "xx", "why"], "I don't speak 'xx'. Use one of en, ja, de, es, fr, pt-BR."),
        (["ask", "--nonsense"], "No such option: --nonsense"),
        (["ask", "why", "--batch", "knowledge/faq.yaml"], "Pass a question, or --batch with a file."),
        (["ask", "--batch", "no-such-file"], "'no-such-file': No such file or directory"),
        (["ask", "--batch", "knowledge"], "'knowledge': Is a directory"),
        (["ask", "--batch", "knowledge/faq.yaml", "--explain"], "--explain needs a question, not --batch."),
        (["check", "no-such-folder"], "'no-such-folder' does not exist."),
        (["check", "knowledge/faq.yaml"], "'knowledge/faq.yaml' is a file."),
        (["schemas", "knowledge/faq.yaml"], "tpm-bot: File exists: knowledge/faq.yaml."),
        (["schemas", "/proc/no-such-folder"], "tpm-bot: No such file or directory: /proc/no-such-folder."),
        (["health"], "tpm-bot: MONITORING_ADDRESS isn't set. Set it as for `run`."),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what_is_wrong(
    tpm_bot: CommandLine, arguments: list[str], complaint: str
) -> None:
    result = tpm_bot(*arguments)

    assert (result.exit_code, result.out) == (2, "")
    assert result.err.endswith(f"{complaint}\n")


@pytest.mark.parametrize("words", [["Does a keeper work at night?"], ["Does", "a", "keeper", "work", "at", "night?"]])
def test_a_question_is_answered_with_quotes_and_without(tpm_bot: CommandLine, words: list[str]) -> None:
    result = tpm_bot("ask", *words)

    assert result.exit_code == 0
    assert "Yes, most nights." in result.out
    assert "Why" not in result.out


@pytest.mark.parametrize("flag", ["--explain", "-e"])
def test_an_answer_is_explained_on_demand(tpm_bot: CommandLine, flag: str) -> None:
    result = tpm_bot("ask", flag, "Does a keeper work at night?")

    assert "Yes, most nights." in result.out
    assert "answered with night-shift" in result.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "Does a keeper work at night?"], "Yes, most nights."),
        (["ask", "--batch", "questions.jsonl"], "night-shift"),
        (["jd"], "# Lighthouse Keeper"),
        (["evaluate", "questions.jsonl"], "night-shift"),
    ],
)
def test_a_command_answers_from_the_folder_that_is_named(
    tpm_bot: CommandLine, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.delenv("KNOWLEDGE_DIR")
    Path("questions.jsonl").write_text(
        '{"text": "Does a keeper work at night?", "topics": ["night-shift"]}\n', encoding="utf-8"
    )

    assert said in tpm_bot(*arguments, "--knowledge", "knowledge").out


def test_a_question_of_a_subject_without_an_answer_is_no_fault(tpm_bot: CommandLine) -> None:
    assert tpm_bot("ask", "What does a keeper earn?") == (0, "I have nothing on salaries yet.\n", "")


def test_a_question_that_nothing_is_known_of_is_no_fault(tpm_bot: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(SHIPPED_KNOWLEDGE))

    assert tpm_bot("ask", "frobnicate the gizmo") == (0, "I don't know the answer to that.\n", "")


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(question=st.text(st.characters(codec=None, exclude_characters="\x00"), min_size=1))
@example(question="a" * 100_000)
def test_whatever_is_asked_there_is_an_answer_or_a_reason(tpm_bot: CommandLine, question: str) -> None:
    result = tpm_bot("ask", "--explain", "--", question)

    assert result.exit_code == (0 if question.strip() else 2)
    assert result.out or result.err


def test_a_file_is_answered_line_by_line_and_bad_lines_are_numbered(tpm_bot: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(
        b'{"text": "Does a keeper work at night?"}\nnonsense\n\n{"text": "What does a keeper earn?"}\n[]\n'
    )

    result = tpm_bot("ask", "--batch", str(file))

    assert result.exit_code == 1
    assert [json.loads(line)["outcome"] for line in result.out.splitlines()] == ["answered", "unanswered"]
    assert [line.split(":")[0] for line in result.err.splitlines()] == ["line 2", "line 5"]


@pytest.mark.parametrize("content", [b"", b'{"text": "Does a keeper work at night?"}\n'])
def test_a_file_without_bad_lines_is_no_fault(tpm_bot: CommandLine, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content)

    result = tpm_bot("ask", "-b", str(file))

    assert (result.exit_code, result.err) == (0, "")
    assert len(result.out.splitlines()) == len(content.splitlines())


def test_an_answer_is_in_the_language_that_is_chosen(
    tpm_bot: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    translate(Path("knowledge"))
    file = tmp_path / "questions.jsonl"
    file.write_text('{"text": "does a keeper work at night"}\n{"text": "xqzt"}\n', encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("does a keeper work at night\n"))

    said = [tpm_bot("ask", "--language", "de", "does a keeper work at night"), tpm_bot("chat", "--language", "de-AT")]
    batch = tpm_bot("ask", "--batch", str(file), "--language", "de")

    assert [result.out.splitlines()[0] for result in said] == ["Arbeitet ein Wärter nachts?"] * 2
    assert [json.loads(line)["language"] for line in batch.out.splitlines()] == ["de", "de"]


@pytest.mark.parametrize("command", [["ask", "hello"], ["ask", "--batch", "knowledge/faq.yaml"], ["chat"], ["jd"]])
def test_a_language_that_the_bot_does_not_speak_is_no_choice(tpm_bot: CommandLine, command: list[str]) -> None:
    result = tpm_bot(*command, "--language", "tlh")

    assert (result.exit_code, result.out) == (2, "")
    assert "I don't speak 'tlh'. Use one of en, ja, de, es, fr, pt-BR." in " ".join(result.err.split())


def test_the_job_description_is_printed_as_markdown(tpm_bot: CommandLine) -> None:
    result = tpm_bot("jd")

    assert (result.exit_code, result.err) == (0, "")
    assert result.out.startswith("# Lighthouse Keeper\n\n## About the role\n\nA keeper looks after the lamp.\n")


def test_the_job_description_is_printed_in_another_language(tpm_bot: CommandLine) -> None:
    translate(Path("knowledge"))

    result = tpm_bot("jd", "--language", "de")

    assert (result.exit_code, result.err) == (0, "")
    assert result.out.startswith("# Leuchtturmwärter\n\n## Über die Stelle\n")
    assert "\nQuelle: The Lighthouse Society, " in result.out


def test_a_job_description_that_is_not_translated_is_printed_as_it_is(tpm_bot: CommandLine) -> None:
    result = tpm_bot("jd", "--language", "fr")

    assert result.exit_code == 0
    assert result.out == tpm_bot("jd").out
    assert result.err == "tpm-bot: The job description isn't translated into fr, so this is the original.\n"


def test_the_operators_links_are_in_the_job_description(tpm_bot: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_URL", "https://example.org/jobs")
    monkeypatch.setenv("SOURCE_URL", "https://example.org/article")

    result = tpm_bot("jd")

    assert "\n<https://example.org/jobs>\n" in result.out
    assert "(<https://example.org/article>)" in result.out


@pytest.mark.parametrize("arguments", [["check", "knowledge"], ["check"]])
def test_knowledge_without_fault_passes_the_check(tpm_bot: CommandLine, arguments: list[str]) -> None:
    assert tpm_bot(*arguments).exit_code == 0


def test_every_fault_of_the_knowledge_is_reported_as_file_and_line(tpm_bot: CommandLine) -> None:
    for file, right, wrong in [
        ("faq.yaml", "related: [definition]", "related: [definition, nowhere]"),
        ("faq.yaml", "name: salaries", "colour: red"),
        ("role.yaml", "title: Lighthouse Keeper", "title: 12:30"),
    ]:
        path = Path("knowledge", file)
        path.write_text(path.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")

    result = tpm_bot("check", "knowledge")

    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in result.out.splitlines()] == [
        "knowledge/faq.yaml:20",
        "knowledge/faq.yaml:21",
        "knowledge/role.yaml:2",
        "knowledge/faq.yaml:14",
    ]
    assert result.err == "4 faults in knowledge\n"


@pytest.mark.parametrize(
    "arguments", [["ask", "what is a keeper"], ["jd"], ["chat"], ["ask", "-b", "knowledge/faq.yaml"]]
)
def test_knowledge_with_a_fault_is_not_answered_from(tpm_bot: CommandLine, arguments: list[str]) -> None:
    Path("knowledge/role.yaml").write_text("", encoding="utf-8")

    result = tpm_bot(*arguments)

    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("role.yaml:1: The file is empty.")
    assert result.err.endswith("tpm-bot: The knowledge in knowledge can't be used; the lines above say why.\n")


@pytest.mark.parametrize("command", [["ask", "hi"], ["chat"], ["jd"], ["check"], ["run"], ["health"]])
def test_a_bad_setting_stops_every_command_that_reads_it(
    tpm_bot: CommandLine, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "LOUD")

    result = tpm_bot(*command)

    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("tpm-bot: LOG_LEVEL should be 'DEBUG'")
    assert result.err.count("\n") == 1


def test_to_run_without_a_token_is_refused_in_one_sentence(tpm_bot: CommandLine) -> None:
    result = tpm_bot("run")

    assert result.err.startswith("tpm-bot: The bot's token is missing.")
    assert result.err.count("\n") == 1


def test_a_bot_that_does_not_answer_is_not_healthy(tpm_bot: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITORING_ADDRESS", "127.0.0.1:1")

    result = tpm_bot("health")

    assert result.exit_code == 1
    assert "127.0.0.1:1" in result.out


def test_the_schemas_are_written_into_a_folder(tpm_bot: CommandLine, tmp_path: Path) -> None:
    assert tpm_bot("schemas", str(tmp_path / "new" / "schemas")).exit_code == 0

    names = {path.name for path in (tmp_path / "new" / "schemas").iterdir()}
    kinds = ("faq", "role", "phrasings", "server", "translation")
    assert names == {f"{kind}.schema.json" for kind in kinds}


def test_questions_come_through_a_pipe_and_answers_at_once() -> None:
    with process("ask", "--batch", "-") as asked:
        assert asked.stdin
        assert asked.stdout
        asked.stdin.write(b'{"text": "Does a keeper work at night?"}\n')
        asked.stdin.flush()
        first = json.loads(asked.stdout.readline())
        _, err = asked.communicate(b"\xff\n")

    assert first["entries"] == ["night-shift"]
    assert (asked.returncode, err) == (1, b"line 2: This is not UTF-8. Save the file with that encoding.\n")


def test_a_reader_that_has_had_enough_is_no_reason_to_complain() -> None:
    reading, writing = os.pipe()
    os.close(reading)

    with process("jd", stdout=writing) as printed:
        os.close(writing)
        _, err = printed.communicate()

    assert (printed.returncode, err) == (1, b"")


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full, process("jd", stdout=full) as printed:
        _, err = printed.communicate()

    assert (printed.returncode, err) == (2, b"tpm-bot: No space left on device: reading or printing.\n")


def test_a_terminal_that_lacks_a_character_gets_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    with process("ask", "What are a keeper's duties?") as asked:
        out, err = asked.communicate()

    assert b" ? clean the lens\n" in out
    assert (asked.returncode, err) == (0, b"")


def test_a_chat_without_a_terminal_reads_lines_and_prints_nothing_but_answers() -> None:
    with process("chat") as chat:
        out, err = chat.communicate("What does a keeper earn?\n\n/nope\n\xff\n".encode("latin-1"))

    assert out.decode().splitlines() == [
        "I have nothing on salaries yet.",
        "There's no command '/nope'. /help lists them all.",
        "I don't see a question there.",
    ]
    assert (chat.returncode, err) == (0, b"")


class Terminal:
    """The side of a terminal at which a person sits."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._unread = ""

    def types(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def reads_up_to(self, text: str) -> str:
        while text not in self._unread:
            readable, _, _ = select.select([self._descriptor], [], [], 20)
            assert readable, f"{text!r} never came after {self._unread!r}"
            self._unread += os.read(self._descriptor, 4096).decode(errors="replace")
        read, found, self._unread = self._unread.partition(text)
        return read + found


def test_a_chat_at_a_terminal_greets_answers_and_ends_with_control_d(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("HOME", str(Path.cwd()))
    ours, its = pty.openpty()
    person = Terminal(ours)

    with process("chat", stdin=its, stdout=its, stderr=its) as chat:
        os.close(its)
        screen = person.reads_up_to(">")
        person.types("What does a keeper earn?\r")
        screen += person.reads_up_to("nothing on salaries yet.") + person.reads_up_to(">")
        person.types("\x04")
        chat.wait()

    os.close(ours)
    assert chat.returncode == 0
    assert "Ask me about Lighthouse Keeper." in screen
    assert "WARNING" not in screen
