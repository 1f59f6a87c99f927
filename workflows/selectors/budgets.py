"""Budgets for the experience, quarter by quarter, beside what customers were granted and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncQuarter
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from customers.selectors.activity import active_customers
from feedback.selectors.reach import Reader
from journeys.logic.months import months_after, quarter_of
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_midnight, firm_zone
from workflows.models import Compensation, CxBudget
from workflows.selectors.compensations import compensations_visible_to

PURPOSES: Final[Mapping[str, Words]] = {
    "listening": _("listening"),
    "fixing": _("fixing"),
    "training": _("training"),
}
AMOUNTS: Final = tuple(f"{purpose}_{kind}" for purpose in PURPOSES for kind in ("planned", "spent"))
# Quarters on the page: the next one, this one and those before.
SHOWN: Final = 6


@dataclass(frozen=True)
class Spending:
    """What one purpose takes in a quarter; None is not said."""

    planned: Decimal | None
    spent: Decimal | None


@dataclass(frozen=True)
class QuarterSpending:
    """One quarter; ``granted`` is what customers were given for what went wrong, known beside "fixing"."""

    quarter: date
    budget: CxBudget | None
    purposes: dict[str, Spending]
    granted: Decimal

    @property
    def planned(self) -> Decimal | None:
        return _sum([one.planned for one in self.purposes.values()])

    @property
    def spent(self) -> Decimal | None:
        return _sum([one.spent for one in self.purposes.values()])

    @property
    def is_told(self) -> bool:
        """Whether there is anything to show of it."""
        return self.budget is not None or bool(self.granted)

    @property
    def is_over(self) -> bool:
        """More was spent than planned, where both are said."""
        return self.planned is not None and self.spent is not None and self.spent > self.planned


@dataclass(frozen=True)
class Budgets:
    """The last quarters, the latest first, and by how many customers and colleagues the money is shared today."""

    quarters: list[QuarterSpending]
    customers: int
    people: int


def budgets_for(reader: Reader, today: date) -> Budgets:
    """Five queries."""
    latest = months_after(quarter_of(today), 3)
    days = [months_after(latest, -3 * number) for number in range(SHOWN)]
    rows = {row.quarter: row for row in CxBudget.objects.filter(quarter__in=days).select_related("written_by")}
    granted = _granted(days, reader)
    return Budgets(
        quarters=[_quarter(day, rows.get(day), granted.get(day, Decimal(0))) for day in days],
        customers=active_customers().count(),
        people=User.objects.working().exclude(role=Role.READ_ONLY).count(),
    )


def _quarter(day: date, row: CxBudget | None, granted: Decimal) -> QuarterSpending:
    purposes = {
        purpose: Spending(getattr(row, f"{purpose}_planned", None), getattr(row, f"{purpose}_spent", None))
        for purpose in PURPOSES
    }
    return QuarterSpending(day, row, purposes, granted)


def _granted(days: list[date], reader: Reader) -> dict[date, Decimal]:
    """What customers were granted in each quarter, of the cases within reach."""
    rows: QuerySet[Any] = compensations_visible_to(reader).filter(
        state=Compensation.State.GRANTED, decided_at__gte=firm_midnight(min(days)), complaint__is_sample=False
    )
    summed = rows.order_by().annotate(quarter=TruncQuarter("decided_at", tzinfo=firm_zone())).values_list("quarter")
    return {quarter.date(): total for quarter, total in summed.annotate(total=Sum("amount"))}


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    told = [amount for amount in amounts if amount is not None]
    return sum(told, Decimal(0)) if told else None
