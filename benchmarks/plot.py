"""Draw what was measured, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import Row
from benchmarks.scaling import Scaling

ours, others, ink, faint = "#5865f2", "#a3acb9", "#1f2328", "#d8dee4"


def accuracy(rows: Sequence[Row], path: Path) -> None:
    """Draw how many questions each matcher answers rightly, with intervals, and what it takes."""
    ordered = sorted(rows, key=lambda row: row.judgement.right.value)
    figure, axes = _canvas(width=9.2, height=0.42 * len(ordered) + 1.1)
    for place, row in enumerate(ordered):
        right = row.judgement.right
        low, high = (100 * end for end in right.interval)
        is_ours = row.name.startswith("**")
        axes.barh(place, 100 * right.value, height=0.62, color=ours if is_ours else others)
        axes.plot([low, high], [place, place], color=ink, linewidth=1.2, solid_capstyle="butt")
        axes.text(104, place, f"{100 * right.value:.0f} %", va="center", ha="left", color=ink)
        axes.text(126, place, _readable(row.p50), va="center", ha="right", color=ink)
    top = len(ordered) - 0.35
    axes.text(104, top, "right", va="bottom", ha="left", color=ink, fontsize=9)
    axes.text(126, top, "p50", va="bottom", ha="right", color=ink, fontsize=9)
    axes.set_yticks(range(len(ordered)), [row.name.strip("*") for row in ordered])
    axes.set_xlim(0, 127)
    axes.set_xticks(range(0, 101, 20), [f"{value} %" for value in range(0, 101, 20)])
    axes.set_ylim(-0.6, len(ordered) + 0.1)
    axes.grid(axis="x", color=faint, linewidth=0.8)
    _save(figure, path, "Questions answered rightly, at a threshold tuned for 5 % false answers; lines: 95 % intervals")


def scaling(sizes: Sequence[Scaling], path: Path) -> None:
    """Draw the time for a question over the number of phrasings, beside rapidfuzz's WRatio."""
    figure, axes = _canvas(width=8.2, height=4.2)
    counts = [size.phrasings for size in sizes]
    lines = (
        ("WRatio, p50", [size.wratio_p50 for size in sizes], others, "-"),
        ("this bot, p99", [size.p99 for size in sizes], ours, ":"),
        ("this bot, p50", [size.p50 for size in sizes], ours, "-"),
    )
    for name, values, colour, style in lines:
        axes.plot(counts, values, color=colour, linestyle=style, linewidth=2, marker="o", markersize=5)
        axes.text(counts[-1] * 1.25, values[-1], f"{name}\n{_readable(values[-1])}", va="center", color=ink)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(counts[0] / 1.6, counts[-1] * 12)
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: _readable(value))
    axes.set_xlabel("phrasings", color=ink)
    axes.grid(color=faint, linewidth=0.8)
    _save(figure, path, "Time for one question as the knowledge grows")


def _canvas(*, width: float, height: float) -> tuple[Any, Any]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Fixed ids and no date: the same figures make the same file.
    mpl.rcParams.update({"svg.hashsalt": "benchmark", "svg.fonttype": "none", "font.size": 10})
    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    axes: Any = figure.subplots()
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=ink)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure, axes


def _save(figure: Any, path: Path, title: str) -> None:
    figure.suptitle(title, fontsize=11, color=ink, fontweight="bold")
    figure.savefig(path, format="svg", metadata={"Date": None, "Title": title})


def _readable(milliseconds: float) -> str:
    if milliseconds >= 100:
        return f"{milliseconds:,.0f} ms"
    return f"{milliseconds:.2g} ms" if milliseconds >= 0.1 else f"{milliseconds:.1g} ms"
