"""The clocks of a complaint: started at its receipt, stopped when the promise is kept, marked when it is missed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.events import publish
from feedback.models import Complaint
from tenants.services.agenda import Later, NotYet, agenda_kind, enqueue
from workflows.events import ClockBreached
from workflows.logic import pauses
from workflows.logic.business_time import BusinessCalendar, NoOpeningHours
from workflows.models import Alert, ClockPause, SlaClock, SlaPolicy
from workflows.selectors.calendars import calendar_of
from workflows.selectors.pauses import running_pause, spans_of
from workflows.selectors.policies import policy_for
from workflows.services.alerts import raise_alert
from workflows.services.due import is_due

BREACH = "workflows.breach"
_Kind = SlaClock.Kind


@transaction.atomic
def start_clocks(*, complaint_id: UUID) -> list[SlaClock]:
    """Start both clocks of the complaint's current run, and put their breaches on the agenda.

    The first run counts from the receipt, later ones from now. Clocks already started are left alone; a complaint
    that is answered or closed gets none.
    """
    complaint = _locked(complaint_id)
    if not complaint.is_open:
        return []
    policy = policy_for(complaint.severity)
    run = complaint.reopened_count + 1
    started_at = complaint.received_at if run == 1 else now()
    return [_start(complaint, kind, run, started_at, policy) for kind in _Kind.values]


def _start(complaint: Complaint, kind: str, run: int, started_at: datetime, policy: SlaPolicy) -> SlaClock:
    due_at = deadline(calendar_of(policy), started_at, _promised(policy, kind))
    clock, created = SlaClock.objects.get_or_create(
        complaint=complaint, kind=kind, run=run, defaults={"started_at": started_at, "due_at": due_at}
    )
    if created:
        enqueue(BREACH, clock.id, due_at=due_at)
    return clock


@transaction.atomic
def restart_clocks(*, complaint_id: UUID) -> list[SlaClock]:
    """Count the running clocks by the policy of the complaint's new severity; the time already gone stays counted."""
    complaint = _locked(complaint_id)
    policy = policy_for(complaint.severity)
    calendar = calendar_of(policy)
    spans, pause = spans_of(complaint_id), running_pause(complaint_id)
    clocks = list(
        SlaClock.objects.select_for_update(no_key=True).filter(complaint=complaint, stopped_at=None).order_by("kind")
    )
    for clock in clocks:
        clock.due_at = deadline(calendar, clock.started_at, _promised(policy, clock.kind), spans)
        if clock.due_at > now():
            clock.state, clock.breached_at = SlaClock.State.RUNNING, None
        if pause is not None:
            _stay_paused(clock, calendar, pause)
        clock.save(update_fields=["due_at", "state", "breached_at", "left"])
        enqueue(BREACH, clock.id, due_at=clock.due_at, reschedule=True)
    return clocks


@transaction.atomic
def stop_clock(*, complaint_id: UUID, kind: str, at: datetime | None = None) -> SlaClock | None:
    """Stop the latest clock of ``kind`` and say whether the promise was kept and, if not, how late it was.

    None when there is none; one already stopped is left alone.
    """
    clocks = SlaClock.objects.select_for_update(no_key=True).filter(complaint_id=complaint_id, kind=kind)
    clock = clocks.order_by("-run").first()
    if clock is None or clock.stopped_at is not None:
        return clock
    stopped_at = at or now()
    kept = stopped_at <= clock.due_at
    if not kept:
        severity = Complaint.objects.values_list("severity", flat=True).get(pk=complaint_id)
        calendar = calendar_of(policy_for(severity))
        clock.late_by = pauses.running_time(calendar, clock.due_at, stopped_at, spans_of(complaint_id))
        clock.breached_at = clock.breached_at or clock.due_at
    clock.stopped_at, clock.left = stopped_at, None
    clock.state = SlaClock.State.MET if kept else SlaClock.State.BREACHED
    clock.save(update_fields=["stopped_at", "state", "late_by", "breached_at", "left"])
    return clock


def _never_marked(clock_id: UUID, error: str) -> None:
    complaint_id = SlaClock.objects.values_list("complaint_id", flat=True).get(pk=clock_id)
    raise_alert(kind=Alert.Kind.GIVEN_UP, ref=clock_id, complaint_id=complaint_id, detail=error)


@agenda_kind(BREACH, lane="escalation", priority=2, on_dead=_never_marked)
@transaction.atomic
def breach(clock_id: UUID) -> Later | None:
    """Mark a clock as missed once it is; a clock moved to later is looked at again then."""
    clock = SlaClock.objects.select_for_update(no_key=True).filter(pk=clock_id).first()
    if clock is None:
        raise NotYet(f"clock {clock_id}")
    if clock.stopped_at is not None or clock.breached_at is not None:
        return None
    if not is_due(clock.due_at):
        return Later(clock.due_at)
    clock.state, clock.breached_at = SlaClock.State.BREACHED, clock.due_at
    clock.save(update_fields=["state", "breached_at"])
    publish(ClockBreached(clock_id=clock.id, complaint_id=clock.complaint_id))
    return None


def _locked(complaint_id: UUID) -> Complaint:
    return Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)


def _promised(policy: SlaPolicy, kind: str) -> timedelta:
    return policy.resolve if kind == _Kind.RESOLVE else policy.first_contact


def deadline(
    calendar: BusinessCalendar, started_at: datetime, promised: timedelta, spans: Sequence[pauses.Pause] = ()
) -> datetime:
    """The end of a promise, pauses left out; where the calendar never opens again, time is counted day and night."""
    try:
        return pauses.due_at(calendar, started_at, promised, spans)
    except NoOpeningHours:
        return started_at + promised


def _stay_paused(clock: SlaClock, calendar: BusinessCalendar, pause: ClockPause) -> None:
    """A clock of a complaint that stands still, counted anew: missed before the pause began, or with time left."""
    if clock.due_at <= pause.started_at:
        clock.left = None
        return
    clock.state, clock.left = SlaClock.State.PAUSED, calendar.between(pause.until, clock.due_at)
