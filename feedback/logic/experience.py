"""The experience in three numbers from 0 to 100: how stages feel, how touchpoints satisfy, how places are kept.

Domain page §1 row 1.4; intervals: §2.2 and §2.12, of differences from the two intervals (Newcombe's way).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Final

from customers.logic.shares import SHOWN_FROM, wilson
from journeys.logic.emotions import HIGHEST, LOWEST, Tally, mean_of
from journeys.logic.environments import score

WALKED_WITHIN: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Index:
    """A number from 0 to 100 of ``n`` reports, answers or points; ``value`` is None under five: too few to tell.

    ``low`` and ``high`` are its 95 % interval; None where everything was looked at and nothing is left to chance.
    """

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Points up or down; ``is_real`` where that is more than chance."""

    points: float
    is_real: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """What one walk of a place found."""

    place: object
    branch: object
    on: date
    passed: int
    rated: int


def from_feelings(tally: Tally) -> Index:
    """Stages: the mean of what customers felt, from −2…+2 to 0…100."""
    mean = mean_of(tally)
    if mean is None or mean.n < SHOWN_FROM:
        return Index(None, tally.n)
    value, low, high = (_scaled(one) for one in (mean.value, mean.low, mean.high))
    return Index(value, mean.n, low, high)


def from_answers(good: int, n: int) -> Index:
    """Touchpoints: the share of satisfied answers in percent. Raises ValueError unless 0 ≤ good ≤ n."""
    low, high = wilson(good, n)
    return Index(100 * good / n, n, 100 * low, 100 * high) if n >= SHOWN_FROM else Index(None, n)


def from_walks(walks: Iterable[Walk]) -> Index:
    """Environments: points in order ÷ points rated, in percent, over the walks given."""
    kept = list(walks)
    passed, rated = sum(one.passed for one in kept), sum(one.rated for one in kept)
    return Index(score(passed, rated) if rated >= SHOWN_FROM else None, rated)


def latest_walks(walks: Iterable[Walk], until: date) -> list[Walk]:
    """The latest walk of each place in the 90 days that end with ``until``."""
    latest: dict[object, Walk] = {}
    for walk in sorted(walks, key=lambda one: one.on):
        if until - WALKED_WITHIN < walk.on <= until:
            latest[walk.place] = walk
    return list(latest.values())


def change(now: Index, before: Index) -> Change | None:
    """Points from ``before`` to ``now``; None where one of them is too few to tell."""
    if now.value is None or before.value is None:
        return None
    points = now.value - before.value
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return Change(points, is_real=points != 0)
    low = points - sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
    high = points + sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2)
    return Change(points, is_real=not low <= 0 <= high)


def _scaled(valence: float) -> float:
    return 100 * (valence - LOWEST) / (HIGHEST - LOWEST)
