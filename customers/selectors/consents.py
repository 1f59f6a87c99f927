"""What customers agreed to, as it stands."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from customers.models import Consent
from cxcrm.core.db.arrays import among


def standing(customer_ids: "Iterable[UUID] | QuerySet[Any]", purpose: str) -> dict[UUID, bool]:
    """Customer → their latest yes or no for ``purpose``; who is missing was never asked.

    ``customer_ids`` may be a queryset of ids or customers: then the database joins and nothing is shipped there.
    """
    wanted = customer_ids if isinstance(customer_ids, QuerySet) else among(customer_ids)
    latest = (
        Consent.objects.filter(customer_id__in=wanted, purpose=purpose)
        .order_by("customer_id", "-stated_at", "-id")
        .distinct("customer_id")
    )
    return dict(latest.values_list("customer_id", "granted"))
