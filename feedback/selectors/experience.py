"""The experience index: stages, touchpoints and environments, quarter by quarter and branch by branch."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import TruncQuarter

from cxcrm.core.clock import now
from feedback.logic.experience import Change, Index, Walk, change, from_answers, from_feelings, from_walks, latest_walks
from feedback.models import Response, Survey
from feedback.selectors.latest import latest_keys
from journeys.logic.emotions import Tally
from journeys.logic.months import months_after, quarter_of
from journeys.models import Touchpoint
from journeys.selectors.emotions import felt_by_quarter
from journeys.selectors.environments import walks_between
from tenants.staff.models import Branch
from tenants.staff.selectors.firm import firm_midnight, firm_today, firm_zone

QUARTERS: Final = 5
LOWEST_SHOWN: Final = 3
_GOOD: Final = Q(metric=Survey.Metric.CSAT, score__gte=4) | Q(metric=Survey.Metric.CES, score__gte=5)


@dataclass(frozen=True)
class Part:
    """One of the three, by quarter, the oldest first; this quarter is the last, also where nothing is known yet.

    ``branches`` are of this quarter, those with enough to show only.
    """

    quarters: list[tuple[date, Index]]
    branches: dict[UUID, Index] = field(default_factory=dict)

    @property
    def shown(self) -> list[tuple[date, Index]]:
        """The quarters with enough to tell."""
        return [pair for pair in self.quarters if pair[1].value is not None]

    @property
    def change(self) -> Change | None:
        """The last one that can be told beside the one before it; None where there are not two."""
        return change(self.shown[-1][1], self.shown[-2][1]) if len(self.shown) > 1 else None


@dataclass(frozen=True)
class Experience:
    """``branches`` are those with at least one number this quarter; ``lowest`` the touchpoints that satisfy least."""

    stages: Part
    touchpoints: Part
    environments: Part
    places: int
    branches: list[tuple[Branch, Index | None, Index | None, Index | None]]
    lowest: list[tuple[Touchpoint, Index]]


def experience() -> Experience:
    """The last five quarters with this one; five queries, whatever there is."""
    quarters = [months_after(quarter_of(firm_today()), -3 * ago) for ago in reversed(range(QUARTERS))]
    answers = _answers(quarters[0])
    felt = felt_by_quarter(firm_midnight(quarters[0]), now(), firm_zone())
    walks = _walks(quarters)
    stages, touchpoints = _part(quarters, felt, _from_feelings), _part(quarters, answers, _from_answers)
    environments = _walked(quarters, walks)
    three = (stages.branches, touchpoints.branches, environments.branches)
    return Experience(
        stages=stages,
        touchpoints=touchpoints,
        environments=environments,
        places=len(latest_walks(walks, firm_today())),
        branches=[
            (branch, three[0].get(branch.pk), three[1].get(branch.pk), three[2].get(branch.pk))
            for branch in Branch.objects.filter(is_active=True).order_by("name")
            if any(branch.pk in known for known in three)
        ],
        lowest=_lowest(row for row in answers if row[0] == quarters[-1]),
    )


# When, at which branch (None where unknown), at which touchpoint where it matters, and what was counted.
_Counted = tuple[date, UUID | None, Any, Any]


def _from_feelings(rows: Iterable[_Counted]) -> Index:
    counted = [row[3] for row in rows]
    return from_feelings(
        Tally(sum(one.n for one in counted), sum(one.total for one in counted), sum(one.squares for one in counted))
    )


def _from_answers(rows: Iterable[_Counted]) -> Index:
    counted = [row[3] for row in rows]
    return from_answers(sum(good for good, _n in counted), sum(n for _good, n in counted))


def _part(quarters: list[date], rows: list[_Counted], index: Callable[[Iterable[_Counted]], Index]) -> Part:
    by_quarter = [(begins, index(row for row in rows if row[0] == begins)) for begins in quarters]
    return Part(by_quarter, _shown(_by([row for row in rows if row[0] == quarters[-1]], 1, index)))


def _by(rows: list[_Counted], column: int, index: Callable[[Iterable[_Counted]], Index]) -> dict[Any, Index]:
    groups: dict[Hashable, list[_Counted]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return {key: index(found) for key, found in groups.items() if key is not None}


def _shown(indexes: dict[Any, Index]) -> dict[Any, Index]:
    return {key: one for key, one in indexes.items() if one.value is not None}


def _answers(since: date) -> list[_Counted]:
    """Satisfied of all, by quarter, home branch and touchpoint: scores of surveys that are about one. Of a customer's
    scores of a touchpoint the latest of each quarter counts.
    """
    quarter = TruncQuarter("answered_at", tzinfo=firm_zone())
    given = Response.objects.counted().filter(
        metric__in=(Survey.Metric.CSAT, Survey.Metric.CES),
        touchpoint__isnull=False,
        answered_at__gte=firm_midnight(since),
    )
    rows = (
        Response.objects.filter(
            pk__in=latest_keys(given, F("customer_id"), F("touchpoint_id"), quarter, at="answered_at")
        )
        .annotate(quarter=quarter)
        .order_by()
        .values_list("quarter", "customer__branch_id", "touchpoint_id")
        .annotate(good=Count("pk", filter=_GOOD), n=Count("pk"))
    )
    return [(at.date(), branch, touchpoint, (good, n)) for at, branch, touchpoint, good, n in rows]


def _walks(quarters: list[date]) -> list[Walk]:
    since = quarters[0] - timedelta(days=90)
    return [Walk(*row) for row in walks_between(since, firm_today())]


def _walked(quarters: list[date], walks: list[Walk]) -> Part:
    today = firm_today()
    by_quarter = [
        (begins, from_walks(latest_walks(walks, min(today, months_after(begins, 3) - timedelta(days=1)))))
        for begins in quarters
    ]
    branches: dict[Any, list[Walk]] = {}
    for walk in latest_walks(walks, today):
        if walk.branch is not None:
            branches.setdefault(walk.branch, []).append(walk)
    return Part(by_quarter, _shown({key: from_walks(own) for key, own in branches.items()}))


def _lowest(rows: Iterable[_Counted]) -> list[tuple[Touchpoint, Index]]:
    found = _shown(_by(list(rows), 2, _from_answers))
    worst = sorted(found.items(), key=lambda pair: (pair[1].value or 0, str(pair[0])))[:LOWEST_SHOWN]
    names = Touchpoint.objects.select_related("stage").in_bulk([key for key, _index in worst])
    return [(names[key], index) for key, index in worst]
