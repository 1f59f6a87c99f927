"""What customers are likely to spend in the next twelve months, as customers before them went on (domain.md §1, 3.15).

Of two stretches that follow each other, who bought in the first spent so much less in the second: that share is kept
once a stretch. Whoever spends today is taken to go on like that; new customers are not counted, nor more than today.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from customers.logic.shares import SHOWN_FROM, Comparison, compare_shares

# Days of a stretch and how many make a year, the longest first: seasons cancel out in a whole year only.
STRETCHES: Final = ((365, 1), (182, 2), (91, 4))
# How many days a customer bought on in a stretch, from each number on: who comes often leaves less.
OFTEN: Final = (1, 2, 4)


def stretch_for(days_known: int) -> tuple[int, int] | None:
    """The longest stretch that fits twice into ``days_known`` days of purchases, and how many make a year."""
    return next((pair for pair in STRETCHES if 2 * pair[0] <= days_known), None)


def kept_share(before: Decimal, after: Decimal) -> Decimal | None:
    """Of what customers spent ``before``, the share they spent again ``after``, at most 1; None where it was 0."""
    return min(after / before, Decimal(1)) if before > 0 else None


def expected_value(spent: Decimal, share: Decimal, stretches: int) -> Decimal:
    """What comes of ``spent`` in the last stretch over the next ``stretches``: spent · (s + s² + …)."""
    return spent * sum((share**turn for turn in range(1, stretches + 1)), Decimal(0))


def how_often(days: int) -> int:
    """The class of ``OFTEN`` a number of days bought on (1 or more) falls in."""
    return max(place for place, least in enumerate(OFTEN) if days >= least)


def compare_like(
    ours: Mapping[int, tuple[int, int]], others: Mapping[int, tuple[int, int]]
) -> tuple[tuple[int, int], tuple[float, int], Comparison] | None:
    """Left and all of ``ours`` and ``others`` by class, the others weighed as ``ours`` are made up, and how far apart.

    Classes without others are left out on both sides. The weighed share is as sure as one of n = 1 ÷ Σ w²/n (Kish);
    the interval is Newcombe's. None under five on a side.
    """
    classes = [one for one in ours if ours[one][1] and others.get(one, (0, 0))[1]]
    left, n = (sum(ours[one][place] for one in classes) for place in (0, 1))
    if n < SHOWN_FROM:
        return None
    weights = {one: ours[one][1] / n for one in classes}
    share = sum(weight * others[one][0] / others[one][1] for one, weight in weights.items())
    sure_as = int(1 / sum(weight**2 / others[one][1] for one, weight in weights.items()) + 1e-9)
    if sure_as < SHOWN_FROM:
        return None
    weighed = (min(share, 1.0) * sure_as, sure_as)
    return (left, n), weighed, compare_shares((left, n), weighed)
