"""What customers hold of the firm: how many agree quarter by quarter, and from being understood to coming back.

Domain page §1 rows 0.17, 0.20, 0.21 and 1.1; shares and intervals as in §2.2, differences as in §2.8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from customers.logic.shares import SHOWN_FROM, Comparison, compare_shares
from feedback.logic.gaps import AGREES_FROM, DeliveryGap, Side, delivery_gap
from feedback.logic.metrics import ScaleScore, csat

# Whoever answered is watched for a year, or, where answers are younger, for as long as some have been.
WINDOWS: Final = (12, 6, 3, 1)
DAYS_IN: Final[Mapping[int, int]] = {12: 365, 6: 182, 3: 91, 1: 30}


@dataclass(frozen=True, slots=True)
class Quarter:
    """How many agreed in the quarter beginning at ``begins``; ``said`` is hidden under five answers."""

    begins: date
    said: ScaleScore
    good: int

    @property
    def is_shown(self) -> bool:
        return self.said.n >= SHOWN_FROM


@dataclass(frozen=True, slots=True)
class Trend:
    """The quarters of one item, the oldest first."""

    quarters: Sequence[Quarter]

    @property
    def latest(self) -> Quarter | None:
        """The last one with enough answers to show."""
        return self.shown[-1] if self.shown else None

    @property
    def shown(self) -> list[Quarter]:
        return [one for one in self.quarters if one.is_shown]

    @property
    def change(self) -> Comparison | None:
        """The latest less the one shown before it; None where there is none."""
        if len(self.shown) < 2:
            return None
        before, last = self.shown[-2:]
        return compare_shares((last.good, last.said.n), (before.good, before.said.n))


def agreement(begins: date, counts: Mapping[int, int]) -> Quarter:
    """A quarter from how often each number from 1 to 5 was said."""
    said = csat([counts.get(number, 0) for number in range(1, 6)])
    return Quarter(begins, said, sum(n for number, n in counts.items() if number >= AGREES_FROM))


@dataclass(frozen=True, slots=True)
class ComparedQuarter:
    """Of those asked to compare with elsewhere: who found the firm worse, the same, better."""

    begins: date
    worse: Side
    same: Side
    better: Side

    @property
    def n(self) -> int:
        return self.same.n

    @property
    def is_shown(self) -> bool:
        return self.n >= SHOWN_FROM


def compared(begins: date, counts: Mapping[str, int]) -> ComparedQuarter:
    """A quarter from how often each choice was made; choices that mean none of the three are left out."""
    three = [counts.get(choice, 0) for choice in ("worse", "same", "better")]
    return ComparedQuarter(begins, *(Side(good, sum(three)) for good in three))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain: how many go on among those who agree, and among those who do not."""

    agree: Side
    others: Side

    @property
    def gap(self) -> DeliveryGap:
        """How far apart the two are, and whether that is more than chance."""
        return delivery_gap(self.agree, self.others)

    @property
    def is_shown(self) -> bool:
        return min(self.agree.n, self.others.n) >= SHOWN_FROM


def step(counts: Mapping[tuple[bool, bool], int]) -> Step:
    """A step from counts by (agrees, goes on)."""

    def side(agrees: bool) -> Side:
        good, bad = counts.get((agrees, True), 0), counts.get((agrees, False), 0)
        return Side(good, good + bad)

    return Step(side(True), side(False))
