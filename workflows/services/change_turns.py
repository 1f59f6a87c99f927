"""A change request on its way from hand to hand: locked for whose turn it is, brought up, noted, and told by mail."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import InvalidInput, NotFound
from cxcrm.core.events import publish
from tenants.staff.models import User
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.people import working_user
from workflows import events
from workflows.errors import ChangeIsPersonal, ChangeOver, NotYourTurn
from workflows.models import Alert, ChangeRequest, ChangeStep, Message
from workflows.selectors import change_requests as found
from workflows.selectors.change_words import step_of
from workflows.services.alerts import raise_alert
from workflows.services.outbox import queue_message

LONGEST: Final = timedelta(days=366)
SUBJECT, WORDS = 200, 500
_Kind = Message.Kind


def acting_person() -> User:
    """Whoever acts. Raises ChangeIsPersonal where that is no person who works here."""
    person = working_user(current_actor().user_id)
    if person is None:
        raise ChangeIsPersonal
    return person


def turn(
    change_id: UUID, stands: str | Callable[[ChangeRequest], bool], may: Callable[[User, ChangeRequest], bool]
) -> tuple[ChangeRequest, User]:
    """The request, locked, where it stands so (a state, or what is asked of it) and whoever acts is the one to.

    Raises NotFound, ChangeIsPersonal, ChangeOver and NotYourTurn.
    """
    change = locked(change_id)
    if change is None:
        raise NotFound
    person = acting_person()
    # First, so that whoever answered a moment too late hears that, and not that it was never theirs.
    if not (change.state == stands if isinstance(stands, str) else stands(change)):
        raise ChangeOver(state=change.state)
    if not may(person, change):
        raise NotYourTurn
    return change, person


def locked(change_id: UUID) -> ChangeRequest | None:
    """The request, for whoever gets to it first; None where there is none."""
    return locked_rows(ChangeRequest.objects.filter(pk=change_id)).first()


def locked_rows(rows: QuerySet[ChangeRequest]) -> QuerySet[ChangeRequest]:
    """Those of ``rows`` that still are when their turn to be locked has come, in an order all share."""
    related = ("asked_by", "accountable", "raised_to", "from_department", "to_department")
    return rows.select_for_update(of=("self",), no_key=True).select_related(*related).order_by("pk")


def day_given(due_on: date | None) -> date:
    """A day by which something is done. Raises InvalidInput unless it is from today on, within a year."""
    today = firm_today()
    if due_on is None or not today <= due_on <= today + LONGEST:
        raise InvalidInput(_("Say by which day it is done: from today on, within a year."), field="due_on")
    return due_on


def note_step(change: ChangeRequest, kind: str, **told: Any) -> ChangeStep:
    """Write a line of the request's history."""
    return ChangeStep.objects.create(change=change, kind=kind, **told)


def bring_up(change: ChangeRequest, by: User | None = None) -> None:
    """Put it before whoever stands above both, or warn that there is nobody; its other changes are saved too."""
    change.raised_to, change.raised_at = found.superior_of_both(change, firm_today()), now()
    if change.raised_to is None:
        raise_alert(kind=Alert.Kind.NOBODY_FOUND, ref=change.pk, detail=str(change.to_department))
    else:
        mail(change, _Kind.CHANGE_RAISED, change.raised_to)
    change.save(update_fields=["state", "raised_to", "raised_at", "choice_raised_at"])
    note_step(change, ChangeStep.Kind.RAISED, person=by, to_person=change.raised_to)
    publish(events.ChangeRaised(change_id=change.pk))


def tell(change: ChangeRequest, person: User) -> None:
    """Those of the two sides who did not act just now."""
    for side in (change.asked_by, change.accountable):
        if side.pk != person.pk and side.is_active:
            mail(change, _Kind.CHANGE_NEWS, side, but=person)


def mail(change: ChangeRequest, kind: str, person: User, *, but: User | None = None, step: str = "") -> None:
    """To ``person`` or whoever reads for them, once for how far the request has come, or once for ``step``."""
    reader = found.who_reads_for(person, firm_today())
    if but is None or reader.pk != but.pk:
        key = f"{kind}:{change.pk}:{person.pk}:{step or step_of(change)}"
        queue_message(kind=kind, ref=change.pk, dedupe_key=key, user=reader)
