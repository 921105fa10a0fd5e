"""docs/editing.md names each message that somebody who edits the knowledge may meet."""

from __future__ import annotations

import ast
import asyncio
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.authoring.findings import Kind
from bot.bootstrap import OWN_DATABASE
from bot.cli import main
from bot.knowledge.explaining import _EXPLANATIONS
from bot.knowledge.yaml_document import read_document
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.unanswered import Reason, UnansweredQuestion, UnansweredQuestions
from bot.terminal.check_report import _HEADINGS

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "editing.md"
FAULT_MODULES = (
    "explaining.py",
    "file_content.py",
    "images.py",
    "loading.py",
    "references.py",
    "server_folders.py",
    "slips.py",
    "translations.py",
    "yaml_document.py",
    "yaml_errors.py",
)
RELOADING_MODULES = ("snapshot.py", "watching.py")


@pytest.fixture(autouse=True)
def as_maintainers_run_it(words_alone: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - which it undoes
    """Show what the commands print with the encoders on."""
    monkeypatch.setenv("ENCODER", "on")


def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


def rows() -> list[str]:
    """Return the messages in the first columns of the guide's tables, without their marks."""
    return [row.strip().strip("`") for row in re.findall(r"^\| ([^|]+) \|", guide(), flags=re.MULTILINE)]


def explained_by_the_format() -> set[str]:
    return {re.sub(r"\{\w+\}", "…", problem) for problem, _ in _EXPLANATIONS.values()}


def problems(tree: ast.AST) -> Iterator[str]:
    """Yield the problems that a module makes faults of: with … for what they fill in."""
    for node in ast.walk(tree):
        is_assigned = isinstance(node, ast.Assign) and any(
            name.id == "problem" for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)
        )
        if is_assigned and isinstance(node, ast.Assign):
            value = node.value.elts[0] if isinstance(node.value, ast.Tuple) else node.value
            yield from as_text(value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).lower().endswith("fault") and len(node.args) > 2:
            yield from as_text(node.args[-2])
        elif isinstance(node, ast.Yield) and node.value is not None:
            yield from as_text(node.value)


def as_text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.sub(r"\{\w+\}", "…", node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


def made_in_code() -> set[str]:
    trees = [ast.parse((ROOT / "bot/knowledge" / name).read_text(encoding="utf-8")) for name in FAULT_MODULES]
    return {problem for tree in trees for problem in problems(tree)}


def reasons_to_keep_the_last_good_one() -> set[str]:
    """Return the first sentences of what a running bot says of an edit that it doesn't serve."""
    found: set[str] = set()
    for name in RELOADING_MODULES:
        for node in ast.walk(ast.parse((ROOT / "bot/authoring" / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Kept":
                found |= {*as_text(node.args[0])}
            elif isinstance(node, ast.Return) and node.value is not None:
                found |= {*as_text(node.value)} - {""}
    return {re.split(r"(?<=\.) ", reason)[0] for reason in found}


def test_the_messages_are_found() -> None:
    assert {"The file is missing.", "The file can't be read: ….", "The id … is already used in …."} <= (made_in_code())
    assert "… is missing." in explained_by_the_format()
    assert {"The files can't be used.", "… ends mid-line, as if it were half-written."} <= (
        reasons_to_keep_the_last_good_one()
    )


def test_the_guide_has_a_row_for_each_message_and_no_other() -> None:
    messages = made_in_code() | explained_by_the_format() | reasons_to_keep_the_last_good_one()

    assert sorted(messages - {*rows()}) == []
    assert [row for row in rows() if row.endswith(".") and row not in messages] == []


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FAULT])
def test_the_guide_explains_what_a_check_finds(kind: Kind) -> None:
    assert _HEADINGS[kind] in rows()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run `tpm-bot` in a terminal of 80 columns, in an empty folder for `our-bakery` and its copy `before`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "dumb")  # 80 columns, no colors
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: str) -> str:
        capsys.readouterr()
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        with pytest.raises(SystemExit):
            main(arguments)
        out, err = capsys.readouterr()
        return str(out + err)

    return run


def edit(file: str, old: str, new: str) -> None:
    path = Path("our-bakery", file)
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def keep_unanswered(address: str, *texts: str) -> None:
    """Put questions into a database as the bot does, the first one asked last."""

    now = datetime.now(UTC)

    async def keep() -> None:
        async with Database.open(address) as database:
            questions = UnansweredQuestions(database=database)
            for number, text in enumerate(texts):
                at = now - timedelta(milliseconds=number)
                await questions.remember(UnansweredQuestion(number, 7, 70, "a" * 64, text, Reason.refused, None, at))

    asyncio.run(keep())


def examples() -> list[str]:
    """Return what the guide shows of the commands' output."""
    return [example.split("\n", 1)[1] for example in re.findall(r"```console\n(.*?)```", guide(), flags=re.DOTALL)]


def test_what_the_guide_shows_of_unanswered_questions_is_what_they_print(
    shell: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("new", "our-bakery")
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("KNOWLEDGE_DIR", "our-bakery")
    asked = "is there a canteen for apprentices", "how much is an apron"
    keep_unanswered(OWN_DATABASE, *asked, "is there a canteen")
    shown = [shell("unanswered"), shell("unanswered", "--yaml")]

    on_the_day = [re.sub(r"\d{4}-\d{2}-\d{2}", "2026-11-23", text) for text in shown]
    assert [text for text in on_the_day if text not in examples()] == []


def test_of_indentation_the_guide_shows_what_is_yaml_and_what_is_none() -> None:
    right, wrong = (
        textwrap.dedent(found)
        for found in re.findall(r"^  (?:Right|Wrong): .*?```\w+\n(.*?)  ```", guide(), flags=re.DOTALL | re.MULTILINE)
    )

    assert [*yaml.safe_load(right)["fees"]] == ["question", "reviewed"]
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load(wrong)


def test_what_the_guide_shows_of_the_commands_is_what_they_print(shell: Callable[..., str]) -> None:
    shown = [shell("new", "our-bakery")]
    shutil.copytree("our-bakery", "before")
    shown.append(shell("check", "our-bakery"))
    edit("faq.yaml", "related: [first-shift, fees]", "related: [first-shift, fee]")
    edit(
        "faq.yaml", "answer: Nothing. The bakeries pay for it, and they pay you a wage from the first month.", "answer:"
    )
    shown.append(shell("check", "our-bakery"))
    shutil.copy("before/faq.yaml", "our-bakery")
    with Path("our-bakery/faq.yaml").open("a", encoding="utf-8") as file:
        file.write("      - how much does the course cost me\n      - are the fees for the course high\n")
        file.write("      - how much is the course fee\n")
    shown += [shell("check", "our-bakery"), shell("diff", "before", "our-bakery")]

    assert [text for text in shown if text not in examples()] == []


def test_the_yaml_that_the_guide_shows_is_yaml(tmp_path: Path) -> None:
    blocks = re.findall(r"^( *)```yaml\n(.*?)^ *```", guide(), flags=re.DOTALL | re.MULTILINE)

    assert len(blocks) >= 2
    for _, block in blocks:
        (tmp_path / "shown.yaml").write_text(textwrap.dedent(block), encoding="utf-8")
        document = read_document(tmp_path / "shown.yaml")
        assert isinstance(document.data, dict)
        assert document.faults == ()


def shown_files() -> dict[str, str]:
    """Return the FAQ and the replies that the guide shows, by the names it gives them."""
    [faq] = re.findall(r"^```markdown\n(.*?)^```", guide(), flags=re.DOTALL | re.MULTILINE)
    [reply] = re.findall(r"^   ```yaml\n(   join-club:.*?)^   ```", guide(), flags=re.DOTALL | re.MULTILINE)
    [german] = re.findall(r"^   ```yaml\n(   head:.*?)^   ```", guide(), flags=re.DOTALL | re.MULTILINE)
    return {"faq.md": faq, "reply.txt": textwrap.dedent(reply), "reply-de.txt": textwrap.dedent(german)}


def test_what_the_guide_shows_of_importing_and_of_a_models_replies_is_what_they_print(
    shell: Callable[..., str],
) -> None:
    for name, content in shown_files().items():
        Path(name).write_text(content, encoding="utf-8")
    shown = [shell("import", "faq.md", "our-club")]
    prompted = shell("phrasings", "prompt", "--knowledge", "our-club")
    shown += [prompted[prompted.rindex("\nThis asks for") + 1 :]]
    shown += [shell("phrasings", "add", "--knowledge", "our-club", "reply.txt")]
    prompted = shell("translations", "prompt", "de", "--knowledge", "our-club")
    shown += [prompted[prompted.rindex("\nThis asks for") + 1 :]]
    shown += [shell("translations", "add", "de", "--knowledge", "our-club", "reply-de.txt")]
    shown += [shell("translations", "status", "--knowledge", "our-club")]

    in_the_guide = [textwrap.dedent(example) for example in examples()]
    assert [text for text in shown if text not in in_the_guide] == []
