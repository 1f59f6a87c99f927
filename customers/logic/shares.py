"""What a share of a few tells of all: intervals, differences, and from how many on a number is shown.

Formulas and golden values: domain.md §2.1, §2.2, §2.8.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

Z95: Final = 1.96
SHOWN_FROM: Final = 5
TRUSTED_FROM: Final = 30


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far one NPS lies above another: points, 95 % interval and z; `differ` when 0 is left out."""

    difference: float
    low: float
    high: float
    z: float
    differ: bool


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a proportion, as shares from 0 to 1; (0, 1) when n is 0.

    Raises ValueError unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError("successes must lie between 0 and n")
    if n == 0:
        return 0.0, 1.0
    share, square = successes / n, Z95**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    margin = Z95 * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(centre - margin, 0.0), min(centre + margin, 1.0)


def compare_shares(a: tuple[float, int], b: tuple[float, int]) -> Comparison:
    """Return how far share `a` (good answers, all) lies above `b`, in points; for CSAT and CES.

    The interval is Newcombe's (1998, method 10, from the two Wilson intervals); z is of the pooled share. They
    differ when the interval leaves out 0 and both sides have the 5 answers a shown score needs. Raises ValueError
    unless 0 <= good <= all.
    """
    (good_a, n_a), (good_b, n_b) = a, b
    (low_a, high_a), (low_b, high_b) = wilson(good_a, n_a), wilson(good_b, n_b)
    if not (n_a and n_b):
        return Comparison(0.0, -100.0, 100.0, 0.0, differ=False)
    share_a, share_b = good_a / n_a, good_b / n_b
    difference = share_a - share_b
    low = difference - sqrt((share_a - low_a) ** 2 + (high_b - share_b) ** 2)
    high = difference + sqrt((high_a - share_a) ** 2 + (share_b - low_b) ** 2)
    pooled = (good_a + good_b) / (n_a + n_b)
    error = sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    z = difference / error if error else 0.0
    enough = min(n_a, n_b) >= SHOWN_FROM
    return Comparison(100 * difference, 100 * low, 100 * high, z, enough and not low <= 0 <= high)


def shown_groups(counts: Mapping[Hashable, int]) -> set[Hashable]:
    """Which of the groups that make up a whole may be shown beside it, by how many are in each.

    Those of five and more. Where what is hidden comes to fewer than five people in all, the smallest group shown is
    hidden with them: else the whole less the others would tell what those few said. None is never shown.
    """
    shown = {group for group, n in counts.items() if group is not None and n >= SHOWN_FROM}
    hidden = sum(n for group, n in counts.items() if group not in shown)
    if shown and 0 < hidden < SHOWN_FROM:
        shown.remove(min(shown, key=lambda group: (counts[group], str(group))))
    return shown
