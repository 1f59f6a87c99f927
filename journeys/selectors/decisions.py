"""Decisions, how many of them rest on what customers said, and which want looking back at."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from journeys.logic.insights import decided_by_customers
from journeys.models import Decision, DecisionQuote


@dataclass(frozen=True)
class DecisionRate:
    """Of ``n`` decisions so many percent rest on customers' evidence; by basis how many."""

    value: float | None
    n: int
    grounded: int
    by_basis: dict[str, int]


def customer_based_rate(today: date, *, days: int = 365) -> DecisionRate:
    """Over the last ``days``: decisions on what customers said, with at least one quote, of all (domain.md §1, 2.5)."""
    rows = Decision.objects.filter(decided_on__gt=today - timedelta(days=days), decided_on__lte=today)
    quoted = Q(Exists(DecisionQuote.objects.filter(decision=OuterRef("pk"))))
    counted = rows.values_list("basis").annotate(n=Count("pk"), grounded=Count("pk", filter=quoted)).order_by("basis")
    found = {basis: (n, grounded) for basis, n, grounded in counted}
    total = sum(n for n, _grounded in found.values())
    grounded = found.get(Decision.Basis.CUSTOMER_EVIDENCE, (0, 0))[1]
    return DecisionRate(
        decided_by_customers(grounded, total), total, grounded, {basis: n for basis, (n, _grounded) in found.items()}
    )


def to_look_back_at(today: date) -> QuerySet[Decision]:
    """Decisions whose day has come and nobody has looked back at yet."""
    return Decision.objects.filter(checked_at=None, check_back_on__lte=today)
