"""The steps every change of a complaint has in common: lock, move, save with a new version, write the timeline."""

from typing import Any, NoReturn
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.services.interactions import record_interaction
from cxcrm.core.errors import NotFound
from feedback.errors import ComplaintInvalid, InvalidState
from feedback.logic.answers import AnswerError, check_answer
from feedback.logic.complaint_states import ComplaintAction, InvalidTransition, allowed_actions, next_state
from feedback.models import Complaint

ACTION_LABELS: dict[str, Promise] = {
    ComplaintAction.ACKNOWLEDGE: _("acknowledge"),
    ComplaintAction.ASSESS: _("assess"),
    ComplaintAction.INVESTIGATE: _("start work"),
    ComplaintAction.DECIDE: _("choose an option"),
    ComplaintAction.RESOLVE: _("answer the customer"),
    ComplaintAction.CONFIRM: _("confirm that it is solved"),
    ComplaintAction.EXPIRE: _("close without a reply"),
    ComplaintAction.REOPEN: _("reopen"),
    ComplaintAction.REFER: _("refer to an outside body"),
}


def lock(complaint_id: UUID) -> Complaint:
    """The complaint, for this transaction alone to change. Raises NotFound."""
    complaint = Complaint.objects.select_for_update(no_key=True).filter(pk=complaint_id).first()
    if complaint is None:
        raise NotFound
    return complaint


def advance(complaint: Complaint, action: ComplaintAction) -> None:
    """Set the state ``action`` leads to. Raises InvalidState."""
    try:
        complaint.state = next_state(complaint.state, action)
    except InvalidTransition:
        refuse(complaint, action)


def refuse(complaint: Complaint, action: str) -> NoReturn:
    """Raise InvalidState, naming the present state and what may be done in it."""
    allowed = allowed_actions(complaint.state)
    # No comma or "and" of one language: a list is read the same in both.
    possible = " · ".join(str(ACTION_LABELS[name]) for name in allowed)
    message = (
        gettext("Not possible now: case %(number)s is “%(state)s”. Possible: %(possible)s.")
        if allowed
        else gettext("Not possible any more: case %(number)s is “%(state)s”.")
    )
    words = {"number": complaint.number, "state": Complaint.State(complaint.state).label, "possible": possible}
    raise InvalidState(
        message % words, current=complaint.state, action=str(action), allowed=[str(name) for name in allowed]
    )


def save(complaint: Complaint, *fields: str) -> None:
    """Write state and ``fields`` as the next version."""
    complaint.version += 1
    complaint.save(update_fields=["state", "version", *fields])


def tell(
    complaint: Complaint,
    what: str,
    *,
    kind: str = "complaint",
    direction: str = "internal",
    body: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write what happened into the customer's timeline."""
    record_interaction(
        customer_id=complaint.customer_id,
        kind=kind,
        what=what,
        direction=direction,
        body=body,
        data={"number": complaint.number, **(data or {})},
        subject=complaint,
    )


def clean_text(text: str, field: str, *, required: bool = False) -> str:
    """The text as it is stored (see logic.answers). Raises ComplaintInvalid naming ``field``."""
    try:
        return str(check_answer("text", text, (), required) or "")
    except AnswerError as error:
        raise ComplaintInvalid(field=field, reason=error.code) from error
