"""The command line. What a command needs is imported when it runs, so that `ask` doesn't pay for Discord."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

if TYPE_CHECKING:
    from bot.answering import Answering
    from bot.settings import Settings

app = typer.Typer(
    name="tpm-bot",
    help="Answer questions about the Technical Product Manager role, on Discord and in the terminal.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

fault_found = 1
called_wrongly = 2


def main() -> None:
    """Run the command line; end with 0 if it did its job, 1 if what it checked is at fault, 2 if the call is."""
    from bot.knowledge.loading import KnowledgeError
    from bot.settings import ConfigurationError

    try:
        app()
    except ConfigurationError as error:
        _complain(str(error))
    except KnowledgeError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        _complain("The knowledge can't be used; the lines above say why.")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(fault_found)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def ask(
    question: Annotated[list[str] | None, typer.Argument(help="The question; quotes are not needed.")] = None,
    batch: Annotated[
        str | None, typer.Option(metavar="FILE", help='Answer JSON Lines with a "text" each; - is standard input.')
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show why the answer is what it is.")] = False,
) -> None:
    """Answer a question here, without Discord."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("Give either a question or --batch FILE.")
    if batch is not None:
        _ask_batch(batch)
        return
    from rich.console import Console

    from bot.console import print_explanation, print_outcome

    outcome = _answering().answer(" ".join(question or []))
    console = Console()
    print_outcome(console, outcome)
    if explain:
        print_explanation(console, outcome)


@app.command()
def chat() -> None:
    """Ask question after question."""
    from rich.console import Console

    from bot.chat import Chat
    from bot.console import history_file

    Chat(answering=_answering(), console=Console(), history=history_file()).run()


@app.command()
def jd() -> None:
    """Print the job description as Markdown."""
    from bot.console import job_description

    sys.stdout.write(job_description(_answering()))


@app.command()
def check(
    directory: Annotated[Path | None, typer.Argument(help="The knowledge folder. [default: KNOWLEDGE_DIR]")] = None,
) -> None:
    """Check the knowledge and report every fault at once."""
    from bot.knowledge.loading import KnowledgeError, load_knowledge, shipped_knowledge

    folder = directory or _settings().knowledge_dir or shipped_knowledge
    try:
        knowledge = load_knowledge(folder)
    except KnowledgeError as error:
        for fault in error.faults:
            print(fault)
        count = len(error.faults)
        print(f"{count} fault{'s' if count > 1 else ''} in {folder}", file=sys.stderr)
        raise typer.Exit(fault_found) from None
    phrasings = sum(len(entry.phrasings) for entry in knowledge.entries)
    examples = sum(len(subject.phrasings) for subject in knowledge.off_topics)
    print(
        f"No faults: {len(knowledge.entries)} topics with {phrasings} phrasings, "
        f"{len(knowledge.off_topics)} off-topic subjects with {examples} examples."
    )


@app.command()
def run() -> None:
    """Answer on Discord."""
    import asyncio

    from bot.bootstrap import run_discord
    from bot.logs import configure_logging

    settings = _settings()
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(run_discord(settings))


@app.command()
def schemas(directory: Annotated[Path, typer.Argument(help="Where to write them.")]) -> None:
    """Write the JSON Schemas of the knowledge files, for editors."""
    from bot.knowledge.file_format import write_schemas

    write_schemas(directory)


@app.command()
def health() -> None:
    """Tell whether the bot that runs on this machine is ready (at MONITORING_ADDRESS)."""
    import urllib.error
    import urllib.request

    from bot.settings import ConfigurationError

    address = _settings().monitoring_address
    if address is None:
        raise ConfigurationError("MONITORING_ADDRESS is not set, so the bot can't be asked. Set it as for `run`.")
    host, _, port = address.rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - compared with, not bound to
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=3) as response:
            print(response.read().decode())
    except urllib.error.HTTPError as error:
        print(error.read().decode())
        raise typer.Exit(fault_found) from None
    except OSError as error:
        print(f"Nothing answers at {address}: {error}", file=sys.stderr)
        raise typer.Exit(fault_found) from None


def _settings() -> Settings:
    from bot.settings import read_settings

    return read_settings()


def _answering() -> Answering:
    from bot.bootstrap import build_answering

    return build_answering(_settings())


def _ask_batch(file: str) -> None:
    from bot.console import answer_batch
    from bot.settings import ConfigurationError

    answering = _answering()
    try:
        lines: BinaryIO = sys.stdin.buffer if file == "-" else Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise ConfigurationError(f"{file} can't be read: {error.strerror}.") from None
    with lines:
        if not answer_batch(answering, lines, sys.stdout, sys.stderr):
            raise typer.Exit(fault_found)


def _complain(problem: str) -> None:
    print(f"tpm-bot: {problem}", file=sys.stderr)
    sys.exit(called_wrongly)
