"""Climbing: who is told when while nobody acts, each rung once, and what stops or holds the climb."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from customers.services.interactions import record_interaction
from cxcrm.core.clock import db_now, now
from cxcrm.core.events import publish
from feedback.models import Complaint
from tenants.services.agenda import Later, NotYet, agenda_kind, cancel, enqueue
from tenants.staff.selectors.firm import firm_today, the_firm
from workflows.events import StepTold
from workflows.logic.business_time import BusinessCalendar
from workflows.logic.ladder import Rung, plan
from workflows.logic.legal import legal_deadline
from workflows.logic.pauses import paused_time
from workflows.models import Alert, EscalationLevel, EscalationStep, Ladder, Message, SlaClock
from workflows.selectors.audiences import Found, find
from workflows.selectors.calendars import calendar_of, default_calendar
from workflows.selectors.clocks import current_clock
from workflows.selectors.decisions import consumer_law_applies
from workflows.selectors.ladders import live_ladder
from workflows.selectors.pauses import running_pause, spans_of
from workflows.selectors.policies import policy_for
from workflows.services.alerts import raise_alert
from workflows.services.due import agenda_time, is_due
from workflows.services.outbox import queue_message
from workflows.services.standards import ensure_ladder_policy

CLIMB = "workflows.climb"
RESUME = "workflows.resume"
_Step, _State, _Reason = EscalationStep, EscalationStep.State, EscalationStep.Reason


@transaction.atomic
def start_ladder(*, complaint_id: UUID, from_position: int = 1) -> Ladder | None:
    """Begin the climb of the complaint's current run.

    From rung 1 the rungs follow the answer clock; a higher ``from_position`` is told at once. S1 goes up to the
    accountable executive at once. Idempotent per run; None when the complaint is not open any more, or invented.
    """
    complaint = _locked_complaint(complaint_id)
    if not complaint.is_open or complaint.is_sample:
        return None
    run = complaint.reopened_count + 1
    existing = Ladder.objects.filter(complaint=complaint, run=run).first()
    if existing:
        return existing
    finish_ladder(complaint_id=complaint_id)
    policy = ensure_ladder_policy()
    ladder = Ladder.objects.create(complaint=complaint, policy=policy, run=run)
    for rung, due_at in _planned(complaint, policy.levels.all(), from_position):
        step = _Step.objects.create(ladder=ladder, position=rung.position, audience=rung.audience, due_at=due_at)
        enqueue(CLIMB, step.id, due_at=agenda_time(due_at))
    return ladder


@transaction.atomic
def reopen_ladder(*, complaint_id: UUID) -> Ladder | None:
    """A new climb that begins, at once, one rung above the highest told before; the owner counts as told."""
    told = _Step.objects.filter(ladder__complaint_id=complaint_id, state=_State.TOLD)
    highest = told.aggregate(highest=Max("position"))["highest"] or 1
    return start_ladder(complaint_id=complaint_id, from_position=highest + 1)


@transaction.atomic
def replan_ladder(*, complaint_id: UUID) -> None:
    """Move the waiting rungs to where the changed clock puts them."""
    complaint = _locked_complaint(complaint_id)
    live = live_ladder(complaint_id)
    if live is None:
        return
    ladder = Ladder.objects.select_for_update(no_key=True).get(pk=live.pk)
    levels = ladder.policy.levels.all()
    due = {rung.position: due_at for rung, due_at in _planned(complaint, levels, 1)}
    for step in ladder.steps.select_for_update(no_key=True).filter(state=_State.WAITING):
        step.due_at = due.get(step.position, step.due_at)
        _put_back(step)


@transaction.atomic
def finish_ladder(*, complaint_id: UUID) -> None:
    """End the climb: nobody else is told. Harmless when there is none."""
    _locked_complaint(complaint_id)
    live = Ladder.objects.exclude(state=Ladder.State.FINISHED).filter(complaint_id=complaint_id)
    for ladder in live.select_for_update(no_key=True):
        _call_off(ladder.steps.filter(state=_State.WAITING), _Reason.ANSWERED)
        ladder.state, ladder.held_until = Ladder.State.FINISHED, None
        ladder.save(update_fields=["state", "held_until"])
        cancel(f"{RESUME}:{ladder.id}")


@transaction.atomic
def missed(step_id: UUID, error: str) -> None:
    """A rung could not be told however often it was tried: the firm sees it, and the next rung is told at once."""
    step = _Step.objects.select_related("ladder").get(pk=step_id)
    if step.state == _State.WAITING and step.ladder.state != Ladder.State.FINISHED:
        climb_on(step_id=step_id, detail=error)


@agenda_kind(CLIMB, lane="escalation", priority=2, on_dead=missed)
@transaction.atomic
def climb(step_id: UUID) -> Later | None:
    """Tell whoever the rung means, if nobody acted before; the complaint is locked, so a resolution wins or loses."""
    complaint_id = _Step.objects.filter(pk=step_id).values_list("ladder__complaint_id", flat=True).first()
    if complaint_id is None:
        raise NotYet(f"step {step_id}")
    complaint = _locked_complaint(complaint_id)
    step = _Step.objects.select_for_update(no_key=True).select_related("ladder").get(pk=step_id)
    if step.state != _State.WAITING or step.ladder.state == Ladder.State.HELD:
        return None
    if step.ladder.state == Ladder.State.FINISHED or not complaint.is_open:
        _call_off([step], _Reason.ANSWERED)
        return None
    pause = running_pause(complaint_id)
    if pause is not None and not is_due(pause.until):
        return Later(pause.until)
    if not is_due(step.due_at):
        return Later(step.due_at)
    # After a standstill several rungs are due at once: all are told, the highest first, and nobody twice.
    overdue = step.ladder.steps.filter(state=_State.WAITING, position__gt=step.position, due_at__lte=db_now())
    for higher in overdue.select_for_update(no_key=True, of=("self",)).select_related("ladder").order_by("-position"):
        _tell(higher, complaint)
    _tell(step, complaint)
    return None


def _tell(step: EscalationStep, complaint: Complaint) -> None:
    found = find(step.audience, complaint, firm_today())
    if found is None:
        _call_off([step], _Reason.NOBODY)
        raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=step.id, complaint_id=complaint.id, detail=complaint.number)
        return
    if found.is_fallback:
        raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=step.id, complaint_id=complaint.id, detail=complaint.number)
    if _told_already(step, found) or _is_told_higher(step, found, complaint):
        _call_off([step], _Reason.ALREADY_TOLD)
        return
    step.recipient, step.deputy_for, step.is_fallback = found.user, found.deputy_for, found.is_fallback
    step.state, step.told_at, step.decide_by = _State.TOLD, now(), decide_by(step, complaint)
    step.save(update_fields=["recipient", "deputy_for", "is_fallback", "state", "told_at", "decide_by"])
    # Told by what it is about, not by the step's own id: after a restore the climb may be planned anew.
    key = f"escalation:{complaint.id}:{step.ladder.run}:{step.position}:{found.user.id}"
    queue_message(kind=Message.Kind.ESCALATION, ref=step.id, dedupe_key=key, user=found.user)
    record_interaction(
        customer_id=complaint.customer_id,
        kind="complaint",
        what="complaint.escalated",
        data={"number": complaint.number, "rung": step.position, "to": found.user.full_name},
        subject=complaint,
    )
    publish(StepTold(step_id=step.id, complaint_id=complaint.id))


# Rungs whose mail asks for the decision; the ones below ask to look after the complaint.
_DECIDING = (EscalationLevel.Audience.EXECUTIVE, EscalationLevel.Audience.CHIEF)


def _told_already(step: EscalationStep, found: Found) -> bool:
    """Was this person told in this climb, and has nobody's promise run out since?

    A manager who is also the accountable executive is told again at the breach: only that mail asks for the decision.
    """
    told = step.ladder.steps.filter(state=_State.TOLD, recipient=found.user)
    if step.audience in _DECIDING:
        told = told.filter(Q(audience__in=_DECIDING) | Q(is_fallback=True))
    last_promise = step.ladder.decisions.aggregate(last=Max("until"))["last"]
    return (told.filter(told_at__gte=last_promise) if last_promise else told).exists()


def _is_told_higher(step: EscalationStep, found: Found, complaint: Complaint) -> bool:
    """Is a higher rung due as well and means the same person? Then they hear once, in the weightier capacity."""
    if step.audience in _DECIDING:
        return False
    due = step.ladder.steps.filter(state=_State.WAITING, position__gt=step.position, due_at__lte=db_now())
    higher = (find(other.audience, complaint, firm_today()) for other in due.filter(audience__in=_DECIDING))
    return any(other is not None and other.user == found.user for other in higher)


def decide_by(step: EscalationStep, complaint: Complaint) -> datetime:
    """When a decision is wanted: before the next rung is told, else before the legal term ends, else in a day."""
    at, calendar = now(), default_calendar()
    later = step.ladder.steps.filter(state=_State.WAITING, position__gt=step.position, due_at__gt=at)
    following = later.order_by("position").values_list("due_at", flat=True).first()
    if following:
        return following
    legal = legal_deadline(complaint.received_at, calendar)
    if consumer_law_applies(complaint, the_firm()) and legal > at:
        return legal
    return calendar.add_working_days(at, 1)


@transaction.atomic
def hold_until(*, ladder_id: UUID, until: datetime) -> Ladder:
    """Somebody acted: nobody else is told before ``until``."""
    ladder = Ladder.objects.select_for_update(no_key=True).get(pk=ladder_id)
    ladder.state, ladder.held_until = Ladder.State.HELD, until
    ladder.save(update_fields=["state", "held_until"])
    enqueue(RESUME, ladder.id, due_at=until, reschedule=True)
    return ladder


def _never_resumed(ladder_id: UUID, error: str) -> None:
    complaint_id = Ladder.objects.values_list("complaint_id", flat=True).get(pk=ladder_id)
    raise_alert(kind=Alert.Kind.GIVEN_UP, ref=ladder_id, complaint_id=complaint_id, detail=error)


@agenda_kind(RESUME, lane="escalation", priority=2, on_dead=_never_resumed)
@transaction.atomic
def resume(ladder_id: UUID) -> Later | None:
    """The promise of a decision ran out and the complaint is still open: the next rung is told at once.

    Above the highest rung it is the chief who is told again.
    """
    complaint_id = Ladder.objects.filter(pk=ladder_id).values_list("complaint_id", flat=True).first()
    if complaint_id is None:
        raise NotYet(f"ladder {ladder_id}")
    complaint = _locked_complaint(complaint_id)
    ladder = Ladder.objects.select_for_update(no_key=True).get(pk=ladder_id)
    if ladder.state != Ladder.State.HELD or not complaint.is_open:
        return None
    if ladder.held_until and not is_due(ladder.held_until):
        return Later(ladder.held_until)
    due_at = ladder.held_until or now()
    ladder.state, ladder.held_until = Ladder.State.CLIMBING, None
    ladder.save(update_fields=["state", "held_until"])
    waiting = list(ladder.steps.filter(state=_State.WAITING).order_by("position"))
    if not waiting:
        top = ladder.steps.aggregate(top=Max("position"))["top"] or 0
        chief = EscalationLevel.Audience.CHIEF
        waiting = [_Step.objects.create(ladder=ladder, position=top + 1, audience=chief, due_at=due_at)]
    _put_back(waiting[0], at=due_at)
    for step in waiting[1:]:
        _put_back(step)
    return None


@transaction.atomic
def climb_on(*, step_id: UUID, detail: str) -> None:
    """A told step did not reach its person: the firm is alerted and the next rung is told at once."""
    step = _Step.objects.select_related("ladder").get(pk=step_id)
    complaint = _locked_complaint(step.ladder.complaint_id)
    raise_alert(kind=Alert.Kind.UNDELIVERED, ref=step.id, complaint_id=complaint.id, detail=detail)
    following = step.ladder.steps.filter(state=_State.WAITING, position__gt=step.position).order_by("position").first()
    if following and step.ladder.state == Ladder.State.CLIMBING and complaint.is_open:
        _put_back(following, at=now())


@transaction.atomic
def untell(*, step_id: UUID, reason: str) -> None:
    """A step whose mail was called off before it left: nobody was told after all."""
    _Step.objects.filter(pk=step_id).update(state=_State.CANCELLED, reason=reason)


def _planned(
    complaint: Complaint, levels: Iterable[EscalationLevel], from_position: int
) -> list[tuple[Rung, datetime]]:
    policy = policy_for(complaint.severity)
    calendar: BusinessCalendar = calendar_of(policy)
    clock = current_clock(complaint.id, SlaClock.Kind.RESOLVE)
    at, pause = now(), running_pause(complaint.id)
    started_at, due_at = (clock.started_at, clock.due_at) if clock else (at, calendar.add(at, policy.resolve))
    if clock is not None:
        # A share of the clock is a share of the time it runs, and after the breach too a pause moves what follows.
        spans = spans_of(complaint.id)
        started_at = calendar.add(started_at, paused_time(calendar, started_at, due_at, spans))
        if spans and spans[-1][1] > due_at:
            due_at = calendar.add(due_at, paused_time(calendar, due_at, spans[-1][1], spans))
    if pause is not None:
        at = max(at, pause.until)
    rungs = [_rung(level) for level in levels]
    planned = plan(rungs, started_at, due_at, calendar, from_position, now=at)
    if complaint.severity != Complaint.Severity.S1 or from_position > 1:
        return planned
    at_once = {EscalationLevel.Audience.OWNER, EscalationLevel.Audience.MANAGER, EscalationLevel.Audience.EXECUTIVE}
    return [(rung, at if rung.audience in at_once else due) for rung, due in planned]


def _rung(level: EscalationLevel) -> Rung:
    share = None if level.share is None else float(level.share)
    after: Literal["share", "breach"] = "breach" if share is None else "share"
    return Rung(level.position, after, share, level.after_breach, level.audience)


def _call_off(steps: Iterable[EscalationStep], reason: str) -> None:
    for step in steps:
        step.state, step.reason = _State.CANCELLED, reason
        step.save(update_fields=["state", "reason"])
        cancel(f"{CLIMB}:{step.id}")


def _put_back(step: EscalationStep, at: datetime | None = None) -> None:
    step.due_at = at or step.due_at
    step.save(update_fields=["due_at"])
    enqueue(CLIMB, step.id, due_at=agenda_time(step.due_at), reschedule=True)


def _locked_complaint(complaint_id: UUID) -> Complaint:
    """The complaint's row is the lock of everything that happens to it."""
    return Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)
