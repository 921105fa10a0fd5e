"""Show outcomes, and the reasons for them, in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import Markdown
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bot.knowledge.model import Entry, OffTopic
from bot.language.formats import sentences
from bot.language.speech import _, speaking
from bot.matching.decision import AnswerWith, Decision, Refuse, SuggestFrom, subject_threshold, suggest_threshold
from bot.matching.matcher import Candidate, Subject
from bot.outcomes import Answer, Answered, Outcome, Social, Suggested, Unanswered, remark_on_language

MAX_WIDTH = 88  # columns; longer lines are hard to read
EXPLAINED_CANDIDATES = 3


def open_console(*, errors: bool = False) -> Console:
    """Return the terminal, or its stream for errors. What is printed there is never taken for Rich's markup."""
    return Console(markup=False, emoji=False, highlight=False, stderr=errors)


def offered(outcome: Outcome) -> tuple[Entry, ...]:
    """Return the entries that an outcome offers to go on with."""
    match outcome:
        case Answered():
            return outcome.offers
        case Suggested():
            return outcome.entries
        case Social():
            return outcome.offers
        case Unanswered():
            return ()


def print_outcome(console: Console, outcome: Outcome, *, numbered: bool = False) -> None:
    """Print an outcome in its language; what it offers to go on with is numbered where a number can be typed."""
    with speaking(outcome.language):
        _print_outcome(console, outcome, numbered=numbered)
        if remark := remark_on_language(outcome):
            console.print(remark, style="dim")


def _print_outcome(console: Console, outcome: Outcome, *, numbered: bool) -> None:
    match outcome:
        case Answered():
            _print_answers(console, outcome, numbered=numbered)
        case Suggested():
            console.print(_("I'm not sure what you mean. Did you mean one of these?"))
            print_topics(console, outcome.entries, numbered=numbered)
        case Social():
            print_markdown(console, outcome.reply)
            print_topics(console, outcome.offers, numbered=numbered)
        case Unanswered(off_topic=OffTopic() as subject):
            console.print(subject.reaction or _refusal(subject))
        case Unanswered(decisions=()):
            console.print(_("I don't see a question there."))
        case Unanswered():
            where = _("/faq shows what I know.") if numbered else ""
            console.print(sentences(_("I don't know the answer to that."), where))


def print_topics(console: Console, entries: Sequence[Entry], *, numbered: bool) -> None:
    """Print a list of questions."""
    width = len(str(len(entries)))
    for number, entry in enumerate(entries, start=1):
        marker = f"{number:>{width}}." if numbered else "-"
        _print_block(console, Text(entry.question), first=f"  {marker} ")


def print_markdown(console: Console, text: str, *, indent: int = 0) -> None:
    """Print Markdown, with the addresses of its links."""
    _print_block(console, Markdown(text, hyperlinks=False), first=" " * indent)


def print_explanation(console: Console, outcome: Outcome) -> None:
    """Print why the outcome is what it is: for each question, what was decided and what spoke for the likeliest."""
    if isinstance(outcome, Social):
        _print_rows(console, "Why", [("decision", f"manners: {outcome.kind}")])
    answered = {answer.entry.id for answer in outcome.answers} if isinstance(outcome, Answered) else set[str]()
    for decision in outcome.decisions:
        ranking = decision.ranking
        repairs = (f"{repair.typed} → {repair.taken_for}" for repair in ranking.repairs)
        rows = [
            ("question", ranking.question),
            ("repaired", ", ".join(repairs) or "nothing"),
            ("unknown", ", ".join(ranking.unknown) or "nothing"),
            ("looked at", "the words alone" if ranking.encoder is None else f"words and meaning ({ranking.encoder})"),
            ("decision", _reason(decision, answered)),
        ]
        _print_rows(console, "Why", rows)
        for candidate in ranking.candidates[:EXPLAINED_CANDIDATES]:
            _print_rows(console, f"{candidate.entry_id}  {candidate.confidence:.2f}", _evidence(candidate))
        if subject := ranking.subject:
            title = f"off topic: {subject.off_topic_id}  {subject.confidence:.2f}"
            needed = f"{subject_threshold(ranking):.2f}"
            _print_rows(console, title, [("nearest example", subject.example), ("confidence needed", needed)])


def _print_answers(console: Console, outcome: Answered, *, numbered: bool) -> None:
    for answer in outcome.answers:
        _print_answer(console, answer)
    for subject in outcome.declined:
        if subject.reaction is None:
            console.print(_refusal(subject), end="\n\n")
    if outcome.offers:
        heading = _("I'm not sure about the rest. Maybe one of these?") if outcome.suggestions else _("Related")
        console.print(heading, style="bold")
        print_topics(console, outcome.offers, numbered=numbered)


def _print_answer(console: Console, answer: Answer) -> None:
    entry, source = answer.entry, answer.source
    _print_block(console, Text(entry.question, style="bold cyan"))
    print_markdown(console, entry.answer.replace("\n", "  \n"), indent=2)  # to Discord, each end of a line is one
    console.print()
    if entry.image:
        _print_block(console, Text(_("Image: {description}", description=entry.image.alt)), first="  ")
        _print_link(console, entry.image.location)
        console.print()
    for link in entry.links:
        _print_block(console, Text(link.caption), first="  ")
        _print_link(console, link.url)
    if entry.links:
        console.print()
    if source is None:
        return
    section = f" ({entry.source_section})" if entry.source_section else ""
    named = f"{source.publisher}, {source.title}{section}"
    _print_block(console, Text(_("Source: {source}", source=named), style="dim"), first="  ")
    if source.url:
        _print_link(console, source.url)
    console.print()


def _refusal(subject: OffTopic) -> str:
    return subject.reply or _("I don't have anything on {subject}.", subject=subject.name)


def _reason(decision: Decision, answered: set[str]) -> str:
    best = decision.ranking.best
    bands = f"an answer needs {decision.threshold:.2f}, a suggestion {suggest_threshold(decision.ranking):.2f}"
    match decision:
        case AnswerWith(candidate=candidate) if candidate.entry_id in answered:
            return f"answered with {candidate.entry_id}, confidence {candidate.confidence:.2f}; {bands}"
        case AnswerWith():
            return f"left out: another question in the message has higher confidence than {best.entry_id}"
        case SuggestFrom():
            return f"suggested: the best entry, {best.entry_id}, has confidence {best.confidence:.2f}; {bands}"
        case Refuse(subject=Subject() as subject):
            return (
                f"refused: off topic, {subject.off_topic_id} has confidence {subject.confidence:.2f} and the best "
                f"entry, {best.entry_id}, only {best.confidence:.2f}; {bands}"
            )
        case Refuse():
            return f"refused: the best entry, {best.entry_id}, has confidence {best.confidence:.2f}; {bands}"


def _evidence(candidate: Candidate) -> list[tuple[str, str]]:
    why = candidate.explanation
    numbers = ((field.name.replace("_", " "), getattr(why.evidence, field.name)) for field in fields(why.evidence))
    meaning = [] if why.closest is None else [("nearest in meaning", f"{why.closest} ({why.evidence.meaning:.2f})")]
    return [
        ("nearest in words", why.phrasing),
        *meaning,
        ("words shared", ", ".join(why.shared) or "none"),
        ("unexplained", ", ".join(why.unexplained) or "none"),
        ("evidence", " · ".join(f"{name} {value:.2f}" for name, value in numbers)),
    ]


def _print_rows(console: Console, title: str, rows: Iterable[tuple[str, str]]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    for name, value in rows:
        grid.add_row(name, Text(value))
    console.print()
    console.print(title, style="bold")
    _print_block(console, grid, first="  ")


def _print_link(console: Console, address: str) -> None:
    console.print(f"  {address}", style="dim underline", soft_wrap=True)


def _print_block(console: Console, renderable: RenderableType, *, first: str = "") -> None:
    console.print(_Block(renderable, first), end="")


class _Block:
    """Indent something, and take away the spaces with which Rich fills lines up."""

    def __init__(self, renderable: RenderableType, first: str) -> None:
        """Begin the first line with `first`, and the others with as many spaces."""
        self._renderable = renderable
        self._first = first

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, MAX_WIDTH) - len(self._first)
        lines = console.render_lines(self._renderable, options.update(width=max(1, width)), pad=False)
        start = self._first
        for line in lines:
            if content := _stripped(line):
                yield Segment(start)
                yield from content
            yield Segment.line()
            start = " " * len(self._first)


def _stripped(line: list[Segment]) -> list[Segment]:
    kept = list(line)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[-1] = Segment(kept[-1].text.rstrip(), kept[-1].style)
    return kept
