"""Who may stop coming: the horizon, what is looked at of each customer, the rule of thumb, bands and reasons.

Domain page §2.10. Days are whole numbers on the firm's calendar, counted from any fixed day; several purchases of one
day are one coming. Nothing of who somebody is (gender, age, place) is looked at, only what they did and said.

Two kinds of customers are read by one machine. Who pays for a time (a plan, a membership, a contract) is under contract
until 30 days after the last day paid for, and has left when that is over; everybody else when they buy nothing.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

# Days: what the horizon is rounded up to, and its ends.
STEP, SHORTEST, LONGEST = 30, 60, 365
# Who bought this often, and within this time (or the horizon, where it is longer), is a customer one can lose.
REPEATS: Final = 2
ACTIVE_DAYS: Final = 180
# Days after the last covered day within which a plan or contract still counts as renewed in time.
GRACE: Final = 30
YEAR: Final = 365
QUARTER: Final = 90

BOUGHT: Final = ("recency", "orders", "overdue", "spend", "trend")
# Log-odds of leaving where a firm's own past cannot tell them yet; a judgement of ours (domain page §2.10).
PRIORS: Final[Mapping[str, float]] = {
    "overdue_case": 0.8,
    "detractor": 0.7,
    "hard": 0.5,
    "unhappy": 0.5,
    "unanswered": 0.3,
    "promoter": -0.5,
    "resolved": -0.3,
}
# The same for who is under contract, beside whoever is not: has a plan at all, how much of the horizon lies after its
# end, how long its end is past. All are 0 for who has none.
PLAN: Final[Mapping[str, float]] = {"plan": -3.0, "due": 2.0, "over": 3.0}
JUDGED: Final[Mapping[str, float]] = {**PRIORS, **PLAN}
FEATURES: Final = (*BOUGHT, *PRIORS, *PLAN)
# Whoever this holds for is at risk whatever the number says.
FLAGS: Final = ("critical_case", "repeated_cases")
# Columns that say one thing together are one reason: single coefficients of columns so alike mean nothing.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "away": ("recency", "overdue"),
    "often": ("orders", "trend"),
    "spend": ("spend",),
    "plan": tuple(PLAN),
    **{code: (code,) for code in PRIORS},
}
_PLAN_AT: Final = len(BOUGHT) + len(PRIORS)
REASONS: Final = 3
HEALTHY, WATCH, AT_RISK = "healthy", "watch", "at_risk"
HEALTHY_FROM, WATCH_FROM = 70, 40
# One in ten is left alone by chance: if everybody in danger is called, nobody ever learns whether calling helps.
HELD_OUT_OF: Final = 10


@dataclass(frozen=True, slots=True)
class Coming:
    """One day a customer bought: ``recorded`` is the day it became known here, the same for a file of the past.

    ``covers`` is the last day a plan or contract bought then is paid for; None for everything else.
    """

    day: int
    recorded: int
    amount: float
    covers: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A customer as of one day: the days they came, in order, and what they spent on each.

    ``visits`` are the days they bought something else than a plan. ``until`` is the last day covered by one, and
    ``renewed`` how often it went on without a break, once a day at most.
    """

    days: tuple[int, ...]
    amounts: tuple[float, ...]
    visits: tuple[int, ...]
    until: int | None = None
    renewed: int = 0

    @property
    def gaps(self) -> list[int]:
        return [later - day for day, later in pairwise(self.days)]


def past_of(comings: Sequence[Coming], at: int) -> Past:
    """What had happened by the end of day ``at`` and was known then; what a plan covers is known when it is bought."""
    spent: dict[int, float] = {}
    covers: dict[int, int] = {}
    for one in comings:
        if one.day <= at and one.recorded <= at:
            spent[one.day] = spent.get(one.day, 0.0) + one.amount
            if one.covers is not None:
                covers[one.day] = max(one.covers, covers.get(one.day, one.covers))
    days = tuple(sorted(spent))
    amounts = tuple(spent[day] for day in days)
    if not covers:
        return Past(days, amounts, days)
    visits = {one.day for one in comings if one.covers is None and one.recorded <= at}
    until, renewed = _covered(covers)
    return Past(days, amounts, tuple(day for day in days if day in visits), until, renewed)


def _covered(covers: Mapping[int, int]) -> tuple[int, int]:
    """The last covered day, and how often it was moved on in time since the contract last began.

    Of two plans at once the one that ends later counts, and of plans bought ahead the last.
    """
    first, *later = sorted(covers)
    until, renewed = covers[first], 0
    for day in later:
        if covers[day] > until:
            renewed = renewed + 1 if day <= until + GRACE else 0
            until = covers[day]
    return until, renewed


def gaps_of(comings: Iterable[Coming], at: int) -> list[int]:
    """The days between purchases up to day ``at``, whenever they became known."""
    days = sorted({one.day for one in comings if one.day <= at})
    return [later - day for day, later in pairwise(days)]


def horizon(gaps: Sequence[int]) -> int:
    """Days without a purchase after which a customer counts as gone: the 90th percentile of the gaps between
    purchases, rounded up to 30, at least 60 and at most 365; 365 where nobody ever came twice.
    """
    if not gaps:
        return LONGEST
    ninetieth = sorted(gaps)[math.ceil(0.9 * len(gaps)) - 1]
    return min(LONGEST, max(SHORTEST, math.ceil(ninetieth / STEP) * STEP))


def middle_gap(pasts: Iterable[Past]) -> float:
    """The median of all gaps between purchases, 30 days where there are none."""
    gaps = [gap for past in pasts for gap in past.gaps]
    return float(median(gaps)) if gaps else float(STEP)


def under_contract(past: Past, at: int) -> bool:
    """A plan or contract covers day ``at``, or ended at most 30 days before it."""
    return past.until is not None and past.until + GRACE >= at


def may_be_lost(past: Past, at: int, h: int) -> bool:
    """Is under contract, or came at least twice, and lately: a customer the firm has and can lose.

    Paying for a plan that is over is no coming: who had nothing else has left already.
    """
    visits = past.visits
    return under_contract(past, at) or (len(visits) >= REPEATS and at - visits[-1] <= max(ACTIVE_DAYS, h))


def has_left(comings: Sequence[Coming], at: int, h: int) -> bool:
    """Of who was under contract as of ``at``: it is not renewed, seen ``h`` days later. Of everybody else: no purchase
    in the ``h`` days after ``at``.
    """
    plans = [one for one in comings if one.covers is not None and one.day <= at + h]
    if plans and under_contract(past_of(plans, at), at):
        return max(one.covers or 0 for one in plans) + GRACE < at + h
    return not any(at < one.day <= at + h for one in comings)


def features(past: Past, at: int, usual: float, said: Mapping[str, float], h: int) -> tuple[float, ...]:
    """The numbers of FEATURES; ``usual`` is the firm's middle gap, ``said`` what is known of their experience.

    overdue = ln(days since ÷ own gap), the gap drawn towards the firm's: (Σ gaps + 2·usual) ÷ (k − 1 + 2).
    due = the share of the ``h`` days to come in which they will have left, should they not renew: 0 where it is paid
    for beyond them, 1 where the 30 days end today. over = days since the last covered one ÷ 30.
    """
    days = past.days
    away = at - days[-1]
    own = (days[-1] - days[0] + 2 * usual) / (len(days) - 1 + 2)
    bought = (
        math.log1p(away),
        math.log1p(_since(days, at - YEAR)),
        math.log(max(away, 0.5) / max(own, 0.5)),
        math.log1p(sum(past.amounts[len(days) - _since(days, at - YEAR) :])),
        math.log1p(_since(days, at - QUARTER))
        - math.log1p(_since(days, at - 2 * QUARTER) - _since(days, at - QUARTER)),
    )
    return (*bought, *(said.get(code, 0.0) for code in PRIORS), *_plan(past, at, h))


def _plan(past: Past, at: int, h: int) -> tuple[float, float, float]:
    if past.until is None or not under_contract(past, at):
        return 0.0, 0.0, 0.0
    over = at - past.until
    return 1.0, max(0.0, (over + h - GRACE) / h), max(0, over) / GRACE


def figures(past: Past, at: int, usual: float) -> dict[str, dict[str, float]]:
    """By reason, the plain numbers a sentence about it needs: days, purchases, money; of who is under contract the last
    covered day, how often it was renewed, and for how many days it is over.
    """
    days = past.days
    year = _since(days, at - YEAR)
    own = (days[-1] - days[0] + 2 * usual) / (len(days) - 1 + 2)
    plan: dict[str, dict[str, float]] = {}
    if past.until is not None and under_contract(past, at):
        plan = {"plan": {"until": past.until, "renewed": past.renewed, "over": max(0, at - past.until)}}
    return {
        **plan,
        "away": {"days": at - days[-1], "usual": max(1, round(own))},
        "often": {"year": year, "quarter": _since(days, at - QUARTER)},
        "spend": {"spent": round(sum(past.amounts[len(days) - year :]), 2)},
    }


def thumb(row: Sequence[float]) -> float:
    """The rule of thumb r = 0.25·ln(1 + days since) − ln(1 + orders in 365 days), higher for whoever may leave; for who
    is under contract − 3 + 2·due + 3·over besides, a judgement of ours.
    """
    return 0.25 * row[0] - row[1] + sum(weight * x for weight, x in zip(PLAN.values(), row[_PLAN_AT:], strict=True))


def cold_parts(row: Sequence[float], means: Sequence[float]) -> dict[str, float]:
    """What each feature adds to r and the judged log-odds, as against the firm's average customer; of a plan, as
    against having none.
    """
    weights = {"recency": 0.25, "orders": -1.0, **JUDGED}
    against = (*means[:_PLAN_AT], *(0.0 for _code in PLAN))
    return {
        code: weights[code] * (x - mean)
        for code, x, mean in zip(FEATURES, row, against, strict=True)
        if code in weights
    }


def percentile(score: float, ranked: Sequence[float]) -> float:
    """Where ``score`` stands among the sorted scores ``ranked``, 0 to 100; equals share their place."""
    if not ranked:
        return 50.0
    return 100 * (bisect_left(ranked, score) + bisect_right(ranked, score)) / 2 / len(ranked)


def thinned(scores: Iterable[float], keep: int) -> list[float]:
    """The scores sorted, of many ``keep`` evenly spaced ones."""
    found = sorted(scores)
    if len(found) <= keep:
        return [round(one, 6) for one in found]
    return [round(found[int((place + 0.5) * len(found) / keep)], 6) for place in range(keep)]


def band(health: float, flag: str = "") -> str:
    """≥ 70 healthy, 40 to below 70 to be watched, below at risk; with a flag always at risk."""
    if flag or health < WATCH_FROM:
        return AT_RISK
    return HEALTHY if health >= HEALTHY_FROM else WATCH


def reasons(parts: Mapping[str, float]) -> list[tuple[str, float]]:
    """The three that weigh most for one customer, in log-odds against the average: above 0 they speak for leaving."""
    grouped = {code: sum(parts.get(one, 0.0) for one in columns) for code, columns in GROUPS.items()}
    weighty = [(code, round(part, 3)) for code, part in grouped.items() if abs(part) >= 0.0005]
    return sorted(weighty, key=lambda one: -abs(one[1]))[:REASONS]


def is_held_out(ident: int) -> bool:
    """Is this customer one of the tenth left alone? ``ident`` is their id's number; its low bits are random."""
    return ident % HELD_OUT_OF == 0


def _since(days: Sequence[int], after: int) -> int:
    return len(days) - bisect_right(days, after)
