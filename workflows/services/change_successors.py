"""Nothing ends with nobody: a request follows whoever takes the place of somebody who left or handed over."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from journeys.selectors.accountability import handed_over
from tenants.services.agenda import Later, agenda_kind, enqueue
from tenants.services.nights import nightly
from tenants.staff.models import Department
from tenants.staff.selectors.firm import firm_midnight, firm_today
from workflows.models import ChangeRequest, ChangeStep
from workflows.selectors import change_requests as found
from workflows.services.change_passing import pass_answer, pass_asking, pass_decision, tell_heirs, warn_of_nobody
from workflows.services.change_turns import locked_rows

FOLLOW: Final = "workflows.follow_accountability"
_State = ChangeRequest.State


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
    steps: list[ChangeStep] = []
    for change in locked_rows(rows):
        heir = found.who_answers(department, firm_today(), but=change.asked_by_id)
        if heir is not None and heir.pk != change.accountable_id:
            steps += pass_answer(change, heir)
    tell_heirs(steps)
    return len({step.change_id for step in steps})


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
    steps: list[ChangeStep] = []
    for change in locked_rows(rows.exclude(asked_by=handing.executive)):
        steps += pass_answer(change, handing.executive)
    tell_heirs(steps)
    return None


def _follow(rows: QuerySet[ChangeRequest]) -> int:
    steps: list[ChangeStep] = []
    passed = sum(_follow_one(change, steps) for change in locked_rows(rows))
    tell_heirs(steps)
    return passed


def _follow_one(change: ChangeRequest, steps: list[ChangeStep]) -> bool:
    """Put somebody in the place of each side that is gone; True where somebody was found. Adds to ``steps``."""
    today, passed = firm_today(), False
    if not found.may_speak(change.asked_by):
        heir = found.who_follows(change.from_department, today, but=change.accountable_id)
        if heir is None:
            warn_of_nobody(change, change.from_department)
        else:
            steps += pass_asking(change, heir)
            passed = True
    if change.state != _State.DONE and not found.may_speak(change.accountable):
        heir = found.who_follows(change.to_department, today, but=change.asked_by_id)
        if heir is None:
            warn_of_nobody(change, change.to_department)
        else:
            steps += pass_answer(change, heir)
            passed = True
    if found.has_unfit_superior(change):
        decided = pass_decision(change)
        steps += decided or []
        passed |= decided is not None
    return passed
