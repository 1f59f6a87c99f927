"""How it is to work here: eNPS beside NPS by firm, unit and quarter, the working day, and why; nothing of a few."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import TruncQuarter

from customers.logic.shares import SHOWN_FROM, Comparison, shown_groups
from feedback.logic import metrics
from feedback.logic.questionnaires import MOMENTS, QUESTIONNAIRES
from feedback.models import Response, Survey
from feedback.selectors.latest import latest_keys
from feedback.selectors.staff_voice import SoFar, answers_to, periods_told, so_far
from journeys.logic.emotions import Gap, Mean, Tally, gap_between, mean_of
from journeys.logic.months import months_after
from tenants.staff.models import Branch, Department
from tenants.staff.selectors.firm import firm_midnight, firm_today, firm_zone

PULSE: Final = QUESTIONNAIRES["pulse"]
ASSUMED: Final = QUESTIONNAIRES["assumed"]
WORDS_SHOWN: Final = 50
Counts = Counter[int]


@dataclass(frozen=True)
class Unit:
    """A branch with its three scores, or a department, of which customers know nothing; ``enps`` None: too few."""

    branch: Branch | None
    department: Department | None
    enps: metrics.Score | None
    nps: metrics.Score | None
    csat: metrics.ScaleScore | None

    @property
    def name(self) -> str:
        return str(self.branch or self.department)

    @property
    def is_on_the_chart(self) -> bool:
        """Are both of its scores made of enough answers?"""
        return self.enps is not None and self.csat is not None and self.csat.enough != "hidden"


@dataclass(frozen=True)
class Moment:
    """One moment of the working day; a mean is None where too few, or nobody yet, said how it feels."""

    code: str
    assumed: Mean | None
    reported: Mean | None


@dataclass(frozen=True)
class Day:
    """The working day as staff feel it and as owners and executives assumed it while the quarter ran."""

    moments: list[Moment]
    gap: Gap | None


@dataclass(frozen=True)
class Quarter:
    """One quarter of the firm."""

    first: date
    enps: metrics.Score
    nps: metrics.Score


@dataclass(frozen=True)
class Pulse:
    """A quarter as it may be shown. ``change`` is that of eNPS against the quarter before, where both have enough."""

    quarter: date
    running: SoFar
    answered: int
    enps: metrics.Score
    nps: metrics.Score
    change: Comparison | None
    support: metrics.ScaleScore
    units: list[Unit]
    hidden_units: int
    history: list[Quarter]
    day: Day
    words: list[str]


def pulse_of(quarter: date) -> Pulse:
    """The quarter beginning at ``quarter``; of one that still runs nothing is told of staff. Eight queries.

    The words are those of the whole firm, in no order, from five on.
    """
    quarters = sorted({*periods_told(PULSE), quarter})
    said = _said(quarters)
    voices = _voices(Survey.Metric.NPS, min(quarters), months_after(max(quarters), 3))
    history = [
        Quarter(one, _enps(_whole(said, one)), metrics.nps(*metrics.nps_counts(_whole(voices, one))))
        for one in quarters
    ]
    here = next(one for one in history if one.first == quarter)
    units, hidden = _units(quarter, said, voices)
    before = months_after(quarter, -3)
    day = _day(quarter)
    return Pulse(
        quarter=quarter,
        running=so_far(PULSE),
        answered=here.enps.n,
        enps=here.enps,
        nps=here.nps,
        change=_change(_whole(said, quarter), _whole(said, before)),
        support=_support(quarter),
        units=units,
        hidden_units=hidden,
        history=[one for one in reversed(history) if one.enps.n or one.nps.n],
        day=day,
        words=_words(quarter),
    )


def latest_enps() -> tuple[date, metrics.Score] | None:
    """The score of the latest quarter in which five answered, for the home page; one query."""
    counts: dict[date, Counts] = {}
    for period, value, n in (
        answers_to(PULSE).filter(item="enps").values_list("period", "value").annotate(n=Count("pk"))
    ):
        counts.setdefault(period, Counter())[value] += n
    shown = [period for period, found in counts.items() if found.total() >= SHOWN_FROM]
    return (max(shown), _enps(counts[max(shown)])) if shown else None


def enps_counts(quarters: list[date]) -> dict[date, metrics.NpsCounts]:
    """Who would recommend working here, by quarter, where anybody answered; one query."""
    said = _said(quarters)
    wholes = {one: _whole(said, one) for one in quarters}
    return {one: metrics.nps_counts(counts) for one, counts in wholes.items() if counts}


def _said(quarters: list[date]) -> dict[tuple[date, Hashable], Counts]:
    """Answers 0 to 10 by quarter and unit; None is who belongs to none that is kept."""
    found: dict[tuple[date, Hashable], Counts] = {}
    rows = answers_to(PULSE).filter(item="enps", period__in=quarters)
    for period, branch, department, value, n in rows.values_list(
        "period", "branch_id", "department_id", "value"
    ).annotate(n=Count("pk")):
        found.setdefault((period, branch or department), Counter())[value] += n
    return found


def _voices(metric: str, since: date, until: date) -> dict[tuple[date, Hashable], Counts]:
    """What customers answered by quarter and by the branch they call theirs, counted as in ``metrics.score``."""
    zone = firm_zone()
    quarter = TruncQuarter("answered_at", tzinfo=zone)
    rows = Response.objects.counted().filter(
        metric=metric, answered_at__gte=firm_midnight(since), answered_at__lt=firm_midnight(until)
    )
    of_each = rows.filter(survey__cadence=Survey.Cadence.RELATIONSHIP)
    counted = Q(pk__in=latest_keys(of_each, F("customer_id"), quarter, at="answered_at"))
    if metric != Survey.Metric.NPS:
        counted |= Q(survey__cadence=Survey.Cadence.TRANSACTIONAL)
    found: dict[tuple[date, Hashable], Counts] = {}
    for at, branch, score, n in (
        rows.filter(counted)
        .annotate(quarter=quarter)
        .order_by()
        .values_list("quarter", "customer__branch_id", "score")
        .annotate(n=Count("pk"))
    ):
        found.setdefault((at.date(), branch), Counter())[score] += n
    return found


def _whole(found: dict[tuple[date, Hashable], Counts], quarter: date) -> Counts:
    return sum((counts for (one, _unit), counts in found.items() if one == quarter), Counter())


def _units(quarter: date, said: Any, voices: Any) -> tuple[list[Unit], int]:
    """Those that may be shown, and how many more answered; the happiest first."""
    ours = {unit: counts for (one, unit), counts in said.items() if one == quarter}
    csat = _voices(Survey.Metric.CSAT, quarter, months_after(quarter, 3))
    shown = shown_groups({unit: counts.total() for unit, counts in ours.items()})
    branches: dict[UUID, Branch] = {row.pk: row for row in Branch.objects.all()}
    departments: dict[UUID, Department] = {row.pk: row for row in Department.objects.all()}
    units = []
    for pk, branch in branches.items():
        told, pleased = voices.get((quarter, pk)), csat.get((quarter, pk))
        units.append(
            Unit(
                branch,
                None,
                _enps(ours[pk]) if pk in shown else None,
                metrics.nps(*metrics.nps_counts(told)) if told else None,
                metrics.csat([pleased[value] for value in range(1, 6)]) if pleased else None,
            )
        )
    units += [Unit(None, row, _enps(ours[pk]), None, None) for pk, row in departments.items() if pk in shown]
    told_of = [unit for unit in units if unit.enps or unit.nps or unit.csat]
    told_of.sort(key=lambda unit: (unit.enps is None, -(unit.enps.value or 0) if unit.enps else 0, unit.name))
    return told_of, sum(1 for unit in ours if unit is not None) - len(shown)


def _support(quarter: date) -> metrics.ScaleScore:
    """Of the sentence on authority and tools: how many agree, counted as CSAT is (4 and 5 of 5)."""
    rows = answers_to(PULSE).filter(period=quarter, item="support").values_list("value")
    counts = dict(rows.annotate(n=Count("pk")))
    return metrics.csat([counts.get(value, 0) for value in range(1, 6)])


def _day(quarter: date) -> Day:
    """Both curves; one query. What leaders assume this quarter is read with what staff feel, when it is over."""
    if quarter >= PULSE.period_of(firm_today()):
        return Day([], None)
    rows = (answers_to(PULSE) | answers_to(ASSUMED)).filter(period=quarter, item__in=MOMENTS)
    values: dict[tuple[str, str], list[int]] = {}
    for asked, item, value, n in rows.values_list("questionnaire", "item", "value").annotate(n=Count("pk")):
        values.setdefault((asked, item), []).extend([value] * n)
    felt = {key: Tally.of(found) for key, found in values.items()}

    def mean(asked: Any, item: str) -> Mean | None:
        tally = felt.get((asked.code, item))
        return mean_of(tally) if tally and tally.n >= asked.shown_from else None

    moments = [Moment(code, mean(ASSUMED, code), mean(PULSE, code)) for code in MOMENTS]
    gap = gap_between((one.code, _value(one.assumed), _value(one.reported)) for one in moments)
    return Day(moments, gap)


def _value(mean: Mean | None) -> float | None:
    return mean.value if mean else None


def _words(quarter: date) -> list[str]:
    """What staff wrote, from five on; ids are drawn by lot, so their order tells nothing."""
    rows = answers_to(PULSE).filter(period=quarter, item="why").order_by("pk")
    words = list(rows.values_list("words", flat=True)[:WORDS_SHOWN])
    return words if len(words) >= SHOWN_FROM else []


def _change(now: Counts, before: Counts) -> Comparison | None:
    if min(now.total(), before.total()) < SHOWN_FROM:
        return None
    return metrics.compare_nps(metrics.nps_counts(now), metrics.nps_counts(before))


def _enps(counts: Counts) -> metrics.Score:
    return metrics.enps(*metrics.nps_counts(counts))
