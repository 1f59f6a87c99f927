"""Reputation of those who answer others (domain.md §1, 4.8): points, how they fade, and the level they make.

Accepted +15; useful +5, at most 40 a day; the first useful answer within 30 seconds +5 more, within five minutes +2;
called wrong −10. A vote on one's own answer earns nothing. Every point is halved in 365 days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final


class Why(StrEnum):
    ACCEPTED = "accepted"
    USEFUL = "useful"
    AT_ONCE = "at_once"
    SOON = "soon"
    WRONG = "wrong"


POINTS: Final = {Why.ACCEPTED: 15, Why.USEFUL: 5, Why.AT_ONCE: 5, Why.SOON: 2, Why.WRONG: -10}
AT_ONCE_SECONDS: Final = 30
SOON_SECONDS: Final = 300
MOST_USEFUL_A_DAY: Final = 40
HALF_LIFE: Final = timedelta(days=365)


class Standing(IntEnum):
    """Member, one who knows, expert of the community."""

    MEMBER = 0
    KNOWS = 1
    EXPERT = 2


# From how many points: three or four accepted answers, and about fifteen.
_FROM: Final = {Standing.EXPERT: 200.0, Standing.KNOWS: 50.0, Standing.MEMBER: 0.0}


@dataclass(frozen=True, slots=True)
class Earned:
    """One point of the ledger that was not taken back; ``day`` is the firm's day of ``at``."""

    why: Why
    at: datetime
    day: date


def whys_of_helpful(seconds: int, *, is_first: bool, is_own: bool) -> list[Why]:
    """What one "helpful" earns: nothing for one's own, more for the first useful answer that came soon."""
    if is_own:
        return []
    if is_first and seconds <= AT_ONCE_SECONDS:
        return [Why.USEFUL, Why.AT_ONCE]
    if is_first and seconds <= SOON_SECONDS:
        return [Why.USEFUL, Why.SOON]
    return [Why.USEFUL]


def reputation(earned: Iterable[Earned], at: datetime) -> float:
    """The points that hold at ``at``, faded, at least 0. Useful ones count up to 40 a day, the earliest first."""
    useful: dict[date, int] = {}
    total = 0.0
    for one in sorted(earned, key=lambda each: each.at):
        points = POINTS[one.why]
        if one.why == Why.USEFUL:
            points = min(points, MOST_USEFUL_A_DAY - useful.get(one.day, 0))
            useful[one.day] = useful.get(one.day, 0) + points
        age = max(at - one.at, timedelta(0))
        total += points * 0.5 ** (age / HALF_LIFE)
    return max(total, 0.0)


def standing(points: float) -> Standing:
    """The level that many points make."""
    return next(level for level, least in _FROM.items() if points >= least)


def may_answer_alone(level: Standing) -> bool:
    """Is an answer shown at once, without a colleague's yes?"""
    return level >= Standing.KNOWS
