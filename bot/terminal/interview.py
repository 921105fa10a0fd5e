"""Ask a maintainer in the terminal what a new knowledge folder begins with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from pydantic import TypeAdapter, ValidationError

from bot.authoring.starter import StartingPoint
from bot.knowledge.file_format import Answer, Line, Name


def ask_for_start() -> StartingPoint:
    """Ask for a name, a sentence about it, and the first question and answer, each until it can be used.

    Raises:
        typer.Abort: The input ends, or the person interrupts it.
    """
    name = _ask("What is your bot about? It says “I answer questions about …”", Name)
    about = _ask("One sentence about that (Enter to skip)", Line, default="")
    question = _ask("A question that people often ask", Line)
    answer = _ask("Its answer", Answer)
    return StartingPoint(name, about or None, question, answer)


def _ask(prompt: str, kind: Any, default: str | None = None) -> str:
    typed: str = typer.prompt(prompt, default=default, show_default=False, value_proc=_read_as(kind, default))
    return typed


def _read_as(kind: Any, default: str | None) -> Callable[[str], str]:
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def read(typed: str) -> str:
        text = " ".join(typed.split())
        if text == default:
            return text
        if not text.isprintable():
            raise typer.BadParameter("There's an invisible character in it.")
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            [detail, *_] = error.errors()
            limit = detail.get("ctx", {}).get("max_length")
            problem = (
                f"It has {len(text)} characters. Shorten it to {limit}." if limit else "Please type something else."
            )
            raise typer.BadParameter(problem) from None

    return read
