"""After the answer: remind the customer once, then close without a reply."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from feedback.models import Complaint
from feedback.services import complaints
from tenants.services.agenda import Later, agenda_kind, enqueue
from workflows.selectors.calendars import default_calendar
from workflows.services.due import is_due
from workflows.services.notifications import ask_whether_solved

REMIND = "workflows.remind_resolution"
EXPIRE = "workflows.expire_complaint"
# Domain page §3.9: two tries, five working days.
REMIND_AFTER, EXPIRE_AFTER = 2, 5


@transaction.atomic
def await_customer(*, complaint_id: UUID) -> None:
    """Put the reminder and the expiry of the latest answer on the agenda."""
    complaint = Complaint.objects.get(pk=complaint_id)
    if complaint.state == Complaint.State.COMMUNICATED:
        enqueue(REMIND, complaint.id, due_at=_after(complaint, REMIND_AFTER), reschedule=True)
        enqueue(EXPIRE, complaint.id, due_at=_after(complaint, EXPIRE_AFTER), reschedule=True)


@agenda_kind(REMIND, lane="normal", priority=5)
@transaction.atomic
def remind_resolution(complaint_id: UUID) -> Later | None:
    """Ask again whether it is solved, if the customer has not said."""
    due = _due(complaint_id, REMIND_AFTER)
    if isinstance(due, Later) or not due:
        return due or None
    ask_whether_solved(complaint_id=complaint_id, reminder=True)
    return None


@agenda_kind(EXPIRE, lane="normal", priority=5)
@transaction.atomic
def expire_complaint(complaint_id: UUID) -> Later | None:
    """Close a complaint whose customer did not answer; their link reopens it."""
    due = _due(complaint_id, EXPIRE_AFTER)
    if isinstance(due, Later) or not due:
        return due or None
    complaints.expire(complaint_id=complaint_id)
    return None


def _due(complaint_id: UUID, working_days: int) -> bool | Later:
    """Is it time? False when the customer answered or the complaint was reopened; later when answered anew."""
    complaint = Complaint.objects.select_for_update(no_key=True).get(pk=complaint_id)
    if complaint.state != Complaint.State.COMMUNICATED:
        return False
    due_at = _after(complaint, working_days)
    return True if is_due(due_at) else Later(due_at)


def _after(complaint: Complaint, working_days: int) -> datetime:
    answered_at = complaint.resolved_at or complaint.received_at
    return default_calendar().add_working_days(answered_at, working_days)
