"""Gaps between what a firm believes and what its customers say, and which of its teams may be shown.

Domain page §2.8 (delivery gap, forecast gap), §1 row 1.16 (brand match), §3.4 (groups under five are hidden).
"""

from dataclasses import dataclass
from typing import Literal

from customers.logic.shares import SHOWN_FROM, compare_shares, wilson

Standing = Literal["few", "open", "real"]
AGREES_FROM = 4


@dataclass(frozen=True, slots=True)
class Side:
    """``good`` of ``n`` agree (4 or 5 of 5); fewer than five answers have no percentage to show.

    ``good`` is no whole number where several answers of one person count as one.
    """

    good: float
    n: int

    @property
    def percent(self) -> float | None:
        """From 0 to 100; None under five answers."""
        return 100 * self.good / self.n if self.n >= SHOWN_FROM else None

    @property
    def low(self) -> float:
        """Where the true share may begin, Wilson's 95 % interval."""
        return 100 * wilson(self.good, self.n)[0]

    @property
    def high(self) -> float:
        """Where it may end."""
        return 100 * wilson(self.good, self.n)[1]


@dataclass(frozen=True, slots=True)
class DeliveryGap:
    """What we believe less what customers say, in points, with its 95 % interval.

    ``standing`` is "few" where a side has under five answers (then nothing is shown), "open" where the interval holds
    0, so that it is too little to tell, and "real" where it does not.
    """

    ours: Side
    theirs: Side
    points: float
    low: float
    high: float
    standing: Standing


def delivery_gap(ours: Side, theirs: Side) -> DeliveryGap:
    """T2B of staff less T2B of customers, Newcombe's interval (1998, method 10). Raises ValueError if good > n."""
    found = compare_shares((ours.good, ours.n), (theirs.good, theirs.n))
    few = min(ours.n, theirs.n) < SHOWN_FROM
    standing: Standing = "few" if few else "real" if found.differ else "open"
    return DeliveryGap(ours, theirs, found.difference, found.low, found.high, standing)


@dataclass(frozen=True, slots=True)
class Match:
    """``inside`` of ``picks`` words are meant by the brand, chosen by ``people``; percentages, Wilson's interval."""

    inside: int
    picks: int
    people: int

    @property
    def percent(self) -> float | None:
        """From 0 to 100; None where fewer than five people chose."""
        return 100 * self.inside / self.picks if self.people >= SHOWN_FROM else None

    @property
    def low(self) -> float:
        return 100 * wilson(self.inside, self.picks)[0]

    @property
    def high(self) -> float:
        return 100 * wilson(self.inside, self.picks)[1]
