"""Pausing a complaint's promised times: they are due as much business time later as the pause took, and nobody is told.

The legal term is counted from the receipt and knows no pauses (Law 19/2023/QH15, art. 57).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.configuration import drop, keep
from cxcrm.core.context import current_actor
from cxcrm.core.events import publish
from feedback.models import Complaint, ComplaintNote
from tenants.services.agenda import Later, NotYet, agenda_kind, cancel, enqueue
from workflows.errors import PauseInvalid, PauseNeedsLeader, PauseOver
from workflows.events import PauseEnded, PauseStarted
from workflows.models import Alert, ClockPause, PauseReason, SlaClock
from workflows.selectors.calendars import calendar_of, default_calendar
from workflows.selectors.pauses import Reader, may_pause, reasons_in_use, running_pause
from workflows.selectors.policies import policy_for
from workflows.services.alerts import raise_alert
from workflows.services.clocks import BREACH, deadline
from workflows.services.due import is_due
from workflows.services.ladders import replan_ladder
from workflows.services.segments import begin_segment, stop_segment

END = "workflows.end_pause"
# A pause nobody gave an end is looked at again after so many working days; none lasts longer than the other.
USUAL_WORKING_DAYS, MAX_WORKING_DAYS = 3, 10
_NOTE_LENGTH = 300
_NOTHING = timedelta(0)
_State = SlaClock.State


@transaction.atomic
def pause(
    *, complaint_id: UUID, reason_id: UUID, by: Reader, until: datetime | None = None, note: str = ""
) -> ClockPause:
    """Let the promised times stand still until ``until`` (default: in three working days), or the customer writes.

    Raises PauseNeedsLeader for a critical complaint, PauseInvalid (reason, until, note), PauseOver when the complaint
    is not open or stands still already.
    """
    complaint = _locked(complaint_id)
    if not may_pause(by, complaint):
        raise PauseNeedsLeader
    if not complaint.is_open or running_pause(complaint_id) is not None:
        raise PauseOver
    reason = reasons_in_use().filter(pk=reason_id).first()
    if reason is None:
        raise PauseInvalid(field="reason")
    note = " ".join(note.split())
    if len(note) > _NOTE_LENGTH:
        raise PauseInvalid(field="note")
    at, calendar = now(), default_calendar()
    until = until or calendar.add_working_days(at, USUAL_WORKING_DAYS)
    if not at < until <= calendar.add_working_days(at, MAX_WORKING_DAYS):
        raise PauseInvalid(field="until")
    row = ClockPause.objects.create(
        complaint=complaint, reason=reason, note=note, started_at=at, until=until, started_by_id=_person()
    )
    _hold(complaint, at, until)
    replan_ladder(complaint_id=complaint.id)
    stop_segment(complaint_id=complaint.id, at=at)
    enqueue(END, row.id, due_at=until)
    _tell(complaint, "complaint.paused", row, note)
    publish(PauseStarted(pause_id=row.id, complaint_id=complaint.id))
    return row


@transaction.atomic
def end_pause(*, complaint_id: UUID, why: str = ClockPause.End.STAFF, at: datetime | None = None) -> ClockPause | None:
    """The clocks run on; None when none stood still."""
    complaint = _locked(complaint_id)
    row = running_pause(complaint_id)
    return None if row is None else _end(complaint, row, why, at or now())


@transaction.atomic
def end_for_customer(*, note_id: UUID) -> None:
    """The customer wrote, so there is nothing to wait for."""
    note = ComplaintNote.objects.get(pk=note_id)
    row = running_pause(note.complaint_id)
    if note.from_customer and row is not None and row.started_at < note.created_at:
        end_pause(complaint_id=note.complaint_id, why=ClockPause.End.CUSTOMER)


def _never_ended(pause_id: UUID, error: str) -> None:
    complaint_id = ClockPause.objects.values_list("complaint_id", flat=True).get(pk=pause_id)
    raise_alert(kind=Alert.Kind.GIVEN_UP, ref=pause_id, complaint_id=complaint_id, detail=error)


@agenda_kind(END, lane="escalation", priority=2, on_dead=_never_ended)
@transaction.atomic
def end_when_due(pause_id: UUID) -> Later | None:
    """The time of a pause is up: the clocks run on by themselves, from the moment that was said."""
    complaint_id = ClockPause.objects.filter(pk=pause_id).values_list("complaint_id", flat=True).first()
    if complaint_id is None:
        raise NotYet(f"pause {pause_id}")
    complaint = _locked(complaint_id)
    row = ClockPause.objects.select_related("reason").get(pk=pause_id)
    if row.ended_at is not None:
        return None
    if not is_due(row.until):
        return Later(row.until)
    _end(complaint, row, ClockPause.End.TIME, row.until)
    return None


def _end(complaint: Complaint, row: ClockPause, why: str, at: datetime) -> ClockPause:
    row.ended_at, row.end, row.ended_by_id = max(at, row.started_at), why, _person()
    row.save(update_fields=["ended_at", "end", "ended_by"])
    cancel(f"{END}:{row.id}")
    for clock in _running(complaint):
        if clock.left is not None:
            clock.due_at, clock.left, clock.state = _due(complaint, clock, row.ended_at), None, _State.RUNNING
            clock.save(update_fields=["due_at", "left", "state"])
            enqueue(BREACH, clock.id, due_at=clock.due_at, reschedule=True)
    if complaint.is_open:
        replan_ladder(complaint_id=complaint.id)
        begin_segment(complaint_id=complaint.id, at=row.ended_at)
    _tell(complaint, "complaint.unpaused", row)
    publish(PauseEnded(pause_id=row.id, complaint_id=complaint.id))
    return row


def _hold(complaint: Complaint, at: datetime, until: datetime) -> None:
    """What is already missed stays missed; the rest is due as if the pause lasted until ``until``."""
    calendar = calendar_of(policy_for(complaint.severity))
    for clock in _running(complaint):
        if clock.breached_at is not None or clock.due_at <= at:
            continue
        clock.left, clock.state = calendar.between(at, clock.due_at), _State.PAUSED
        clock.due_at = _due(complaint, clock, until)
        clock.save(update_fields=["left", "state", "due_at"])
        enqueue(BREACH, clock.id, due_at=clock.due_at, reschedule=True)


def _due(complaint: Complaint, clock: SlaClock, resumes_at: datetime) -> datetime:
    return deadline(calendar_of(policy_for(complaint.severity)), resumes_at, clock.left or _NOTHING)


def _running(complaint: Complaint) -> list[SlaClock]:
    rows = SlaClock.objects.select_for_update(no_key=True).filter(complaint=complaint, stopped_at=None)
    return list(rows.order_by("kind"))


def _tell(complaint: Complaint, what: str, row: ClockPause, body: str = "") -> None:
    data = {"number": complaint.number, "reason": row.reason.name, "reason_en": row.reason.name_en}
    record_interaction(
        customer_id=complaint.customer_id, kind="complaint", what=what, body=body, data=data, subject=complaint
    )


def _person() -> UUID | None:
    return current_actor().user_id


def _locked(complaint_id: UUID) -> Complaint:
    return Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)


@transaction.atomic
def save_pause_reason(*, reason: PauseReason) -> PauseReason:
    """Keep a reason. Raises InvalidInput for what the model forbids."""
    return keep(reason)


@transaction.atomic
def remove_pause_reason(*, reason: PauseReason) -> None:
    """Remove a reason no pause had. Raises Conflict otherwise."""
    drop(reason)
