"""Who still is a customer: the base of shares and distributions; and of whom there is news."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from customers.models import Customer, Interaction, Purchase
from cxcrm.core.clock import now
from cxcrm.core.conditions.sources import Listed

ACTIVE_DAYS: Final = 180


def active_customers() -> "QuerySet[Customer]":
    """Those who bought something in the last 180 days; where nobody did, purchases are not recorded: all there are."""
    lately = Purchase.objects.filter(
        state__in=Purchase.COUNTED, occurred_at__gte=now() - timedelta(days=ACTIVE_DAYS)
    ).order_by()
    everybody = Customer.objects.filter(erased_at__isnull=True).order_by()
    return everybody.filter(Q(Listed(lately.values("customer_id")))) if lately.exists() else everybody


def with_news(since: datetime | None, after: UUID | None, limit: int) -> list[UUID]:
    """The next ``limit`` customers by id after ``after`` whose timeline got an entry since ``since``; None: of all.

    What counts is when an entry was written, not when it happened: ids sort by that (RFC 9562 §5.7).
    """
    if since is None:
        everybody = Customer.everyone.filter(**{"pk__gt": after} if after else {})
        return list(everybody.order_by("pk").values_list("pk", flat=True)[:limit])
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    moved = Interaction.objects.filter(pk__gte=first, **{"customer_id__gt": after} if after else {})
    rows = moved.order_by("customer_id").distinct("customer_id")
    return list(rows.values_list("customer_id", flat=True)[:limit])
