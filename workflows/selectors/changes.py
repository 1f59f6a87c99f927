"""How complaints move from day to day, and where they come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from feedback.selectors.reach import near
from journeys.models import Touchpoint
from journeys.selectors.accountability import in_force
from tenants.staff.models import User
from workflows.models import Event
from workflows.selectors.queues import late_at

TOUCHPOINTS = 6


@dataclass(frozen=True)
class Day:
    """What one calendar day of the firm brought and took away."""

    day: date
    opened: int
    closed: int


@dataclass(frozen=True)
class AtTouchpoint:
    """What a touchpoint has: open now, late now, and received since the day asked for."""

    touchpoint: Touchpoint | None
    received: int
    open: int
    late: int


def days_of(user: User, at: datetime, zone: ZoneInfo, count: int = 30) -> list[Day]:
    """The last ``count`` days of ``zone`` up to today, the oldest first; two queries, each over an index of moments."""
    today = at.astimezone(zone).date()
    first = today - timedelta(days=count - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()), zone)

    def per_day(field: str) -> dict[date, int]:
        rows = visible_to(user).order_by().filter(**{f"{field}__gte": since})
        counted: Any = rows.values_list(TruncDate(field, tzinfo=zone)).annotate(Count("pk"))
        return dict(counted)

    opened, closed = per_day("received_at"), per_day("closed_at")
    days = [first + timedelta(days=ahead) for ahead in range(count)]
    return [Day(day, opened.get(day, 0), closed.get(day, 0)) for day in days]


def reopened_since(user: User, since: datetime) -> int:
    """How often complaints within reach were reopened since then."""
    case = Cast(KeyTextTransform("complaint_id", "payload"), UUIDField())
    reopened = Event.objects.filter(name="feedback.complaint_reopened", occurred_at__gte=since)
    return near(user, reopened.annotate(case=case), "case").count()


def by_touchpoint(
    user: User, at: datetime, *, since: datetime, only: Iterable[UUID] | None = None
) -> list[AtTouchpoint]:
    """Where complaints received since ``since`` or still open come from, the most received first; two queries.

    Without ``only`` at most six are returned, complaints of no known touchpoint among them.
    """
    is_open = Q(state__in=Complaint.OPEN_STATES)
    rows = visible_to(user).order_by().filter(is_open | Q(received_at__gte=since))
    if only is not None:
        rows = rows.filter(touchpoint__in=list(only))
    counted = (
        rows.values("touchpoint")
        .annotate(
            received=Count("pk", filter=Q(received_at__gte=since)),
            standing=Count("pk", filter=is_open),
            late=Count("pk", filter=late_at(at)),
        )
        .order_by("-received", "-standing")
    )
    found = list(counted if only is not None else counted[:TOUCHPOINTS])
    known = Touchpoint.objects.in_bulk([row["touchpoint"] for row in found if row["touchpoint"]])
    return [AtTouchpoint(known.get(row["touchpoint"]), row["received"], row["standing"], row["late"]) for row in found]


def answerable_for(user: User, on: date) -> list[Touchpoint]:
    """The touchpoints ``user`` is the accountable executive of on ``on``, directly or by their stage; two queries."""
    held = list(in_force(on).filter(executive=user).values_list("touchpoint_id", "stage_id"))
    points = [touchpoint for touchpoint, _stage in held if touchpoint]
    stages = [stage for _touchpoint, stage in held if stage]
    if not held:
        return []
    others = in_force(on).exclude(executive=user).exclude(touchpoint=None).values("touchpoint_id")
    mine = Q(pk__in=points) | (Q(stage__in=stages) & ~Q(pk__in=others))
    return list(Touchpoint.objects.filter(mine, is_active=True).select_related("stage"))
