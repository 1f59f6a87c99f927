"""The desk's queues: which complaints want whose attention, and what is due next on each."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThanOrEqual, IsNull
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from cxcrm.core.clock import now
from feedback.models import Complaint
from feedback.selectors.complaints import visible_to
from journeys.selectors.accountability import unowned_touchpoints
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_zone
from workflows.models import ClockPause, Promise, SlaClock

QUEUES: Final[Mapping[str, Words]] = {
    "mine": _("Mine"),
    "team": _("My team's"),
    "overdue": _("Overdue"),
    "unowned": _("Nobody in charge"),
    "waiting": _("Waiting for the customer"),
    "paused": _("Paused"),
    "open": _("All open"),
    "closed": _("Closed"),
    "all": _("All"),
}
# Counting what is closed would read everything there ever was.
COUNTED: Final = ("mine", "team", "overdue", "unowned", "waiting", "paused", "open")
# What may be due next: a clock of the firm's standards, or what a colleague promised in person.
PROMISED: Final = "promised"
NEXT_DUE: Final[Mapping[str, Any]] = {**dict(SlaClock.Kind.choices), PROMISED: _("a promise")}
_OPEN: Final = Q(state__in=Complaint.OPEN_STATES)
_PAUSE: Final = ClockPause.objects.filter(complaint=OuterRef("pk"), ended_at=None)
_PAUSED: Final = _OPEN & Q(Exists(_PAUSE))
_PLAIN: Final[Mapping[str, Q]] = {
    "waiting": Q(state=Complaint.State.COMMUNICATED),
    "paused": _PAUSED,
    "open": _OPEN,
    "closed": Q(closed_at__isnull=False) & ~Q(state__in=Complaint.LIVE_STATES),
}
_BY_DUE: Final = (F("next_due_at").asc(nulls_last=True), "-id")
_ORDER: Final[Mapping[str, tuple[Any, ...]]] = {
    "waiting": (F("resolved_at").asc(nulls_last=True), "-id"),
    "paused": (Subquery(_PAUSE.values("until")).asc(), "-id"),
    "closed": ("-closed_at", "-id"),
    "all": ("-received_at", "-id"),
}


_CLOCK: Final = SlaClock.objects.filter(complaint=OuterRef("pk"), stopped_at=None).order_by("due_at")
_PROMISE: Final = Promise.objects.filter(complaint=OuterRef("pk"), state__in=Promise.UNSETTLED).order_by("due_at")
_CLOCK_DUE: Final = Subquery(_CLOCK.values("due_at")[:1])
_PROMISE_DUE: Final = Subquery(_PROMISE.values("due_at")[:1])
_CLOCK_FIRST: Final = Q(IsNull(_PROMISE_DUE, True)) | Q(GreaterThanOrEqual(_PROMISE_DUE, _CLOCK_DUE))
# As expressions over a complaint: when something is due next, and what (of NEXT_DUE); empty where nothing is.
NEXT_DUE_AT: Final = Least(_CLOCK_DUE, _PROMISE_DUE)
NEXT_DUE_KIND: Final = Case(
    When(_CLOCK_FIRST, then=Subquery(_CLOCK.values("kind")[:1])), default=Value(PROMISED), output_field=CharField()
)


def with_next_due(rows: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """``rows`` with ``next_due_at`` and ``next_due_kind`` (of NEXT_DUE), empty where nothing is promised."""
    return rows.annotate(next_due_at=NEXT_DUE_AT, next_due_kind=NEXT_DUE_KIND)


def late_at(at: datetime) -> Q:
    """Complaints of which something ran out before ``at``: a clock, unless the case is paused, or a promise.

    A pause holds the firm's clocks, never what somebody promised the customer in person.
    """
    clock = SlaClock.objects.filter(complaint=OuterRef("pk"), stopped_at=None, due_at__lt=at)
    promise = Promise.objects.filter(complaint=OuterRef("pk"), state__in=Promise.UNSETTLED, due_at__lt=at)
    return _OPEN & (Q(Exists(clock)) & ~Q(Exists(_PAUSE)) | Q(Exists(promise)))


def in_queue(
    rows: QuerySet[Complaint], queue: str, user: User | None, at: datetime | None = None
) -> QuerySet[Complaint]:
    """Those of ``rows`` that stand in ``queue``; an unknown name narrows nothing.

    Without ``user`` (a partner's key) nothing is "mine" or the "team"'s.
    """
    return rows.filter(_condition(queue, user, at or now()))


def in_scope(rows: QuerySet[Complaint], queue: str, user: User) -> QuerySet[Complaint]:
    """Those of ``rows``, in whatever state, that are "mine" or my "team"'s; any other name narrows nothing."""
    if queue == "mine":
        return rows.filter(owner=user.pk)
    return rows.filter(_team(user)) if queue == "team" else rows


def order_of(queue: str) -> tuple[Any, ...]:
    """How a queue is worked down: what is due next first. The rows must come from ``with_next_due``."""
    return _ORDER.get(queue, _BY_DUE)


def queue_counts(user: User, at: datetime | None = None, on: date | None = None) -> dict[str, int]:
    """How many complaints stand in each queue of ``COUNTED``, in one query over what is not closed.

    ``on`` is the firm's calendar day at that moment, for callers who know it.
    """
    seen_at = at or now()
    live = visible_to(user).order_by().filter(state__in=Complaint.LIVE_STATES)
    return live.aggregate(**{name: Count("pk", filter=_condition(name, user, seen_at, on)) for name in COUNTED})


def _condition(queue: str, user: User | None, at: datetime, on: date | None = None) -> Q:
    if queue == "mine":
        return _OPEN & Q(owner=user.pk if user else None)
    if queue == "team":
        return _OPEN & _team(user)
    if queue == "overdue":
        return late_at(at)
    if queue == "unowned":
        return _OPEN & nobody_in_charge(on or at.astimezone(firm_zone()).date())
    return _PLAIN.get(queue, Q())


def nobody_in_charge(on: date) -> Q:
    """Complaints whose owner no longer works here, or whose touchpoint is unknown or nobody's on ``on``."""
    nobodys = unowned_touchpoints(on).order_by().values("pk")
    return Q(owner__is_active=False) | Q(touchpoint=None) | Q(touchpoint__in=nobodys)


def _team(user: User | None) -> Q:
    """Owned by somebody of the reader's department, or by somebody they manage."""
    if user is None:
        return Q(pk=None)
    reports = Q(owner__manager=user.pk)
    return Q(owner__department=user.department_id) | reports if user.department_id else reports
