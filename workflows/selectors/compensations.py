"""What was granted, what waits for whom, and sums by month and cause."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from feedback.models import RootCause
from feedback.selectors.reach import Reader, near
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import firm_zone, the_firm
from workflows.models import Compensation, CompensationAsk

_State = Compensation.State


@dataclass(frozen=True)
class Granted:
    """What was granted under one heading."""

    what: str
    count: int
    total: Decimal


def compensations_of(complaint_id: UUID) -> QuerySet[Compensation]:
    """Everything granted, asked and refused on a complaint, newest first."""
    rows = Compensation.objects.filter(complaint_id=complaint_id).select_related("asked_by", "decided_by", "remedy")
    return rows.prefetch_related("asks__person")


def asked_of(user: User) -> QuerySet[Compensation]:
    """What waits for this person's answer; leaders may answer everything."""
    waiting = Compensation.objects.filter(state=_State.WAITING).select_related("complaint__customer", "asked_by")
    if user.role == Role.OWNER or the_firm().chief_id == user.pk:
        return waiting
    return waiting.filter(Q(pk__in=CompensationAsk.objects.filter(person=user).values("compensation")))


def asks_waiting_for(user: User) -> QuerySet[CompensationAsk]:
    """What this person was asked to grant or decline and has not passed on; the soonest first."""
    asks = CompensationAsk.objects.filter(person=user, passed_on_at=None, compensation__state=_State.WAITING)
    rows = asks.select_related("compensation__complaint__customer", "compensation__asked_by", "deputy_for")
    return rows.order_by("answer_by", "id")


def compensations_visible_to(reader: Reader) -> QuerySet[Compensation]:
    """Money for complaints within reach."""
    return near(reader, Compensation.objects.all())


def sums_by(what: Literal["month", "cause"], *, reader: Reader, since: datetime, until: datetime) -> list[Granted]:
    """What was granted between two moments on complaints within reach, by month or by their cause.

    The latest month, or the dearest cause, comes first.
    """
    granted = (
        compensations_visible_to(reader)
        .filter(state=_State.GRANTED, decided_at__gte=since, decided_at__lt=until, complaint__is_sample=False)
        .order_by()
    )
    if what == "month":
        months: Any = granted.annotate(month=TruncMonth("decided_at", tzinfo=firm_zone())).values("month")
        rows = months.annotate(count=Count("pk"), total=Sum("amount")).order_by("-month")
        return [Granted(f"{row['month']:%m/%Y}", row["count"], row["total"]) for row in rows]
    by_cause: Any = granted.values("complaint__root_cause").annotate(count=Count("pk"), total=Sum("amount"))
    names = {cause.pk: str(cause) for cause in RootCause.objects.select_related("parent")}
    return [
        Granted(names.get(row["complaint__root_cause"], _("not known yet")), row["count"], row["total"])
        for row in by_cause.order_by("-total")
    ]
