"""Figures that have to be reached, and how they are read from what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured, and the bound that it has to keep."""

    name: str
    value: float
    bound: float
    is_ceiling: bool
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {number(self.value)} {self.unit}".rstrip() + f", required {self.required}"

    @property
    def required(self) -> str:
        """The bound in words."""
        return f"{'at most' if self.is_ceiling else 'at least'} {number(self.bound)} {self.unit}".rstrip()

    @property
    def is_kept(self) -> bool:
        """Whether the bound is kept."""
        return self.value <= self.bound if self.is_ceiling else self.value >= self.bound


def at_most(bound: float, name: str, value: float, unit: str = "") -> Figure:
    """Return a figure that may not be larger than `bound`."""
    return Figure(name, value, bound, is_ceiling=True, unit=unit)


def at_least(bound: float, name: str, value: float, unit: str = "") -> Figure:
    """Return a figure that may not be smaller than `bound`."""
    return Figure(name, value, bound, is_ceiling=False, unit=unit)


def number(value: float) -> str:
    """Return a number as people read it, with as many digits as say something."""
    if math.isnan(value):
        return "not measured"
    if math.isinf(value) or value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2}f}"


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest of the values that so large a share of them doesn't exceed; NaN of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def percentile_of_buckets(buckets: Sequence[tuple[float, float]], share: float) -> float:
    """Return the bound of the bucket in which a percentile lies; NaN if nothing was counted.

    Args:
        buckets: upper bounds with how many values don't exceed them, as Prometheus has them, the smallest first.
        share: of the values, from 0 to 1.
    """
    if not buckets or not buckets[-1][1]:
        return math.nan
    return next(bound for bound, count in buckets if count >= share * buckets[-1][1])
