"""`tpm-bot ask` and what else answers: `chat`, `evaluate`, and `jd`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import FAULT_FOUND, Knowledge, KnowledgeFolder, settings_for

if TYPE_CHECKING:
    from bot.answering import Answering
    from bot.language.languages import Language

InLanguage = Annotated[
    str | None,
    typer.Option(
        "--language", "-l", metavar="CODE", help="Such as de or pt-BR. Without it, the language of the question."
    ),
]

app = typer.Typer(rich_markup_mode=None)


@app.command()
def ask(
    question: Annotated[list[str] | None, typer.Argument(metavar="QUESTION", help="In quotes or without.")] = None,
    batch: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            "--batch",
            "-b",
            metavar="FILE",
            help='Answer JSON Lines, each with a "text"; - is standard input.',
        ),
    ] = None,
    language: InLanguage = None,
    explain: Annotated[bool, typer.Option("--explain", "-e", help="Explain the answer.")] = False,
    knowledge: Knowledge = None,
) -> None:
    """Answer a question, or a file of them."""
    text = " ".join(question or [])
    if bool(text.strip()) == (batch is not None):
        raise typer.BadParameter("Pass a question, or --batch with a file.")
    if batch is not None:
        if explain:
            raise typer.BadParameter("--explain needs a question, not --batch.")
        _ask_batch(_answering(knowledge), batch, language)
        return
    from bot.terminal.outcomes import open_console, print_explanation, print_outcome

    answering = _answering(knowledge)
    outcome = answering.answer(text, language=_language(language, answering))
    console = open_console()
    print_outcome(console, outcome)
    if explain:
        print_explanation(console, outcome)


def _ask_batch(answering: Answering, lines: Iterable[bytes], language: str | None) -> None:
    from bot.terminal.batch import BadLine, answer_lines

    all_good = True
    for result in answer_lines(answering, lines, language=_language(language, answering)):
        if isinstance(result, BadLine):
            all_good = False
            print(result, file=sys.stderr)
        else:
            print(result, flush=True)
    if not all_good:
        raise typer.Exit(FAULT_FOUND)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help='JSON Lines, each with a "text" and its "topics".')],
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    knowledge: Knowledge = None,
) -> None:
    """Measure answers against labeled questions."""
    from json import dumps

    from rich.progress import Progress

    from bot.authoring.evaluation import evaluate as judge_all
    from bot.authoring.evaluation import read_questions, unknown_topics
    from bot.terminal.evaluation_report import as_json, print_evaluation
    from bot.terminal.outcomes import open_console

    questions = read_questions(file)
    answering = _answering(knowledge)
    for id_ in unknown_topics(questions, (entry.id for entry in answering.knowledge.entries)):
        print(f"{file} names the entry {id_!r}, which isn't in the knowledge.", file=sys.stderr)
    with Progress(console=open_console(errors=True), transient=True) as progress:
        task = progress.add_task("Answering", total=len(questions))
        results = judge_all(answering, questions, progress=lambda: progress.advance(task))
    if json:
        print(dumps(as_json(results), indent=2))
    else:
        print_evaluation(open_console(), results)


@app.command()
def chat(directory: KnowledgeFolder = None, language: InLanguage = None) -> None:
    """Chat in the terminal."""
    from bot.terminal.chat import Chat, history_file, typed_lines
    from bot.terminal.outcomes import open_console

    console = open_console()
    answering = _answering(directory)
    conversation = Chat(answering=answering, console=console, language=_language(language, answering))
    if sys.stdin.isatty() and console.is_terminal:
        conversation.greet()
        conversation.run(typed_lines(history_file(), conversation.commands))
    else:
        conversation.run(sys.stdin)


@app.command()
def jd(
    language: Annotated[
        str | None,
        typer.Option("--language", "-l", metavar="CODE", help="Such as de or pt-BR. Without it, the original."),
    ] = None,
    knowledge: Knowledge = None,
) -> None:
    """Print the job description as Markdown."""
    from bot.knowledge.job_description import as_document
    from bot.language.speech import speaking

    answering = _answering(knowledge)
    wanted = _language(language, answering) or answering.knowledge.language
    said = answering.knowledge.in_language(wanted)
    if said.role is None:
        print("tpm-bot: This knowledge has no job description. To write one, add a role.yaml.", file=sys.stderr)
        raise typer.Exit(FAULT_FOUND)
    if said.role is answering.knowledge.role and wanted != answering.knowledge.language:
        print(f"tpm-bot: The job description isn't translated into {wanted}, so this is the original.", file=sys.stderr)
        wanted = answering.knowledge.language
    with speaking(wanted):
        sys.stdout.write(as_document(said.role, said.source))


def _language(code: str | None, answering: Answering) -> Language | None:
    """Return the language that a code stands for, of those that the bot speaks or the knowledge is translated into."""
    from bot.language.languages import SPOKEN, same_in

    if code is None:
        return None
    known = dict.fromkeys((*answering.knowledge.languages, *SPOKEN))
    if (language := same_in(known, code)) is None:
        raise typer.BadParameter(f"I don't speak {code!r}. Use one of {', '.join(known)}.")
    return language


def _answering(directory: Path | None) -> Answering:
    from bot.bootstrap import build_answering

    return build_answering(settings_for(directory))
