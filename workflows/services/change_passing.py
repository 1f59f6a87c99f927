"""Somebody takes somebody's place in change requests: each is told once, in one mail, whatever they take over."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from cxcrm.core.events import publish
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import firm_today
from workflows import events
from workflows.models import Alert, ChangeRequest, ChangeStep, Message
from workflows.selectors import change_requests as found
from workflows.services.alerts import raise_alert
from workflows.services.change_turns import bring_up, mail, note_step
from workflows.services.outbox import queue_message

_Kind = ChangeStep.Kind
Steps = list[ChangeStep]
_ONE: Final = 1


def pass_asking(change: ChangeRequest, heir: User) -> Steps:
    """``heir`` speaks for who asked from now on. Returns what is to be told."""
    former, change.asked_by = change.asked_by, heir
    change.save(update_fields=["asked_by"])
    return _passed(change, _Kind.ASKING_PASSED, former, heir)


def pass_answer(change: ChangeRequest, heir: User, *, by: User | None = None, words: str = "") -> Steps:
    """``heir`` is accountable from now on; ``by`` and ``words`` say who handed it over and why, if anybody did."""
    former, change.accountable = change.accountable, heir
    change.save(update_fields=["accountable"])
    return _passed(change, _Kind.ANSWER_PASSED, former, heir, by=by, words=words)


def pass_decision(change: ChangeRequest) -> Steps | None:
    """Whoever is above both decides from now on; nobody decides on what they ask themselves. None: nobody is there."""
    former, heir = change.raised_to, found.superior_of_both(change, firm_today())
    if heir is None:
        # Who answers and stands above everybody decides for themselves.
        if former != change.accountable:
            warn_of_nobody(change, change.to_department)
        return None
    if former is None:
        bring_up(change)
        return []
    change.raised_to = heir
    change.save(update_fields=["raised_to"])
    return _passed(change, _Kind.DECISION_PASSED, former, heir)


def warn_of_nobody(change: ChangeRequest, department: Department) -> None:
    """Nobody is left to take a place."""
    raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=change.pk, detail=str(department))


def tell_heirs(steps: Iterable[ChangeStep], *, but: User | None = None) -> None:
    """One mail to each who takes a place, or reads for them, with everything of ``steps`` that became theirs.

    Written with the change itself, in one transaction: a worker that dies leaves both or neither, and a repeat finds
    nothing left to pass on. Nobody writes to ``but``, who did it.
    """
    theirs: dict[UUID, Steps] = {}
    readers: dict[UUID, User] = {}
    for step in steps:
        assert step.to_person is not None  # noqa: S101 - held by a constraint; this tells the type checker
        reader = found.who_reads_for(step.to_person, firm_today())
        readers[reader.pk] = reader
        theirs.setdefault(reader.pk, []).append(step)
    for ident, taken in theirs.items():
        first = taken[0]
        if len(taken) == _ONE and first.to_person is not None:
            mail(first.change, Message.Kind.CHANGE_PASSED, first.to_person, but=but, step=str(first.pk))
            continue
        key = f"{Message.Kind.CHANGES_PASSED}:{ident}:{first.pk}"
        told = queue_message(kind=Message.Kind.CHANGES_PASSED, ref=ident, dedupe_key=key, user=readers[ident])
        ChangeStep.objects.filter(pk__in=[step.pk for step in taken]).update(told_in=told)


def _passed(
    change: ChangeRequest, kind: str, former: User, heir: User, *, by: User | None = None, words: str = ""
) -> Steps:
    steps = [note_step(change, kind, from_person=former, to_person=heir, person=by, words=words)]
    publish(events.ChangePassedOn(change_id=change.pk))
    if kind != _Kind.DECISION_PASSED and found.is_before_superior(change) and change.raised_to == heir:
        steps += pass_decision(change) or []  # who is above both has become one of the two
    return steps
