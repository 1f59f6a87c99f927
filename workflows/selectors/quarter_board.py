"""The board's quarter on one page: what waits for a decision, the money, what was decided, what came of the last."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet

from journeys.logic.months import months_after, quarter_of
from journeys.models import Decision, Initiative
from tenants.staff.selectors.firm import firm_midnight
from workflows.selectors.budgets import QuarterSpending, budgets_for

# So many of each: it is to fit on one sheet.
SHOWN: Final = 6


@dataclass(frozen=True)
class QuarterBoard:
    """One quarter; ``learned`` and ``led`` are decisions and initiatives decided in the quarter before.

    Lists are cut to ``SHOWN``: of what was decided the latest, of what came of it what was looked back at first.
    """

    quarter: date
    spending: QuarterSpending
    waiting: list[Initiative]
    decided: list[Decision]
    learned: list[Decision]
    led: list[Initiative]


def board_of(asked: date, reader: Any, today: date) -> QuarterBoard:
    """The quarter of ``asked`` where the budget's page shows it, else this one. Proposed initiatives as they stand now,
    those that pass every gate first, then by fit.
    """
    known = {one.quarter: one for one in budgets_for(reader, today).quarters}
    quarter = quarter_of(asked) if quarter_of(asked) in known else quarter_of(today)
    before = months_after(quarter, -3)
    proposed = Initiative.objects.filter(state=Initiative.State.PROPOSED).select_related("owner")
    led = Initiative.objects.filter(decided_at__gte=firm_midnight(before), decided_at__lt=firm_midnight(quarter))
    return QuarterBoard(
        quarter,
        known[quarter],
        sorted(proposed, key=lambda one: (bool(one.failed), -one.fit))[:SHOWN],
        list(_decided(quarter)[:SHOWN]),
        sorted(_decided(before), key=lambda one: one.checked_at is None)[:SHOWN],
        list(led.order_by("decided_at", "pk")[: SHOWN // 2]),
    )


def _decided(quarter: date) -> "QuerySet[Decision]":
    rows = Decision.objects.filter(decided_on__gte=quarter, decided_on__lt=months_after(quarter, 3))
    return rows.select_related("decider").order_by("-decided_on", "-pk")
