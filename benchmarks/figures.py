"""Figures, and what may be said of them: medians, ratios, exponents, whether a target is held.

Belongs here: arithmetic on what was measured. Does not belong here: measuring (``apart``), the table (``report``).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """The bound that a value keeps to: at most, or at least."""

    bound: float
    at_most: bool = True

    def held(self, value: float) -> bool:
        """Whether a value keeps to it."""
        return value <= self.bound if self.at_most else value >= self.bound


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table.

    ``ours`` and ``reference`` are seconds, ``against`` what the reference is, ``value`` what the target bears on, in
    ``unit``; ``part``: a line that details the one above it; ``failed``: why it could not be measured.
    """

    key: str
    what: str
    ours: float | None = None
    reference: float | None = None
    against: str = ""
    value: float | None = None
    unit: str = "×"
    target: Target | None = None
    memory: float | None = None
    rows: int | None = None
    repeats: int = 1
    note: str = ""
    part: bool = False
    failed: str = ""

    @property
    def held(self) -> bool | None:
        """Whether the target is held; None where there is none to hold, or nothing was measured."""
        return None if self.target is None or self.value is None else self.target.held(self.value)


def at_most(bound: float) -> Target:
    """A value that must not go above."""
    return Target(bound)


def at_least(bound: float) -> Target:
    """A value that must not go below."""
    return Target(bound, at_most=False)


def ratio(one: float, other: float) -> float:
    """How many times the other.

    Raises:
        ValueError: the other is nothing, so that no ratio means anything.
    """
    if other <= 0:
        raise ValueError("La référence n’a pris aucun temps : il n’y a pas de rapport.")
    return one / other


def middle(values: Sequence[float]) -> float:
    """The median.

    Raises:
        ValueError: no value.
    """
    if not values:
        raise ValueError("Aucune mesure.")
    return statistics.median(values)


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The power of size by which time grows, by least squares on the logarithms of (size, time).

    Raises:
        ValueError: fewer than two sizes, or a size or a time that is not positive.
    """
    if len({size for size, _ in points}) < 2 or any(size <= 0 or time <= 0 for size, time in points):
        raise ValueError("Il faut au moins deux tailles, et des durées, pour un exposant.")
    sizes, times = ([math.log(value) for value in values] for values in zip(*points, strict=True))
    return statistics.linear_regression(sizes, times).slope


__all__ = ["Figure", "Target", "at_least", "at_most", "exponent", "middle", "ratio"]
