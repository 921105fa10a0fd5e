"""Write what was measured as Markdown."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.rivals import CONTENDERS
from benchmarks.scaling import Scaling
from benchmarks.sizes import SizeRow
from benchmarks.tables import table
from benchmarks.thresholds import FALSE_ANSWER_TARGET, PARTINGS, Judgement
from bot.authoring.evaluation import LabeledQuestion, Share


@dataclass(frozen=True, slots=True)
class Row:
    """A matcher and what was measured of it; times per question in milliseconds."""

    name: str
    judgement: Judgement
    p50: float
    p99: float
    build_seconds: float


@dataclass(frozen=True, slots=True)
class HardInput:
    """A message made to be slow, and what it took."""

    name: str
    length: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that goes into the report."""

    questions_file: str
    entry_phrasings: int
    off_topic_examples: int
    questions: tuple[LabeledQuestion, ...]
    apart: frozenset[str]
    rows: tuple[Row, ...]
    absent: tuple[str, ...]
    hard_inputs: tuple[HardInput, ...]
    scaling: tuple[Scaling, ...]
    sizes: tuple[SizeRow, ...] = ()


PARTS = ("scaling", "sizes", "hard-inputs")
"""What can be measured by itself."""


def markdown(measured: Measured) -> str:
    """Return the report."""
    sections = [_introduction(measured), _side_by_side(measured), _by_kind(measured), _treatments(measured)]
    sections += [sizes(measured.sizes)] if measured.sizes else []
    sections += [scaling(measured.scaling)] if measured.scaling else []
    sections.append(hard_inputs(measured.hard_inputs))
    return "\n\n".join(sections) + "\n"


def _introduction(measured: Measured) -> str:
    main = [question for question in measured.questions if question.kind not in measured.apart]
    answerable = sum(bool(question.topics) for question in main)
    names = dict.fromkeys(c.distribution for c in CONTENDERS if c.distribution and c.is_installed)
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    absent = f"\n\nNot installed, so not measured: {', '.join(measured.absent)}." if measured.absent else ""
    return f"""\
# Benchmark

<!-- Made by `python -m benchmarks.matching`; what is written here by hand is lost. -->

Every matcher is taught the same {measured.entry_phrasings:,} phrasings of entries and \
{measured.off_topic_examples:,} off-topic examples, and asked the same questions of `{measured.questions_file}`: \
{answerable} to answer and {len(main) - answerable} to refuse. Messages with two questions are left out, since only \
one of these matchers looks for them; long posts are asked, but counted apart.

A matcher answers with its best entry if that scores high enough. How high is tuned on one half of the questions, so \
that {100 * FALSE_ANSWER_TARGET:.0f} % of those to refuse are answered, and judged on the other half; then the halves \
change places. All figures are the mean over {PARTINGS} ways to part the questions. On the tuning half each matcher \
also gets the treatment that suits it best: whether an entry's score is that of its best phrasing or the mean of its \
best few, and how much the best off-topic subject takes away from it.

```
pip install -e '.[bench]'
python -m benchmarks.matching
```

Measured with Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores \
shared with other work; {libraries}. Times are medians of several passes, unless one pass took more than 20 \
seconds.{absent}"""


def _side_by_side(measured: Measured) -> str:
    rows = [
        (
            row.name,
            _percent(row.judgement.top_1),
            f"{row.judgement.auroc:.3f}",
            _percent_with_interval(row.judgement.right),
            _percent(row.judgement.false_answers, digits=1),
            _milliseconds(row.p50),
            _milliseconds(row.p99),
            f"{row.build_seconds:.1f}",
        )
        for row in measured.rows
    ]
    header = (
        "matcher",
        "top-1",
        "in/out AUROC",
        "right (95 % interval)",
        "false answers",
        "p50 ms",
        "p99 ms",
        "build s",
    )
    return f"""\
## Side by side

![The share of questions that each matcher answers rightly](images/accuracy.svg)

`top-1`: the best entry is right, whatever the threshold. `in/out AUROC`: the chance that a question to answer scores \
higher than one to refuse. `right`: answered, and rightly. `false answers`: questions to refuse that were answered, on \
the halves that the threshold wasn't tuned on; where they are more than those of another matcher, so is `right`.

{table(header, rows)}"""


def _by_kind(measured: Measured) -> str:
    totals = Counter(question.kind for question in measured.questions if question.topics)
    header = ("matcher", *(f"{kind} ({total})" for kind, total in sorted(totals.items())))
    rows = [
        (row.name, *(_percent(row.judgement.right_by_kind[kind]) for kind in sorted(totals))) for row in measured.rows
    ]
    apart = ", ".join(sorted(measured.apart))
    return f"""\
## By kind

Answered, and rightly, by kind of question, with how many there are. The kinds counted apart ({apart}) are judged by \
the threshold tuned on all others. None of them is to be refused, so a matcher whose scores grow with the length of \
the text, such as BM25, gains from it there.

{table(header, rows)}"""


def _treatments(measured: Measured) -> str:
    rows = [
        (row.name, str(treatment.nearest), f"{treatment.off_topic_share:.2f}")
        for row in measured.rows
        if (treatment := row.judgement.treatment)
    ]
    header = (
        "matcher",
        "phrasings that an entry's score is the mean of",
        "share of the best subject's score taken off",
    )
    return f"""\
## Treatments

What suited each matcher best on most of the halves. Classifiers, and this bot, have one score for an entry, and \
this bot's has been lowered by off-topic subjects already.

{table(header, rows)}"""


def sizes(sizes: Sequence[SizeRow]) -> str:
    """Return a section: how good answers are by how much was written."""
    rows = [
        (row.knowledge, row.phrasings, row.asked, name, *(f"{100 * share:.0f} %" for share in shares), f"{error:.2f}")
        for row in sizes
        for name, figures in (("words alone", row.words), ("as shipped", row.meaning))
        for shares, error in [
            (
                (figures.right, figures.wrong, figures.offered, figures.false_answers),
                figures.calibration_error,
            )
        ]
    ]
    header = (
        "knowledge",
        "phrasings an entry",
        "to answer + to refuse",
        "this bot",
        "right",
        "wrong",
        "right or offered",
        "false answers",
        "error of confidence",
    )
    return f"""\
## By how much was written

With the thresholds the bot is shipped with; nothing is tuned. The shipped knowledge is cut to so many phrasings an \
entry, drawn by chance; the mean of three draws. Confidence was fitted on none of these questions, but on others of \
the same kinds. `error of confidence`: by how much it differs from the share that is right, on average over ten bands.

{table(header, rows)}"""


def scaling(scaling: Sequence[Scaling]) -> str:
    """Return a section: time and memory as the knowledge grows."""
    rows = [
        (
            f"{size.phrasings:,}",
            f"{size.entries:,}",
            _milliseconds(size.p50),
            _milliseconds(size.p99),
            f"{size.build_seconds:.2f}",
            f"{size.peak_memory:.0f} ({size.memory_before:.0f})",
            _milliseconds(size.wratio_p50),
            _ratio(size.wratio_p50 / size.p50),
        )
        for size in scaling
    ]
    header = ("phrasings", "entries", "p50 ms", "p99 ms", "build s", "peak MiB (before)", "WRatio p50 ms", "faster by")
    return f"""\
## Scaling

![Time for a question as the knowledge grows](images/scaling.svg)

The shipped knowledge, cut down or grown by made-up entries of 75 phrasings whose words are as frequent as Zipf's law \
has it. Asked are labeled questions and mistyped phrasings. Each size runs in a process of its own; memory is its \
peak, and in brackets what Python, the libraries and the knowledge took before the matcher was built. WRatio: \
`rapidfuzz.process.extractOne` over the same phrasings, in the same process.

{table(header, rows)}"""


def hard_inputs(inputs: Sequence[HardInput]) -> str:
    """Return a section: the time that slow messages take."""
    rows = [(one.name, f"{one.length:,}", _milliseconds(one.milliseconds)) for one in inputs]
    return f"""\
## Hard input

Messages made to be slow, answered with the shipped knowledge.

{table(("message", "characters", "ms"), rows)}"""


def _percent(share: Share, digits: int = 0) -> str:
    return f"{100 * share.value:.{digits}f} %"


def _percent_with_interval(share: Share) -> str:
    low, high = share.interval
    return f"{_percent(share)} ({100 * low:.0f}-{100 * high:.0f})"


def _ratio(value: float) -> str:
    return f"{value:.0f} times" if value >= 10 else f"{value:.1f} times"


def _milliseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.{1 if value >= 10 else 2}f}"
