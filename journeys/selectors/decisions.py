"""Decisions, how many of them rest on what customers said, and which want looking back at."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from journeys.logic.insights import decided_by_customers
from journeys.models import Decision, DecisionQuote, Viewpoint


@dataclass(frozen=True)
class DecisionRate:
    """Of ``n`` decisions so many percent rest on customers' evidence; by basis how many."""

    value: float | None
    n: int
    grounded: int
    by_basis: dict[str, int]
    # How many say that they are good for the company alone.
    one_sided: int = 0


def customer_based_rate(today: date, *, days: int = 365) -> DecisionRate:
    """Over the last ``days``: decisions on what customers said, with at least one quote, of all (domain.md §1, 2.5)."""
    rows = Decision.objects.filter(decided_on__gt=today - timedelta(days=days), decided_on__lte=today)
    quoted = Q(Exists(DecisionQuote.objects.filter(decision=OuterRef("pk"))))
    counted = (
        rows.values_list("basis")
        .annotate(
            n=Count("pk"),
            grounded=Count("pk", filter=quoted),
            one_sided=Count("pk", filter=Q(viewpoint=Viewpoint.COMPANY)),
        )
        .order_by("basis")
    )
    found = {basis: counts for basis, *counts in counted}
    total = sum(n for n, _grounded, _one_sided in found.values())
    grounded = found.get(Decision.Basis.CUSTOMER_EVIDENCE, (0, 0, 0))[1]
    return DecisionRate(
        decided_by_customers(grounded, total),
        total,
        grounded,
        {basis: counts[0] for basis, counts in found.items()},
        sum(counts[2] for counts in found.values()),
    )


def to_look_back_at(today: date) -> QuerySet[Decision]:
    """Decisions whose day has come and nobody has looked back at yet."""
    return Decision.objects.filter(checked_at=None, check_back_on__lte=today)
