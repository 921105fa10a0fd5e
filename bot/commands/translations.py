"""`tpm-bot translations`: let a language model write the answers in other languages. The bot itself calls none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.options import Knowledge, Reply, folder_to_edit, hand_out, name_of, same_again

if TYPE_CHECKING:
    from bot.knowledge.model import KnowledgeBase
    from bot.language.languages import Language

Code = Annotated[str, typer.Argument(metavar="LANG", help="The language's code, such as de, ja, or pt-BR.")]

app = typer.Typer(name="translations", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def translations() -> None:
    """Translate the answers, and see what's missing."""


@app.command()
def status(knowledge: Knowledge = None) -> None:
    """Show how much is translated, by language."""
    from bot.bootstrap import folder_of
    from bot.settings import read_settings
    from bot.terminal.translations_report import report_status

    report_status(knowledge or folder_of(read_settings()))


@app.command()
def prompt(
    code: Code,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ENTRY", help="Ids. Without any, all that is missing, incomplete, or out of date."),
    ] = None,
    per_request: Annotated[
        int, typer.Option("--texts-per-request", min=1, max=200, help="How many texts to ask for at once.")
    ] = 40,
    knowledge: Knowledge = None,
) -> None:
    """Print a request to paste into any language model."""
    from bot.authoring.requests import UnknownId
    from bot.authoring.translations.request import make_request
    from bot.authoring.translations.standings import standing_of
    from bot.bootstrap import folder_of
    from bot.knowledge.loading import load_with_documents
    from bot.language.names import english_name
    from bot.settings import read_settings

    loaded, documents = load_with_documents(knowledge or folder_of(read_settings()))
    language = _language(code, loaded)
    try:
        request = make_request(loaded, standing_of(documents, language), ids=ids or (), per_request=per_request)
    except UnknownId as error:
        raise typer.BadParameter(str(error)) from None
    if request is None:
        print(f"Everything is translated into {english_name(language)}.", file=sys.stderr)
        return
    later = len(request.later)
    hand_out(
        request,
        asks_for=f"{len(request.asked)} {'text' if len(request.asked) == 1 else 'texts'} in {english_name(language)}",
        then=f"translations add {language}{same_again(knowledge)}",
        left=f"{later} more {'is' if later == 1 else 'are'} not translated",
    )


@app.command()
def add(
    code: Code,
    file: Reply,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Also replace what is translated already.")] = False,
    knowledge: Knowledge = None,
) -> None:
    """Write the translations in a model's reply."""
    from bot.knowledge.loading import load_knowledge
    from bot.settings import read_settings
    from bot.terminal.translations_report import add_and_report

    folder = folder_to_edit(knowledge, read_settings())
    language = _language(code, load_knowledge(folder))
    add_and_report(folder, language, file, name=name_of(file), dry_run=dry_run, replace=replace)


def _language(code: str, knowledge: KnowledgeBase) -> Language:
    from bot.knowledge.translations import UnknownLanguage, known_language

    try:
        language = known_language(code)
    except UnknownLanguage as error:
        raise typer.BadParameter(str(error), param_hint="LANG") from None
    if language == knowledge.language:
        raise typer.BadParameter(f"The knowledge is written in {language} already.", param_hint="LANG")
    return language
