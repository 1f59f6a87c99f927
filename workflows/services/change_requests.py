"""Asking another department for a change: answered in three working days, or by whoever stands above both."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from cxcrm.core.errors import InvalidInput
from cxcrm.core.events import publish
from journeys.services.naming import choice, line, row, rows
from tenants.services.agenda import Later, NotYet, agenda_kind, cancel, enqueue
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import firm_today
from workflows import events
from workflows.errors import ChangeOver, NobodyAnswers, NoDepartment, OwnDepartment
from workflows.models import Alert, ChangeCase, ChangeRequest, ChangeStep, Message
from workflows.selectors import change_requests as found
from workflows.selectors.calendars import default_calendar
from workflows.services.alerts import clear_alerts, raise_alert
from workflows.services.change_turns import (
    SUBJECT,
    WORDS,
    acting_person,
    bring_up,
    day_given,
    locked,
    mail,
    note_step,
    tell,
    turn,
)
from workflows.services.due import is_due

RAISE, RAISE_CHOICE = "workflows.raise_change", "workflows.raise_choice"
ANSWERED_WITHIN: Final = 3  # working days of the firm's calendar, for an answer and for a yes or no to it
MOST_CASES: Final = 20
ANSWERS: Final = (ChangeRequest.State.AGREED, ChangeRequest.State.COUNTERED, ChangeRequest.State.DECLINED)
_State = ChangeRequest.State
_WAITS: Final = (_State.WAITING, _State.COUNTERED)
_Kind = Message.Kind


@transaction.atomic
def ask_for_change(
    *,
    subject: str,
    hurts: str,
    to_department_id: UUID,
    complaint_ids: Iterable[UUID] = (),
    insight_id: UUID | None = None,
    touchpoint_id: UUID | None = None,
) -> ChangeRequest:
    """Ask another department: whoever answers for it has three working days of the firm's calendar.

    ``subject`` is what is to change (200 characters), ``hurts`` what hurts the customer (500); ``complaint_ids`` are up
    to 20 cases whoever asks may read. Raises ChangeIsPersonal, NoDepartment, OwnDepartment, NobodyAnswers and
    InvalidInput.
    """
    asking = acting_person()
    own = found.department_of(asking)
    if own is None:
        raise NoDepartment
    asked = row(Department.objects.select_related("lead", "handler"), to_department_id, "to_department")
    if asked is None:
        raise InvalidInput(_("Choose the department you ask."), field="to_department")
    if asked.pk == own.pk:
        raise OwnDepartment(field="to_department")
    cases = rows(found.cases_to_rest_on(asking), complaint_ids, "complaints")
    if len(cases) > MOST_CASES:
        raise InvalidInput(_("Choose the 20 cases that show it best."), field="complaints")
    accountable = found.who_answers(asked, firm_today(), but=asking.pk)
    if accountable is None:
        raise NobodyAnswers(field="to_department")
    change = ChangeRequest.objects.create(
        subject=line(subject, "subject", SUBJECT, required=True),
        hurts=line(hurts, "hurts", WORDS, required=True),
        asked_by=asking,
        from_department=own,
        to_department=asked,
        accountable=accountable,
        insight=row(found.insights(), insight_id, "insight"),
        touchpoint=row(found.touchpoints(), touchpoint_id, "touchpoint"),
        answer_by=default_calendar().add_working_days(now(), ANSWERED_WITHIN),
    )
    ChangeCase.objects.bulk_create(ChangeCase(change=change, complaint=case) for case in cases)
    enqueue(RAISE, change.pk, due_at=change.answer_by)
    mail(change, _Kind.CHANGE_ASKED, accountable)
    publish(events.ChangeAsked(change_id=change.pk))
    return change


@transaction.atomic
def answer_change(*, change_id: UUID, answer: str, words: str = "", due_on: date | None = None) -> ChangeRequest:
    """Say yes with a day, no with a reason, or propose something else with a day; the first answer stands.

    ``words`` (500 characters) are the reason, or what is proposed, or a remark to a yes. ``due_on`` is from today on,
    within a year. Something else is taken or not within three working days. Whoever it was brought before settles it:
    "countered" from them means what the department proposed, where it did. Raises NotFound, ChangeIsPersonal,
    NotYourTurn, ChangeOver, InvalidInput.
    """
    change, person = turn(change_id, found.is_to_answer, found.answers)
    answer = choice(answer, _State, "answer")
    from_above = found.decides(person, change)
    takes_proposal = from_above and answer == _State.COUNTERED
    if answer not in ANSWERS or (takes_proposal and not change.proposal):
        raise InvalidInput(_("Please choose one of the values offered."), field="answer")
    told = line(words, "words", WORDS, required=answer != _State.AGREED and not takes_proposal)
    day = None if answer == _State.DECLINED else day_given(due_on)
    if change.answered_at is None:
        change.answered_by, change.answered_at = person, now()
    if answer == _State.COUNTERED and not takes_proposal:
        change.state, change.proposal, change.due_on = _State.COUNTERED, told, day
        change.choose_by = default_calendar().add_working_days(now(), ANSWERED_WITHIN)
        change.choice_raised_at = None
        kept = _kept(change, person, events.ChangeAnswered(change_id=change.pk))
        enqueue(RAISE_CHOICE, change.pk, due_at=change.choose_by, reschedule=True)
        return kept
    change.words, change.due_on, change.is_as_proposed = told, day, takes_proposal
    _settle(change, _State.AGREED if takes_proposal else answer, person)
    return _kept(change, person, events.ChangeAnswered(change_id=change.pk))


@transaction.atomic
def accept_counter(*, change_id: UUID) -> ChangeRequest:
    """Whoever asked takes what was proposed instead. Raises NotFound, ChangeIsPersonal, NotYourTurn, ChangeOver."""
    change, person = turn(change_id, _State.COUNTERED, found.asks)
    change.is_as_proposed = True
    _settle(change, _State.AGREED, person)
    return _kept(change, person, events.ChangeSettled(change_id=change.pk))


@transaction.atomic
def refuse_counter(*, change_id: UUID) -> ChangeRequest:
    """Whoever asked does not take it: whoever stands above both decides. Raises as ``accept_counter``."""
    change, asking = turn(change_id, _State.COUNTERED, found.asks)
    change.state = _State.WAITING
    bring_up(change, asking)
    cancel(f"{RAISE_CHOICE}:{change.pk}")
    return change


@transaction.atomic
def withdraw_change(*, change_id: UUID) -> ChangeRequest:
    """Whoever asked takes it back while nothing is agreed. Raises as ``accept_counter``."""
    change, person = turn(change_id, lambda change: change.state in _WAITS, found.asks)
    _settle(change, _State.WITHDRAWN, person)
    return _kept(change, person, events.ChangeSettled(change_id=change.pk))


@transaction.atomic
def finish_change(*, change_id: UUID, words: str) -> ChangeRequest:
    """What was agreed is done: ``words`` (500 characters) say what; whoever asked is asked whether it helped.

    Raises as ``accept_counter``, and InvalidInput.
    """
    change, person = turn(change_id, _State.AGREED, found.does)
    change.done_words = line(words, "words", WORDS, required=True)
    change.state, change.done_by, change.done_at = _State.DONE, person, now()
    change.new_day, change.new_day_because = None, ""  # there is nothing left to move
    change.save(update_fields=["state", "done_words", "done_by", "done_at", "new_day", "new_day_because"])
    tell(change, person)
    publish(events.ChangeDone(change_id=change.pk))
    return change


@transaction.atomic
def judge_change(*, change_id: UUID, has_helped: bool, words: str = "") -> ChangeRequest:
    """Whoever asked says once whether it helped; where it did not, ``words`` (500 characters) say what still hurts.

    Raises as ``accept_counter``, and InvalidInput.
    """
    change, person = turn(change_id, _State.DONE, found.asks)
    if change.has_helped is not None:
        raise ChangeOver(state=change.state)
    change.helped_words = line(words, "words", WORDS, required=not has_helped)
    change.has_helped, change.judged_at = has_helped, now()
    change.save(update_fields=["has_helped", "helped_words", "judged_at"])
    tell(change, person)
    publish(events.ChangeJudged(change_id=change.pk))
    return change


def _never_raised(change_id: UUID, error: str) -> None:
    raise_alert(kind=Alert.Kind.GIVEN_UP, ref=change_id, detail=error)


@agenda_kind(RAISE, lane="escalation", priority=3, on_dead=_never_raised)
@transaction.atomic
def raise_change(change_id: UUID) -> Later | None:
    """Three working days are over and nobody answered: whoever stands above both gets it, once.

    Whoever was asked may still answer; the first answer stands.
    """
    change = locked(change_id)
    if change is None:
        raise NotYet(f"change {change_id}")
    if change.state != _State.WAITING or change.raised_at is not None:
        return None
    if not is_due(change.answer_by):
        return Later(change.answer_by)
    bring_up(change)
    return None


@agenda_kind(RAISE_CHOICE, lane="escalation", priority=3, on_dead=_never_raised)
@transaction.atomic
def raise_choice(change_id: UUID) -> Later | None:
    """Three working days are over and whoever asked took what was proposed as little as they refused it.

    Whoever stands above both gets it, once. Whoever asked may still say; the first to do so is heard.
    """
    change = locked(change_id)
    if change is None:
        raise NotYet(f"change {change_id}")
    if change.state != _State.COUNTERED or change.choice_raised_at is not None or change.choose_by is None:
        return None
    if not is_due(change.choose_by):
        return Later(change.choose_by)
    change.choice_raised_at = now()
    bring_up(change)
    return None


def _settle(change: ChangeRequest, state: str, person: User) -> None:
    change.state, change.settled_by, change.settled_at = state, person, now()
    if state == _State.AGREED:
        change.promised_on = change.due_on
        note_step(change, ChangeStep.Kind.PROMISED, person=person, day=change.due_on)


def _kept(change: ChangeRequest, person: User, event: events.ChangeEvent) -> ChangeRequest:
    """It was answered or settled: nobody has to be reminded any more, and the other side hears of it."""
    change.save(
        update_fields=[
            "state", "proposal", "words", "due_on", "promised_on", "is_as_proposed", "choose_by", "choice_raised_at",
            "answered_by", "answered_at", "settled_by", "settled_at",
        ]
    )  # fmt: skip
    for reminder in (RAISE, RAISE_CHOICE):
        cancel(f"{reminder}:{change.pk}")
    clear_alerts(refs=[change.pk], kinds=[Alert.Kind.NOBODY_FOUND, Alert.Kind.GIVEN_UP])
    tell(change, person)
    publish(event)
    return change
