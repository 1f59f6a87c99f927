"""What is done to one row on a complaint's page with one tap: a promise, a compensation, a promise a reply made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cxcrm.core.errors import NotFound
from feedback.models import Complaint, ComplaintNote
from tenants.staff.models import User
from workflows.models import Compensation, Promise
from workflows.selectors.promises import proposed
from workflows.services.compensations import approve, decline, withdraw
from workflows.services.promises import keep_promise, make_promise, withdraw_promise


@dataclass(frozen=True)
class RowAct:
    """``call`` gets the complaint, the row's id, the words typed and who acts; ``done`` is said afterwards."""

    call: Callable[[Complaint, UUID, str, User], Any]
    done: Any


def act_on_row(complaint: Complaint, data: QueryDict, user: User) -> Any:
    """Do what a row's button says. Raises NotFound for a button or row there is not, and what its service raises."""
    act = ROW_ACTS.get(data.get("do", ""))
    try:
        ident = UUID(data.get("row", ""))
    except ValueError as error:
        raise NotFound from error
    if act is None:
        raise NotFound
    act.call(complaint, ident, data.get("words", "")[:4000], user)
    return act.done


def _promise(complaint: Complaint, ident: UUID) -> UUID:
    if not Promise.objects.filter(pk=ident, complaint=complaint).exists():
        raise NotFound
    return ident


def _compensation(complaint: Complaint, ident: UUID) -> UUID:
    if not Compensation.objects.filter(pk=ident, complaint=complaint).exists():
        raise NotFound
    return ident


def _keep(complaint: Complaint, ident: UUID, words: str, user: User) -> Any:
    return keep_promise(promise_id=_promise(complaint, ident), evidence=words)


def _withdraw_promise(complaint: Complaint, ident: UUID, words: str, user: User) -> Any:
    return withdraw_promise(promise_id=_promise(complaint, ident), evidence=words)


def _promise_of_note(complaint: Complaint, ident: UUID, words: str, user: User) -> Any:
    """Keep in mind what a reply promises; read again from the reply, so that nothing comes from the page."""
    note = ComplaintNote.objects.filter(pk=ident, complaint=complaint, is_internal=False).first()
    found = [one for one in proposed(note.body, note.created_at) if one.text == words] if note else []
    if note is None or not found:
        raise NotFound
    return make_promise(
        complaint_id=complaint.pk,
        text=found[0].text,
        due_at=found[0].due_at,
        owner_id=note.author_id or user.pk,
        note_id=note.pk,
    )


def _approve(complaint: Complaint, ident: UUID, words: str, user: User) -> Any:
    return approve(compensation_id=_compensation(complaint, ident), note=words)


def _decline(complaint: Complaint, ident: UUID, words: str, user: User) -> Any:
    return decline(compensation_id=_compensation(complaint, ident), note=words)


def _withdraw(complaint: Complaint, ident: UUID, words: str, user: User) -> Any:
    return withdraw(compensation_id=_compensation(complaint, ident))


ROW_ACTS: dict[str, RowAct] = {
    "keep-promise": RowAct(_keep, _("The promise is kept.")),
    "withdraw-promise": RowAct(_withdraw_promise, _("The promise is withdrawn.")),
    "note-promise": RowAct(_promise_of_note, _("Promised. You are reminded before it is due.")),
    "approve": RowAct(_approve, _("Granted. Whoever asked hears of it.")),
    "decline": RowAct(_decline, _("Declined. Whoever asked hears of it.")),
    "withdraw-compensation": RowAct(_withdraw, _("The request is withdrawn.")),
}
