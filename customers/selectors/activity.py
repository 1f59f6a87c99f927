"""Who still is a customer: the base of shares and distributions."""

from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet

from customers.models import Customer, Purchase
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
