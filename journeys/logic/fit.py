"""Does an initiative fit the firm's customers and its brand? Five gates, then a score; excellence for a few is no fit.

Formulas and golden values: domain.md §2.11. Nothing compensates for a zero: the score is a geometric mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAJORITY: Final = 0.5
# Harming fewer than this share of the customers needs no mitigation; staff always do.
NOTICEABLE: Final = 0.10
FEW: Final = 0.10
BRAND_FROM: Final = 0.6
EVIDENCE_FROM: Final = 5
BURDEN_TO: Final = 0.25
HALVING_BURDEN: Final = 0.10
FITS_FROM, ADJUST_FROM = 60.0, 40.0
CHECKS: Final = 5
TOP_MARK: Final = 4
_WHOLE: Final = 0.005


class Gate(StrEnum):
    """What an initiative must pass before anybody counts points."""

    MAJORITY = "majority"
    NO_HARM = "no_harm"
    BRAND = "brand"
    INSIGHT = "insight"
    AFFORDABLE = "affordable"


class Band(StrEnum):
    FITS = "fits"
    ADJUST = "adjust"
    UNFIT = "unfit"


class Alarm(StrEnum):
    """The trap of the special few (domain.md §1, 1.7) and of excellence for all (1.8)."""

    FEW_AT_OTHERS_COST = "few_at_others_cost"
    MONEY_FOR_FEW = "money_for_few"
    EATS_THE_MARGIN = "eats_the_margin"


@dataclass(frozen=True, slots=True)
class Effect:
    """What one persona gets: ``share`` of all customers (0 to 1), ``size`` from -2 to +2; ``share`` None for staff."""

    share: float | None
    size: int
    mitigated: bool = False

    def __post_init__(self) -> None:
        if not -2 <= self.size <= 2:
            raise ValueError(f"an effect is -2 to +2, not {self.size}")
        if self.share is not None and not 0 <= self.share <= 1:
            raise ValueError(f"a share is 0 to 1, not {self.share}")


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the gates and the score look at.

    ``confidence`` .3 guess, .6 evidence, .8 pilot, 1 measured. ``marks`` are the five of the brand checklist, 0 to 4,
    None where not answered. ``burden`` is the monthly cost as a share of the monthly gross margin of the customers
    reached, ``capacity`` the share of staff time it takes up (1 = all there is); None where nobody entered them.
    ``foundational`` is something owed whatever the majority wants: safety, law, an error put right.
    """

    effects: Sequence[Effect]
    confidence: float
    marks: Sequence[int | None]
    burden: float | None
    capacity: float | None = None
    foundational: bool = False
    signed_by_steward: bool = False
    validated_insights: int = 0
    evidence: int = 0

    @property
    def customers(self) -> list[Effect]:
        return [effect for effect in self.effects if effect.share is not None]

    @property
    def reached(self) -> float:
        """The share of customers who gain."""
        return sum(effect.share or 0.0 for effect in self.customers if effect.size > 0)


def shares_are_whole(shares: Sequence[float]) -> bool:
    """Do the shares of all personas make one, within half a percent?"""
    return bool(shares) and abs(sum(shares) - 1) <= _WHOLE


def brand_mark(marks: Sequence[int | None]) -> float:
    """The mean of the checklist from 0 to 1; what is not answered counts as 0."""
    if len(marks) != CHECKS or any(mark is not None and not 0 <= mark <= TOP_MARK for mark in marks):
        raise ValueError("the checklist has five marks from 0 to 4")
    return sum(mark or 0 for mark in marks) / (CHECKS * TOP_MARK)


def fit_score(case: Case) -> float:
    """0 to 100: (M*·c·B·k)^¼ with M* = max(0, M - 2H), k = 1/(1 + b/0.10). Without a known burden 0."""
    gain = sum((effect.share or 0.0) * max(effect.size, 0) / 2 for effect in case.customers)
    harm = sum((effect.share or 0.0) * max(-effect.size, 0) / 2 for effect in case.customers)
    if case.burden is None:
        return 0.0
    kept = max(0.0, gain - 2 * harm)
    ease = 1 / (1 + case.burden / HALVING_BURDEN)
    score: float = 100 * (kept * case.confidence * brand_mark(case.marks) * ease) ** 0.25
    return score


def band(score: float) -> Band:
    if score >= FITS_FROM:
        return Band.FITS
    return Band.ADJUST if score >= ADJUST_FROM else Band.UNFIT


def failed_gates(case: Case) -> list[Gate]:
    """The gates this does not pass, in their order; only an executive's word with a reason leads past one."""
    failed = []
    if case.reached < MAJORITY and not case.foundational:
        failed.append(Gate.MAJORITY)
    if any(_harms(effect) for effect in case.effects):
        failed.append(Gate.NO_HARM)
    if brand_mark(case.marks) < BRAND_FROM or not case.signed_by_steward:
        failed.append(Gate.BRAND)
    if case.validated_insights < 1 or case.evidence < EVIDENCE_FROM:
        failed.append(Gate.INSIGHT)
    if case.burden is None or case.burden > BURDEN_TO or (case.capacity or 0) > 1:
        failed.append(Gate.AFFORDABLE)
    return failed


def _harms(effect: Effect) -> bool:
    noticeable = effect.share is None or effect.share >= NOTICEABLE
    return noticeable and effect.size <= -1 and not effect.mitigated


def alarms(case: Case) -> list[Alarm]:
    """Warnings beside the gates: the money goes to a few, others pay for a few, or it eats the margin."""
    found = []
    for_few = 0 < case.reached < FEW and not case.foundational
    if for_few and any(effect.size < 0 for effect in case.effects):
        found.append(Alarm.FEW_AT_OTHERS_COST)
    if for_few and case.burden:
        found.append(Alarm.MONEY_FOR_FEW)
    if case.burden is not None and case.burden > BURDEN_TO:
        found.append(Alarm.EATS_THE_MARGIN)
    return found


def rice(*, reach: float, impact: float, confidence: float, effort: float) -> float | None:
    """Customers a quarter · impact (.25 to 3) · confidence ÷ person-weeks; it orders what fits. None without effort."""
    return reach * impact * confidence / effort if effort > 0 else None


def monthly_cost(*, one_off: float, run: float) -> float:
    """What it costs a month: what is paid once is spread over twelve."""
    return one_off / 12 + run


def burden(*, one_off: float, run: float, margin: float) -> float | None:
    """The monthly cost as a share of the monthly gross ``margin`` of the customers reached; None without a margin."""
    return monthly_cost(one_off=one_off, run=run) / margin if margin > 0 else None


def price_rise(*, one_off: float, run: float, revenue: float) -> float | None:
    """By what share prices would have to rise to pay for it (domain.md §1, 1.8); None without a monthly revenue."""
    return monthly_cost(one_off=one_off, run=run) / revenue if revenue > 0 else None
