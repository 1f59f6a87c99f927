"""The emotion curve: means with their intervals, the gap between what staff assume and customers report, peak and end.

Values lie between -2 (very unpleasant) and +2 (very pleasant), domain.md §2.12 and §2.13.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

LOWEST, HIGHEST = -2, 2
# Under so many reports a mean is shown as a hint only.
FEW: Final = 5

PLEASANT: Final = frozenset({"joyful", "calm", "respected", "surprised"})
UNPLEASANT: Final = frozenset({"impatient", "annoyed", "disappointed", "worried", "ashamed", "looked_down"})

# 97.5 % points of Student's t for 1 to 29 degrees of freedom (Student 1908; any table).
_T975: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045,
)  # fmt: skip
_Z: Final = 1.959964


@dataclass(frozen=True)
class Tally:
    """What is known of many values: how many, their sum and the sum of their squares."""

    n: int
    total: float
    squares: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Tally":
        kept = list(values)
        return cls(len(kept), sum(kept), sum(value * value for value in kept))


@dataclass(frozen=True)
class Mean:
    """A mean of ``n`` values with its 95 % interval; of a single value there is none, the whole scale is open."""

    n: int
    value: float
    low: float
    high: float

    @property
    def is_few(self) -> bool:
        return self.n < FEW


@dataclass(frozen=True)
class Gap:
    """How far apart two curves are, over ``points`` where both have a value."""

    points: int
    empathy: float
    optimism: float
    worst: Any


def t_quantile(freedom: int) -> float:
    """The 97.5 % point of Student's t: tabled, from 30 on by the expansion in 1/df (Abramowitz & Stegun 26.7.5).

    Raises ValueError for less than one degree of freedom.
    """
    if freedom < 1:
        raise ValueError("at least two values are needed")
    if freedom <= len(_T975):
        return _T975[freedom - 1]
    z = _Z
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def mean_of(tally: Tally) -> Mean | None:
    """Mean and 95 % interval, mean ± t(n−1)·s/√n, cut to the scale; None of nothing."""
    n = tally.n
    if n == 0:
        return None
    value = tally.total / n
    if n == 1:
        return Mean(n, value, LOWEST, HIGHEST)
    variance = max(0.0, (tally.squares - n * value * value) / (n - 1))
    reach = t_quantile(n - 1) * sqrt(variance / n)
    return Mean(n, value, max(LOWEST, value - reach), min(HIGHEST, value + reach))


def gap_between(pairs: Iterable[tuple[Hashable, float | None, float | None]]) -> Gap | None:
    """``pairs`` are a point, what staff assume there and what customers report; points without both do not count.

    EmpathyGap is the mean of |assumed − reported|, optimism the mean of assumed − reported (domain.md §2.12).
    """
    differences = [
        (point, assumed - reported)
        for point, assumed, reported in pairs
        if assumed is not None and reported is not None
    ]  # fmt: skip
    if not differences:
        return None
    count = len(differences)
    return Gap(
        count,
        sum(abs(difference) for _point, difference in differences) / count,
        sum(difference for _point, difference in differences) / count,
        max(differences, key=lambda one: abs(one[1]))[0],
    )


def peak_and_end(values: Sequence[float]) -> float | None:
    """What is remembered: the mean of the most extreme value (of two alike the unpleasant one) and the last one."""
    if not values:
        return None
    peak = max(values, key=lambda value: (abs(value), -value))
    return (peak + values[-1]) / 2


def fits(feeling: str, valence: int) -> bool:
    """May a feeling by name stand beside this value? A pleasant one is not below nothing, an unpleasant not above."""
    return not ((feeling in PLEASANT and valence < 0) or (feeling in UNPLEASANT and valence > 0))


@dataclass(frozen=True)
class Spot:
    """A point of the curve: a stage, or one of its touchpoints where customers feel otherwise than elsewhere in it."""

    stage_id: Any
    touchpoint_id: Any = None

    @property
    def key(self) -> str:
        """Its name in forms and in JSON: the touchpoint's id, else the stage's."""
        return str(self.touchpoint_id or self.stage_id)


def spots(stages: Iterable[Hashable], touchpoints: Iterable[tuple[Hashable, Hashable]]) -> list[Spot]:
    """The points of a curve in order: each stage, or instead of it those touchpoints that have a point of their own.

    ``touchpoints`` are (stage, touchpoint), those with a point of their own only, in their order.
    """
    own: dict[Hashable, list[Hashable]] = {}
    for stage, touchpoint in touchpoints:
        own.setdefault(stage, []).append(touchpoint)
    return [Spot(stage, one) for stage in stages for one in own.get(stage, [None])]


def spot_of(stage: Hashable, touchpoint: Hashable | None, known: Iterable[Spot]) -> Spot | None:
    """Where a report of this stage and touchpoint counts: at its own point, else at its stage's.

    None in a stage drawn touchpoint by touchpoint, for what was felt elsewhere in it.
    """
    kept = set(known)
    return next((one for one in (Spot(stage, touchpoint), Spot(stage)) if one in kept), None)
