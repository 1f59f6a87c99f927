"""The five pillars of empathy: what staff and customers say of each, what we do about it, and whom leaders look at."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Avg, Count, Q

from feedback.logic.gaps import AGREES_FROM, DeliveryGap, Side, delivery_gap
from feedback.logic.questionnaires import (
    INPUTS,
    ORIENTATIONS,
    PILLARS,
    QUESTIONNAIRES,
    STATEMENTS,
    group_of,
    pillar_side,
)
from feedback.models import Answer
from feedback.selectors.staff_voice import answers_to
from journeys.logic.months import months_after
from journeys.models import Initiative
from tenants.staff.selectors.firm import firm_midnight

AUDIT: Final = QUESTIONNAIRES["pillars"]
SELF_TEST: Final = QUESTIONNAIRES["orientation"]
_PREFIX: Final = "pillar_"


@dataclass(frozen=True)
class Statement:
    """One of the four statements of a pillar, and how many of staff agree."""

    code: str
    ours: Side


@dataclass(frozen=True)
class Pillar:
    """What both sides say of a pillar; ``statements`` are empty under five answers of staff."""

    code: str
    gap: DeliveryGap
    statements: list[Statement]
    initiatives: list[Initiative]


@dataclass(frozen=True)
class Input:
    """What the flywheel turns on: the share of staff who agree with its pillars' statements, None under five."""

    code: str
    pillars: tuple[str, ...]
    percent: float | None


@dataclass(frozen=True)
class Axis:
    """One orientation: the mean agreement of leaders this year and the year before, 1 to 5; None where nobody said."""

    code: str
    mean: float | None
    before: float | None


@dataclass(frozen=True)
class Orientation:
    """What leaders say the firm looks at, ``people`` of them."""

    year: date
    people: int
    axes: list[Axis]


def pillars_of(year: date) -> list[Pillar]:
    """The pillars in the year beginning at ``year``, in their order; three queries.

    Of a customer's answers to a pillar's sentence only the latest of the year counts.
    """
    said, theirs = _said(year), _heard(year)
    doing: dict[str, list[Initiative]] = {}
    for row in Initiative.objects.exclude(pillar="").exclude(state=Initiative.State.DECLINED).order_by("created_at"):
        doing.setdefault(row.pillar, []).append(row)
    pillars = []
    for code in PILLARS:
        statements = [
            Statement(item, Side(*said.get(item, (0, 0))))
            for item in (f"{code}_{number}" for number in range(1, STATEMENTS + 1))
        ]
        ours = pillar_side(sum(int(one.ours.good) for one in statements), sum(one.ours.n for one in statements))
        gap = delivery_gap(ours, theirs.get(code, Side(0, 0)))
        shown = statements if ours.percent is not None else []
        pillars.append(Pillar(code, gap, shown, doing.get(code, [])))
    return pillars


def inputs_now() -> tuple[date | None, list[Input]]:
    """The inputs of the flywheel by the latest audit five of staff answered, and its year; one query."""
    years: dict[date, dict[str, tuple[int, int]]] = {}
    for period, item, good, n in _agreeing(answers_to(AUDIT).values_list("period", "item")):
        years.setdefault(period, {})[item] = (good, n)
    told = [year for year, said in years.items() if max(n for _good, n in said.values()) >= AUDIT.shown_from]
    year = max(told, default=None)
    said = years[year] if year else {}
    found = []
    for code, pillars in INPUTS.items():
        counts = [counted for item, counted in said.items() if group_of(item) in pillars]
        each = STATEMENTS * len(pillars)
        people = sum(n for _good, n in counts) // each
        found.append(Input(code, pillars, Side(sum(good for good, _n in counts) / each, people).percent))
    return year, found


def orientation_of(year: date) -> Orientation:
    """The self-test of a year with the one before beside it; one query."""
    before = months_after(year, -12)
    rows = answers_to(SELF_TEST).filter(period__in=(year, before))
    found: dict[tuple[date, str], list[tuple[float, int]]] = {}
    for period, item, mean, n in rows.values_list("period", "item").annotate(mean=Avg("value"), n=Count("pk")):
        found.setdefault((period, group_of(item)), []).append((mean, n))

    def mean_of(period: date, code: str) -> float | None:
        parts = found.get((period, code), [])
        return sum(mean for mean, _n in parts) / len(parts) if parts else None

    axes = [Axis(code, mean_of(year, code), mean_of(before, code)) for code in ORIENTATIONS]
    people = max((n for (period, _code), parts in found.items() if period == year for _mean, n in parts), default=0)
    return Orientation(year, people, axes)


def _said(year: date) -> dict[str, tuple[int, int]]:
    """Of each statement how many agree, and of how many."""
    rows = _agreeing(answers_to(AUDIT).filter(period=year).values_list("item"))
    return {item: (good, n) for item, good, n in rows}


def _agreeing(rows: Any) -> Any:
    return rows.annotate(good=Count("pk", filter=Q(value__gte=AGREES_FROM)), n=Count("pk"))


def _heard(year: date) -> dict[str, Side]:
    within = Answer.objects.counted().filter(
        question__item__startswith=_PREFIX,
        number__isnull=False,
        response__answered_at__gte=firm_midnight(year),
        response__answered_at__lt=firm_midnight(date(year.year + 1, 1, 1)),
    )
    latest = within.order_by(
        "question__item", "response__customer_id", "-response__answered_at", "-response_id"
    ).distinct("question__item", "response__customer_id")
    rows: Any = Answer.objects.filter(pk__in=latest.values("pk")).order_by().values_list("question__item")
    return {
        item.removeprefix(_PREFIX): Side(good, n)
        for item, good, n in rows.annotate(good=Count("pk", filter=Q(number__gte=AGREES_FROM)), n=Count("pk"))
    }
