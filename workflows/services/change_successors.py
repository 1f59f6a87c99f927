"""Nothing ends with nobody: a request follows whoever takes the place of somebody who left or handed over."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from cxcrm.core.events import publish
from journeys.selectors.accountability import handed_over
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.services.nights import nightly
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import firm_midnight, firm_today
from workflows import events
from workflows.models import Alert, ChangeRequest, ChangeStep, Message
from workflows.selectors import change_requests as found
from workflows.services.alerts import raise_alert
from workflows.services.change_turns import bring_up, locked_rows, mail, note_step

FOLLOW: Final = "workflows.follow_accountability"
_State = ChangeRequest.State
_Kind = ChangeStep.Kind


@transaction.atomic
def follow_person(*, user_id: UUID) -> int:
    """Somebody's account was closed or may do less: what waits for them goes on with whoever takes their place.

    Returns how many requests passed on; repeating it changes nothing.
    """
    return _follow(found.left_behind().filter(found.concerns(user_id)))


@nightly
@transaction.atomic
def follow_everybody() -> int:
    """The same for everybody, since there may have been nobody to take a place, or a request came in meanwhile."""
    return _follow(found.left_behind())


@transaction.atomic
def follow_heads(*, department_id: UUID, former_ids: Iterable[UUID | None]) -> int:
    """A department has another head: what its former ones answered for goes on with whoever answers for it now."""
    department = Department.objects.select_related("lead", "handler").filter(pk=department_id).first()
    former = {ident for ident in former_ids if ident is not None}
    if department is None or not (former := former - {department.lead_id, department.handler_id}):
        return 0
    rows = ChangeRequest.objects.filter(to_department=department, accountable__in=former, state__in=found.UNDER_WAY)
    passed = 0
    for change in locked_rows(rows):
        heir = found.who_answers(department, firm_today(), but=change.asked_by_id)
        if heir is not None and heir.pk != change.accountable_id:
            passed += _pass_answer(change, heir)
    return passed


@transaction.atomic
def note_hand_over(*, accountability_id: UUID) -> None:
    """A place was handed over: on its first day the requests about it follow."""
    handing = handed_over(accountability_id)
    if handing is not None:
        enqueue(FOLLOW, accountability_id, due_at=firm_midnight(handing.valid_from), reschedule=True)


@agenda_kind(FOLLOW, priority=5)
@transaction.atomic
def follow_accountability(accountability_id: UUID) -> Later | None:
    """What its former executives answered for at a place goes on with the new one, who may answer for it."""
    handing = handed_over(accountability_id)
    if handing is None or not found.may_speak(handing.executive):
        return None
    if handing.valid_from > firm_today():  # corrected meanwhile, or the firm moved to another time zone
        return Later(firm_midnight(handing.valid_from))
    rows = ChangeRequest.objects.filter(
        touchpoint__in=handing.places, accountable__in=handing.former, state__in=found.UNDER_WAY
    )
    for change in locked_rows(rows.exclude(asked_by=handing.executive)):
        _pass_answer(change, handing.executive)
    return None


def _follow(rows: QuerySet[ChangeRequest]) -> int:
    return sum(_follow_one(change) for change in locked_rows(rows))


def _follow_one(change: ChangeRequest) -> bool:
    """Put somebody in the place of each side that is gone; True where somebody was found."""
    today, passed = firm_today(), False
    if not found.may_speak(change.asked_by):
        heir = found.who_follows(change.from_department, today, but=change.accountable_id)
        passed |= _pass_asking(change, heir) if heir else _nobody(change, change.from_department)
    if change.state != _State.DONE and not found.may_speak(change.accountable):
        heir = found.who_follows(change.to_department, today, but=change.asked_by_id)
        passed |= _pass_answer(change, heir) if heir else _nobody(change, change.to_department)
    if found.has_unfit_superior(change):
        passed |= _pass_decision(change)
    return passed


def _pass_asking(change: ChangeRequest, heir: User) -> bool:
    former, change.asked_by = change.asked_by, heir
    change.save(update_fields=["asked_by"])
    return _passed(change, _Kind.ASKING_PASSED, former, heir)


def _pass_answer(change: ChangeRequest, heir: User) -> bool:
    former, change.accountable = change.accountable, heir
    change.save(update_fields=["accountable"])
    return _passed(change, _Kind.ANSWER_PASSED, former, heir)


def _pass_decision(change: ChangeRequest) -> bool:
    """Whoever is above both decides; nobody decides on what they ask themselves."""
    former, heir = change.raised_to, found.superior_of_both(change, firm_today())
    if heir is None:
        # Who answers and stands above everybody decides for themselves.
        return former != change.accountable and _nobody(change, change.to_department)
    if former is None:
        bring_up(change)
        return True
    change.raised_to = heir
    change.save(update_fields=["raised_to"])
    return _passed(change, _Kind.DECISION_PASSED, former, heir)


def _passed(change: ChangeRequest, kind: str, former: User, heir: User) -> bool:
    step = note_step(change, kind, from_person=former, to_person=heir)
    mail(change, Message.Kind.CHANGE_PASSED, heir, step=str(step.pk))
    publish(events.ChangePassedOn(change_id=change.pk))
    if kind != _Kind.DECISION_PASSED and found.is_before_superior(change) and change.raised_to == heir:
        _pass_decision(change)  # who is above both has become one of the two
    return True


def _nobody(change: ChangeRequest, department: Department) -> bool:
    raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=change.pk, detail=str(department))
    return False
