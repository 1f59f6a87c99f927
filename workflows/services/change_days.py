"""The day a change was promised for may be moved: proposed with a reason, it stands once whoever asked says yes."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cxcrm.core.errors import InvalidInput
from cxcrm.core.events import publish
from journeys.services.naming import line
from tenants.staff.models import User
from workflows import events
from workflows.errors import NoDayProposed
from workflows.models import ChangeRequest, ChangeStep
from workflows.selectors import change_requests as found
from workflows.services.change_turns import WORDS, day_given, note_step, tell, turn

_State = ChangeRequest.State
_Kind = ChangeStep.Kind


@transaction.atomic
def propose_day(*, change_id: UUID, due_on: date | None, words: str) -> ChangeRequest:
    """Whoever does what was agreed proposes another day; until it is agreed to, the one promised stands.

    ``due_on`` is from today on, within a year; ``words`` (500 characters) say why. Proposing again replaces it. Raises
    NotFound, ChangeIsPersonal, NotYourTurn, ChangeOver, InvalidInput.
    """
    change, person = turn(change_id, _State.AGREED, found.does)
    day = day_given(due_on)
    if day == change.due_on:
        raise InvalidInput(_("This is the day promised already. Choose another one."), field="due_on")
    change.new_day, change.new_day_because = day, line(words, "words", WORDS, required=True)
    note_step(change, _Kind.DAY_PROPOSED, person=person, day=day, words=change.new_day_because)
    return _talked(change, person, events.ChangeDayProposed(change_id=change.pk))


@transaction.atomic
def accept_day(*, change_id: UUID, day: date | None = None) -> ChangeRequest:
    """Whoever asked agrees: the day proposed is the one to keep now; the first one promised is remembered.

    ``day`` is the one that was looked at, where another may have been proposed meanwhile. Raises NotFound,
    ChangeIsPersonal, NotYourTurn, ChangeOver, NoDayProposed.
    """
    change, person = turn(change_id, _State.AGREED, found.asks)
    if change.new_day is None or day not in (None, change.new_day):
        raise NoDayProposed
    change.promised_on = change.promised_on or change.due_on
    change.due_on = change.new_day
    note_step(change, _Kind.DAY_MOVED, person=person, day=change.due_on)
    return _answered(change, person)


@transaction.atomic
def refuse_day(*, change_id: UUID, words: str = "") -> ChangeRequest:
    """Whoever asked does not agree: the day promised stays; ``words`` (500 characters) may say why.

    Raises NotFound, ChangeIsPersonal, NotYourTurn, ChangeOver, NoDayProposed, InvalidInput.
    """
    change, person = turn(change_id, _State.AGREED, found.asks)
    if change.new_day is None:
        raise NoDayProposed
    note_step(change, _Kind.DAY_KEPT, person=person, day=change.due_on, words=line(words, "words", WORDS))
    return _answered(change, person)


def _answered(change: ChangeRequest, person: User) -> ChangeRequest:
    change.new_day, change.new_day_because = None, ""
    return _talked(change, person, events.ChangeDayAnswered(change_id=change.pk))


def _talked(change: ChangeRequest, person: User, event: events.ChangeEvent) -> ChangeRequest:
    change.day_talks += 1  # under the row's lock: each word about the day has a mail of its own
    change.save(update_fields=["new_day", "new_day_because", "due_on", "promised_on", "day_talks"])
    tell(change, person)
    publish(event)
    return change
