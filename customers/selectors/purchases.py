"""Purchases, and what they say about a customer: how often, how lately, for how much."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from customers.models import Purchase
from customers.selectors.customers import Reader
from cxcrm.core.clock import now
from cxcrm.core.db.arrays import among
from tenants.staff.roles import Level

YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a customer's purchases come to; cancelled and returned ones count for nothing.

    ``spent`` (in the last 365 days) and ``spent_ever`` are amounts by currency, the largest first.
    """

    count: int = 0
    count_in_year: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    spent: dict[str, Decimal] = field(default_factory=dict)
    spent_ever: dict[str, Decimal] = field(default_factory=dict)


def visible_to(user: Reader) -> "QuerySet[Purchase]":
    """Every purchase for those who may read customers, none for others."""
    return Purchase.objects.all() if user.allows("customers", Level.READ) else Purchase.objects.none()


def purchases_of(customer_id: UUID) -> "QuerySet[Purchase]":
    """One customer's purchases, the latest first."""
    return Purchase.objects.filter(customer_id=customer_id).order_by("-occurred_at", "-id")


def bought_within(span: timedelta, customer: str, after: str) -> Exists:
    """Whether a row's customer bought something in the ``span`` after a moment; both are columns of that row."""
    since = OuterRef(after)
    return Exists(
        Purchase.objects.filter(
            customer_id=OuterRef(customer),
            state__in=Purchase.COUNTED,
            occurred_at__gt=since,
            occurred_at__lte=since + span,
        )
    )


def are_recorded() -> bool:
    """Whether this firm has any purchase here at all."""
    return Purchase.objects.filter(state__in=Purchase.COUNTED).exists()


def figures_of(customer_id: UUID) -> Figures:
    """What one customer's purchases come to, read from one index."""
    return figures_of_many([customer_id]).get(customer_id, Figures())


def covered_until(customer_id: UUID) -> date | None:
    """The last day a plan or contract of theirs is paid for, also where it is over; None for who never had one."""
    mine = Purchase.objects.filter(customer_id=customer_id, state__in=Purchase.COUNTED, covers_until__isnull=False)
    last: date | None = mine.aggregate(last=Max("covers_until"))["last"]
    return last


def figures_of_many(customer_ids: Iterable[UUID]) -> dict[UUID, Figures]:
    """The same for many customers in one query; who bought nothing is missing."""
    since = now() - YEAR
    lately = Q(occurred_at__gte=since)
    rows = (
        Purchase.objects.filter(customer_id__in=among(customer_ids), state__in=Purchase.COUNTED)
        .order_by()
        .values("customer_id", "currency")
        .annotate(
            number=Count("pk"),
            in_year=Count("pk", filter=lately),
            first=Min("occurred_at"),
            last=Max("occurred_at"),
            ever=Sum("amount"),
            year=Sum("amount", filter=lately),
        )
        .order_by("customer_id", "-ever")
    )
    found: dict[UUID, Figures] = {}
    for row in rows:
        before = found.get(row["customer_id"], Figures())
        found[row["customer_id"]] = Figures(
            count=before.count + row["number"],
            count_in_year=before.count_in_year + row["in_year"],
            first_at=min(filter(None, (before.first_at, row["first"]))),
            last_at=max(filter(None, (before.last_at, row["last"]))),
            spent={**before.spent, **({row["currency"]: row["year"]} if row["year"] else {})},
            spent_ever={**before.spent_ever, **({row["currency"]: row["ever"]} if row["ever"] else {})},
        )
    return found
