"""The terminal as a place to ask: a line to type on, answers below, numbers to pick from."""

from __future__ import annotations

from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from rich.console import Console
from rich.markdown import Markdown

from bot.answering import Answering
from bot.console import job_description, print_answer, print_explanation, print_outcome
from bot.knowledge.model import Entry

_GREETING = "Ask about the role of a {role}. /faq lists what I know, /jd shows the job description, /quit ends."
_HELP = """\
Type a question, or one of these:
  /faq   what I can answer; pick by number
  /jd    the job description
  /why   why the last answer was what it was
  /help  this text
  /quit  end (also Ctrl-D)"""


class Chat:
    """A conversation at the terminal."""

    def __init__(self, *, answering: Answering, console: Console, history: Path) -> None:
        self._answering = answering
        self._console = console
        self._history = history
        self._offers: tuple[Entry, ...] = ()
        self._last = ""

    def run(self) -> None:
        """Read lines and answer them until the end of the input."""
        commands = WordCompleter(["/faq", "/jd", "/why", "/help", "/quit"], sentence=True)
        session: PromptSession[str] = PromptSession(history=self._open_history(), completer=commands)
        self._console.print(_GREETING.format(role=self._answering.knowledge.role.title), style="dim")
        while True:
            try:
                line = session.prompt("\n> ").strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            if line in {"/quit", "/exit"}:
                return
            if line:
                self.respond(line)

    def respond(self, line: str) -> None:
        """Answer one line: a command, the number of an offer, or a question."""
        match line.split(maxsplit=1)[0]:
            case "/faq":
                self._list_topics()
            case "/jd":
                self._console.print(Markdown(job_description(self._answering)))
            case "/why" if self._last:
                print_explanation(self._console, self._answering.answer(self._last))
            case "/why":
                self._console.print("Ask something first.")
            case "/help":
                self._console.print(_HELP, highlight=False)
            case command if command.startswith("/"):
                self._console.print(f"{command} is no command here. /help lists them.", markup=False, highlight=False)
            case number if number.isdecimal() and line == number and self._offers:
                self._pick(int(number))
            case _:
                self._last = line
                self._offers = print_outcome(self._console, self._answering.answer(line))

    def _list_topics(self) -> None:
        self._offers = self._answering.knowledge.entries
        for number, entry in enumerate(self._offers, start=1):
            self._console.print(f"  {number:2}. {entry.question}", highlight=False, markup=False)

    def _pick(self, number: int) -> None:
        if not 1 <= number <= len(self._offers):
            self._console.print(f"Pick a number from 1 to {len(self._offers)}.")
            return
        answer = self._answering.topic(self._offers[number - 1].id)
        print_answer(self._console, answer)
        self._offers = answer.related
        for position, entry in enumerate(answer.related, start=1):
            self._console.print(f"  {position}. {entry.question}", highlight=False, markup=False)

    def _open_history(self) -> History:
        """Keep what was typed for next time, where the folder allows it."""
        try:
            self._history.parent.mkdir(parents=True, exist_ok=True)
            self._history.touch()
        except OSError:
            return InMemoryHistory()
        return FileHistory(str(self._history))
