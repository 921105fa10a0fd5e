"""The terminal as a place to ask: a line to type on, answers below, numbers to pick from."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app_session
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.output.vt100 import Vt100_Output
from rich.console import Console

from bot.answering import Answering
from bot.knowledge.job_description import as_document
from bot.knowledge.model import Entry, KnowledgeBase
from bot.language.languages import Language
from bot.language.speech import N_, _, speaking
from bot.outcomes import Answered, Outcome, Social
from bot.terminal.outcomes import offered, print_explanation, print_markdown, print_outcome, print_topics

_COMMANDS = {
    "/faq": N_("what I can answer; pick by number"),
    "/jd": N_("the job description"),
    "/why": N_("why the last question got the answer it got"),
    "/help": N_("this text"),
    "/quit": N_("quit (or Ctrl-D)"),
}
_WAYS_TO_END = {"/quit", "/exit", "quit", "exit"}


class Chat:
    """A conversation at the terminal, in the language of the last question or in the one given."""

    def __init__(self, *, answering: Answering, console: Console, language: Language | None = None) -> None:
        self._answering = answering
        self._console = console
        self._language = language
        self._spoken = language or answering.knowledge.language
        self._offers: tuple[Entry, ...] = ()
        self._last: Outcome | None = None
        self._answered: tuple[str, ...] = ()

    def greet(self) -> None:
        """Say what one can do here."""
        with speaking(self._spoken):
            name = self._knowledge.name
            said = _("Ask me about {name}. /faq shows what I know, /help how to ask, /quit ends.", name=name)
        self._console.print(said)

    @property
    def commands(self) -> Mapping[str, str]:
        """The commands and what they are for; /jd only if there is a job description."""
        has_role = self._answering.knowledge.role is not None
        return {command: _(purpose) for command, purpose in _COMMANDS.items() if has_role or command != "/jd"}

    def run(self, lines: Iterable[str]) -> None:
        """Respond to line after line, to the last or to one that ends the conversation."""
        for line in lines:
            typed = line.strip()
            if typed.casefold() in _WAYS_TO_END:
                return
            if typed:
                self.respond(typed)

    def respond(self, line: str) -> None:
        """Respond to a command, the number of an offer, or a question."""
        with speaking(self._spoken):
            if line.startswith("/"):
                self._obey(line)
            elif line.isdecimal():
                self._pick(line)
            else:
                self._last = self._answering.answer(line, after=self._answered, language=self._language)
                self._spoken = self._last.language
                self._show(self._last)

    @property
    def _knowledge(self) -> KnowledgeBase:
        return self._answering.knowledge.in_language(self._spoken)

    def _obey(self, line: str) -> None:
        knowledge = self._knowledge
        match line.split(maxsplit=1)[0].casefold():
            case "/faq":
                self._offers = knowledge.entries
                print_topics(self._console, self._offers, numbered=True)
            case "/jd" if knowledge.role:
                print_markdown(self._console, as_document(knowledge.role, knowledge.source))
            case "/why" if isinstance(self._last, Social) or (self._last and self._last.decisions):
                print_explanation(self._console, self._last)
            case "/why":
                self._console.print(_("There's nothing to explain yet. Ask me something."))
            case "/help":
                self._help()
            case command:
                self._console.print(_("There's no command {command}. /help lists them all.", command=repr(command)))

    def _help(self) -> None:
        self._console.print(_("Type a question, the number of one on your screen, or a command:"))
        for command, purpose in self.commands.items():
            self._console.print(f"  {command:6} {purpose}")

    def _pick(self, number: str) -> None:
        offers = {str(position): entry for position, entry in enumerate(self._offers, start=1)}
        if entry := offers.get(number):
            self._show(self._answering.pick(entry.id, language=self._spoken))
        elif offers:
            self._console.print(_("Pick a number from 1 to {count}.", count=len(offers)))
        else:
            self._console.print(_("There is nothing to pick from yet. /faq shows what I know."))

    def _show(self, outcome: Outcome) -> None:
        print_outcome(self._console, outcome, numbered=True)
        self._offers = offered(outcome) or self._offers
        if isinstance(outcome, Answered):
            self._answered = outcome.topics


def typed_lines(history: Path, commands: Collection[str] = tuple(_COMMANDS)) -> Iterator[str]:
    """Yield what is typed at the terminal, with the arrow keys to go back in it; Ctrl-C gives up a line."""
    output = get_app_session().output
    if isinstance(output, Vt100_Output):
        output.enable_cpr = False  # not every terminal answers where its cursor is, and nothing here needs it
    completer = WordCompleter([*commands], sentence=True)
    session: PromptSession[str] = PromptSession(
        history=_kept_in(history), completer=completer, reserve_space_for_menu=len(commands) + 1
    )
    while True:
        try:
            yield session.prompt("\n> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def history_file() -> Path:
    """Return where to keep what is typed in the chat."""
    return Path("~/.local/state/tpm-bot/history")


def _kept_in(file: Path) -> History:
    """Return the history in a file that only its owner may read; where none can be written, one for this time."""
    try:
        path = file.expanduser()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.open("ab").close()
    except (OSError, RuntimeError):  # RuntimeError: nobody knows where the home is
        return InMemoryHistory()
    return _ForgivingHistory(path)


class _ForgivingHistory(FileHistory):
    """Keep lines in a file; go on without where that fails, on a full disk for instance."""

    def store_string(self, string: str) -> None:
        with contextlib.suppress(OSError):
            super().store_string(string)
