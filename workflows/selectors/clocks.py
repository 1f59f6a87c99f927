"""The promises running on complaints."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from cxcrm.core.clock import now
from feedback.models import Complaint
from workflows.models import SlaClock
from workflows.selectors.calendars import calendar_of
from workflows.selectors.policies import policy_for


def clocks_of(complaint_id: UUID) -> list[SlaClock]:
    """Every clock of a complaint, the newest run first, within a run by due time."""
    return list(SlaClock.objects.filter(complaint_id=complaint_id).order_by("-run", "due_at", "kind"))


def current_clock(complaint_id: UUID, kind: str = SlaClock.Kind.RESOLVE) -> SlaClock | None:
    """The clock of the latest run, stopped or not."""
    return SlaClock.objects.filter(complaint_id=complaint_id, kind=kind).order_by("-run").first()


def resolve_clocks(complaint_ids: Iterable[UUID]) -> dict[UUID, SlaClock]:
    """The latest answer clock of each complaint, for lists; one query."""
    rows = SlaClock.objects.filter(complaint_id__in=list(complaint_ids), kind=SlaClock.Kind.RESOLVE)
    return {row.complaint_id: row for row in rows.order_by("run")}


def time_left(clock: SlaClock, at: datetime | None = None, complaint: Complaint | None = None) -> timedelta:
    """Time left on ``clock`` as it is counted (business time, or day and night for S1); negative when it is late.

    A stopped clock tells what was left when it stopped.
    """
    severity = (complaint or clock.complaint).severity
    return calendar_of(policy_for(severity)).between(clock.stopped_at or at or now(), clock.due_at)
