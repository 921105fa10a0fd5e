"""The command line. What a command needs is imported when it runs, so that `ask` doesn't pay for Discord."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.commands.importing import app as importing
from bot.commands.phrasings import app as phrasings
from bot.commands.storage import app as storage
from bot.commands.translations import app as translations

if TYPE_CHECKING:
    from bot.answering import Answering
    from bot.language.languages import Language
    from bot.settings import Settings

FAULT_FOUND = 1
CALLED_WRONGLY = 2

KnowledgeFolder = Annotated[
    Path | None,
    typer.Argument(exists=True, file_okay=False, help="The knowledge folder. Without it, KNOWLEDGE_DIR."),
]

InLanguage = Annotated[
    str | None,
    typer.Option(
        "--language", "-l", metavar="CODE", help="Such as de or pt-BR. Without it, the language of the question."
    ),
]


def _command_line(*groups: typer.Typer) -> typer.Typer:
    commands = typer.Typer(
        name="tpm-bot",
        no_args_is_help=True,
        rich_markup_mode=None,  # plain help comes at once, and reads as well
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for group in groups:
        commands.add_typer(group)
    return commands


app = _command_line(importing, phrasings, storage, translations)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; end with 0 if it did its job, 1 if what it checked is at fault, 2 if the call is."""
    _settle_streams()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's other threads would only wait, and busily
    try:
        try:
            app(arguments, prog_name="tpm-bot")
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read along has had enough, such as `head`
        _drop_output()
        sys.exit(FAULT_FOUND)
    except Exception as error:  # noqa: BLE001 - raised again unless it can be explained
        explanation, code = _explanation(error)
        print(explanation, file=sys.stderr)
        if isinstance(error, OSError):
            _drop_output()
        sys.exit(code)


def _drop_output() -> None:
    """Let what could not be printed go, or Python would try again at its end and complain."""
    with contextlib.suppress(OSError):  # standard output that is no file has nothing left to print
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _settle_streams() -> None:
    """See to it that neither a closed stream nor a character that one lacks is a reason to fail."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _explanation(error: Exception) -> tuple[str, int]:
    """Return what a person can do about an error, and the exit code; raise it again if that is nothing."""
    from bot.authoring.edits import NothingAdded
    from bot.authoring.evaluation import EvaluationFileError
    from bot.authoring.importing.collected import NothingFound
    from bot.authoring.incoming import UnusableFile
    from bot.authoring.replacing import ChangedMeanwhile
    from bot.authoring.starter import FolderTaken
    from bot.knowledge.loading import KnowledgeError
    from bot.settings import ConfigurationError

    match error:
        case ConfigurationError() | EvaluationFileError() | FolderTaken():
            return f"tpm-bot: {error}", CALLED_WRONGLY
        case UnusableFile() | NothingFound() | NothingAdded() | ChangedMeanwhile():
            return f"tpm-bot: {error}", FAULT_FOUND
        case KnowledgeError():
            told = f"tpm-bot: The knowledge in {error.directory} can't be used; the lines above say why."
            return f"{error}\n{told}", CALLED_WRONGLY
        case OSError():
            return f"tpm-bot: {error.strerror or error}: {error.filename or 'reading or printing'}.", CALLED_WRONGLY
        case _:
            raise error


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if wanted:
        from importlib.metadata import version

        print(f"tpm-bot {version('tpm-career-bot')}")
        raise typer.Exit


@app.callback()
def tpm_bot(
    *,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Answer a community's questions, on Discord and in the terminal."""


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
) -> None:
    """Answer a question, or a file of them."""
    text = " ".join(question or [])
    if bool(text.strip()) == (batch is not None):
        raise typer.BadParameter("Pass a question, or --batch with a file.")
    if batch is not None:
        if explain:
            raise typer.BadParameter("--explain needs a question, not --batch.")
        _ask_batch(batch, language)
        return
    from bot.terminal.outcomes import open_console, print_explanation, print_outcome

    answering = _answering()
    outcome = answering.answer(text, language=_language(language, answering))
    console = open_console()
    print_outcome(console, outcome)
    if explain:
        print_explanation(console, outcome)


def _ask_batch(lines: Iterable[bytes], language: str | None) -> None:
    from bot.terminal.batch import BadLine, answer_lines

    answering = _answering()
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
) -> None:
    """Measure answers against labeled questions."""
    from json import dumps

    from rich.progress import Progress

    from bot.authoring.evaluation import evaluate as judge_all
    from bot.authoring.evaluation import read_questions, unknown_topics
    from bot.terminal.evaluation_report import as_json, print_evaluation
    from bot.terminal.outcomes import open_console

    questions = read_questions(file)
    answering = _answering()
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
) -> None:
    """Print the job description as Markdown."""
    from bot.knowledge.job_description import as_document
    from bot.language.speech import speaking

    answering = _answering()
    wanted = _language(language, answering) or answering.knowledge.language
    knowledge = answering.knowledge.in_language(wanted)
    if knowledge.role is None:
        print("tpm-bot: This knowledge has no job description. To write one, add a role.yaml.", file=sys.stderr)
        raise typer.Exit(FAULT_FOUND)
    if knowledge.role is answering.knowledge.role and wanted != answering.knowledge.language:
        print(f"tpm-bot: The job description isn't translated into {wanted}, so this is the original.", file=sys.stderr)
        wanted = answering.knowledge.language
    with speaking(wanted):
        sys.stdout.write(as_document(knowledge.role, knowledge.source))


@app.command()
def check(
    directory: KnowledgeFolder = None,
    format_: Annotated[
        Literal["text", "json", "github"],
        typer.Option("--format", help="For people, for programs, or as pull request annotations."),
    ] = "text",
    everything: Annotated[
        bool, typer.Option("--all", help="Show everything, not only the worst of each kind.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
) -> None:
    """Check the knowledge, and say what to do next."""
    from datetime import date

    from bot.bootstrap import build_encoders
    from bot.knowledge.loading import SHIPPED_KNOWLEDGE
    from bot.terminal.check_report import check_and_report

    settings = _settings(directory)
    folder = settings.knowledge_dir or SHIPPED_KNOWLEDGE
    encoders = build_encoders(settings)
    today = date.today()  # noqa: DTZ011 - the day where the maintainer is
    if not check_and_report(
        folder, today=today, format_=format_, everything=everything, strict=strict, encoders=encoders
    ):
        raise typer.Exit(FAULT_FOUND)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A knowledge folder.")],
    new: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The same folder, edited.")],
    questions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Labeled questions to ask both, in addition to the examples."),
    ] = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="For people, or for programs.")] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Fail if a question is answered worse than before.")] = False,
) -> None:
    """Show which entries and outcomes an edit changes."""
    from bot.bootstrap import build_encoders
    from bot.terminal.comparison_report import compare_and_report

    encoders = build_encoders(_settings())
    if not compare_and_report(old, new, questions, format_=format_, strict=strict, encoders=encoders):
        raise typer.Exit(FAULT_FOUND)


@app.command()
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is empty or doesn't exist yet.")],
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="Ask for a name and the first question and answer.")
    ] = False,
) -> None:
    """Create a small, commented knowledge folder to start from."""
    import shlex

    from bot.authoring.starter import create_knowledge, refuse_taken
    from bot.terminal.interview import ask_for_start

    refuse_taken(directory)
    try:
        start = ask_for_start() if interactive else None
    except typer.Abort:
        print()  # ends the line of the question
        print("tpm-bot: The questions weren't all answered, so no folder was made.", file=sys.stderr)
        raise typer.Exit(CALLED_WRONGLY) from None
    create_knowledge(directory, start=start)
    folder = shlex.quote(str(directory))
    print(f"{directory} is ready. Open {directory / 'faq.yaml'} and follow its comments. To try it:")
    print(f"  tpm-bot check {folder}\n  tpm-bot chat {folder}")


@app.command()
@app.command("gaps", hidden=True)  # its former name
def unanswered(
    days: Annotated[int, typer.Option(min=1, max=30, help="How far to look back.")] = 30,
    yaml: Annotated[bool, typer.Option("--yaml", help="Print YAML to paste into the knowledge files.")] = False,
) -> None:
    """Show unanswered questions in groups, with what came closest."""
    from bot.bootstrap import build_encoders, database_address
    from bot.knowledge.loading import SHIPPED_KNOWLEDGE
    from bot.settings import ConfigurationError
    from bot.terminal.unanswered_report import NoQuestionsAtHand, report_unanswered

    settings = _settings()
    address = database_address(settings)
    try:
        folder = settings.knowledge_dir or SHIPPED_KNOWLEDGE
        report_unanswered(folder, address, days=days, yaml=yaml, encoders=build_encoders(settings))
    except NoQuestionsAtHand as error:
        raise ConfigurationError(str(error)) from None


@app.command()
def taught(
    yaml: Annotated[bool, typer.Option("--yaml", help="Print YAML to paste into the knowledge files.")] = False,
    server: Annotated[int | None, typer.Option(metavar="ID", help="Only what this server was taught.")] = None,
) -> None:
    """Show what moderators taught on Discord."""
    from bot.bootstrap import database_address, folder_of
    from bot.settings import ConfigurationError
    from bot.terminal.taught_report import report_taught
    from bot.terminal.unanswered_report import NoQuestionsAtHand

    settings = _settings()
    address = database_address(settings)
    try:
        report_taught(folder_of(settings), address, server=server, yaml=yaml)
    except NoQuestionsAtHand as error:
        raise ConfigurationError(str(error)) from None


@app.command()
def run(directory: KnowledgeFolder = None) -> None:
    """Answer on Discord."""
    import asyncio

    from bot.bootstrap import run_discord
    from bot.operations.logs import configure_logging

    settings = _settings(directory)
    configure_logging(settings.log_level, settings.log_format, secrets=(settings.token(),))
    asyncio.run(run_discord(settings))


@app.command()
def health() -> None:
    """Check whether the bot at MONITORING_ADDRESS can answer."""
    from bot.operations.health import ask_health
    from bot.settings import ConfigurationError

    address = _settings().monitoring_address
    if address is None:
        raise ConfigurationError("MONITORING_ADDRESS isn't set. Set it as for `run`.")
    found = ask_health(address)
    print(found.report)
    if not found.is_ready:
        raise typer.Exit(FAULT_FOUND)


@app.command()
def schemas(directory: Annotated[Path, typer.Argument(help="The folder to write to.")]) -> None:
    """Write JSON Schemas of the knowledge files, for editors."""
    from bot.knowledge.schemas import write_schemas

    write_schemas(directory)


def _settings(directory: Path | None = None) -> Settings:
    """Return the settings, with another knowledge folder if one is given."""
    from bot.settings import read_settings

    settings = read_settings()
    return settings.model_copy(update={"knowledge_dir": directory}) if directory else settings


def _language(code: str | None, answering: Answering) -> Language | None:
    """Return the language that a code stands for, of those that the bot speaks or the knowledge is translated into."""
    from bot.language.languages import SPOKEN, same_in

    if code is None:
        return None
    known = dict.fromkeys((*answering.knowledge.languages, *SPOKEN))
    if (language := same_in(known, code)) is None:
        raise typer.BadParameter(f"I don't speak {code!r}. Use one of {', '.join(known)}.")
    return language


def _answering(directory: Path | None = None) -> Answering:
    from bot.bootstrap import build_answering

    return build_answering(_settings(directory))
