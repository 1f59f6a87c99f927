"""What a member of staff should see first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from cxcrm.core.clock import now
from feedback.models import Complaint
from feedback.selectors.complaints import HomeCounts, counts_for_home, visible_to
from journeys.models import Touchpoint
from journeys.selectors.accountability import unowned
from tenants.staff.models import User
from workflows.models import Alert, EscalationStep, Ladder, SlaClock
from workflows.selectors.alerts import open_alerts
from workflows.selectors.calendars import firm_zone
from workflows.selectors.ladders import awaiting_decision_of

SHOWN = 10
DUE_SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Case:
    """An open complaint with its answer clock."""

    complaint: Complaint
    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class Home:
    """Lists are cut to ``SHOWN``; the counts beside them are not."""

    counts: HomeCounts
    mine: list[Case]
    overdue: list[Case]
    overdue_count: int
    due_soon_count: int
    decisions: list[EscalationStep]
    next_steps: list[EscalationStep]
    unowned: list[Touchpoint]
    alerts: list[Alert]
    alert_count: int


def home_for(user: User) -> Home:
    """Mine, overdue, waiting for my decision, next rungs, unowned touchpoints and alerts; most pressing first."""
    at = now()
    running = _running(user)
    late = running.filter(due_at__lt=at)
    alerts = open_alerts()
    return Home(
        counts=counts_for_home(user),
        mine=_cases(running.filter(complaint__owner=user), at),
        overdue=_cases(late, at),
        overdue_count=late.count(),
        due_soon_count=running.filter(due_at__range=(at, at + DUE_SOON)).count(),
        decisions=list(awaiting_decision_of(user.id)[:SHOWN]),
        next_steps=_next_steps(),
        unowned=unowned(at.astimezone(firm_zone()).date()),
        alerts=list(alerts[:SHOWN]),
        alert_count=alerts.count(),
    )


def _running(user: User) -> QuerySet[SlaClock]:
    return SlaClock.objects.filter(
        kind=SlaClock.Kind.RESOLVE,
        stopped_at=None,
        complaint__in=visible_to(user).order_by(),
        complaint__state__in=Complaint.OPEN_STATES,
    )


def _cases(clocks: QuerySet[SlaClock], at: datetime) -> list[Case]:
    rows = clocks.select_related("complaint__customer", "complaint__owner", "complaint__touchpoint")
    return [Case(row.complaint, row.due_at, row.due_at < at) for row in rows.order_by("due_at")[:SHOWN]]


def _next_steps() -> list[EscalationStep]:
    """The next rung of each climbing ladder, the soonest first."""
    waiting = EscalationStep.objects.filter(
        state=EscalationStep.State.WAITING, ladder__state=Ladder.State.CLIMBING
    ).select_related("ladder__complaint")
    first = waiting.order_by("ladder_id", "position").distinct("ladder_id").values("pk")
    return list(waiting.filter(pk__in=first).order_by(F("due_at"))[:SHOWN])
