"""What a member of staff should see first."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Count, F, Model, QuerySet, Window

from customers.logic.shares import Comparison
from customers.selectors.health import trial
from cxcrm.core.clock import now
from feedback.logic.metrics import Score
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from feedback.selectors.reach import near
from feedback.selectors.trends import Change, changes, scores_by
from journeys.selectors.accountability import unowned_touchpoints
from journeys.selectors.environments import places_of_nobody
from tenants.staff.models import User
from tenants.staff.roles import Level, Role
from tenants.staff.selectors.firm import firm_zone
from workflows.models import Alert, CauseProposal, EscalationStep, Ladder
from workflows.selectors.alerts import open_alerts
from workflows.selectors.causes import waiting_for
from workflows.selectors.changes import AtTouchpoint, Day, answerable_for, by_touchpoint, days_of, reopened_since
from workflows.selectors.ladders import awaiting_decision_of
from workflows.selectors.queues import in_queue, order_of, queue_counts, with_next_due

Row = TypeVar("Row", bound=Model)
SHOWN = 5
DAYS = 30
WEEKS = 12
SCORED_OVER = 90
# Who answers for parts of the journey and sees these first.
LEADERS: frozenset[str] = frozenset({Role.OWNER, Role.MANAGER, Role.EXECUTIVE, Role.BRAND_STEWARD})


@dataclass(frozen=True)
class Home:
    """Lists are cut to ``SHOWN``; the counts beside them are not. ``counts`` are of ``workflows.selectors.queues``."""

    counts: dict[str, int]
    mine: list[Complaint]
    overdue: list[Complaint]
    decisions: list[EscalationStep]
    next_steps: list[EscalationStep]
    # Touchpoints and places nobody answers for.
    unowned: int
    alerts: list[Alert]
    alert_count: int
    days: list[Day]
    reopened: int
    places: list[AtTouchpoint]
    changes: dict[str, Change]
    trend: dict[str, list[Score]]
    causes: list[CauseProposal]
    answerable: list[AtTouchpoint] = field(default_factory=list)
    # What looking after those at risk does; None while nothing can be told of it.
    after_care: Comparison | None = None


def home_for(user: User) -> Home:
    """Mine, overdue, waiting for my decision, nobody's, and how things move; the most pressing first.

    As many queries for a hundred thousand complaints as for ten, each over what is not closed or over one month.
    """
    at = now()
    zone = firm_zone()
    today = at.astimezone(zone).date()
    alerts, alert_count = first_and_count(open_alerts(user), SHOWN)
    since = at - timedelta(days=DAYS)
    return Home(
        counts=queue_counts(user, at, today),
        mine=_next(user, "mine", at),
        overdue=_next(user, "overdue", at),
        decisions=list(awaiting_decision_of(user.id)[:SHOWN]),
        next_steps=_next_steps(user),
        unowned=_unowned(today),
        alerts=alerts,
        alert_count=alert_count,
        days=days_of(user, at, zone, DAYS),
        reopened=reopened_since(user, at - timedelta(days=1)),
        places=by_touchpoint(user, at, since=since),
        changes=changes(days=SCORED_OVER, until=at),
        causes=list(waiting_for(user)[:SHOWN]),
        trend=scores_by(days=7, stretches=WEEKS, until=at),
        answerable=_answerable(user, at, since, today) if user.role in LEADERS else [],
        after_care=_after_care(user),
    )


def first_and_count(rows: QuerySet[Row], shown: int) -> tuple[list[Row], int]:
    """The first ``shown`` of ordered ``rows``, and how many there are; one query."""
    found = list(rows.annotate(whole=Window(Count("pk")))[:shown])
    return found, getattr(found[0], "whole", 0) if found else 0


def _unowned(today: date) -> int:
    """One query for both."""
    both = (
        unowned_touchpoints(today).order_by().values("pk").union(places_of_nobody().order_by().values("pk"), all=True)
    )
    return both.count()


def _after_care(user: User) -> Comparison | None:
    """For who leads the firm and may read of customers, once chance alone would hardly explain it; one query."""
    if user.role not in LEADERS or not user.allows("customers", Level.READ):
        return None
    difference = trial().difference
    return difference if difference is not None and difference.differ else None


def _next(user: User, queue: str, at: datetime) -> list[Complaint]:
    rows = in_queue(with_next_due(visible_to(user)), queue, user, at)
    return list(rows.order_by(*order_of(queue))[:SHOWN])


def _answerable(user: User, at: datetime, since: datetime, today: date) -> list[AtTouchpoint]:
    """What the reader answers for, also where nothing happened; who has most open first."""
    mine = answerable_for(user, today)
    if not mine:
        return []
    counted = {
        row.touchpoint.pk: row
        for row in by_touchpoint(user, at, since=since, only=[one.pk for one in mine])
        if row.touchpoint
    }
    rows = [counted.get(one.pk, AtTouchpoint(one, 0, 0, 0)) for one in mine]
    return sorted(rows, key=lambda row: (-row.late, -row.open, -row.received, str(row.touchpoint)))


def _next_steps(user: User) -> list[EscalationStep]:
    """The next rung of each climbing ladder, the soonest first."""
    climbing = EscalationStep.objects.filter(state=EscalationStep.State.WAITING, ladder__state=Ladder.State.CLIMBING)
    waiting = near(user, climbing, "ladder__complaint_id").select_related("ladder__complaint")
    first = waiting.order_by("ladder_id", "position").distinct("ladder_id").values("pk")
    return list(waiting.filter(pk__in=first).order_by(F("due_at"))[:SHOWN])
