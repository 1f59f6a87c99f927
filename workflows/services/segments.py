"""Keeping account of who held a complaint: cut where it changes hands, stopped while nobody's clock runs."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from feedback.models import Complaint
from tenants.staff.models import User
from workflows.logic.segments import Span, begin, hand_over, stop
from workflows.models import ClockSegment
from workflows.selectors.calendars import calendar_of
from workflows.selectors.pauses import running_pause
from workflows.selectors.policies import policy_for

Spans = list[Span[UUID]]


@transaction.atomic
def begin_segment(*, complaint_id: UUID, at: datetime) -> None:
    """The clock runs from ``at`` on, at the complaint's owner; nothing while it is paused or not open any more."""
    complaint = _locked(complaint_id)
    if complaint.is_open and running_pause(complaint_id) is None:
        _rewrite(complaint, lambda spans: begin(spans, at, complaint.owner_id))


@transaction.atomic
def hand_segment_over(*, complaint_id: UUID, holder_id: UUID, at: datetime) -> None:
    """From ``at`` on it was ``holder_id`` who had it. News may come late and twice."""
    _rewrite(_locked(complaint_id), lambda spans: hand_over(spans, at, holder_id))


@transaction.atomic
def stop_segment(*, complaint_id: UUID, at: datetime) -> None:
    """From ``at`` on nobody's time was spent on it."""
    _rewrite(_locked(complaint_id), lambda spans: stop(spans, at))


def _rewrite(complaint: Complaint, change: Callable[[Spans], Spans]) -> None:
    stored = list(ClockSegment.objects.filter(complaint=complaint).order_by("started_at"))
    before = [Span(row.holder_id, row.started_at, row.ended_at) for row in stored]
    after = change(before)
    if after == before:
        return
    calendar = calendar_of(policy_for(complaint.severity))
    kept = {span.start: span for span in after}
    for row in stored:
        span = kept.pop(row.started_at, None)
        if span is None:
            row.delete()
        elif (span.holder, span.end) != (row.holder_id, row.ended_at):
            if span.holder != row.holder_id:
                row.holder_id, row.department_id = span.holder, _department(span.holder)
            row.ended_at = span.end
            row.spent = None if span.end is None else calendar.between(span.start, span.end)
            row.save(update_fields=["holder", "department", "ended_at", "spent"])
    for span in kept.values():
        ClockSegment.objects.create(
            complaint=complaint,
            holder_id=span.holder,
            department_id=_department(span.holder),
            started_at=span.start,
            ended_at=span.end,
            spent=None if span.end is None else calendar.between(span.start, span.end),
        )


def _department(user_id: UUID) -> UUID | None:
    return User.objects.filter(pk=user_id).values_list("department_id", flat=True).first()


def _locked(complaint_id: UUID) -> Complaint:
    return Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)
