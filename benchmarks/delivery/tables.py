"""Rows and words that the reports of deliveries have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from benchmarks.delivery.account import Account
from benchmarks.delivery.figures import Figure, number
from bot.storage.resolutions import Resolution


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def figure_rows(figures: Iterable[Figure]) -> Iterator[tuple[str, ...]]:
    """Yield each figure with its bound, what was measured, and whether that's kept."""
    for figure in figures:
        verdict = "kept" if figure.is_kept else "**missed**"
        yield figure.name, figure.required, f"{number(figure.value)} {figure.unit}".strip(), verdict


def account_rows(by_way: Mapping[str, Account]) -> Iterator[tuple[str, ...]]:
    """Yield what became of what was asked, with a column for each way of asking."""
    accounts = by_way.values()
    recorded = set(Resolution)
    yield "asked", *(f"{one.asked:,}" for one in accounts)
    yield "answered once", *(f"{one.answered:,}" for one in accounts)
    for reason in sorted({reason for one in accounts for reason in one.declined}):
        yield f"declined: `{reason}`", *(f"{one.declined[reason]:,}" for one in accounts)
    for reason in sorted({reason for one in accounts for reason in one.closed}):
        told = f"`{reason}`" if reason in recorded else reason
        yield f"closed: {told}", *(f"{one.closed[reason]:,}" for one in accounts)
    yield "twice", *(f"{one.twice:,}" for one in accounts)
    yield "unexplained", *(f"{one.unexplained:,}" for one in accounts)
