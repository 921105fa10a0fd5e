"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows below a header; all columns but the first are of numbers."""

    def lines() -> Iterator[str]:
        yield f"| {' | '.join(header)} |"
        yield f"| --- |{' ---: |' * (len(header) - 1)}"
        for row in rows:
            yield f"| {' | '.join(row)} |"

    return "\n".join(lines())
