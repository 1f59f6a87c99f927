"""Complaints as pain points on the map of a journey: counts by touchpoint, never whose they are."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q

from cxcrm.core.clock import now
from feedback.models import Complaint
from journeys.selectors.overlays import Pain, tells_pains
from tenants.staff.roles import Level

COUNTED_DAYS: Final = 90


@tells_pains
def pains(reader: Any, touchpoints: Collection[UUID]) -> list[Pain]:
    """For whoever reads complaints: how many are open at each touchpoint, how many came in the last 90 days."""
    if not reader.allows("feedback", Level.READ):
        return []
    is_open = Q(state__in=Complaint.OPEN_STATES)
    is_recent = Q(received_at__gte=now() - timedelta(days=COUNTED_DAYS))
    rows = (
        Complaint.objects.filter(is_open | is_recent, touchpoint_id__in=list(touchpoints))
        .order_by()
        .values_list("touchpoint_id")
        .annotate(open=Count("pk", filter=is_open), recent=Count("pk", filter=is_recent))
    )
    return [Pain(touchpoint, open_now, recent, COUNTED_DAYS) for touchpoint, open_now, recent in rows]
