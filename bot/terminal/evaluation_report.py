"""Show an evaluation: as tables for people, as JSON for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.authoring.evaluation import (
    Judged,
    Share,
    Verdict,
    by_kind,
    by_language,
    by_topic,
    false_answers_by_subject,
    found_language,
    share,
    to_answer,
    to_refuse,
    worst,
)
from bot.outcomes import Answered, Suggested, Unanswered
from bot.terminal.paragraphs import print_paragraph, print_table, width_of

_SHORT = {
    Verdict.PARTLY: "part",
    Verdict.SUGGESTED: "sugg.",
    Verdict.MISSED: "miss",
    Verdict.WRONG_LANGUAGE: "lang.",
    Verdict.WRONG_SUBJECT: "subj.",
    Verdict.FALSE_ANSWER: "false",
}
_ANSWER_COLUMNS = (
    Verdict.RIGHT,
    Verdict.PARTLY,
    Verdict.WRONG,
    Verdict.SUGGESTED,
    Verdict.MISSED,
    Verdict.WRONG_LANGUAGE,
    Verdict.WRONG_SUBJECT,
)
_REFUSE_COLUMNS = (Verdict.FALSE_ANSWER, Verdict.WRONG_SUBJECT, Verdict.MISLED, Verdict.REFUSED)
_RARE = frozenset({Verdict.WRONG_LANGUAGE, Verdict.WRONG_SUBJECT})


def print_evaluation(console: Console, results: Sequence[Judged]) -> None:
    """Print shares by kind and by topic, false answers by subject, and the worst cases with their reasons."""
    answerable, refusable = to_answer(results), to_refuse(results)
    if answerable:
        _print_shares(console, "Should be answered, by kind", _ANSWER_COLUMNS, by_kind(answerable), answerable)
        _print_by_language(console, "Should be answered, by language", _ANSWER_COLUMNS, answerable)
        _print_shares(console, "Should be answered, by entry", _ANSWER_COLUMNS, by_topic(answerable), answerable)
    if refusable:
        _print_shares(console, "Should be refused, by kind", _REFUSE_COLUMNS, by_kind(refusable), refusable)
        _print_by_language(console, "Should be refused, by language", _REFUSE_COLUMNS, refusable)
        for subject, count in false_answers_by_subject(refusable).most_common():
            console.print(f"false answers on {subject}: {count}")
        console.print()
    if languages := by_language(results):
        found = (f"{name} {sum(map(found_language, group))} of {len(group)}" for name, group in languages.items())
        print_paragraph(console, f"Languages found: {', '.join(found)}\n")
    if cases := worst(results):
        console.print("Worst cases, most confident first", style="bold")
        for result in cases:
            _print_case(console, result)


def as_json(results: Sequence[Judged]) -> dict[str, object]:
    """Return the same figures as plain values, with every verdict."""
    answerable, refusable = to_answer(results), to_refuse(results)
    return {
        "to_answer": _counts(_ANSWER_COLUMNS, answerable),
        "to_refuse": _counts(_REFUSE_COLUMNS, refusable),
        "by_kind": {
            "to_answer": {kind: _counts(_ANSWER_COLUMNS, group) for kind, group in by_kind(answerable).items()},
            "to_refuse": {kind: _counts(_REFUSE_COLUMNS, group) for kind, group in by_kind(refusable).items()},
        },
        "by_language": {
            "to_answer": {name: _counts(_ANSWER_COLUMNS, group) for name, group in by_language(answerable).items()},
            "to_refuse": {name: _counts(_REFUSE_COLUMNS, group) for name, group in by_language(refusable).items()},
            "found": {name: sum(map(found_language, group)) for name, group in by_language(results).items()},
        },
        "by_topic": {topic: _counts(_ANSWER_COLUMNS, group) for topic, group in by_topic(answerable).items()},
        "false_answers_by_subject": dict(false_answers_by_subject(refusable)),
        "verdicts": {result.question.id: result.verdict.value for result in results},
    }


def _print_by_language(console: Console, title: str, columns: Sequence[Verdict], results: Sequence[Judged]) -> None:
    if groups := by_language(results):
        _print_shares(console, title, columns, groups, [result for group in groups.values() for result in group])


def _print_shares(
    console: Console,
    title: str,
    columns: Sequence[Verdict],
    groups: Mapping[str, Sequence[Judged]],
    total: Sequence[Judged],
) -> None:
    """Print a table with a row for each group, with shorter headings if that makes it fit.

    A rare fault has a column only if it occurs.
    """
    columns = [column for column in columns if column not in _RARE or share(total, column).count]
    table = _table(columns, groups, total, headings=["questions", *map(str, columns)])
    if console.is_terminal and width_of(console, table) > console.width:
        table = _table(columns, groups, total, headings=["n", *(_SHORT.get(column, str(column)) for column in columns)])
    print_paragraph(console, Text(title, style="bold"))
    print_table(console, table)
    intervals = (f"{column} {_interval(share(total, column))}" for column in columns)
    print_paragraph(console, f"95% intervals: {', '.join(intervals)}\n")


def _table(
    columns: Sequence[Verdict],
    groups: Mapping[str, Sequence[Judged]],
    total: Sequence[Judged],
    headings: Sequence[str],
) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True, min_width=len(heading))
    for name, group in groups.items():
        table.add_row(name, str(len(group)), *(f"{share(group, verdict).value:.0%}" for verdict in columns))
    table.add_section()
    table.add_row("all", str(len(total)), *(f"{share(total, verdict).value:.0%}" for verdict in columns))
    return table


def _interval(found: Share) -> str:
    low, high = found.interval
    return f"{low:.0%} to {high:.0%}"


def _print_case(console: Console, result: Judged) -> None:
    due = " + ".join("/".join(sorted(topics)) for topics in result.question.topics) or "a refusal"
    outcome = result.outcome
    given = "a refusal"
    if isinstance(outcome, Answered):
        given = " + ".join(answer.entry.id for answer in outcome.answers)
    elif isinstance(outcome, Suggested):
        given = "suggestions " + ", ".join(entry.id for entry in outcome.entries)
    elif isinstance(outcome, Unanswered) and outcome.off_topic:
        given = f"a refusal as {outcome.off_topic.id}"
    print_paragraph(console, Text.assemble((f"{result.verdict}: ", "bold"), result.question.text[:300]))
    print_paragraph(console, f"expected {due}; got {given} ({outcome.confidence:.2f})", indent="  ")
    for decision in outcome.decisions:
        best = decision.ranking.best
        why = best.explanation
        shared, left = ", ".join(why.shared) or "nothing", ", ".join(why.unexplained) or "nothing"
        meaning = "" if why.closest is None else f"; nearest in meaning {why.closest!r} ({why.evidence.meaning:.2f})"
        reasons = f"{why.phrasing!r}; shared {shared}; not explained {left}{meaning}"
        print_paragraph(console, f"{best.entry_id} {best.confidence:.2f}: {reasons}", indent="  ")


def _counts(columns: Sequence[Verdict], results: Sequence[Judged]) -> dict[str, object]:
    counts: dict[str, object] = {"questions": len(results)}
    for verdict in columns:
        found = share(results, verdict)
        low, high = found.interval
        counts[verdict.value] = {
            "count": found.count,
            "share": round(found.value, 4),
            "interval": [round(low, 4), round(high, 4)],
        }
    return counts
