"""Watching the figures at which a running initiative stops; crossing one raises an alert by itself."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.formats import localize

from cxcrm.core.clock import db_now
from cxcrm.core.language import speaking
from feedback.models import Complaint
from feedback.selectors.metrics import score
from journeys.models import Guardrail, Initiative
from journeys.services.initiatives import cross_guardrail
from tenants.services.nights import nightly
from tenants.staff.selectors.firm import firm_midnight, the_firm
from workflows.models import Alert
from workflows.services.alerts import raise_alert

WEEK: Final = timedelta(days=7)
# Scores are taken of the last thirty days, and never of answers from before the launch.
SCORED_OVER: Final = timedelta(days=30)


@nightly
@transaction.atomic
def watch_guardrails() -> int:
    """Look at every guardrail of every running initiative; returns how many were crossed since last night.

    A score of fewer than five answers says nothing yet. Repeating it changes nothing.
    """
    at = db_now()
    watched = Guardrail.objects.filter(initiative__state=Initiative.State.RUNNING, crossed_at=None)
    crossed = 0
    for guardrail in watched.select_related("initiative", "touchpoint"):
        seen = _figure(guardrail, at)
        if seen is None or not _is_crossed(guardrail, seen):
            continue
        if cross_guardrail(guardrail_id=guardrail.pk, seen=seen):
            with speaking(the_firm().language):  # the process that works at night speaks none of the firm's
                detail = f"{guardrail.initiative}: {guardrail}, {localize(seen)}"
            raise_alert(kind=Alert.Kind.GUARDRAIL, ref=guardrail.initiative_id, detail=detail)
            crossed += 1
    return crossed


def _figure(guardrail: Guardrail, at: datetime) -> Decimal | None:
    """What the figure is now; None where too few answered."""
    launched = guardrail.initiative.launched_on
    if launched is None:
        return None
    since = max(at - SCORED_OVER, firm_midnight(launched))
    if guardrail.metric == Guardrail.Metric.COMPLAINTS:
        rows = Complaint.objects.filter(received_at__gt=max(at - WEEK, since), received_at__lte=at)
        if guardrail.touchpoint_id is not None:
            rows = rows.filter(touchpoint_id=guardrail.touchpoint_id)
        return Decimal(rows.count())
    found = score(guardrail.metric, since=since, touchpoint=guardrail.touchpoint)
    if found.value is None or found.enough == "hidden":
        return None
    return Decimal(f"{found.value:.1f}")


def _is_crossed(guardrail: Guardrail, seen: Decimal) -> bool:
    if guardrail.metric == Guardrail.Metric.COMPLAINTS:
        return seen > guardrail.stop_at
    return seen < guardrail.stop_at
