"""What somebody who was told decides; acting holds the ladder."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.services.interactions import record_interaction
from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as, current_actor
from cxcrm.core.events import publish
from feedback.models import Complaint, Remedy
from feedback.selectors.complaints import offered_remedies
from feedback.services import complaints
from tenants.staff.models import User
from tenants.staff.roles import Role
from tenants.staff.selectors.firm import the_firm
from tenants.staff.selectors.limits import limit_of
from tenants.staff.selectors.people import working_user
from workflows.errors import DecisionInvalid, DecisionIsPersonal, DecisionOver, NotYourDecision, OverAuthority
from workflows.events import LadderDecided
from workflows.models import EscalationStep, Ladder, LadderDecision
from workflows.selectors.calendars import default_calendar
from workflows.selectors.clocks import current_clock
from workflows.selectors.ladders import undecided_steps
from workflows.services.ladders import hold_until

MAX_WORKING_DAYS = 5
_Kind = LadderDecision.Kind


@transaction.atomic
def decide(
    *,
    step_id: UUID,
    kind: str,
    remedy_id: UUID | None = None,
    delegate_id: UUID | None = None,
    until: datetime | None = None,
    note: str = "",
) -> LadderDecision:
    """Act on an escalated complaint as the person who was told; the ladder waits until ``until``.

    ``until`` defaults to the end of the answer clock, or one working day when that is over; at most five working days
    ahead. Raises DecisionOver when the ladder is not climbing or somebody decided, DecisionInvalid when something is
    missing, OverAuthority for a remedy above the decider's limit, NotYourDecision for another logged-in person.
    """
    step = EscalationStep.objects.filter(pk=step_id).select_related("ladder").first()
    if step is None:
        raise DecisionOver
    complaint = Complaint.objects.select_for_update(no_key=True).get(pk=step.ladder.complaint_id)
    ladder = Ladder.objects.select_for_update(no_key=True).get(pk=step.ladder_id)
    step = (
        EscalationStep.objects.select_for_update(of=("self",), no_key=True).select_related("recipient").get(pk=step_id)
    )
    _check_open(step, ladder, complaint)
    decider = _decider(step)
    note = note.strip()
    until = _checked_until(kind, until, note, complaint)
    with acting_as(Actor("user", decider.id, decider.full_name)):
        remedy, delegate = _carry_out(kind, complaint, decider, remedy_id, delegate_id, note)
        decision = LadderDecision.objects.create(
            ladder=ladder,
            step=step,
            decided_by=decider,
            kind=kind,
            remedy=remedy,
            delegate=delegate,
            until=until,
            note=note,
        )
        hold_until(ladder_id=ladder.id, until=until)
        _record(decision, complaint)
        publish(LadderDecided(decision_id=decision.id, complaint_id=complaint.id))
    return decision


@transaction.atomic
def decide_on(*, complaint_id: UUID, **choice: Any) -> LadderDecision:
    """``decide`` as the person at work, on the rung of the complaint they were told of; leaders on the highest told.

    Raises DecisionIsPersonal for a partner's key and everything ``decide`` raises.
    """
    actor = current_actor()
    if actor.kind != "user":
        raise DecisionIsPersonal
    told = undecided_steps(complaint_id)
    step = told.filter(recipient_id=actor.id).first() or told.first()
    if step is None:
        raise DecisionOver
    return decide(step_id=step.id, **choice)


def may_afford(user: User, cost: Decimal) -> bool:
    """May ``user`` grant a remedy of this cost alone? Chief and owners have no limit."""
    return cost <= limit_of(user) or has_no_limit(user)


def has_no_limit(user: User) -> bool:
    """Chief and owners may grant anything."""
    return user.role == Role.OWNER or the_firm().chief_id == user.id


def _check_open(step: EscalationStep, ladder: Ladder, complaint: Complaint) -> None:
    decided = LadderDecision.objects.filter(step=step).exists()
    climbing = ladder.state == Ladder.State.CLIMBING and step.state == EscalationStep.State.TOLD
    if decided or not climbing or not complaint.is_open:
        raise DecisionOver


def _decider(step: EscalationStep) -> User:
    """The person who was told; somebody logged in may only act for themselves, unless they lead the firm."""
    actor = current_actor()
    recipient = step.recipient
    if recipient is None or not recipient.is_active:
        raise DecisionOver
    if actor.kind != "user" or actor.id == recipient.id:
        return recipient
    acting = working_user(actor.id)
    if acting is None or not (acting.role == Role.OWNER or the_firm().chief_id == acting.id):
        raise NotYourDecision
    return acting


def _checked_until(kind: str, until: datetime | None, note: str, complaint: Complaint) -> datetime:
    if kind not in _Kind.values:
        raise DecisionInvalid(_("Choose what you decide."), field="kind")
    calendar, at = default_calendar(), now()
    if kind == _Kind.MORE_TIME:
        if until is None:
            raise DecisionInvalid(_("Say until when you need time."), field="until")
        if not note:
            raise DecisionInvalid(_("Say in a few words why time is needed."), field="note")
    if until is not None:
        if until <= at:
            raise DecisionInvalid(_("Choose a time in the future."), field="until")
        if until > calendar.add_working_days(at, MAX_WORKING_DAYS):
            raise DecisionInvalid(_("At most five working days from now."), field="until")
        return until
    clock = current_clock(complaint.id)
    return clock.due_at if clock and clock.due_at > at else calendar.add_working_days(at, 1)


def _carry_out(
    kind: str, complaint: Complaint, decider: User, remedy_id: UUID | None, delegate_id: UUID | None, note: str
) -> tuple[Remedy | None, User | None]:
    if kind == _Kind.CHOOSE:
        remedy = offered_remedies(complaint).filter(pk=remedy_id).first() if remedy_id else None
        if remedy is None:
            raise DecisionInvalid(_("Choose one of the options."), field="remedy_id")
        if not may_afford(decider, remedy.cost):
            raise OverAuthority(cost=str(remedy.cost), limit=str(limit_of(decider)))
        complaints.choose_remedy(complaint_id=complaint.id, remedy_id=remedy.id, note=note)
        return remedy, None
    if kind == _Kind.DELEGATE:
        delegate = working_user(delegate_id)
        if delegate is None or delegate.id == decider.id:
            raise DecisionInvalid(_("Choose who takes it over."), field="delegate_id")
        _hand_to(delegate, complaint, note)
        return None, delegate
    if kind == _Kind.TAKE:
        _hand_to(decider, complaint, note)
    return None, None


def _hand_to(user: User, complaint: Complaint, note: str) -> None:
    if complaint.owner_id != user.id:
        complaints.assign(complaint_id=complaint.id, owner_id=user.id, note=note)


def _record(decision: LadderDecision, complaint: Complaint) -> None:
    """On the timeline; a chosen remedy is written there by the complaint itself."""
    if decision.kind == _Kind.CHOOSE:
        return
    data = {"number": complaint.number, "decision": decision.kind}
    if decision.delegate is not None:
        data["delegate"] = decision.delegate.full_name
    record_interaction(
        customer_id=complaint.customer_id,
        kind="complaint",
        what="complaint.decided",
        body=decision.note,
        data=data,
        subject=complaint,
    )
